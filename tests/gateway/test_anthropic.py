"""Anthropic's API at the gateway, as the official SDK uses it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from tests.support.claude import (
    MODEL,
    STOP,
    block,
    closed,
    delta,
    ended,
    funded_claude,
    message,
    sdk,
    started,
    text,
)
from tests.support.gateway_house import PROVIDER_KEY, App, GatewayHouse, eventually
from tests.support.raw_http import ask, post
from tests.support.scripted_provider import (
    GatedStream,
    ScriptedProvider,
    json_reply,
    stream,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes

SHOWN = "anthropic/claude-3-5-haiku-latest"
"""Shows all it bills, so that its hold grows."""

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
LOOK: list[Any] = [{"name": "look", "input_schema": {"type": "object"}}]
SENT_HEADERS = {
    "accept",
    "accept-encoding",
    "anthropic-version",
    "content-length",
    "content-type",
    "host",
    "user-agent",
    "x-api-key",
}


@pytest.fixture
async def claude(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with funded_claude(house) as provider:
        yield provider


@pytest.mark.parametrize(
    ("base", "model"),
    [("", MODEL), ("", f"anthropic/{MODEL}"), ("/anthropic", MODEL), ("/p/anthropic", MODEL)],
)
async def test_a_whole_answer_is_passed_and_charged_by_kind(
    house: GatewayHouse, claude: ScriptedProvider, app: App, base: str, model: str
) -> None:
    claude.answer(
        message(
            "Well met",
            input_tokens=1_000,
            output_tokens=200,
            cache_read_input_tokens=5_000,
            cache_creation_input_tokens=700,
            cache_creation={"ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 300},
        )
    )
    async with sdk(house, app, base) as client:
        answer = await client.messages.create(model=model, max_tokens=500, messages=HELLO)
    assert answer.content[0].text == "Well met"
    assert answer._request_id == "req_1"
    call = await house.only_call(app)
    assert (call.provider, call.model, call.basis) == ("anthropic", MODEL, Basis.REPORTED)
    assert (call.input_tokens, call.cached_tokens, call.output_tokens) == (6_700, 5_000, 200)
    # In nano-dollars a token: 1000 plain, 100 read, 1250 and 2000 written, 5000 out.
    assert call.cost == 1_000 * 1_000 + 5_000 * 100 + 400 * 1_250 + 300 * 2_000 + 200 * 5_000


async def test_a_streamed_answer_is_passed_and_charged(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    claude.answer(
        stream(
            started(cache_read_input_tokens=100),
            event_bytes({"type": "ping"}),
            block(0),
            text("Well "),
            text("met"),
            closed(),
            ended(40),
            ended(60),
            STOP,
        )
    )
    async with (
        sdk(house, app) as client,
        client.messages.stream(model=MODEL, max_tokens=500, messages=HELLO) as streamed,
    ):
        shown = [each async for each in streamed.text_stream]
        final = await streamed.get_final_message()
    assert shown == ["Well ", "met"]
    assert final.usage.output_tokens == 60
    call = await house.only_call(app)
    assert (call.streamed, call.end, call.basis) == (True, CallEnd.COMPLETE, Basis.REPORTED)
    assert call.cost == 9 * 1_000 + 100 * 100 + 60 * 5_000


@pytest.mark.parametrize("streamed", [False, True])
async def test_tools_are_called(
    house: GatewayHouse, claude: ScriptedProvider, app: App, *, streamed: bool
) -> None:
    use: dict[str, Any] = {"type": "tool_use", "id": "toolu_1", "name": "look"}
    whole = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [{**use, "input": {"at": "sky"}}],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 3},
    }
    pieces = [delta(type="input_json_delta", partial_json=each) for each in ('{"at":', '"sky"}')]
    begun = block(0, **use, input={})
    events = stream(started(), begun, *pieces, closed(), ended(3, "tool_use"), STOP)
    claude.answer(events if streamed else json_reply(whole))
    asked: dict[str, Any] = {
        "model": MODEL,
        "max_tokens": 500,
        "messages": HELLO,
        "tools": LOOK,
        "tool_choice": {"type": "any"},
    }
    async with sdk(house, app) as client:
        if streamed:
            async with client.messages.stream(**asked) as running:
                answer = await running.get_final_message()
        else:
            answer = await client.messages.create(**asked)
    assert answer.stop_reason == "tool_use"
    assert answer.content[0].input == {"at": "sky"}
    assert claude.last.json["tools"] == LOOK
    assert claude.last.json["tool_choice"] == {"type": "any"}


async def test_the_real_key_goes_out_and_nothing_else_of_the_app_but_version_and_beta(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    told = {"X-Custom": "canary", "anthropic-beta": "some-2026-01-01", "Cookie": "a=canary"}
    async with sdk(house, app, default_headers=told) as client:
        await client.messages.create(model=MODEL, max_tokens=5, messages=HELLO)
        version = client.default_headers["anthropic-version"]
    received = claude.last
    assert received.target == "/v1/messages"
    assert received.header("x-api-key") == PROVIDER_KEY
    assert received.header("anthropic-version") == version
    assert received.header("anthropic-beta") == "some-2026-01-01"
    assert {name.lower() for name, _ in received.headers} == SENT_HEADERS | {"anthropic-beta"}


async def test_an_app_without_a_version_gets_one(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    body = json.dumps({"model": MODEL, "max_tokens": 5, "messages": HELLO}).encode()
    answer = await ask(house.port, post(house.port, body, app.access, path="/v1/messages"))
    assert answer.status == 200
    assert claude.last.header("anthropic-version") == "2023-06-01"
    assert {name.lower() for name, _ in claude.last.headers} == SENT_HEADERS


async def test_counting_tokens_holds_and_costs_nothing(
    house: GatewayHouse, claude: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.000001")
    claude.answer(json_reply({"input_tokens": 12}))
    async with sdk(house, app) as client:
        counted = await client.messages.count_tokens(model=MODEL, messages=HELLO)
    assert counted.input_tokens == 12
    assert claude.last.target == "/v1/messages/count_tokens"
    call = await house.only_call(app)
    assert (call.hold, call.cost, call.end) == (0, 0, CallEnd.COMPLETE)


async def test_models_are_listed(house: GatewayHouse, claude: ScriptedProvider, app: App) -> None:
    rows = [
        {"type": "model", "id": MODEL, "created_at": "2026-01-01T00:00:00Z"},
        {"type": "model", "id": "claude-opus-5", "created_at": "some day"},
    ]
    claude.listing = json_reply({"data": rows, "has_more": False})
    async with sdk(house, app, "/anthropic") as client:
        listed = [each async for each in client.models.list()]
    assert [each.id for each in listed] == [f"anthropic/{MODEL}", "anthropic/claude-opus-5"]
    assert [each.created_at.year for each in listed] == [2026, 1970]
    received = claude.listed[-1]
    assert received.target == "/v1/models?limit=1000"
    assert received.header("x-api-key") == PROVIDER_KEY
    assert received.header("anthropic-version") == "2023-06-01"


async def create(client: Any, **options: Any) -> Any:
    return await client.messages.create(
        **{"model": MODEL, "max_tokens": 500, "messages": HELLO, **options}
    )


async def test_an_unknown_access_is_an_authentication_error(
    house: GatewayHouse, claude: ScriptedProvider
) -> None:
    async with sdk(house, "sk-unknown") as client:
        with pytest.raises(anthropic.AuthenticationError) as refused:
            await create(client)
    assert refused.value.type == "authentication_error"
    assert claude.requests == []


async def test_a_cap_is_a_payment_required_error_and_is_not_tried_again(
    house: GatewayHouse, claude: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.000001")
    async with sdk(house, app) as client:
        with pytest.raises(anthropic.APIStatusError) as refused:
            await create(client)
    assert isinstance(refused.value, anthropic.PaymentRequiredError)
    assert refused.value.type == "billing_error"
    assert refused.value.response.headers["x-should-retry"] == "false"
    assert isinstance(refused.value.body, dict)
    error = refused.value.body["error"]
    assert (error["code"], error["limit"]) == ("insufficient_quota", "app")
    assert error["remedy"] in error["message"]
    assert claude.requests == []


async def test_a_model_outside_the_grant_is_a_permission_error(
    house: GatewayHouse, claude: ScriptedProvider
) -> None:
    app = await house.approve(models=("anthropic/claude-opus-5",))
    async with sdk(house, app) as client:
        with pytest.raises(anthropic.PermissionDeniedError) as refused:
            await create(client)
    assert refused.value.type == "permission_error"
    assert claude.requests == []


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"model": "nothing-like-it"}, anthropic.NotFoundError),
        ({"extra_body": {"mcp_servers": [{"type": "url"}]}}, anthropic.BadRequestError),
        ({"messages": []}, anthropic.BadRequestError),
    ],
)
async def test_what_cannot_be_sent_is_a_typed_error(
    house: GatewayHouse,
    claude: ScriptedProvider,
    app: App,
    options: dict[str, Any],
    error: type[anthropic.APIStatusError],
) -> None:
    async with sdk(house, app) as client:
        with pytest.raises(error):
            await create(client, **options)
    assert claude.requests == []


@pytest.mark.parametrize("path", ["/v1/messages/other", "/anthropic/v1/nothing", "/anthropic/x"])
async def test_what_is_not_there_is_refused_in_the_same_words(
    house: GatewayHouse, app: App, path: str
) -> None:
    answer = await ask(house.port, post(house.port, b"{}", app.access, path=path))
    assert answer.status == 404
    told = json.loads(answer.body)
    assert told["type"] == "error"
    assert told["error"]["type"] == "not_found_error"


@pytest.mark.parametrize("streamed", [False, True])
async def test_the_providers_own_errors_pass(
    house: GatewayHouse, claude: ScriptedProvider, app: App, *, streamed: bool
) -> None:
    error = {"type": "rate_limit_error", "message": "Slow down"}
    told = {"type": "error", "error": error, "request_id": "req_2"}
    claude.answer(json_reply(told, status=429, headers={"Retry-After": "7"}))
    async with sdk(house, app, max_retries=0) as client:
        with pytest.raises(anthropic.RateLimitError) as refused:
            await create(client, stream=streamed)
    assert refused.value.body == told
    assert refused.value.response.headers["retry-after"] == "7"
    call = await house.only_call(app)
    assert call.cost == 0
    assert call.end is CallEnd.FAILED


async def test_an_error_in_the_stream_is_raised_as_such(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    error = {"type": "overloaded_error", "message": "Overloaded"}
    broken = event_bytes({"type": "error", "error": error})
    claude.answer(stream(started(), block(0), text("Hel"), broken))
    async with sdk(house, app) as client:
        running = await create(client, stream=True)
        with pytest.raises(anthropic.APIStatusError) as raised:
            async for _ in running:
                pass
    assert raised.value.type == "overloaded_error"
    call = await house.only_call(app)
    assert (call.end, call.basis) == (CallEnd.FAILED, Basis.ESTIMATED)
    # The input is the provider's word; of the output a token was seen.
    assert call.cost == 9 * 1_000 + 1 * 5_000


async def test_a_provider_that_breaks_off_is_an_error_in_the_stream(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    claude.answer(stream(started(), block(0), text("Hel"), breaks_off=True))
    async with sdk(house, app) as client:
        running = await create(client, stream=True)
        with pytest.raises(anthropic.APIStatusError) as raised:
            async for _ in running:
                pass
    assert raised.value.type == "api_error"
    assert "broke off" in raised.value.message


async def test_a_revocation_ends_the_stream_with_an_error(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    claude.answer(gated := GatedStream([started(), block(0), text("Hel"), text("lo"), STOP]))
    async with sdk(house, app) as client:
        running = await create(client, stream=True)
        gated.let_go(3)
        events = aiter(running)
        for _ in range(3):
            await anext(events)
        await house.on_wallet(house.wallet.revoke(app.grant))
        async with asyncio.timeout(5):
            with pytest.raises(anthropic.APIStatusError) as raised:
                await anext(events)
    assert raised.value.type == "authentication_error"
    assert (await house.only_call(app)).end is CallEnd.REVOKED


async def test_a_bound_the_money_sets_lowers_thinking_too(
    house: GatewayHouse, claude: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.02")
    thinking = {"type": "enabled", "budget_tokens": 18_000}
    async with sdk(house, app) as client:
        await create(client, max_tokens=20_000, thinking=thinking)
    sent = claude.last.json
    assert 1_024 < sent["max_tokens"] < 4_000
    assert sent["thinking"] == {
        "type": "enabled",
        "budget_tokens": max(1_024, sent["max_tokens"] // 2),
    }


async def test_a_stream_that_gets_no_more_ends_like_a_short_answer(
    house: GatewayHouse, claude: ScriptedProvider
) -> None:
    """Another call of the same app takes what the stream would have grown into."""
    app = await house.approve(cap="0.0072")
    gated = GatedStream([started(), block(0), *(text("x" * 20) for _ in range(200))])
    gate = asyncio.Event()
    whole = message("Hello")

    async def late(request: Any) -> Any:
        await gate.wait()
        return await whole(request)

    claude.answer(gated, late)
    async with sdk(house, app) as client:
        running = await create(client, model=SHOWN, max_tokens=4_000, stream=True)
        other = asyncio.create_task(create(client, model=SHOWN, max_tokens=4_000))
        await eventually(lambda: len(claude.requests) == 2)
        gated.let_go(3)
        events = []
        async for event in running:
            events.append(event)
            gated.let_go()
        await gated.hung_up()
        gate.set()
        await other
    said = "".join(event.delta.text for event in events if event.type == "content_block_delta")
    assert 500 <= len(said) < 4_000
    assert [event.type for event in events[-3:]] == [
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert events[-2].delta.stop_reason == "max_tokens"
    stopped = next(call for call in await house.settled(app) if call.streamed)
    assert (stopped.end, stopped.basis) == (CallEnd.STOPPED_AT_CAP, Basis.ESTIMATED)
    assert events[-2].usage.output_tokens == stopped.output_tokens
    assert 0 < stopped.cost <= stopped.hold
