"""Ollama's API at the gateway, as its official SDK uses it."""

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import ollama
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    DONE,
    ScriptedProvider,
    completion,
    delta,
    finish,
    json_reply,
    scripted_provider,
    stream,
    usage,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.providers.dialect import NDJSON_TYPE

LLAMA = "llama3.2"
ROOT, OWN = "", "/ollama"
HELLO = [{"role": "user", "content": "Hello there"}]
COUNTED = {"done_reason": "stop", "prompt_eval_count": 9, "eval_count": 3}


def line(*, done: bool = False, **members: Any) -> dict[str, Any]:
    told = {"model": LLAMA, "created_at": "2026-11-28T00:00:00Z", "done": done, **members}
    return {**told, **COUNTED} if done else told


def said(text: str, *, done: bool = False, **members: Any) -> dict[str, Any]:
    return line(done=done, message={"role": "assistant", "content": text, **members})


def lines(*told: dict[str, Any]) -> Any:
    return stream(*(json.dumps(each).encode() + b"\n" for each in told), content_type=NDJSON_TYPE)


@pytest.fixture
async def local(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    """An Ollama of one's own; afterwards no hold may be left open."""
    async with scripted_provider() as local:
        funding = await house.fund(local.base_url.removesuffix("/v1"), provider="ollama")
        yield local
        await house.require_sound()
        await house.remove_funding(funding.id)


@asynccontextmanager
async def sdk(house: GatewayHouse, app: App | str, base: str = ROOT) -> AsyncIterator[Any]:
    """Yield the official client with its address, and the access in a header.

    Its types know no call of which it is open whether it streams.
    """
    access = app if isinstance(app, str) else app.access
    # Without the certificates that take it long to read.
    async with ollama.AsyncClient(
        host=house.origin + base,
        headers={"Authorization": f"Bearer {access}"},
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    ) as client:
        yield client


async def require_free(house: GatewayHouse, app: App, tokens: tuple[int, int]) -> None:
    call = await house.only_call(app)
    assert (call.provider, call.model, call.end) == ("ollama", LLAMA, CallEnd.COMPLETE)
    assert (call.basis, call.cost) == (Basis.REPORTED, 0)
    assert (call.input_tokens, call.output_tokens) == tokens


@pytest.mark.parametrize(
    ("base", "model"),
    [(ROOT, f"ollama/{LLAMA}"), (ROOT, LLAMA), (OWN, LLAMA), ("/p/ollama", LLAMA)],
)
async def test_a_whole_chat(
    house: GatewayHouse, local: ScriptedProvider, app: App, base: str, model: str
) -> None:
    local.answer(json_reply(said("Well met", done=True)))
    async with sdk(house, app, base) as client:
        answer = await client.chat(model, HELLO, options={"num_predict": 50, "seed": 7})
    assert answer.message.content == "Well met"
    assert (local.last.target, local.last.json["model"]) == ("/api/chat", LLAMA)
    assert local.last.json["options"] == {"num_predict": 50, "seed": 7}
    assert local.last.header("Authorization") is None
    await require_free(house, app, (9, 3))


async def test_a_streamed_chat(house: GatewayHouse, local: ScriptedProvider, app: App) -> None:
    local.answer(lines(said("Well "), said("met"), said("", done=True)))
    async with sdk(house, app) as client:
        parts = [part async for part in await client.chat(LLAMA, HELLO, stream=True)]
    assert [part.message.content for part in parts] == ["Well ", "met", ""]
    assert (parts[-1].done, parts[-1].eval_count) == (True, 3)
    await require_free(house, app, (9, 3))


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_loop_of_tools(
    house: GatewayHouse, local: ScriptedProvider, app: App, *, streamed: bool
) -> None:
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    called = said("", tool_calls=[{"function": {"name": "add", "arguments": {"a": 1, "b": 2}}}])
    whole = {**called, **COUNTED, "done": True}
    first = lines(called, said("", done=True)) if streamed else json_reply(whole)
    local.answer(first, json_reply(said("It is 3.", done=True)))
    async with sdk(house, app) as client:
        made = await client.chat(LLAMA, HELLO, tools=[add], stream=streamed)
        parts = [part async for part in made] if streamed else [made]
        (call,) = [each for part in parts for each in part.message.tool_calls or ()]
        result = {
            "role": "tool",
            "tool_name": "add",
            "content": str(add(**call.function.arguments)),
        }
        turns = [*HELLO, next(part.message for part in parts if part.message.tool_calls), result]
        answer = await client.chat(LLAMA, turns, tools=[add])
    assert answer.message.content == "It is 3."
    sent = local.last.json["messages"]
    assert sent[1]["tool_calls"][0]["function"] == {"name": "add", "arguments": {"a": 1, "b": 2}}
    assert sent[2] == {"role": "tool", "tool_name": "add", "content": "3"}


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_completion(
    house: GatewayHouse, local: ScriptedProvider, app: App, *, streamed: bool
) -> None:
    whole = json_reply(line(response="Well met", done=True))
    pieces = lines(line(response="Well "), line(response="met"), line(response="", done=True))
    local.answer(pieces if streamed else whole)
    async with sdk(house, app, OWN) as client:
        made = await client.generate(LLAMA, "Hello", stream=streamed)
        parts = [part async for part in made] if streamed else [made]
    assert "".join(part.response for part in parts) == "Well met"
    assert local.last.target == "/api/generate"
    await require_free(house, app, (9, 3))


async def test_embeddings(house: GatewayHouse, local: ScriptedProvider, app: App) -> None:
    told = {"model": LLAMA, "embeddings": [[0.5, -0.25]], "prompt_eval_count": 4}
    local.answer(json_reply(told))
    async with sdk(house, app) as client:
        answer = await client.embed(f"ollama/{LLAMA}", "Hello")
    assert list(answer.embeddings[0]) == [0.5, -0.25]
    assert local.last.json == {"model": LLAMA, "input": "Hello"}
    await require_free(house, app, (4, 0))


@pytest.mark.parametrize("base", [ROOT, OWN])
async def test_the_list_of_models(
    house: GatewayHouse, local: ScriptedProvider, app: App, base: str
) -> None:
    local.listing = json_reply({"data": [{"id": LLAMA, "created": 1}]})
    async with sdk(house, app, base) as client:
        listed = await client.list()
    assert [row.model for row in listed.models] == [f"ollama/{LLAMA}"]


@pytest.mark.parametrize("streamed", [False, True])
async def test_at_a_provider_of_another_api(
    house: GatewayHouse, provider: ScriptedProvider, app: App, *, streamed: bool
) -> None:
    pieces = stream(delta("Well "), delta("met"), finish(), usage(9, 3), DONE)
    provider.answer(pieces if streamed else completion("Well met"))
    async with sdk(house, app) as client:
        made = await client.chat(
            "openai/gpt-5-mini", HELLO, stream=streamed, options={"num_predict": 9, "seed": 7}
        )
        parts = [part async for part in made] if streamed else [made]
    assert "".join(part.message.content for part in parts) == "Well met"
    assert (parts[-1].prompt_eval_count, parts[-1].eval_count) == (9, 3)
    assert provider.last.json["seed"] == 7
    assert (await house.only_call(app)).cost == 9 * 250 + 3 * 2_000


async def refused(house: GatewayHouse, app: App | str, model: str) -> ollama.ResponseError:
    """Return what the SDK raises, streamed as well as whole."""
    async with sdk(house, app) as client:
        with pytest.raises(ollama.ResponseError) as whole:
            await client.chat(model, HELLO)
        with pytest.raises(ollama.ResponseError) as streamed:
            async for _ in await client.chat(model, HELLO, stream=True):
                pass
    assert whole.value.status_code == streamed.value.status_code
    assert whole.value.error
    return whole.value


@pytest.mark.usefixtures("provider")
async def test_refusals_raise_its_error_with_their_status(
    house: GatewayHouse, local: ScriptedProvider
) -> None:
    unknown = await refused(house, "wf_at_" + "A" * 43, LLAMA)
    assert (unknown.status_code, "does not know this access" in unknown.error) == (401, True)
    poor = await house.approve(cap="0.00001")
    over = await refused(house, poor, "openai/gpt-5-mini")
    assert (over.status_code, "does not fit this app's cap" in over.error) == (402, True)
    narrow = await house.approve(models=["openai/*"])
    assert (await refused(house, narrow, LLAMA)).status_code == 403
    paused = await house.approve()
    await house.on_wallet(house.wallet.pause(paused.grant))
    assert (await refused(house, paused, LLAMA)).status_code == 403
    assert local.requests == []


async def test_errors_of_the_server_keep_their_status_and_sentence(
    house: GatewayHouse, local: ScriptedProvider, app: App
) -> None:
    for status in (404, 429, 500):
        local.answer(json_reply({"error": "model 'x' not found"}, status=status))
        error = await refused(house, app, LLAMA)
        assert (error.status_code, error.error) == (status, "model 'x' not found")


async def test_an_error_in_mid_stream(
    house: GatewayHouse, local: ScriptedProvider, app: App
) -> None:
    local.answer(lines(said("Well "), {"error": "the model broke"}))
    seen: list[str | None] = []
    with pytest.raises(ollama.ResponseError, match="the model broke"):
        await hear(house, app, seen)
    assert seen == ["Well "]
    assert (await house.only_call(app)).cost == 0


async def hear(house: GatewayHouse, app: App, seen: list[str | None]) -> None:
    async with sdk(house, app) as client:
        async for part in await client.chat(LLAMA, HELLO, stream=True):
            seen.append(part.message.content)  # noqa: PERF401 - kept also where an error follows
