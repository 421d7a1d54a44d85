"""Providers that would hold money without end: each is hung up on, told of, and charged by rule."""

import asyncio
from typing import Final

import aiohttp
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.endless_provider import Endless, Said, drip, endless_json, once
from tests.support.gateway_house import App, GatewayHouse
from tests.support.raw_http import Answer, post, raw_connection
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    ScriptedProvider,
    delta,
    finish,
    usage,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd, CallRow, CallStatus
from wattfare_desktop.gateway.deadline import Deadline
from wattfare_desktop.gateway.limits import Limits

WHOLE: Final = (
    b'{"model":"gpt-5-mini","max_tokens":900,"messages":[{"role":"user","content":"hi"}]}'
)
STREAMED: Final = WHOLE.replace(b'"max_tokens"', b'"stream":true,"max_tokens"')
COMMENT: Final = b": still thinking\n\n"
SHORT_S: Final = 0.1
LONG_S: Final = 30.0


async def _called(
    house: GatewayHouse, app: App, body: bytes, limits: Limits
) -> tuple[Answer, CallRow]:
    headers = {"Authorization": f"Bearer {app.access}", "Content-Type": "application/json"}
    async with (
        house.second_gateway(limits) as port,
        asyncio.timeout(LONG_S / 2),
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{port}/v1/chat/completions", data=body, headers=headers
        ) as response,
    ):
        answer = Answer(
            status=response.status,
            headers={"content-type": response.content_type},
            body=await response.read(),
        )
        call = await house.only_call(app)
    return answer, call


def _is_estimated(call: CallRow) -> None:
    assert (call.status, call.end, call.basis) == (
        CallStatus.SETTLED,
        CallEnd.FAILED,
        Basis.ESTIMATED,
    )
    assert 0 < call.cost <= call.hold


@pytest.mark.parametrize("body", [WHOLE, STREAMED], ids=["whole", "streamed"])
async def test_a_provider_that_never_begins_to_answer(
    house: GatewayHouse, provider: ScriptedProvider, app: App, body: bytes
) -> None:
    provider.answer(endless := Endless(None))
    answer, call = await _called(house, app, body, Limits(call_s=SHORT_S))
    await endless.hung_up()
    assert (answer.status, answer.error["code"]) == (502, "upstream_failed")
    assert "in time" in answer.error["message"]
    _is_estimated(call)


@pytest.mark.parametrize("body", [WHOLE, STREAMED], ids=["whole", "streamed"])
@pytest.mark.parametrize("say", [once(), drip(b" ")], ids=["hangs", "drips"])
async def test_a_whole_answer_that_never_ends(
    house: GatewayHouse, provider: ScriptedProvider, app: App, say: Said, body: bytes
) -> None:
    """Spaces before JSON are what some providers send to keep a connection awake."""
    provider.answer(endless := endless_json(say))
    answer, call = await _called(house, app, body, Limits(call_s=SHORT_S))
    await endless.hung_up()
    assert (answer.status, answer.error["code"]) == (502, "upstream_failed")
    _is_estimated(call)


PATIENT: Final = Limits(call_s=LONG_S, progress_s=SHORT_S)
HURRIED: Final = Limits(call_s=SHORT_S, progress_s=LONG_S)


@pytest.mark.parametrize(
    ("say", "limits"),
    [
        (once(), PATIENT),
        (drip(COMMENT), PATIENT),
        (drip(COMMENT, first=delta("Hi")), PATIENT),
        (drip(b'data: {"choices":[]}\n\n', first=delta("Hi")), PATIENT),
        (drip(b"x", first=b"data: "), PATIENT),
        (drip(delta("Hi")), HURRIED),
    ],
    ids=["hangs", "comments", "comments after a word", "empty events", "one event", "words"],
)
async def test_a_stream_that_never_ends_while_its_app_listens(
    house: GatewayHouse, provider: ScriptedProvider, app: App, say: Said, limits: Limits
) -> None:
    provider.answer(endless := Endless(say))
    answer, call = await _called(house, app, STREAMED, limits)
    await endless.hung_up()
    assert answer.status == 200
    last = answer.body.rstrip().rpartition(b"\n")[2]
    assert b'"upstream_failed"' in last
    assert b"took too long" in last
    _is_estimated(call)


async def test_a_stream_goes_on_while_it_says_something_new(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    """Longer in all than a stream may be silent."""
    words = [delta(f" {number}") for number in range(30)]

    async def steady(request: BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for word in words:
            await asyncio.sleep(SHORT_S / 10)
            await response.write(word)
        for event in (finish(), usage(9, 30), DONE):
            await response.write(event)
        return response

    provider.answer(steady)
    answer, call = await _called(house, app, STREAMED, PATIENT)
    assert answer.body.endswith(DONE)
    assert (call.end, call.basis) == (CallEnd.COMPLETE, Basis.REPORTED)


async def test_a_stream_that_has_said_its_end_is_over(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    told = b"".join((delta("Hi"), finish(), usage(9, 1), DONE))
    provider.answer(endless := Endless(drip(COMMENT, first=told)))
    answer, call = await _called(house, app, STREAMED, Limits(ending_s=SHORT_S))
    await endless.hung_up()
    assert b"upstream_failed" not in answer.body
    assert (call.end, call.basis, call.cost) == (
        CallEnd.COMPLETE,
        Basis.REPORTED,
        9 * 250 + 1 * 2_000,
    )


async def test_the_app_is_told_though_it_reads_nothing_more(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    """Nobody waits for it: the call is over all the same."""
    provider.answer(endless := Endless(drip(delta("word " * 20_000))))
    async with (
        house.second_gateway(Limits(call_s=SHORT_S)) as port,
        raw_connection(port, read_bytes_max=1_024) as connection,
    ):
        connection.say(post(port, STREAMED, app.access))
        await endless.hung_up()
        call = await house.only_call(app)
    _is_estimated(call)


async def test_an_app_that_left_is_not_charged_for_an_hour(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    """The shorter of two bounds holds."""
    provider.answer(gated := GatedStream([delta("Hi")] * 2))
    limits = Limits(aftermath_s=LONG_S, progress_s=SHORT_S)
    async with house.second_gateway(limits) as port:
        async with raw_connection(port) as connection:
            connection.say(post(port, STREAMED, app.access))
            gated.let_go()
            await connection.heard(b"data:")
        await gated.hung_up()
        call = await house.only_call(app)
    assert call.end is CallEnd.CLIENT_LEFT


@pytest.fixture
async def deadline() -> Deadline:
    return Deadline(LONG_S, LONG_S, lambda: None)


async def test_a_deadline_only_comes_nearer(deadline: Deadline) -> None:
    async def late() -> None:
        async with deadline.running():
            deadline.within(SHORT_S)
            deadline.within(LONG_S)
            await asyncio.Event().wait()

    async with asyncio.timeout(LONG_S / 2):
        with pytest.raises(TimeoutError):
            await late()
    assert deadline.is_over


async def test_a_deadline_that_was_kept_is_not_over(deadline: Deadline) -> None:
    async with deadline.running():
        pass
    assert not deadline.is_over
    deadline.within(0)
