"""Streams through the real gateway: one event at a time, usage learned, and every way to end."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest
from openai.types.chat import ChatCompletionChunk

from tests.support.gateway_house import (
    PASSPHRASE,
    PROVIDER_KEY,
    App,
    GatewayHouse,
    eventually,
    running_house,
)
from tests.support.raw_http import post, raw_connection
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    ScriptedProvider,
    completion,
    delta,
    error_event,
    finish,
    stream,
    usage,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd, CallRow, CallStatus
from wattfare_desktop.gateway.limits import Limits

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
STREAMED = (
    b'{"model":"gpt-5-mini","stream":true,"max_tokens":900,'
    b'"messages":[{"role":"user","content":"hi"}]}'
)
WORDS = ("One", " two", " three", " four", " five", " six")
WHOLE = (*(delta(word) for word in WORDS), finish(), usage(1_000, 6), DONE)
COST = 1_000 * 250 + 6 * 2_000


async def begin(
    client: openai.AsyncOpenAI, **options: Any
) -> openai.AsyncStream[ChatCompletionChunk]:
    made = await client.chat.completions.create(
        model="gpt-5-mini", messages=HELLO, stream=True, max_tokens=900, **options
    )
    assert isinstance(made, openai.AsyncStream)
    return made


def text_of(chunk: ChatCompletionChunk) -> str | None:
    return chunk.choices[0].delta.content if chunk.choices else None


def said_at_least(call: CallRow, pieces: int) -> None:
    """Assert that what the app saw was estimated and paid."""
    assert call.status is CallStatus.SETTLED
    assert call.basis is Basis.ESTIMATED
    assert call.output_tokens >= pieces
    assert call.input_tokens > 0
    assert 0 < call.cost <= call.hold


async def test_a_stream_is_passed_and_charged_by_its_usage(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(*WHOLE))
    async with house.sdk(app) as client:
        chunks = [chunk async for chunk in await begin(client)]
    assert "".join(text_of(chunk) or "" for chunk in chunks) == "".join(WORDS)
    assert chunks[-1].choices[0].finish_reason == "stop"
    call = await house.only_call(app)
    assert (call.status, call.end, call.basis) == (
        CallStatus.SETTLED,
        CallEnd.COMPLETE,
        Basis.REPORTED,
    )
    assert (call.input_tokens, call.output_tokens, call.cost) == (1_000, 6, COST)
    assert call.streamed
    assert call.first_byte_at is not None
    assert call.finished_at is not None
    assert call.started_at <= call.first_byte_at <= call.finished_at


async def test_usage_is_asked_for_and_taken_out_again(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(*WHOLE))
    async with house.sdk(app) as client:
        chunks = [chunk async for chunk in await begin(client)]
    assert provider.last.json["stream_options"] == {"include_usage": True}
    assert all(chunk.choices for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)


async def test_usage_stays_where_the_app_asked_for_it(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(*WHOLE))
    async with house.sdk(app) as client:
        asked = {"include_usage": True}
        chunks = [chunk async for chunk in await begin(client, stream_options=asked)]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 6


async def test_each_event_is_there_before_the_next_is_sent(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(gated := GatedStream(WHOLE))
    async with house.sdk(app) as client, asyncio.timeout(10):
        asking = asyncio.create_task(begin(client))
        await gated.begun()
        gated.let_go()
        events = aiter(await asking)
        for number, word in enumerate(WORDS, start=1):
            assert text_of(await anext(events)) == word
            assert gated.sent == number
            gated.let_go()
        gated.let_all_go()
        assert (await anext(events)).choices[0].finish_reason == "stop"
        with pytest.raises(StopAsyncIteration):
            await anext(events)


async def test_events_pass_byte_for_byte_however_they_were_cut(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    odd = b": a comment\r\n\r\n" + delta("é€🙂").replace(b"\n", b"\r\n") + DONE
    provider.answer(stream(*(odd[at : at + 1] for at in range(len(odd)))))
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {app.access}", "Content-Type": "application/json"}
        address = f"{house.origin}/v1/chat/completions"
        async with session.post(address, data=STREAMED, headers=headers) as answer:
            assert answer.content_type == "text/event-stream"
            assert answer.headers["Cache-Control"] == "no-store"
            assert await answer.read() == odd
            call = await house.only_call(app)
            assert answer.headers["x-wattfare-call"] == call.call


async def test_no_usage_is_estimated_from_what_was_seen(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(*(delta(word) for word in WORDS), finish(), DONE))
    async with house.sdk(app) as client:
        assert len([chunk async for chunk in await begin(client)]) == len(WORDS) + 1
    call = await house.only_call(app)
    said_at_least(call, len(WORDS))
    assert call.end is CallEnd.COMPLETE


async def test_a_stream_that_breaks_off_is_paid_as_far_as_it_came(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(delta("One"), delta(" two"), breaks_off=True))
    async with house.sdk(app) as client:
        events = aiter(await begin(client))
        assert [text_of(await anext(events)), text_of(await anext(events))] == ["One", " two"]
        with pytest.raises(openai.APIError) as broken:
            await anext(events)
    assert "broke off" in broken.value.message
    call = await house.only_call(app)
    said_at_least(call, 2)
    assert call.end is CallEnd.FAILED


async def test_an_error_inside_a_stream_is_passed_without_the_key(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(delta("One"), error_event(f"bad key {PROVIDER_KEY} sent")))
    async with house.sdk(app) as client:
        events = aiter(await begin(client))
        assert text_of(await anext(events)) == "One"
        with pytest.raises(openai.APIError) as failed:
            await anext(events)
    assert failed.value.message == "bad key [hidden] sent"
    call = await house.only_call(app)
    said_at_least(call, 1)
    assert call.end is CallEnd.FAILED


async def test_a_provider_that_does_not_stream_is_passed_as_it_is(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Hello", prompt_tokens=10, completion_tokens=2))
    async with raw_connection(house.port) as connection:
        connection.say(post(house.port, STREAMED, app.access))
        answer = await connection.answer()
    assert b'"Hello"' in answer.body
    call = await house.only_call(app)
    assert (call.input_tokens, call.output_tokens, call.end) == (10, 2, CallEnd.COMPLETE)


async def test_a_compressed_stream_is_an_error_of_the_provider(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async def compressed(request: BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
        )
        await response.prepare(request)
        await response.write(b"\x1f\x8b\x08 not for you")
        return response

    provider.answer(compressed)
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.InternalServerError) as failed:
            await begin(client)
    assert failed.value.status_code == 502
    assert (await house.only_call(app)).end is CallEnd.FAILED


async def test_a_provider_error_before_the_stream_voids_the_hold(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async def busy(_request: BaseRequest) -> web.StreamResponse:
        return web.json_response({"error": {"message": "slow down", "code": "busy"}}, status=429)

    provider.answer(busy)
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.RateLimitError) as failed:
            await begin(client)
    assert failed.value.code == "busy"
    call = await house.only_call(app)
    assert (call.status, call.cost) == (CallStatus.VOIDED, 0)


async def test_an_app_that_leaves_pays_what_the_provider_goes_on_to_report(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(gated := GatedStream(WHOLE))
    async with house.sdk(app) as client:
        asking = asyncio.create_task(begin(client))
        gated.let_go()
        await (await asking).close()
    gated.let_all_go()
    call = await house.only_call(app)
    assert (call.end, call.basis) == (CallEnd.CLIENT_LEFT, Basis.REPORTED)
    assert call.cost == COST
    assert not gated.is_hung_up


@pytest.mark.parametrize("sent", [0, 1, 3])
async def test_an_app_that_leaves_a_silent_provider_pays_for_what_was_streamed(
    house: GatewayHouse, provider: ScriptedProvider, app: App, sent: int
) -> None:
    """The provider says nothing more: only the connection tells that the app has gone."""
    provider.answer(gated := GatedStream(WHOLE))
    async with house.second_gateway(Limits(aftermath_s=0.05)) as port:
        async with raw_connection(port) as connection:
            connection.say(post(port, STREAMED, app.access))
            await gated.begun()
            for _ in range(sent):
                gated.let_go()
                await connection.heard(b"data:")
        await gated.hung_up()
        call = await house.only_call(app)
    said_at_least(call, sent)
    assert call.end is CallEnd.CLIENT_LEFT


async def test_an_app_that_leaves_before_the_head_comes_is_not_waited_for(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    hung_up = asyncio.Event()

    async def silent(_request: BaseRequest) -> web.StreamResponse:
        try:
            await asyncio.Event().wait()
        finally:
            hung_up.set()
        raise AssertionError

    provider.answer(silent)
    async with house.second_gateway(Limits(aftermath_s=0.05)) as port:
        async with raw_connection(port) as connection:
            connection.say(post(port, STREAMED, app.access))
            await eventually(lambda: len(provider.requests) == 1)
        async with asyncio.timeout(5):
            await hung_up.wait()
        call = await house.only_call(app)
    said_at_least(call, 0)
    assert call.end is CallEnd.CLIENT_LEFT


async def test_an_app_that_does_not_read_is_sent_away(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    long = [delta("word " * 20_000) for _ in range(200)]
    provider.answer(answering := stream(*long, usage(1_000, 6), DONE))
    async with (
        house.second_gateway(Limits(stall_s=0.05, aftermath_s=5)) as port,
        raw_connection(port, read_bytes_max=1_024) as connection,
    ):
        connection.say(post(port, STREAMED, app.access))
        await answering.begun()
        call = await house.only_call(app)
    assert call.end is CallEnd.CLIENT_LEFT
    assert (call.basis, call.cost) == (Basis.REPORTED, COST)


async def test_a_revocation_cuts_a_running_stream_at_once(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(gated := GatedStream(WHOLE))
    async with house.sdk(app) as client:
        asking = asyncio.create_task(begin(client))
        gated.let_go(2)
        events = aiter(await asking)
        assert [text_of(await anext(events)), text_of(await anext(events))] == ["One", " two"]
        began_s = time.monotonic()
        await house.on_wallet(house.wallet.revoke(app.grant))
        with pytest.raises(openai.APIError) as cut:
            await anext(events)
        assert "revoked" in cut.value.message
        await gated.hung_up()
        call = await house.only_call(app)
        assert time.monotonic() - began_s < 1
    said_at_least(call, 2)
    assert call.end is CallEnd.REVOKED


async def test_a_revocation_cuts_a_stream_that_has_not_begun(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async def silent(_request: BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    provider.answer(silent)
    async with house.sdk(app) as client:
        asking = asyncio.create_task(begin(client))
        await eventually(lambda: len(provider.requests) == 1)
        await house.on_wallet(house.wallet.revoke(app.grant))
        async with asyncio.timeout(1):
            with pytest.raises(openai.AuthenticationError):
                await asking
    call = await house.only_call(app)
    said_at_least(call, 0)
    assert call.end is CallEnd.REVOKED


async def test_a_revocation_is_not_delayed_by_an_app_that_does_not_read(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    gated = GatedStream([delta("word " * 20_000) for _ in range(200)])
    gated.let_go(199)
    provider.answer(gated)
    async with raw_connection(house.port, read_bytes_max=1_024) as connection:
        connection.say(post(house.port, STREAMED, app.access))
        await eventually(lambda: any(each.writing_paused for each in house.connections))
        began_s = time.monotonic()
        await house.on_wallet(house.wallet.revoke(app.grant))
        await gated.hung_up()
        call = await house.only_call(app)
        assert time.monotonic() - began_s < 1
    assert call.end is CallEnd.REVOKED
    assert call.output_tokens == 900


async def test_pausing_lets_a_running_stream_finish(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(gated := GatedStream(WHOLE))
    async with house.sdk(app) as client:
        asking = asyncio.create_task(begin(client))
        gated.let_go()
        events = await asking
        await house.on_wallet(house.wallet.pause(app.grant))
        gated.let_all_go()
        assert len([chunk async for chunk in events]) == len(WORDS) + 1
    assert (await house.only_call(app)).end is CallEnd.COMPLETE


async def test_locking_cuts_and_settles_what_runs(
    tmp_path: Path, provider: ScriptedProvider
) -> None:
    gated = GatedStream(WHOLE)
    gated.let_go(2)
    provider.answer(gated)
    with running_house(tmp_path) as house:
        await house.fund(provider.base_url)
        app = await house.approve()
        async with raw_connection(house.port) as connection:
            connection.say(post(house.port, STREAMED, app.access))
            await connection.heard(b"two")
            await house.on_wallet(house.wallet.lock())
            await connection.heard(b"wallet_locked")  # and not that its access is gone
            await gated.hung_up()
        await house.on_wallet(house.wallet.unlock(PASSPHRASE))
        call = await house.only_call(app)
        await house.require_sound()
    said_at_least(call, 2)
    assert call.end is CallEnd.REVOKED


async def test_locking_estimates_a_call_whose_provider_does_not_answer(
    tmp_path: Path, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was sent, so it is neither voided nor charged its whole hold."""
    monkeypatch.setattr("wattfare_desktop.wallet.books._SETTLE_S", 0.1)
    never = asyncio.Event()

    async def silent(_request: BaseRequest) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    provider.answer(silent)
    with running_house(tmp_path) as house:
        await house.fund(provider.base_url)
        app = await house.approve()
        async with house.sdk(app) as client:
            asking = asyncio.create_task(
                client.chat.completions.create(model="gpt-5-mini", messages=HELLO, max_tokens=900)
            )
            await eventually(lambda: len(provider.requests) == 1)
            await house.on_wallet(house.wallet.lock())
            with pytest.raises(openai.APIStatusError, match="locked"):
                await asking
        await house.on_wallet(house.wallet.unlock(PASSPHRASE))
        call = await house.only_call(app)
        await house.require_sound()
    assert (call.status, call.end, call.basis) == (
        CallStatus.SETTLED,
        CallEnd.FAILED,
        Basis.ESTIMATED,
    )
    assert 0 < call.cost < call.hold


async def test_quitting_cuts_and_settles_what_runs_at_once(
    tmp_path: Path, provider: ScriptedProvider
) -> None:
    gated = GatedStream(WHOLE)
    gated.let_go(2)
    provider.answer(gated)
    async with AsyncExitStack() as stack:
        with running_house(tmp_path) as house:
            await house.fund(provider.base_url)
            app = await house.approve()
            connection = await stack.enter_async_context(raw_connection(house.port))
            connection.say(post(house.port, STREAMED, app.access))
            await connection.heard(b"two")
            began_s = time.monotonic()
        assert time.monotonic() - began_s < 2
        await gated.hung_up()
    with running_house(tmp_path) as house:
        call = await house.only_call(app)
        await house.require_sound()
    said_at_least(call, 2)
    assert call.status is CallStatus.SETTLED


async def test_an_event_without_an_end_is_not_waited_out(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    endless = [b"data: " + b"x" * 1_000_000 for _ in range(20)]
    provider.answer(answering := GatedStream([delta("One"), *endless, DONE]))
    answering.let_go(21)
    async with house.sdk(app) as client:
        events = aiter(await begin(client))
        assert text_of(await anext(events)) == "One"
        with pytest.raises(openai.APIError):
            await anext(events)
    await answering.hung_up()
    call = await house.only_call(app)
    said_at_least(call, 1)
    assert call.end is CallEnd.FAILED


async def test_a_stream_over_http_1_0_ends_with_its_connection(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(*WHOLE))
    async with raw_connection(house.port) as connection:
        connection.say(post(house.port, STREAMED, app.access).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert (await connection.closed()).endswith(DONE)
    assert (await house.only_call(app)).cost == COST
