"""The official SDK through the real gateway to a server that none of us wrote."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.mock_upstream import mock_upstream
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
PRICED = "openai/gpt-4.1"
FREE = "vllm/gpt-4.1"
"""Costs nothing, so that any name has a price: the mock is told by the name what to answer."""


@pytest.fixture
async def mock(house: GatewayHouse) -> AsyncIterator[None]:
    """The mock as OpenAI, and as a server of one's own that speaks chat completions alone."""
    async with mock_upstream("app.openai_app") as address:
        fundings = [await house.fund(f"{address}/v1", provider=row) for row in ("openai", "vllm")]
        yield
        await house.require_sound()
        for funding in fundings:
            await house.remove_funding(funding.id)


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize("streamed", [False, True])
async def test_chat_completions(house: GatewayHouse, app: App, *, streamed: bool) -> None:
    async with house.sdk(app) as client:
        made: Any = await client.chat.completions.create(
            model=PRICED, messages=HELLO, max_tokens=50, stream=streamed
        )
        if streamed:
            chunks = [chunk async for chunk in made]
            text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
            assert chunks[-1].choices[0].finish_reason == "stop"
        else:
            text = made.choices[0].message.content
    assert text
    await require_charged(house, app)


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize("model", [PRICED, f"{FREE}:mock-text"])
async def test_responses(house: GatewayHouse, app: App, model: str) -> None:
    async with house.sdk(app) as client:
        answer = await client.responses.create(model=model, input="Hello", max_output_tokens=50)
        async with client.responses.stream(model=model, input="Hello") as stream:
            async for _ in stream:
                pass
            final = await stream.get_final_response()
    assert answer.output_text
    assert final.output_text
    assert final.usage is not None
    assert final.usage.output_tokens > 0
    for call in await house.settled(app):
        assert (call.end, call.basis) == (CallEnd.COMPLETE, Basis.REPORTED)


async def require_charged(house: GatewayHouse, app: App) -> None:
    call = await house.only_call(app)
    assert (call.end, call.basis) == (CallEnd.COMPLETE, Basis.REPORTED)
    assert call.cost == call.input_tokens * 2_000 + call.output_tokens * 8_000


@pytest.mark.usefixtures("mock")
async def test_tools(house: GatewayHouse, app: App) -> None:
    parameters: Any = {"type": "object", "properties": {}}
    function: Any = {"name": "get_weather", "parameters": parameters}
    async with house.sdk(app) as client:
        chat = await client.chat.completions.create(
            model=f"{FREE}:mock-tool-call",
            messages=HELLO,
            tools=[{"type": "function", "function": function}],
        )
        tool: Any = {"type": "function", "strict": False, **function}
        answer = await client.responses.create(
            model=f"{FREE}:mock-tool-call", input="Hello", tools=[tool]
        )
        async with client.responses.stream(
            model=f"{FREE}:mock-tool-stream", input="Hello", tools=[tool]
        ) as stream:
            final = await stream.get_final_response()
    assert chat.choices[0].message.tool_calls
    names = [item.name for item in answer.output if item.type == "function_call"]
    streamed = [item.arguments for item in final.output if item.type == "function_call"]
    assert names
    assert streamed
    assert streamed[0].startswith("{")


@pytest.mark.usefixtures("mock")
async def test_arguments_that_are_no_json_are_the_apps_to_refuse(
    house: GatewayHouse, app: App
) -> None:
    tool: Any = {"type": "function", "name": "f", "parameters": {}, "strict": False}
    async with house.sdk(app) as client:
        answer = await client.responses.create(
            model=f"{FREE}:mock-bad-tool-json", input="Hello", tools=[tool]
        )
    (call,) = answer.output
    assert call.type == "function_call"
    with pytest.raises(json.JSONDecodeError):
        json.loads(call.arguments)


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize(
    ("scenario", "raised"),
    [
        ("mock-400", openai.BadRequestError),
        ("mock-401", openai.AuthenticationError),
        ("mock-429", openai.RateLimitError),
        ("mock-500", openai.InternalServerError),
        ("mock-503", openai.InternalServerError),
    ],
)
async def test_errors_are_the_sdks_own(
    house: GatewayHouse, app: App, scenario: str, raised: type[openai.APIStatusError]
) -> None:
    model = f"{FREE}:{scenario}"
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(raised):
            await client.chat.completions.create(model=model, messages=HELLO)
        with pytest.raises(raised):
            await client.responses.create(model=model, input="Hello")
        with pytest.raises(raised):
            await client.responses.create(model=model, input="Hello", stream=True)
