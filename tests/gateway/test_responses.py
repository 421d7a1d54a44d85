"""OpenAI's responses through the real gateway, as the official SDK asks for them.

Each is tried at a provider that speaks them and at one that speaks chat completions alone: the app
cannot tell the difference.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    Reply,
    ScriptedProvider,
    completion,
    delta,
    error_event,
    finish,
    json_reply,
    scripted_provider,
    stream,
    usage,
)
from tests.support.scripted_responses import (
    called,
    function_call,
    numbered,
    response,
    response_body,
    response_usage,
    spoken,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.reports import CallEnd, CallStatus

TOOL: Any = {
    "type": "function",
    "name": "weather",
    "description": "Tells the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": False,
}
LLAMA = "together/meta-llama/Llama-3.3-70B-Instruct-Turbo"
ARGUMENTS = '{"city":"Ghent"}'
BROKE = "The model broke."
ERROR = {"code": "server_error", "message": BROKE}
(FAILED,) = numbered([("failed", {"response": response_body([], status="failed", error=ERROR)})])
CALL: Any = {
    "id": "call_1",
    "index": 0,
    "type": "function",
    "function": {"name": "weather", "arguments": ARGUMENTS},
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """A provider, a model it shows all its output of, and how it says the same things.

    Prices are in nano-dollars a token.
    """

    provider: ScriptedProvider
    model: str
    path: str
    input_nanos: int
    output_nanos: int
    translated: bool

    def says(self, text: str, taken: int, made: int) -> Reply:
        if self.translated:
            return completion(text, prompt_tokens=taken, completion_tokens=made)
        return response(text, input_tokens=taken, output_tokens=made)

    def streams(self, *pieces: str, taken: int, made: int) -> list[bytes]:
        if self.translated:
            return [*(delta(piece) for piece in pieces), finish(), usage(taken, made), DONE]
        return spoken(*pieces, input_tokens=taken, output_tokens=made)

    def calls_a_tool(self) -> Reply:
        if not self.translated:
            output = [function_call("weather", ARGUMENTS)]
            return json_reply(response_body(output, usage=response_usage(9, 3)))
        message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
        choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
        return completion("", choices=[choice])


@pytest.fixture(params=["direct", "translated"])
async def way(house: GatewayHouse, request: pytest.FixtureRequest) -> AsyncIterator[Way]:
    translated = request.param == "translated"
    async with scripted_provider() as provider:
        row = "together" if translated else "openai"
        funding = await house.fund(provider.base_url, provider=row)
        yield Way(
            provider=provider,
            model=LLAMA if translated else "openai/gpt-4.1-mini",
            path="/v1/chat/completions" if translated else "/v1/responses",
            input_nanos=880 if translated else 400,
            output_nanos=880 if translated else 1_600,
            translated=translated,
        )
        await house.require_sound()
        await house.remove_funding(funding.id)


async def create(client: openai.AsyncOpenAI, way: Way, **options: Any) -> Response:
    options.setdefault("input", "Hello there")
    made = await client.responses.create(model=way.model, **options)
    assert isinstance(made, Response)
    return made


async def events_of(
    client: openai.AsyncOpenAI, way: Way, **options: Any
) -> list[ResponseStreamEvent]:
    made = await client.responses.create(
        model=way.model, input="Hello there", stream=True, **options
    )
    assert isinstance(made, openai.AsyncStream)
    return [event async for event in made]


async def test_a_whole_answer_is_passed_and_charged(
    house: GatewayHouse, way: Way, app: App
) -> None:
    way.provider.answer(way.says("Well met", 1_000, 200))
    async with house.sdk(app) as client:
        answer = await create(client, way, max_output_tokens=300, instructions="Be brief.")
    assert answer.output_text == "Well met"
    assert answer.status == "completed"
    assert answer.usage is not None
    assert answer.usage.total_tokens == 1_200
    assert way.provider.last.target == way.path
    sent = way.provider.last.json
    assert sent["model"] == way.model.partition("/")[2]
    assert 300 in {sent.get("max_output_tokens"), sent.get("max_tokens")}
    call = await house.only_call(app)
    assert (call.end, call.basis) == (CallEnd.COMPLETE, Basis.REPORTED)
    assert call.cost == 1_000 * way.input_nanos + 200 * way.output_nanos


async def test_a_stream_is_passed_and_charged(house: GatewayHouse, way: Way, app: App) -> None:
    way.provider.answer(stream(*way.streams("Well", " met", taken=100, made=2)))
    async with (
        house.sdk(app) as client,
        client.responses.stream(model=way.model, input="Hello there") as answer,
    ):
        kinds = [event.type async for event in answer]
        final = await answer.get_final_response()
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds.count("response.output_text.delta") == 2
    assert kinds[-1] == "response.completed"
    assert final.output_text == "Well met"
    assert final.usage is not None
    assert (final.usage.input_tokens, final.usage.output_tokens) == (100, 2)
    call = await house.only_call(app)
    assert (call.end, call.streamed) == (CallEnd.COMPLETE, True)
    assert call.cost == 100 * way.input_nanos + 2 * way.output_nanos


async def test_a_tool_is_called_and_answered(house: GatewayHouse, way: Way, app: App) -> None:
    way.provider.answer(way.calls_a_tool(), way.says("Rain.", 20, 2))
    async with house.sdk(app) as client:
        asked: Any = [{"role": "user", "content": "Weather in Ghent?"}]
        first = await create(client, way, input=asked, tools=[TOOL], tool_choice="required")
        (call,) = first.output
        assert call.type == "function_call"
        assert (call.name, call.arguments, call.call_id) == ("weather", ARGUMENTS, "call_1")
        asked += [
            {key: value for key, value in call.to_dict().items() if key != "status"},
            {"type": "function_call_output", "call_id": call.call_id, "output": "wet"},
        ]
        second = await create(client, way, input=asked, tools=[TOOL])
    assert second.output_text == "Rain."
    sent = way.provider.last.json
    told = sent["messages"] if way.translated else sent["input"]
    assert [each.get("content", each.get("output")) for each in told][-1] == "wet"
    assert (sent["tools"][0].get("function") or sent["tools"][0])["name"] == "weather"


async def test_a_tool_is_called_in_a_stream(house: GatewayHouse, way: Way, app: App) -> None:
    pieces = ('{"city":', '"Ghent"}')
    if way.translated:
        begun = {"delta": {"tool_calls": [{**CALL, "function": {"name": "weather"}}]}}
        more = [
            {"delta": {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}}
            for piece in pieces
        ]
        chunks: list[dict[str, Any]] = [begun, *more, {"delta": {}, "finish_reason": "tool_calls"}]
        raw = [_chunk({"index": 0, **chunk}) for chunk in chunks]
        way.provider.answer(stream(*raw, usage(9, 3), DONE))
    else:
        way.provider.answer(stream(*called("weather", *pieces)))
    async with (
        house.sdk(app) as client,
        client.responses.stream(model=way.model, input="Weather?", tools=[TOOL]) as answer,
    ):
        kinds = [event.type async for event in answer]
        final = await answer.get_final_response()
    assert kinds.count("response.function_call_arguments.delta") == 2
    (call,) = final.output
    assert call.type == "function_call"
    assert (call.name, call.arguments) == ("weather", ARGUMENTS)


def _chunk(choice: dict[str, Any]) -> bytes:
    told = {"id": "chatcmpl-1", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(told)}\n\n".encode()


async def test_a_wrong_access_is_an_authentication_error(house: GatewayHouse, way: Way) -> None:
    async with house.sdk("wf_nobody") as client:
        with pytest.raises(openai.AuthenticationError):
            await create(client, way)


async def test_a_full_cap_is_402_and_not_tried_again(house: GatewayHouse, way: Way) -> None:
    app = await house.approve(cap="0.000001")
    async with house.sdk(app) as client:
        with pytest.raises(openai.APIStatusError) as raised:
            await create(client, way)
    assert raised.value.status_code == 402
    assert raised.value.code == "insufficient_quota"
    assert way.provider.requests == []


async def test_a_model_that_was_not_granted_is_a_permission_error(
    house: GatewayHouse, way: Way
) -> None:
    app = await house.approve(models=("openai/gpt-5-nano",))
    async with house.sdk(app) as client:
        with pytest.raises(openai.PermissionDeniedError):
            await create(client, way)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_providers_429_is_a_rate_limit_error(
    house: GatewayHouse, way: Way, app: App, *, streamed: bool
) -> None:
    error = {"error": {"message": "slow down", "type": "requests", "code": "rate_limit_exceeded"}}
    way.provider.answer(json_reply(error, status=429))
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.RateLimitError, match="slow down") as raised:
            await (events_of(client, way) if streamed else create(client, way))
    assert raised.value.code == "rate_limit_exceeded"
    assert (await house.only_call(app)).status is CallStatus.VOIDED


async def test_a_stream_that_breaks_off_fails_and_raises(
    house: GatewayHouse, way: Way, app: App
) -> None:
    begun = 1 if way.translated else 5
    raw = way.streams("Well", " met", taken=9, made=2)[:begun]
    way.provider.answer(stream(*raw, breaks_off=True))
    kinds: list[str] = []

    async def read(made: openai.AsyncStream[ResponseStreamEvent]) -> None:
        async for event in made:
            kinds.append(event.type)  # noqa: PERF401 - what came before it raised stays

    async with house.sdk(app) as client:
        made = await client.responses.create(model=way.model, input="Hello", stream=True)
        assert isinstance(made, openai.AsyncStream)
        with pytest.raises(openai.APIError, match="broke off"):
            await read(made)
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.failed"
    call = await house.only_call(app)
    assert (call.end, call.basis) == (CallEnd.FAILED, Basis.ESTIMATED)


async def test_a_failure_that_the_provider_tells_in_a_stream_is_told(
    house: GatewayHouse, way: Way, app: App
) -> None:
    """As OpenAI tells it no SDK raises: it is an event like others, and passes as it came."""
    begun = way.streams("Well", taken=9, made=2)[: 1 if way.translated else 5]
    way.provider.answer(stream(*begun, error_event(BROKE) if way.translated else FAILED))
    events: list[ResponseStreamEvent] = []
    raised: openai.APIError | None = None

    async with house.sdk(app) as client:
        made = await client.responses.create(model=way.model, input="Hello", stream=True)
        assert isinstance(made, openai.AsyncStream)
        try:
            async for each in made:
                events.append(each)  # noqa: PERF401 - what came before it raised stays
        except openai.APIError as error:
            raised = error
    assert "Well" in [each.delta for each in events if each.type == "response.output_text.delta"]
    last = events[-1]
    assert last.type == "response.failed"
    assert last.response.error is not None
    assert last.response.error.message == BROKE
    assert (raised is not None) == way.translated
    call = await house.only_call(app)
    assert (call.end, call.basis) == (CallEnd.FAILED, Basis.ESTIMATED)


async def test_a_stream_stops_cleanly_at_the_cap(house: GatewayHouse, way: Way) -> None:
    """Little more than sixty-four tokens fit, and a provider that keeps no bound is hung up on."""
    floor = 64 * way.output_nanos + 400 * way.input_nanos
    app = await house.approve(cap=f"{floor / 10**9:.9f}")
    pieces = ("four",) * 200
    way.provider.answer(gated := GatedStream(way.streams(*pieces, taken=9, made=200)))
    gated.let_go(5)
    events: list[ResponseStreamEvent] = []
    async with house.sdk(app) as client:
        made = await client.responses.create(model=way.model, input="Hello", stream=True)
        assert isinstance(made, openai.AsyncStream)
        async for event in made:
            events.append(event)
            gated.let_go()
        await gated.hung_up()
    *_, item_done, last = events
    assert item_done.type == "response.output_item.done"
    assert last.type == "response.incomplete"
    assert last.response.incomplete_details is not None
    assert last.response.incomplete_details.reason == "max_output_tokens"
    assert last.response.usage is not None
    assert last.response.usage.output_tokens > 0
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert last.response.output_text == said
    call = await house.only_call(app)
    assert call.end is CallEnd.STOPPED_AT_CAP
    assert 0 < call.cost <= parse_usd(f"{floor / 10**9:.9f}")


@pytest.mark.parametrize(
    "members",
    [
        {"previous_response_id": "resp_1"},
        {"conversation": "conv_1"},
        {"background": True},
        {"prompt": {"id": "pmpt_1"}},
    ],
)
async def test_what_has_no_bound_is_refused_by_name(
    house: GatewayHouse, way: Way, app: App, members: dict[str, Any]
) -> None:
    async with house.sdk(app) as client:
        with pytest.raises(openai.BadRequestError) as raised:
            await create(client, way, **members)
    assert raised.value.code == "unbounded_cost"
    assert raised.value.param in members
    assert way.provider.requests == []


async def test_an_unspoken_wish_about_storing_stays_unspoken(
    house: GatewayHouse, way: Way, app: App
) -> None:
    way.provider.answer(way.says("Hi", 9, 1))
    async with house.sdk(app) as client:
        await create(client, way)
    assert "store" not in way.provider.last.json
