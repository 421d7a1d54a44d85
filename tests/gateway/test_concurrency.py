"""Five hundred calls at once, of two apps, streamed and not, with a provider that misbehaves.

Each of ten runs has another limit that binds, so that every kind of them is met under load.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.audit import audit
from tests.support.gateway_house import App, GatewayHouse, running_house
from tests.support.scripted_provider import (
    DONE,
    Reply,
    ScriptedProvider,
    break_off,
    completion,
    delta,
    disconnect,
    finish,
    json_reply,
    scripted_provider,
    stream,
    usage,
)
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.gateway.limits import Limits
from wattfare_desktop.wallet.raising import RaiseId, RaiseQuestion

CALLS: Final = 500
PIECES: Final = [delta("word " * 30) for _ in range(12)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The limits of one run, and the one of them that has to say no.

    ``scale`` makes calls that much dearer; ``raises`` is how often the user raises a cap;
    ``at_once`` is how many calls are under way.
    """

    refused_by: tuple[str, str | None]
    app: dict[Period, str] = field(default_factory=dict)
    wallet: dict[Period, str] = field(default_factory=dict)
    app_call: str | None = None
    wallet_call: str | None = None
    balance: str = "100.00"
    fee: Fee = NO_FEE
    scale: int = 1
    raises: int = 0
    at_once: int = CALLS


FEE: Final = Fee(basis_points=730, reserve_percent=20)
RUNS: Final = (
    Run(refused_by=("app", "day"), app={Period.DAY: "0.02", Period.MONTH: "0.025"}),
    Run(refused_by=("app", "month"), app={Period.DAY: "0.02", Period.MONTH: "0.015"}, fee=FEE),
    Run(
        refused_by=("app", "once"),
        app={Period.ONCE: "0.02", Period.WEEK: "0.03", Period.YEAR: "0.04"},
    ),
    Run(refused_by=("app", "year"), app={Period.WEEK: "0.02", Period.YEAR: "0.016"}, fee=FEE),
    Run(
        refused_by=("wallet", "day"),
        app={Period.DAY: "0.02"},
        wallet={Period.DAY: "0.03", Period.MONTH: "0.035"},
    ),
    Run(
        refused_by=("wallet", "month"),
        app={Period.ONCE: "0.05"},
        wallet={Period.DAY: "0.03", Period.MONTH: "0.024"},
        fee=FEE,
    ),
    Run(refused_by=("call", None), app={Period.DAY: "0.50"}, app_call="0.00024"),
    Run(refused_by=("call", None), app={Period.DAY: "0.50"}, wallet_call="0.00026", fee=FEE),
    Run(refused_by=("funding", None), app={Period.DAY: "0.50"}, balance="0.04", fee=FEE),
    Run(
        refused_by=("app", "month"),
        app={Period.DAY: "9.00", Period.MONTH: "2.00"},
        wallet={Period.WEEK: "50.00"},
        fee=FEE,
        scale=1_000,
        raises=3,
        at_once=60,
    ),
)


def _answers(drawn: random.Random, run: Run, *, streamed: bool) -> Reply:
    """Return one of the ways in which a provider answers, and fails to."""
    words = drawn.randint(1, 900) * run.scale
    if not streamed:
        good = completion("Hi", prompt_tokens=drawn.randint(1, 90), completion_tokens=words)
        bad = json_reply({"error": {"message": "slow down"}}, status=429)
        return drawn.choices([good, bad, disconnect, break_off], weights=[7, 1, 1, 1])[0]
    pieces = PIECES[: drawn.randint(1, len(PIECES))]
    good = stream(*pieces, finish(), usage(drawn.randint(1, 90), words), DONE)
    silent = stream(*pieces, finish(), DONE)
    broken = stream(*pieces, breaks_off=True)
    return drawn.choices([good, silent, broken], weights=[6, 2, 2])[0]


def _unreliable(provider: ScriptedProvider, seed: int, run: Run) -> Reply:
    drawn = random.Random(seed)  # noqa: S311 - a repeatable draw

    async def reply(request: BaseRequest) -> web.StreamResponse:
        streamed = "stream" in provider.last.json
        await asyncio.sleep(drawn.random() * 0.05)
        return await _answers(drawn, run, streamed=streamed)(request)

    return reply


class ReadyUser:
    """Raises a cap whenever asked, until it did so as often as told, and then hears no more of it.

    A question that was settled meanwhile, since another call ended, is none that it answered.
    """

    def __init__(self, house: GatewayHouse, times: int) -> None:
        self._house = house
        self._left = times
        self._answering: set[asyncio.Task[None]] = set()

    def present_raise(self, question: RaiseQuestion) -> None:
        task = asyncio.create_task(self._answer(question.id))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, question: RaiseId) -> None:
        answer = RaiseAnswer.ONCE if self._left > 0 else RaiseAnswer.NO
        with suppress(UserFacingError):
            await self._house.wallet.raising.answer(question, answer)
            self._left -= 1

    def withdraw_raise(self, question_id: RaiseId) -> None:
        """Look away."""


Refusal = tuple[str, str | None]


class Callers:
    """Apps that call at once, and what they were told."""

    def __init__(self, session: aiohttp.ClientSession, port: int, run: Run) -> None:
        self._session = session
        self._url = f"http://127.0.0.1:{port}/v1/chat/completions"
        self._run = run
        self._turn = asyncio.Semaphore(run.at_once)
        self.statuses: Counter[int] = Counter()
        self.refused_by: Counter[Refusal] = Counter()

    async def call(self, app: App, number: int) -> None:
        body: dict[str, Any] = {
            "model": ("gpt-5-mini", "gpt-4.1-mini")[number % 2],
            "messages": [{"role": "user", "content": f"Question {number}"}],
        }
        if number % 3 == 0:
            body["stream"] = True
        if number % 5:
            body["max_tokens"] = (50 + number) * self._run.scale
        headers = {"Authorization": f"Bearer {app.access}"}
        try:
            async with (
                self._turn,
                self._session.post(self._url, json=body, headers=headers) as answer,
            ):
                await self._note(answer)
        except aiohttp.ClientError:
            self.statuses[0] += 1

    async def _note(self, answer: aiohttp.ClientResponse) -> None:
        await answer.read()
        self.statuses[answer.status] += 1
        if answer.status == 402:
            error = (await answer.json())["error"]
            self.refused_by[error["limit"], error["period"]] += 1


def _caps(limits: dict[Period, str]) -> list[Cap]:
    return [Cap(period=period, limit=parse_usd(limit)) for period, limit in limits.items()]


def _amount(text: str | None) -> Nanos | None:
    return None if text is None else parse_usd(text)


async def _prepared(house: GatewayHouse, run: Run) -> list[App]:
    """Set every limit of the run; return the apps."""
    wallet = house.wallet
    await house.on_wallet(wallet.set_fee(run.fee))
    await house.on_wallet(wallet.set_wallet_caps(_caps(run.wallet)))
    await house.on_wallet(wallet.set_wallet_call_limit(_amount(run.wallet_call)))
    wallet.raising.presenter = ReadyUser(house, run.raises)
    apps = [await house.approve(name=f"App {number}") for number in range(2)]
    await house.let_run(*apps)
    for app in apps:
        await house.on_wallet(wallet.set_caps(app.grant, _caps(run.app)))
        await house.on_wallet(wallet.set_call_limit(app.grant, _amount(run.app_call)))
        await house.on_wallet(wallet.allow_raise(app.grant, allowed=run.raises > 0))
    return apps


@pytest.mark.parametrize("seed", range(len(RUNS)))
async def test_no_limit_is_passed_at_any_instant(tmp_path: Path, seed: int) -> None:
    run = RUNS[seed]
    with running_house(tmp_path) as house:
        async with scripted_provider() as provider:
            provider.answer(_unreliable(provider, seed, run))
            await house.fund(provider.base_url, balance=run.balance)
            apps = await _prepared(house, run)
            async with (
                house.second_gateway(Limits(connections_max=CALLS + 10)) as port,
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            ):
                callers = Callers(session, port, run)
                await asyncio.gather(*(callers.call(apps[n % 2], n) for n in range(CALLS)))
            await house.require_sound()
        found = await house.read(audit)
        rows = [await house.app_row(app) for app in apps]
    assert found.passed == []
    assert callers.statuses[200], "what fits was let through"
    assert callers.refused_by[run.refused_by], "what does not was refused by the limit of the run"
    assert (found.raised > 0) == (run.raises > 0)
    for row in rows:
        for window in row.windows:
            assert window.spent == found.used[f"grant:{row.id} {window.period.value}"]
