"""The practice provider in each dialect: official SDKs at its own port, and through the wallet."""

import json
import ssl
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest
from google import genai
from google.genai import errors, types

from tests.support.claude import sdk as claude_sdk
from tests.support.gateway_house import App, GatewayHouse
from tests.support.gemini import sdk as gemini_sdk
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.gateway.practice.provider import MODELS, PracticeServer, start_practice

# Google's SDK makes a class of aiohttp's session, which aiohttp would rather it did not.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Inheritance class AiohttpClientSession:DeprecationWarning"
)

KEY = "practice-key"
HELLO = "Hello there"
ASKED = "What does get_weather say?"
CLAUDE, GEMINI = "claude-haiku-4-5", "gemini-2.5-flash"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
GAVE_BACK = 'The tool get_weather gave back: "'


def quick() -> ssl.SSLContext:
    """Without the certificates that take an SDK long to read."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
async def server() -> AsyncIterator[PracticeServer]:
    server = await start_practice(KEY, pace_s=0)
    yield server
    await server.close()


@pytest.fixture
async def chatgpt(server: PracticeServer) -> AsyncIterator[openai.AsyncOpenAI]:
    http = openai.DefaultAsyncHttpxClient(verify=quick())
    async with openai.AsyncOpenAI(
        base_url=f"{server.base_url}/v1", api_key=KEY, http_client=http
    ) as client:
        yield client


@pytest.fixture
async def claude(server: PracticeServer) -> AsyncIterator[anthropic.AsyncAnthropic]:
    http = anthropic.DefaultAsyncHttpxClient(verify=quick())
    async with anthropic.AsyncAnthropic(
        base_url=server.base_url, api_key=KEY, http_client=http
    ) as client:
        yield client


@pytest.fixture
async def gemini(server: PracticeServer) -> AsyncIterator[genai.client.AsyncClient]:
    client = google(server, KEY)
    yield client.aio
    await client.aio.aclose()
    client.close()


def google(server: PracticeServer, key: str) -> genai.Client:
    arguments = {"verify": quick()}
    options = types.HttpOptions(
        base_url=server.base_url,
        api_version="v1beta",
        client_args=arguments,
        async_client_args=dict(arguments),
    )
    return genai.Client(api_key=key, http_options=options)


async def test_responses_with_a_tool(chatgpt: openai.AsyncOpenAI) -> None:
    tool: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": True}
    asked: Any = [{"role": "user", "content": ASKED}]
    first = await chatgpt.responses.create(model="gpt-5-mini", input=asked, tools=[tool])
    call = first.output[0]
    assert call.type == "function_call"
    assert json.loads(call.arguments) == {"city": "practice"}
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}
    turns: Any = [*asked, call.model_dump(), result]
    async with chatgpt.responses.stream(model="gpt-5-mini", input=turns, tools=[tool]) as stream:
        pieces = [
            event.delta async for event in stream if event.type == "response.output_text.delta"
        ]
        final = await stream.get_final_response()
    assert f'{GAVE_BACK}rain".' in "".join(pieces) == final.output_text
    assert final.usage is not None
    assert final.usage.output_tokens == len(pieces)


async def test_messages_with_a_tool(claude: anthropic.AsyncAnthropic) -> None:
    asked: Any = {"role": "user", "content": ASKED}
    tools: Any = [{"name": "get_weather", "input_schema": SCHEMA}]
    first = await claude.messages.create(
        model=CLAUDE, max_tokens=500, messages=[asked], tools=tools
    )
    assert first.stop_reason == "tool_use"
    (use,) = first.content
    assert use.type == "tool_use"
    assert use.input == {"city": "practice"}
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "rain"}
    turns: Any = [
        asked,
        {"role": "assistant", "content": [use.model_dump()]},
        {"role": "user", "content": [result]},
    ]
    async with claude.messages.stream(
        model=CLAUDE, max_tokens=500, messages=turns, tools=tools
    ) as stream:
        pieces = [text async for text in stream.text_stream]
        final = await stream.get_final_message()
    assert f'{GAVE_BACK}rain".' in "".join(pieces)
    assert (final.stop_reason, final.usage.output_tokens) == ("end_turn", len(pieces))
    counted = await claude.messages.count_tokens(model=CLAUDE, messages=turns, tools=tools)
    assert counted.input_tokens == final.usage.input_tokens


async def test_generating_with_a_tool(gemini: genai.client.AsyncClient) -> None:
    declared = types.FunctionDeclaration(name="get_weather", parameters_json_schema=SCHEMA)
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[declared])])
    asked = types.Content(role="user", parts=[types.Part(text=ASKED)])
    first = await gemini.models.generate_content(model=GEMINI, contents=[asked], config=config)
    assert first.candidates is not None
    called = first.candidates[0].content
    (call,) = first.function_calls or []
    assert (call.name, call.args) == ("get_weather", {"city": "practice"})
    assert called is not None
    answered = types.Part.from_function_response(name="get_weather", response={"output": "rain"})
    turns: Any = [asked, called, types.Content(role="user", parts=[answered])]
    stream = await gemini.models.generate_content_stream(
        model=GEMINI, contents=turns, config=config
    )
    chunks = [chunk async for chunk in stream]
    pieces = [chunk.text for chunk in chunks if chunk.text]
    assert f'{GAVE_BACK}rain".' in "".join(pieces)
    usage = chunks[-1].usage_metadata
    assert usage is not None
    assert usage.candidates_token_count == len(pieces)


async def test_counting_at_gemini(gemini: genai.client.AsyncClient) -> None:
    counted = await gemini.models.count_tokens(model=GEMINI, contents=HELLO)
    answer = await gemini.models.generate_content(model=GEMINI, contents=HELLO)
    assert answer.usage_metadata is not None
    assert counted.total_tokens == answer.usage_metadata.prompt_token_count == 3 + 4 + 2


async def test_lists_of_models(
    claude: anthropic.AsyncAnthropic, gemini: genai.client.AsyncClient
) -> None:
    listed = await claude.models.list()
    assert tuple(row.id for row in listed.data) == MODELS
    rows = await gemini.models.list()
    assert [row.name async for row in rows] == [f"models/{name}" for name in MODELS]


async def test_a_bound_is_obeyed(
    claude: anthropic.AsyncAnthropic, gemini: genai.client.AsyncClient
) -> None:
    said = await claude.messages.create(
        model=CLAUDE, max_tokens=7, messages=[{"role": "user", "content": HELLO}]
    )
    assert (said.stop_reason, said.usage.output_tokens) == ("max_tokens", 7)
    config = types.GenerateContentConfig(max_output_tokens=7)
    answer = await gemini.models.generate_content(model=GEMINI, contents=HELLO, config=config)
    assert answer.candidates is not None
    assert answer.candidates[0].finish_reason is types.FinishReason.MAX_TOKENS


async def test_what_means_nothing_to_a_made_up_answer_is_let_be(
    chatgpt: openai.AsyncOpenAI,
) -> None:
    answer = await chatgpt.chat.completions.create(
        model="gpt-5",
        messages=[{"role": "user", "content": HELLO}],
        verbosity="low",
        logit_bias={"1": 1},
    )
    assert answer.choices[0].message.content
    nobodys: Any = [{"role": "narrator"}]
    with pytest.raises(openai.BadRequestError) as refused:
        await chatgpt.chat.completions.create(model="gpt-5", messages=nobodys)
    assert "role" in str(refused.value.param)


async def test_errors_in_each_familys_words(
    server: PracticeServer, claude: anthropic.AsyncAnthropic
) -> None:
    stranger = google(server, "wrong")
    try:
        with pytest.raises(errors.ClientError) as refused:
            await stranger.aio.models.generate_content(model=GEMINI, contents=HELLO)
        assert refused.value.code == 401
    finally:
        await stranger.aio.aclose()
        stranger.close()
    with pytest.raises(anthropic.NotFoundError):
        await claude.messages.create(
            model="claude-99", max_tokens=5, messages=[{"role": "user", "content": HELLO}]
        )


@pytest.fixture
async def practice(house: GatewayHouse) -> AsyncIterator[None]:
    """The wallet's own practice provider as funding."""
    added = await house.on_wallet(
        house.wallet.add_funding("practice", key=None, base_url=None, balance=parse_usd("5.00"))
    )
    yield
    await house.require_sound()
    await house.remove_funding(added.row.id)


@pytest.mark.usefixtures("practice")
async def test_each_model_costs_what_its_maker_bills(house: GatewayHouse, app: App) -> None:
    async with claude_sdk(house, app) as claude:
        said = await claude.messages.create(
            model=CLAUDE, max_tokens=4, messages=[{"role": "user", "content": HELLO}]
        )
        counted = await claude.messages.count_tokens(
            model=CLAUDE, messages=[{"role": "user", "content": HELLO}]
        )
    assert counted.input_tokens == said.usage.input_tokens == 9
    async with gemini_sdk(house, app, "") as gemini:
        config = types.GenerateContentConfig(max_output_tokens=4)
        await gemini.models.generate_content(model=GEMINI, contents=HELLO, config=config)
    async with house.sdk(app) as chatgpt:
        await chatgpt.responses.create(model="gpt-5-mini", input=HELLO, max_output_tokens=16)
        names = {row.id async for row in await chatgpt.models.list()}
    assert {f"practice/{name}" for name in MODELS} <= names
    costs = {call.model: call.cost for call in await house.settled(app) if call.cost}
    assert costs == {
        CLAUDE: 9 * 1_000 + 4 * 5_000,
        GEMINI: 9 * 300 + 4 * 2_500,
        "gpt-5-mini": 9 * 250 + 16 * 2_000,
    }
