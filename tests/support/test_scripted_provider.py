"""Tests of the scripted provider: what it says it did is what went over the wire."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    ScriptedProvider,
    break_off,
    completion,
    delta,
    disconnect,
    json_reply,
    scripted_provider,
    stream,
    usage,
)


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        yield provider


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_requests_are_kept_as_they_came(
    provider: ScriptedProvider, http: aiohttp.ClientSession
) -> None:
    headers = {"X-Two": "a", "x-other": "b"}
    await http.post(f"{provider.base_url}/chat?a=b", data=b'{"n":1}', headers=headers)
    assert provider.last.target == "/v1/chat?a=b"
    assert provider.last.json == {"n": 1}
    assert ("X-Two", "a") in provider.last.headers
    assert provider.last.header("X-OTHER") == "b"
    assert provider.last.header("absent") is None
    await http.get(f"{provider.base_url}/models")
    assert (len(provider.requests), len(provider.listed)) == (1, 1)


async def test_replies_come_in_order_and_the_last_one_stays(
    provider: ScriptedProvider, http: aiohttp.ClientSession
) -> None:
    provider.answer(completion("forgotten"))
    provider.answer(json_reply({}, status=503), json_reply({}, status=429))
    statuses = [(await http.post(provider.base_url, data=b"{}")).status for _ in range(3)]
    assert statuses == [503, 429, 429]


async def test_a_gated_stream_sends_what_it_was_let(
    provider: ScriptedProvider, http: aiohttp.ClientSession
) -> None:
    events = [delta("a"), delta("b"), usage(1, 2), DONE]
    provider.answer(gated := GatedStream(events))
    asking = asyncio.create_task(http.post(provider.base_url, data=b"{}"))
    await gated.begun()
    assert gated.sent == 0
    gated.let_go()
    async with await asking as answer:
        assert await answer.content.readany() == events[0]
        assert gated.sent == 1
        gated.let_all_go()
        assert await answer.content.read() == b"".join(events[1:])
    assert not gated.is_hung_up


async def test_a_gated_stream_knows_when_its_reader_hangs_up(
    provider: ScriptedProvider, http: aiohttp.ClientSession
) -> None:
    provider.answer(gated := GatedStream([delta("a"), DONE]))
    gated.let_go()
    answer = await http.post(provider.base_url, data=b"{}")
    await answer.content.readany()
    answer.close()
    await gated.hung_up()
    assert gated.sent == 1


async def test_a_provider_can_be_rude(
    provider: ScriptedProvider, http: aiohttp.ClientSession
) -> None:
    provider.answer(disconnect, break_off, stream(delta("a"), breaks_off=True))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await http.post(provider.base_url, data=b"{}")
    for _ in range(2):
        async with await http.post(provider.base_url, data=b"{}") as answer:
            with pytest.raises(aiohttp.ClientError):
                await answer.read()
