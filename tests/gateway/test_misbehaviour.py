"""What providers do that they should not: a bounded end, a charge by rule, never above the cap."""

import asyncio
import gzip
import json
import time
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.endless_provider import Endless, drip, endless_json, once
from tests.support.gateway_house import App, GatewayHouse
from tests.support.raw_http import ask, post
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
    raw_reply,
    stream,
    usage,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.reports import CallRow, CallStatus
from wattfare_desktop.gateway.limits import Limits

CAP: Final = parse_usd("0.01")
BOUND_TOKENS: Final = 100
HOLD_MAX: Final = BOUND_TOKENS * 2_000 + 500 * 250
BOUNDED_S: Final = 8.0
BYTES_MAX: Final = 64 * 1024
BOMB: Final = gzip.compress(bytes(200 * BYTES_MAX))
"""Within ``BYTES_MAX`` as it comes, and far above when it is inflated."""


def _whole(**changed: Any) -> Reply:
    """Return a completion of three tokens, with some members other than they should be."""
    return completion("Hello", prompt_tokens=None, **changed)


def _chunk(**members: Any) -> bytes:
    body = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", **members}
    return f"data: {json.dumps(body)}\n\n".encode()


def _told(prompt: Any, completed: Any) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": completed, "total_tokens": 0}


async def _hang_up_after_head(request: BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    assert request.transport is not None
    request.transport.abort()
    return response


async def _other_status(_request: BaseRequest) -> web.StreamResponse:
    return web.Response(status=204)


VOIDED: Mapping[str, Reply] = {
    "an error of its own": json_reply({"error": {"message": "no"}}, status=500),
    "an error that is no JSON": raw_reply(b"<html>502</html>", status=502),
    "an error without a word": raw_reply(b"", status=503),
    "a redirect": raw_reply(b"", status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "a permanent redirect": raw_reply(b"", status=308, headers={"Location": "//evil.example/"}),
    "a limit of its own": json_reply({"error": {}}, status=429, headers={"Retry-After": "-1"}),
}
ESTIMATED: Mapping[str, Reply] = {
    "no usage": _whole(),
    "usage that is null": _whole(usage=None),
    "usage that is a list": _whole(usage=[1, 2]),
    "usage in strings": _whole(usage=_told("9", "3")),
    "negative usage": _whole(usage=_told(-9, -3)),
    "usage beyond belief": _whole(usage=_told(10**30, 10**30)),
    "usage as 1e308": raw_reply(
        b'{"choices":[],"usage":{"prompt_tokens":1e308,"completion_tokens":1e308}}'
    ),
    "usage as a truth": _whole(usage={"prompt_tokens": True, "completion_tokens": True}),
    "200 with an error in it": json_reply({"error": {"message": "no", "code": 500}}),
    "an empty body": raw_reply(b""),
    "bad UTF-8": raw_reply(b'{"choices": "\xff\xfe"}'),
    "trailing junk": raw_reply(b'{"choices": []}{"again": 1}'),
    "NaN": raw_reply(b'{"usage": NaN}'),
    "a page": raw_reply(b"<html>hi</html>", headers={"Content-Type": "text/html"}),
    "compressed": raw_reply(b"\x1f\x8b junk", headers={"Content-Encoding": "gzip"}),
    "a gzip bomb": raw_reply(BOMB, headers={"Content-Encoding": "gzip"}),
    "nesting without end": raw_reply(b"[" * 100_000),
    "a status without a body": _other_status,
    "a reset before the head": disconnect,
    "a reset in the body": break_off,
}
STREAMED_ESTIMATED: Mapping[str, Reply] = {
    "no usage in a stream": stream(delta("Hi"), finish(), DONE),
    "no end of stream": stream(delta("Hi")),
    "a reset in the stream": stream(delta("Hi"), breaks_off=True),
    "a reset after the head": _hang_up_after_head,
    "usage in strings in a stream": stream(delta("Hi"), _chunk(choices=[], usage=_told("9", "3"))),
    "negative usage in a stream": stream(
        delta("Hi"), _chunk(choices=[], usage=_told(-1, -1)), DONE
    ),
    "events that are no JSON": stream(b"data: {{{\n\n", b"data: \xff\xff\n\n", DONE),
    "fields of the wrong kind": stream(
        _chunk(choices={"0": 1}), _chunk(choices=[1, None, {"delta": 5, "index": "a"}]), DONE
    ),
    "comments alone": stream(b": keep-alive\n\n" * 50, DONE),
    "a gzip bomb for a stream": raw_reply(
        BOMB, headers={"Content-Encoding": "gzip", "Content-Type": "text/event-stream"}
    ),
    "a whole answer to a streamed call": _whole(),
}
ENDLESS: Mapping[str, tuple[Reply, bool]] = {
    "nothing at all": (Endless(None), False),
    "a head alone": (endless_json(once()), False),
    "a drip": (endless_json(drip(b" ")), False),
    "half of an answer": (endless_json(once(b'{"id": "chatcmpl-1", "choi')), False),
    "nothing at all for a stream": (Endless(None), True),
    "a head alone of a stream": (Endless(once()), True),
    "a word and then nothing": (Endless(once(delta("Hi"))), True),
    "comments without end": (Endless(drip(b": keep-alive\n\n")), True),
    "words without end": (Endless(drip(delta("Hi"))), True),
}
CHARGED: Mapping[str, tuple[Reply, int]] = {
    "a zero said outright": (completion("Hi", prompt_tokens=0, completion_tokens=0), 0),
    "whole numbers as floats": (_whole(usage=_told(9.0, 3.0)), 9 * 250 + 3 * 2_000),
    "more cached than there is": (
        _whole(usage={**_told(10, 1), "prompt_tokens_details": {"cached_tokens": 50}}),
        50 * 25 + 2_000,
    ),
    "more output than the bound": (
        completion("Hi", prompt_tokens=9, completion_tokens=1_000),
        9 * 250 + 1_000 * 2_000,
    ),
}
STREAMED_CHARGED: Mapping[str, tuple[Reply, int]] = {
    "usage twice": (
        stream(delta("Hi"), usage(9, 1), usage(9, 3), DONE),
        9 * 250 + 3 * 2_000,
    ),
    "usage and then more": (
        stream(delta("Hi"), usage(9, 3), delta("again"), DONE),
        9 * 250 + 3 * 2_000,
    ),
    "words after the end": (
        stream(delta("Hi"), usage(9, 3), DONE, delta("again"), DONE),
        9 * 250 + 3 * 2_000,
    ),
    "more output than the bound in a stream": (
        stream(delta("Hi"), finish(), usage(9, 1_000), DONE),
        9 * 250 + 1_000 * 2_000,
    ),
}


async def _call(
    house: GatewayHouse,
    provider: ScriptedProvider,
    reply: Reply,
    *,
    streamed: bool,
    port: int | None = None,
) -> tuple[int, CallRow]:
    """Make one call and return its status and what it was charged."""
    app = await house.approve(cap="0.01")
    provider.answer(reply)
    body = {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "Hello there"}],
        "max_tokens": BOUND_TOKENS,
        "stream": streamed,
    }
    headers = {"Authorization": f"Bearer {app.access}"}
    url = f"http://127.0.0.1:{port or house.port}/v1/chat/completions"
    began_s = time.monotonic()
    async with (
        asyncio.timeout(BOUNDED_S),
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers=headers) as answer,
    ):
        try:
            await answer.read()
        except aiohttp.ClientError:
            assert streamed, "only a stream may break off; a whole answer is an answer"
        call = await house.only_call(app)
        assert time.monotonic() - began_s < BOUNDED_S
        window = (await house.app_row(app)).windows[0]
        assert (window.spent, window.held) == (call.cost, 0)
        assert call.cost <= CAP
        return answer.status, call


@pytest.mark.parametrize("name", VOIDED)
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_refusal_of_the_provider_costs_nothing(
    house: GatewayHouse, provider: ScriptedProvider, name: str, *, streamed: bool
) -> None:
    status, call = await _call(house, provider, VOIDED[name], streamed=streamed)
    assert status >= 400
    assert (call.status, call.cost) == (CallStatus.VOIDED, 0)


@pytest.mark.parametrize("name", ESTIMATED)
async def test_what_cannot_be_read_is_estimated(
    house: GatewayHouse, provider: ScriptedProvider, name: str
) -> None:
    _, call = await _call(house, provider, ESTIMATED[name], streamed=False)
    assert (call.status, call.basis) == (CallStatus.SETTLED, Basis.ESTIMATED)
    assert 0 < call.cost <= HOLD_MAX


@pytest.mark.parametrize("name", STREAMED_ESTIMATED)
async def test_a_stream_that_cannot_be_read_is_estimated(
    house: GatewayHouse, provider: ScriptedProvider, name: str
) -> None:
    _, call = await _call(house, provider, STREAMED_ESTIMATED[name], streamed=True)
    assert (call.status, call.basis) == (CallStatus.SETTLED, Basis.ESTIMATED)
    assert 0 < call.cost <= HOLD_MAX


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_does_not_end_is_ended_and_estimated(
    house: GatewayHouse, provider: ScriptedProvider, name: str
) -> None:
    reply, streamed = ENDLESS[name]
    async with house.second_gateway(Limits(call_s=0.3, progress_s=0.1)) as port:
        _, call = await _call(house, provider, reply, streamed=streamed, port=port)
    assert (call.status, call.basis) == (CallStatus.SETTLED, Basis.ESTIMATED)
    assert 0 < call.cost <= HOLD_MAX


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (endless_json(drip(b" " * BYTES_MAX)), "too large"),
        # As it came it is small; inflated it would be too large.
        (raw_reply(BOMB, headers={"Content-Encoding": "gzip"}), "could not be read"),
    ],
    ids=["large", "bomb"],
)
async def test_no_more_is_read_than_there_is_room_for(
    house: GatewayHouse, provider: ScriptedProvider, app: App, reply: Reply, told: str
) -> None:
    provider.answer(reply)
    body = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}],"max_tokens":5}'
    async with house.second_gateway(Limits(answer_bytes_max=BYTES_MAX)) as port:
        answer = await ask(port, post(port, body, app.access))
        call = await house.only_call(app)
    assert (answer.status, answer.error["code"]) == (502, "upstream_failed")
    assert told in answer.error["message"]
    assert (call.status, call.basis) == (CallStatus.SETTLED, Basis.ESTIMATED)


@pytest.mark.parametrize("name", CHARGED)
async def test_what_can_be_read_is_charged(
    house: GatewayHouse, provider: ScriptedProvider, name: str
) -> None:
    reply, cost = CHARGED[name]
    status, call = await _call(house, provider, reply, streamed=False)
    assert (status, call.status, call.basis) == (200, CallStatus.SETTLED, Basis.REPORTED)
    assert call.cost == cost


@pytest.mark.parametrize("name", STREAMED_CHARGED)
async def test_what_can_be_read_of_a_stream_is_charged(
    house: GatewayHouse, provider: ScriptedProvider, name: str
) -> None:
    reply, cost = STREAMED_CHARGED[name]
    status, call = await _call(house, provider, reply, streamed=True)
    assert (status, call.status, call.basis) == (200, CallStatus.SETTLED, Basis.REPORTED)
    assert call.cost == cost
