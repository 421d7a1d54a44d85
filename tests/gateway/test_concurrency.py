"""Five hundred calls at once, of two apps, streamed and not, with a provider that misbehaves."""

import asyncio
import random
from functools import partial
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.journal import used_over_time
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
    stream,
    usage,
)
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.gateway.limits import Limits

CALLS = 500
WALLET = parse_usd("0.03")
DAY, MONTH = parse_usd("0.02"), parse_usd("0.025")
PIECES = [delta("word " * 30) for _ in range(12)]


def _answers(drawn: random.Random, *, streamed: bool) -> Reply:
    """Return one of the ways in which a provider answers, and fails to."""
    words = drawn.randint(1, 900)
    if not streamed:
        good = completion("Hi", prompt_tokens=drawn.randint(1, 90), completion_tokens=words)
        bad = json_reply({"error": {"message": "slow down"}}, status=429)
        return drawn.choices([good, bad, disconnect, break_off], weights=[7, 1, 1, 1])[0]
    pieces = PIECES[: drawn.randint(1, len(PIECES))]
    good = stream(*pieces, finish(), usage(drawn.randint(1, 90), words), DONE)
    silent = stream(*pieces, finish(), DONE)
    broken = stream(*pieces, breaks_off=True)
    return drawn.choices([good, silent, broken], weights=[6, 2, 2])[0]


def _unreliable(seed: int) -> Reply:
    drawn = random.Random(seed)  # noqa: S311 - a repeatable draw

    async def reply(request: BaseRequest) -> web.StreamResponse:
        streamed = b'"stream":true' in await request.read()
        await asyncio.sleep(drawn.random() * 0.05)
        return await _answers(drawn, streamed=streamed)(request)

    return reply


async def _call(session: aiohttp.ClientSession, origin: str, app: App, number: int) -> int:
    body: dict[str, Any] = {
        "model": ("gpt-5-mini", "gpt-4.1-mini")[number % 2],
        "messages": [{"role": "user", "content": f"Question {number}"}],
    }
    if number % 3 == 0:
        body["stream"] = True
    if number % 5:
        body["max_tokens"] = 50 + number
    headers = {"Authorization": f"Bearer {app.access}"}
    try:
        async with session.post(
            f"{origin}/v1/chat/completions", json=body, headers=headers
        ) as answer:
            await answer.read()
            return answer.status
    except aiohttp.ClientError:
        return 0


@pytest.mark.parametrize("seed", range(10))
async def test_no_window_is_passed_at_any_instant(
    house: GatewayHouse, provider: ScriptedProvider, seed: int
) -> None:
    apps = [await house.approve(name=f"App {number}") for number in range(2)]
    caps = [Cap(period=Period.DAY, limit=DAY), Cap(period=Period.MONTH, limit=MONTH)]
    for app in apps:
        await house.on_wallet(house.wallet.set_caps(app.grant, caps))
    provider.answer(_unreliable(seed))
    spent_before = (await house.on_wallet(house.wallet.overview())).today
    wallet = [Cap(period=Period.DAY, limit=Nanos(spent_before + WALLET))]
    await house.on_wallet(house.wallet.set_wallet_caps(wallet))
    try:
        async with house.second_gateway(Limits(connections_max=CALLS + 10)) as port:
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(connector=connector) as session:
                origin = f"http://127.0.0.1:{port}"
                statuses = await asyncio.gather(
                    *(_call(session, origin, apps[number % 2], number) for number in range(CALLS))
                )
        for app in apps:
            await house.settled(app)
    finally:
        await house.on_wallet(house.wallet.set_wallet_caps([]))
    assert {200, 402} <= set(statuses), "both what fits and what does not were tried"
    for app in apps:
        assert max(await house.read(partial(used_over_time, grants=[app.grant]))) <= DAY
    both = [app.grant for app in apps]
    assert max(await house.read(partial(used_over_time, grants=both))) <= WALLET
    await house.require_sound()
