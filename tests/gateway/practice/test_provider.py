"""Tests of ``wattfare_desktop.gateway.practice.provider``: OpenAI's SDK at a real socket."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import openai
import pytest

from wattfare_desktop.gateway.practice.provider import MODELS, PracticeServer, start_practice
from wattfare_desktop.providers.dialect import AppRequest, CallRequest
from wattfare_desktop.providers.openai.chat import OpenAiChat

KEY = "practice-key"
HELLO: list[Any] = [{"role": "user", "content": "Hello there, who are you?"}]
HELLO_TOKENS = 3 + 4 + 7


@pytest.fixture
async def server() -> AsyncIterator[PracticeServer]:
    server = await start_practice(KEY, pace_s=0)
    yield server
    await server.close()


@pytest.fixture
async def client(server: PracticeServer) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        base_url=f"{server.base_url}/v1", api_key=KEY, max_retries=0
    ) as client:
        yield client


async def test_a_whole_answer(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    text = answer.choices[0].message.content
    assert text is not None
    assert "practice" in text
    assert "Hello there, who are you?" in text
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == HELLO_TOKENS
    assert answer.usage.total_tokens == (
        answer.usage.prompt_tokens + answer.usage.completion_tokens
    )


async def test_a_streamed_answer_is_one_token_an_event(client: openai.AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    assert whole.usage is not None
    stream = await client.chat.completions.create(
        model="gpt-5-mini", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    texts = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    pieces = [text for text in texts if text]
    assert "".join(pieces) == whole.choices[0].message.content
    assert len(pieces) == whole.usage.completion_tokens
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert all(chunk.usage is None for chunk in chunks[:-1])


async def test_a_stream_tells_no_usage_unless_asked(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="gpt-5", messages=HELLO, stream=True)
    chunks = [chunk async for chunk in stream]
    assert all(chunk.choices for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_output_bound_is_obeyed(client: openai.AsyncOpenAI, name: str) -> None:
    bound: dict[str, Any] = {name: 7}
    answer = await client.chat.completions.create(model="gpt-5-nano", messages=HELLO, **bound)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 7


@pytest.mark.parametrize(("fewer", "reason"), [(0, "stop"), (1, "length")])
async def test_a_bound_that_just_fits_cuts_nothing(
    client: openai.AsyncOpenAI, fewer: int, reason: str
) -> None:
    whole = await client.chat.completions.create(model="gpt-5-nano", messages=HELLO)
    assert whole.usage is not None
    bound = whole.usage.completion_tokens - fewer
    answer = await client.chat.completions.create(
        model="gpt-5-nano", messages=HELLO, max_tokens=bound
    )
    assert answer.choices[0].finish_reason == reason
    assert answer.usage is not None
    assert answer.usage.completion_tokens == bound


async def test_choices_are_different_and_all_counted(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, n=3)
    texts = {choice.message.content for choice in answer.choices}
    assert len(texts) == 3
    assert answer.usage is not None
    assert answer.usage.completion_tokens > 3 * 90


async def test_choices_of_a_stream(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="gpt-5-mini", messages=HELLO, n=2, max_tokens=4, stream=True
    )
    said = {0: "", 1: ""}
    ends = []
    async for chunk in stream:
        choice = chunk.choices[0]
        said[choice.index] += choice.delta.content or ""
        if choice.finish_reason:
            ends.append((choice.index, choice.finish_reason))
    assert said == {0: "[practice]", 1: "[practice]"}
    assert ends == [(0, "length"), (1, "length")]


async def test_the_same_request_has_the_same_answer(client: openai.AsyncOpenAI) -> None:
    first = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    second = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    assert first.choices == second.choices
    assert first.id != second.id


async def test_its_models(client: openai.AsyncOpenAI) -> None:
    listed = await client.models.list()
    assert tuple(model.id for model in listed.data) == MODELS


async def test_a_wrong_key_is_refused(server: PracticeServer) -> None:
    async with openai.AsyncOpenAI(base_url=f"{server.base_url}/v1", api_key="wrong") as stranger:
        with pytest.raises(openai.AuthenticationError) as models:
            await stranger.models.list()
        with pytest.raises(openai.AuthenticationError):
            await stranger.chat.completions.create(model="gpt-5", messages=HELLO)
    assert models.value.code == "invalid_api_key"


async def test_an_unknown_model_is_refused(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        await client.chat.completions.create(model="gpt-99", messages=HELLO)
    assert refused.value.code == "model_not_found"
    assert refused.value.param == "model"


async def test_a_bad_request_is_refused(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.chat.completions.create(model="gpt-5", messages=HELLO, n=0)
    assert refused.value.param == "n"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
async def test_what_is_not_json_is_refused(server: PracticeServer, raw: bytes) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{server.base_url}/v1/chat/completions", data=raw) as response,
    ):
        assert response.status == 400
        assert (await response.json())["error"]["type"] == "invalid_request_error"


async def test_tokens_come_at_a_pace() -> None:
    """A slow provider sends its first event long before its last could be made."""
    server = await start_practice(KEY, pace_s=3600)
    try:
        async with (
            asyncio.timeout(10),
            openai.AsyncOpenAI(base_url=f"{server.base_url}/v1", api_key=KEY) as client,
            await client.chat.completions.create(
                model="gpt-5-mini", messages=HELLO, stream=True
            ) as stream,
        ):
            first = await anext(aiter(stream))
            assert first.choices[0].delta.role == "assistant"
    finally:
        await server.close()


async def test_the_dialect_reads_what_it_sends(server: PracticeServer) -> None:
    dialect = OpenAiChat()
    body = {"model": "gpt-5-mini", "messages": HELLO, "stream": True}
    call = dialect.read_request(AppRequest(body=body, body_bytes=200))
    assert isinstance(call, CallRequest)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(
            f"{server.base_url}/v1/chat/completions",
            json=dialect.upstream_request(call, "gpt-5-mini").body,
        ) as response,
    ):
        reader = dialect.stream_reader(call)
        passed = [
            part async for chunk in response.content.iter_any() for part in reader.feed(chunk)
        ]
    passed += reader.finish()
    assert b"usage" not in b"".join(passed)
    assert reader.done
    assert reader.report is not None
    assert reader.report.usage.input_tokens == HELLO_TOKENS
    assert reader.report.usage.output_tokens == reader.visible.pieces


async def test_a_closed_server_is_gone(server: PracticeServer) -> None:
    await server.close()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(f"{server.base_url}/v1/models")
