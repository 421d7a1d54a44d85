"""An app of one API on a model of another, Anthropic's being one of them, by the real SDKs."""

import json
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
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
from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    DONE,
    ScriptedProvider,
    completion,
    error_event,
    finish,
    json_reply,
    stream,
    usage,
)
from tests.support.scripted_provider import delta as gpt_delta
from wattfare_desktop.core.reports import CallEnd

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
LOOK: dict[str, Any] = {"type": "object", "properties": {"at": {"type": "string"}}}
# OpenAI's responses have no stop sequences, so these go to its chat completions.
CHAT: dict[str, Any] = {
    "model": "gpt-5-mini",
    "max_tokens": 500,
    "messages": HELLO,
    "stop_sequences": ["x"],
}


@pytest.fixture
async def claude(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with funded_claude(house) as provider:
        yield provider


async def test_an_anthropic_app_on_gpt(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Well met", prompt_tokens=1_000, completion_tokens=200))
    async with sdk(house, app, default_headers={"anthropic-beta": "canary"}) as client:
        answer = await client.messages.create(system="Be brief.", **CHAT)
    assert answer.content[0].text == "Well met"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (1_000, 200)
    assert answer.stop_reason == "end_turn"
    sent = provider.last
    assert sent.target == "/v1/chat/completions"
    assert sent.json["messages"][0]["content"] == "Be brief."
    assert sent.json["max_completion_tokens"] == 500
    assert not any(name.lower().startswith("anthropic-") for name, _ in sent.headers)
    call = await house.only_call(app)
    assert (call.provider, call.cost) == ("openai", 1_000 * 250 + 200 * 2_000)


def called(**function: Any) -> bytes:
    call = {"index": 0, "id": "call_1", "type": "function", "function": function}
    choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}
    chunk = {"id": "chatcmpl-1", "created": 1, "model": "gpt-5-mini", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


async def test_an_anthropic_app_on_gpt_gets_its_stream(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(
        stream(
            gpt_delta("Well "),
            gpt_delta("met"),
            called(name="look", arguments=""),
            called(arguments='{"at": '),
            called(arguments='"sky"}'),
            finish("tool_calls"),
            usage(20, 7),
            DONE,
        )
    )
    tools = [{"name": "look", "input_schema": LOOK}]
    async with (
        sdk(house, app) as client,
        client.messages.stream(tools=tools, **CHAT) as running,
    ):
        shown = [each async for each in running.text_stream]
        answer = await running.get_final_message()
    assert shown == ["Well ", "met"]
    assert answer.content[1].input == {"at": "sky"}
    assert answer.stop_reason == "tool_use"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (20, 7)
    assert (await house.only_call(app)).end is CallEnd.COMPLETE


async def test_gpts_errors_are_typed_for_an_anthropic_app(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    slow = json_reply({"error": {"message": "Slow down"}}, status=429)
    provider.answer(slow, stream(gpt_delta("a"), error_event("It broke")))
    async with sdk(house, app, max_retries=0) as client:
        with pytest.raises(anthropic.RateLimitError, match="Slow down"):
            await client.messages.create(**CHAT)
        running = await client.messages.create(stream=True, **CHAT)
        with pytest.raises(anthropic.APIStatusError, match="It broke"):
            async for _ in running:
                pass
        with pytest.raises(anthropic.BadRequestError) as refused:
            await client.messages.create(speed="fast", **CHAT)
    assert isinstance(refused.value.body, dict)
    error = refused.value.body["error"]
    assert (error["code"], error["param"]) == ("cannot_be_translated", "speed")
    assert len(provider.requests) == 2


async def test_an_openai_app_on_claude(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    claude.answer(message("Well met", cache_read_input_tokens=100))
    async with house.sdk(app) as client:
        answer = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "system", "content": "Be brief."}, *HELLO]
        )
    assert answer.choices[0].message.content == "Well met"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (109, 3)
    sent = claude.last
    assert sent.target == "/v1/messages"
    assert sent.header("anthropic-version") == "2023-06-01"
    assert sent.json["system"] == [{"type": "text", "text": "Be brief."}]
    assert sent.json["max_tokens"] > 4_000
    assert (await house.only_call(app)).cost == 9 * 1_000 + 100 * 100 + 3 * 5_000


async def test_an_openai_app_on_claude_gets_its_stream(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    pieces = [delta(1, type="input_json_delta", partial_json=each) for each in ('{"at":', '"sky"}')]
    use = block(1, type="tool_use", id="toolu_1", name="look", input={})
    said = [started(), block(0), text("Well "), text("met"), closed()]
    claude.answer(stream(*said, use, *pieces, closed(1), ended(40, "tool_use"), STOP))
    async with house.sdk(app) as client:
        chunks = [
            chunk
            async for chunk in await client.chat.completions.create(
                model=MODEL,
                messages=HELLO,
                stream=True,
                stream_options={"include_usage": True},
                tools=[{"type": "function", "function": {"name": "look", "parameters": LOOK}}],
            )
        ]
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(choice.delta.content or "" for choice in choices) == "Well met"
    calls = [call for choice in choices for call in choice.delta.tool_calls or ()]
    arguments = "".join(call.function.arguments or "" for call in calls if call.function)
    assert json.loads(arguments) == {"at": "sky"}
    assert choices[-1].finish_reason == "tool_calls"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 40


async def test_claudes_errors_are_typed_for_an_openai_app(
    house: GatewayHouse, claude: ScriptedProvider, app: App
) -> None:
    error = {"type": "rate_limit_error", "message": "Slow down"}
    claude.answer(json_reply({"type": "error", "error": error}, status=429))
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.RateLimitError, match="Slow down"):
            await client.chat.completions.create(model=MODEL, messages=HELLO)
        with pytest.raises(openai.BadRequestError) as refused:
            await client.chat.completions.create(model=MODEL, messages=HELLO, seed=7)
    assert (refused.value.code, refused.value.param) == ("cannot_be_translated", "seed")
    assert len(claude.requests) == 1


async def test_counting_for_a_model_that_nobody_counts_for_is_a_guess_and_free(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    picture = {"type": "image", "source": {"type": "url", "url": "https://pictures.example/a.png"}}
    long: list[Any] = [{"role": "user", "content": "word " * 2_000}]
    seen: list[Any] = [{"role": "user", "content": [picture, {"type": "text", "text": "What?"}]}]
    async with sdk(house, app) as client:
        told = await client.messages.with_raw_response.count_tokens(
            model="gpt-5-mini", messages=long, tools=[{"name": "look", "input_schema": LOOK}]
        )
        with_picture = await client.messages.count_tokens(model="gpt-5-mini", messages=seen)
    assert 2_500 < (await told.parse()).input_tokens < 2_700
    assert told.headers["x-wattfare-estimated"] == "true"
    assert "x-wattfare-call" not in told.headers
    assert 1_200 < with_picture.input_tokens < 1_300
    assert provider.requests == []
    assert not await house.settled(app)


@pytest.mark.usefixtures("provider")
async def test_counting_is_only_guessed_for_what_an_app_may_use(house: GatewayHouse) -> None:
    app = await house.approve(models=("openai/gpt-4o*",))
    async with sdk(house, app, max_retries=0) as client:
        with pytest.raises(anthropic.PermissionDeniedError):
            await client.messages.count_tokens(model="gpt-5-mini", messages=HELLO)
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.count_tokens(model="no-such-model", messages=HELLO)
        with pytest.raises(anthropic.BadRequestError):
            await client.messages.count_tokens(model="gpt-4o-mini", messages=[])
