"""The traces of what apps do, as real calls through the port: what is normal goes on, the rest not.

Each step is an HTTP request, answered by a provider on a port of its own; only the clock is the
test's, since the traces take up to a day.
"""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from tests.support.gateway_house import App, GatewayHouse, eventually, running_house
from tests.support.raw_http import Answer, RawConnection, post, raw_connection
from tests.support.scripted_provider import (
    Reply,
    ScriptedProvider,
    completion,
    json_reply,
    scripted_provider,
)
from tests.support.traces import ATTACKS, LOOK_MS, NORMAL, START, Step, Trace
from wattfare_desktop.core.identifiers import Instant, later
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.watching.trail import Trail

CHAT_USD_PER_TOKEN: Final = Decimal("0.00002")
"""Own price of the chat model, so that each step's cost is a whole number of tokens."""
MOST_TOKENS: Final = 1_000_000
DEAR: Final = "openai/gpt-4o-mini"
"""So dear that no cap here has room for its shortest question."""
STEPS_MAX: Final = 1_000
"""Longer traces repeat themselves; the rules alone are shown them whole (tests/core/watching)."""
EMBEDDED: Final = "word " * 500
NO_REQUEST: Final = b"{"
SERVED: Final = 200


@dataclass(slots=True)
class TracedClock:
    """What all of the wallet tells the time by."""

    at: Instant = START

    def now(self) -> Instant:
        return self.at


@pytest.fixture
def clock() -> TracedClock:
    return TracedClock()


@pytest.fixture
def house(
    tmp_path: Path, clock: TracedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GatewayHouse]:
    """A wallet for each trace: one app's day must not be another's past."""
    with running_house(tmp_path) as house:
        monkeypatch.setattr(house.live.parts.clock, "now", clock.now)
        yield house


@pytest.fixture
async def provider(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        await house.fund(provider.base_url, balance="10000")
        await _price(house, "openai/gpt-5-mini", Decimal(0), CHAT_USD_PER_TOKEN)
        await _price(house, DEAR, Decimal(5), Decimal(5))
        yield provider
        await house.require_sound()


async def _price(house: GatewayHouse, model: str, input_usd: Decimal, output_usd: Decimal) -> None:
    per_token = {UnitKind.INPUT: input_usd, UnitKind.OUTPUT: output_usd}
    setting = house.books.own_prices.set(
        model,
        {kind: usd * 1_000_000 for kind, usd in per_token.items()},
        context_window_tokens=MOST_TOKENS,
        max_output_tokens=MOST_TOKENS,
    )
    await house.on_wallet(setting)


@pytest.mark.parametrize("trace", NORMAL, ids=lambda trace: trace.name)
async def test_what_is_normal_goes_on(
    house: GatewayHouse, provider: ScriptedProvider, clock: TracedClock, trace: Trace
) -> None:
    app = await _watched(house, trace)
    steps = trace.steps[:STEPS_MAX]
    assert await _play(house, provider, clock, app, steps) == len(steps)
    assert (await house.app_row(app)).state is GrantState.ACTIVE


@pytest.mark.parametrize("trace", ATTACKS, ids=lambda trace: trace.name)
async def test_an_attack_is_paused_in_time(
    house: GatewayHouse, provider: ScriptedProvider, clock: TracedClock, trace: Trace
) -> None:
    app = await _watched(house, trace)
    assert await _play(house, provider, clock, app, trace.steps) < len(trace.steps)
    await eventually(lambda: not house.books.tasks._running)  # it holds at once, then is written
    row = await house.app_row(app)
    assert row.state is GrantState.PAUSED
    assert row.spent_total * 100 <= parse_usd(trace.cap_usd) * trace.spent_percent_max
    latest = await house.on_wallet(house.wallet.alerts().latest())
    assert [each.rule for each in latest if each.paused] == [trace.rule]


async def _watched(house: GatewayHouse, trace: Trace) -> App:
    app = await house.approve(cap=trace.cap_usd)

    async def recall() -> None:
        trail = house.books.watch._trails[app.grant] = Trail()
        trail.recall(trace.past)

    await house.on_wallet(recall())
    return app


async def _play(
    house: GatewayHouse,
    provider: ScriptedProvider,
    clock: TracedClock,
    app: App,
    steps: Sequence[Step],
) -> int:
    """Return how many steps were let in before the app was paused."""
    looked_ms = 0
    async with raw_connection(house.port) as connection:
        for place, step in enumerate(steps):
            clock.at = later(START, step.at_ms)
            answer = await _take(connection, house.port, provider, app, step)
            if b"abnormal-usage" in answer.body:
                return place
            _require_expected(answer, step)
            if step.at_ms - looked_ms >= LOOK_MS or step is steps[-1]:
                looked_ms = step.at_ms
                await house.settled(app)
                await house.on_wallet(house.books.watch.look())
                if house.books.accesses.state_of(app.grant) is GrantState.PAUSED:
                    return place
    return len(steps)


async def _take(
    connection: RawConnection, port: int, provider: ScriptedProvider, app: App, step: Step
) -> Answer:
    provider.answer(_reply(step))
    path, body = _asked(step)
    connection.say(post(port, body, app.access, path=path))
    return await connection.answer()


def _require_expected(answer: Answer, step: Step) -> None:
    """A trace is only itself where each of its steps came to what it says."""
    if answer.status == 429:
        return  # too fast for its bucket, which is what a flood is
    expected = (
        400 if step.is_attempt else 402 if step.is_refused else 500 if step.failed else SERVED
    )
    assert answer.status == expected, answer


def _asked(step: Step) -> tuple[str, bytes]:
    if step.is_attempt:
        return "/v1/chat/completions", NO_REQUEST
    if "embedding" in step.model:
        return "/v1/embeddings", json.dumps({"model": step.model, "input": EMBEDDED}).encode()
    model = DEAR if step.is_refused else step.model
    message = {"role": "user", "content": "go on"}
    asked = {"model": model, "messages": [message], "max_tokens": _tokens(step)}
    return "/v1/chat/completions", json.dumps(asked).encode()


def _reply(step: Step) -> Reply:
    if step.failed:
        return json_reply({"error": {"message": "overloaded"}}, status=500)
    if "embedding" in step.model:
        vector = {"object": "embedding", "index": 0, "embedding": [0.5]}
        told = {"prompt_tokens": step.tokens, "total_tokens": step.tokens}
        return json_reply({"object": "list", "data": [vector], "usage": told})
    return completion("Done", prompt_tokens=2, completion_tokens=_tokens(step))


def _tokens(step: Step) -> int:
    return int(Decimal(step.usd) / CHAT_USD_PER_TOKEN)
