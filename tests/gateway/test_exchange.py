"""What becomes of a call whose provider errs, breaks, redirects, babbles or is not there."""

import asyncio
import gzip
import json
import socket
from datetime import UTC
from typing import Any

import openai
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.gateway_house import PROVIDER_KEY, App, GatewayHouse, eventually
from tests.support.raw_http import ask, post
from tests.support.scripted_provider import (
    Reply,
    ScriptedProvider,
    break_off,
    completion,
    disconnect,
    json_reply,
    raw_reply,
    scripted_provider,
)
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant, later
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.gateway.exchange import _unless_cut
from wattfare_desktop.gateway.limits import Limits
from wattfare_desktop.gateway.refusals import locked
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import HeldCall

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
BODY = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}],"max_tokens":5}'
ERROR = {"error": {"message": "as the provider says", "type": "t", "code": "c", "param": None}}


async def create(house: GatewayHouse, app: App) -> None:
    async with house.sdk(app, max_retries=0) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, max_tokens=5)


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
async def test_a_provider_error_is_passed_on_and_costs_nothing(
    house: GatewayHouse,
    provider: ScriptedProvider,
    app: App,
    status: int,
    raised: type[openai.APIStatusError],
) -> None:
    headers = {"Retry-After": "7", "x-request-id": "req_1", "Set-Cookie": "a=b", "X-Other": "no"}
    provider.answer(json_reply(ERROR, status=status, headers=headers))
    with pytest.raises(raised) as failed:
        await create(house, app)
    assert failed.value.body == ERROR["error"]
    told = failed.value.response.headers
    assert (told["retry-after"], told["x-request-id"]) == ("7", "req_1")
    assert not {"set-cookie", "x-other"} & set(told)
    call = await house.only_call(app)
    assert (call.status, call.end, call.cost) == (CallStatus.VOIDED, CallEnd.FAILED, 0)
    (window,) = (await house.app_row(app)).windows
    assert (window.spent, window.held) == (0, 0)


async def test_each_of_the_sdks_retries_has_a_hold_of_its_own(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    busy = json_reply(ERROR, status=429, headers={"Retry-After": "0.01"})
    provider.answer(busy, busy, completion("Hello"))
    async with house.sdk(app) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, max_tokens=5)
    statuses = [call.status for call in await house.settled(app)]
    assert statuses == [CallStatus.SETTLED, CallStatus.VOIDED, CallStatus.VOIDED]


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"error": {"message": f"wrong key {PROVIDER_KEY}"}}, status=401),
        json_reply({"choices": [], "echo": PROVIDER_KEY}),
        raw_reply(PROVIDER_KEY.encode(), status=500, headers={"Content-Type": "text/plain"}),
        json_reply(ERROR, status=400, headers={"x-request-id": PROVIDER_KEY}),
    ],
    ids=["error", "answer", "text", "header"],
)
async def test_a_provider_that_quotes_the_key_is_not_quoted(
    house: GatewayHouse, provider: ScriptedProvider, app: App, reply: Reply
) -> None:
    provider.answer(reply)
    answer = await ask(house.port, post(house.port, BODY, app.access))
    assert PROVIDER_KEY not in f"{answer}"
    assert "[hidden]" in f"{answer}"


async def test_a_short_key_of_a_server_of_ones_own_is_a_word_like_others(
    house: GatewayHouse, app: App
) -> None:
    async with scripted_provider() as local:
        funding = await house.fund(local.base_url, key="ollama")
        local.answer(completion("An ollama is no llama."))
        answer = await ask(house.port, post(house.port, BODY, app.access))
        await house.require_sound()
        await house.remove_funding(funding.id)
    assert b"An ollama is no llama." in answer.body


async def test_a_compressed_error_is_not_passed_on(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    packed = gzip.compress(json.dumps(ERROR).encode())
    provider.answer(raw_reply(packed, status=418, headers={"Content-Encoding": "gzip"}))
    answer = await ask(house.port, post(house.port, BODY, app.access))
    assert (answer.status, answer.error["code"]) == (418, "upstream_failed")
    assert (await house.only_call(app)).status is CallStatus.VOIDED


async def test_a_redirect_is_not_followed(house: GatewayHouse, app: App) -> None:
    async with scripted_provider() as elsewhere, scripted_provider() as provider:
        funding = await house.fund(provider.base_url)
        there = f"{elsewhere.base_url}/chat/completions"
        provider.answer(raw_reply(b"", status=307, headers={"Location": there}))
        answer = await ask(house.port, post(house.port, BODY, app.access))
        assert (answer.status, answer.error["code"]) == (502, "upstream_failed")
        assert "location" not in answer.headers
        assert elsewhere.requests == []
        call = await house.only_call(app)
        assert (call.status, call.cost) == (CallStatus.VOIDED, 0)
        await house.remove_funding(funding.id)


async def test_a_provider_that_is_not_there_is_502_and_costs_nothing(
    house: GatewayHouse, app: App
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        funding = await house.fund(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        with pytest.raises(openai.InternalServerError) as failed:
            await create(house, app)
    assert failed.value.status_code == 502
    assert failed.value.code == "upstream_failed"
    assert failed.value.type == "server_error"
    assert "could not be reached" in failed.value.message
    call = await house.only_call(app)
    assert (call.status, call.end, call.cost) == (CallStatus.VOIDED, CallEnd.FAILED, 0)
    await house.require_sound()
    await house.remove_funding(funding.id)


@pytest.mark.parametrize(
    "reply",
    [
        disconnect,
        break_off,
        raw_reply(b""),
        raw_reply(b"{"),
        raw_reply(b"<html>hello</html>", headers={"Content-Type": "text/html"}),
        raw_reply(b'{"usage":{},"usage":{}}'),
        raw_reply(b"[" * 200 + b"]" * 200),
        raw_reply(b"\xff\xfe"),
        raw_reply(gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["gone", "half", "empty", "malformed", "html", "twice", "deep", "no-utf8", "compressed"],
)
async def test_an_answer_that_cannot_be_read_may_have_cost_something(
    house: GatewayHouse, provider: ScriptedProvider, app: App, reply: Reply
) -> None:
    """It was sent, so it may be billed: never voided, paid by what is known of it."""
    provider.answer(reply)
    with pytest.raises(openai.InternalServerError) as failed:
        await create(house, app)
    assert failed.value.status_code == 502
    call = await house.only_call(app)
    assert (call.status, call.end) == (CallStatus.SETTLED, CallEnd.FAILED)
    assert call.basis is Basis.ESTIMATED
    assert call.input_tokens > 0
    assert 0 < call.cost <= call.hold


async def test_an_answer_without_usage_is_estimated_and_passed(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Some twenty letters.", prompt_tokens=None))
    answer = await ask(house.port, post(house.port, BODY, app.access))
    assert answer.status == 200
    call = await house.only_call(app)
    assert (call.basis, call.end) == (Basis.ESTIMATED, CallEnd.COMPLETE)
    assert call.output_tokens == 5
    assert call.cost > 0


class HandMovedClock(Clock):
    """A clock that stands until a test moves it, and knows how often it was looked at."""

    def __init__(self, at: Instant) -> None:
        super().__init__(lambda: UTC)
        self.at = at
        self.looks = 0

    def now(self) -> Instant:
        self.looks += 1
        return self.at


async def test_a_whole_answer_begins_when_its_head_comes(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    clock = HandMovedClock(house.live.parts.clock.now())
    head, body = asyncio.Event(), asyncio.Event()
    whole = json.dumps({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}})

    async def slow(request: BaseRequest) -> web.StreamResponse:
        await head.wait()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await body.wait()
        await response.write(whole.encode())
        return response

    provider.answer(slow)
    async with house.second_gateway(Limits(), clock) as port:
        asking = asyncio.create_task(ask(port, post(port, BODY, app.access)))
        await eventually(lambda: len(provider.requests) == 1)
        looks, began_at = clock.looks, later(clock.at, 1_000)
        clock.at = began_at
        head.set()
        await eventually(lambda: clock.looks > looks)
        clock.at = later(began_at, 60_000)
        body.set()
        assert (await asking).status == 200
        call = await house.only_call(app)
    assert call.first_byte_at == began_at


async def test_an_explicit_zero_is_a_zero(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("", prompt_tokens=0, completion_tokens=0))
    await create(house, app)
    call = await house.only_call(app)
    assert (call.status, call.basis, call.cost) == (CallStatus.SETTLED, Basis.REPORTED, 0)


async def test_more_than_was_held_never_passes_the_cap(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Hello", prompt_tokens=10_000, completion_tokens=10_000))
    await create(house, app)
    call = await house.only_call(app)
    assert call.cost == call.hold
    assert (call.input_tokens, call.output_tokens) == (10_000, 10_000)


async def test_a_revocation_cuts_a_call_and_not_what_comes_after_it() -> None:
    """Between a whole answer and its durable settlement the call is still known as running."""
    held = HeldCall(
        id=CallId("call_1"), grant=GrantId("g"), funding=FundingId("f"), amount=Nanos(1)
    )

    async def answered() -> web.StreamResponse:
        return web.Response(text="whole")

    async def handler() -> str:
        response = await _unless_cut(held, answered(), locked)
        held.stop()
        await asyncio.sleep(0)
        assert isinstance(response, web.Response)
        return response.text or ""

    assert await asyncio.create_task(handler()) == "whole"
