"""Gemini's SDK at another provider, and other SDKs at Gemini, through the real gateway."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from google.genai import errors, types

from tests.support.gateway_house import App, GatewayHouse
from tests.support.gemini import FLASH, answer, event, piece, sdk
from tests.support.scripted_provider import (
    DONE,
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
from wattfare_desktop.core.reports import CallEnd, CallStatus

# Google's SDK makes a class of aiohttp's session, which aiohttp would rather it did not.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Inheritance class AiohttpClientSession:DeprecationWarning"
)

CHAT = "deepseek/deepseek-chat"
HELLO = "Hello there"
MESSAGES: list[Any] = [{"role": "user", "content": HELLO}]
TOOL = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(
            name="add",
            parameters=types.Schema(
                type=types.Type.OBJECT, properties={"a": types.Schema(type=types.Type.INTEGER)}
            ),
        )
    ]
)


@pytest.fixture
async def deepseek(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    """A provider of chat completions; afterwards no hold may be left open."""
    async with scripted_provider() as provider:
        funding = await house.fund(provider.base_url, provider="deepseek")
        yield provider
        await house.require_sound()
        await house.remove_funding(funding.id)


@pytest.fixture
async def google(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    """Gemini; afterwards no hold may be left open."""
    async with scripted_provider() as provider:
        base_url = provider.base_url.removesuffix("/v1")
        funding = await house.fund(base_url, provider="google")
        yield provider
        await house.require_sound()
        await house.remove_funding(funding.id)


def config(**members: Any) -> types.GenerateContentConfig:
    members.setdefault("max_output_tokens", 900)
    return types.GenerateContentConfig(**members)


async def ask(house: GatewayHouse, app: App, **members: Any) -> types.GenerateContentResponse:
    async with sdk(house, app, "") as client:
        return await client.models.generate_content(
            model=CHAT, contents=HELLO, config=config(**members)
        )


async def stream_of(
    house: GatewayHouse, app: App, seen: list[types.GenerateContentResponse], **members: Any
) -> None:
    async with sdk(house, app, "") as client:
        async for chunk in await client.models.generate_content_stream(
            model=CHAT, contents=HELLO, config=config(**members)
        ):
            seen.append(chunk)  # noqa: PERF401 - kept also where an error follows


async def test_geminis_sdk_at_a_provider_of_chat_completions(
    house: GatewayHouse, deepseek: ScriptedProvider, app: App
) -> None:
    deepseek.answer(completion("Hello", prompt_tokens=9, completion_tokens=3))
    told = await ask(house, app, system_instruction="be brief", tools=[TOOL])
    assert told.text == "Hello"
    assert told.usage_metadata is not None
    assert told.usage_metadata.total_token_count == 12
    sent = deepseek.last.json
    assert sent["messages"] == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": HELLO},
    ]
    assert sent["tools"][0]["function"]["parameters"] == {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
    }
    assert sent["max_tokens"] == 900
    assert (await house.only_call(app)).status is CallStatus.SETTLED


async def test_a_stream_comes_in_geminis_chunks(
    house: GatewayHouse, deepseek: ScriptedProvider, app: App
) -> None:
    deepseek.answer(stream(delta("Hel"), delta("lo"), finish(), usage(9, 3), DONE))
    seen: list[types.GenerateContentResponse] = []
    await stream_of(house, app, seen)
    assert [chunk.text for chunk in seen] == ["Hel", "lo", ""]
    last = seen[-1]
    assert last.usage_metadata is not None
    assert last.usage_metadata.total_token_count == 12
    assert last.candidates is not None
    assert last.candidates[0].finish_reason is types.FinishReason.STOP


async def test_a_stream_stopped_at_its_bound_ends_cleanly(
    house: GatewayHouse, deepseek: ScriptedProvider, app: App
) -> None:
    """The provider does not keep to its bound, so the wallet hangs up."""
    deepseek.answer(stream(*(delta("word ") for _ in range(50)), finish(), usage(9, 50), DONE))
    seen: list[types.GenerateContentResponse] = []
    await stream_of(house, app, seen, max_output_tokens=5)
    assert seen[-1].candidates is not None
    assert seen[-1].candidates[0].finish_reason is types.FinishReason.MAX_TOKENS
    assert (await house.only_call(app)).end is CallEnd.STOPPED_AT_CAP


async def test_errors_come_in_geminis_words(
    house: GatewayHouse, deepseek: ScriptedProvider, app: App
) -> None:
    deepseek.answer(json_reply({"error": {"message": "slow down"}}, status=429))
    with pytest.raises(errors.ClientError) as refused:
        await ask(house, app)
    assert (refused.value.code, refused.value.message) == (429, "slow down")
    deepseek.answer(stream(delta("Hel"), error_event("overloaded")))
    seen: list[types.GenerateContentResponse] = []
    with pytest.raises(errors.ServerError) as failed:
        await stream_of(house, app, seen)
    assert [chunk.text for chunk in seen] == ["Hel"]
    assert failed.value.message == "overloaded"


async def test_what_the_other_provider_cannot_do_is_refused_by_name(
    house: GatewayHouse, deepseek: ScriptedProvider, app: App
) -> None:
    with pytest.raises(errors.ClientError) as refused:
        await ask(house, app, tools=[types.Tool(code_execution=types.ToolCodeExecution())])
    (told,) = refused.value.details["error"]["details"]
    assert told["reason"] == "CANNOT_BE_TRANSLATED"
    assert told["metadata"]["param"] == "tools[0].codeExecution"
    assert deepseek.requests == []


async def test_openais_sdk_at_gemini(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    google.answer(
        json_reply(answer({"functionCall": {"name": "add", "args": {"a": 1}}})),
        stream(piece("It is"), event(answer({"text": " 3."}))),
    )
    tools: list[Any] = [{"type": "function", "function": {"name": "add"}}]
    async with house.sdk(app) as client:
        first = await client.chat.completions.create(
            model=f"google/{FLASH}", messages=MESSAGES, tools=tools
        )
        said = first.choices[0].message
        assert said.tool_calls is not None
        called = said.tool_calls[0].id
        result = {"role": "tool", "tool_call_id": called, "content": "3"}
        messages: list[Any] = [*MESSAGES, said.model_dump(exclude_none=True), result]
        second = await client.chat.completions.create(
            model=f"google/{FLASH}",
            messages=messages,
            tools=tools,
            stream=True,
        )
        assert isinstance(second, openai.AsyncStream)
        told = [chunk.choices[0].delta.content or "" async for chunk in second]
    assert "".join(told) == "It is 3."
    assert google.last.target.endswith(":streamGenerateContent?alt=sse")
    answered = google.last.json["contents"][-1]["parts"][0]["functionResponse"]
    assert answered == {"id": called, "name": "add", "response": {"output": "3"}}
    assert {call.cost for call in await house.settled(app)} == {600 * 300 + 400 * 30 + 70 * 2_500}


async def test_geminis_errors_raise_openais_exceptions(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    error = {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}
    google.answer(json_reply({"error": error}, status=429))
    with pytest.raises(openai.RateLimitError, match="slow down"):
        async with house.sdk(app, max_retries=0) as client:
            await client.chat.completions.create(model=f"google/{FLASH}", messages=MESSAGES)


async def test_counting_for_a_model_that_nobody_counts_for_is_a_guess_and_free(
    house: GatewayHouse, deepseek: ScriptedProvider, app: App
) -> None:
    async with sdk(house, app, "") as client:
        told = await client.models.count_tokens(model=CHAT, contents="word " * 2_000)
    assert told.total_tokens is not None
    assert 2_500 < told.total_tokens < 2_600
    assert told.sdk_http_response is not None
    assert told.sdk_http_response.headers is not None
    assert told.sdk_http_response.headers["x-wattfare-estimated"] == "true"
    assert deepseek.requests == []
    assert not await house.settled(app)
