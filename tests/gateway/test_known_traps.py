"""What trips others up in providers' APIs, seen by an app that speaks another one, and charged.

Where app and provider speak the same API the tests of each dialect have them; here the same traps
lie under a translation.
"""

import json
from typing import Any

import aiohttp
import anthropic
import openai
import pytest

from tests.support import claude, gemini
from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    DONE,
    ScriptedProvider,
    delta,
    scripted_provider,
    stream,
)

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]


async def streamed_chat(house: GatewayHouse, app: App, model: str, **members: Any) -> list[Any]:
    """Return the chunks that an app of OpenAI's SDK gets."""
    async with house.sdk(app) as client:
        made = await client.chat.completions.create(
            model=model, messages=HELLO, max_tokens=500, stream=True, **members
        )
        assert isinstance(made, openai.AsyncStream)
        return [chunk async for chunk in made]


def last_choice(text: str) -> bytes:
    """Return a last chunk as some compatible servers write it: with the usage on the choice."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop"}
    used = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    told = {"id": "c", "created": 1, "model": "m", "choices": [choice], "usage": used}
    return b"data: " + json.dumps(told).encode() + b"\n\n"


@pytest.mark.parametrize("comment", [b"", b": OPENROUTER PROCESSING\n\n"])
async def test_usage_on_the_last_choices_chunk_and_lines_of_comment(
    house: GatewayHouse, provider: ScriptedProvider, app: App, comment: bytes
) -> None:
    provider.answer(stream(comment, delta("Hel"), comment, last_choice("lo"), DONE))
    chunks = await streamed_chat(house, app, "openai/gpt-5-mini")
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello"
    assert (await house.only_call(app)).cost == 9 * 250 + 3 * 2_000


async def test_the_same_for_an_app_of_anthropics(house: GatewayHouse, app: App) -> None:
    async with scripted_provider() as local:
        funding = await house.fund(local.base_url, provider="vllm")
        local.answer(stream(b": note\n\n", delta("Hel"), last_choice("lo"), DONE))
        async with (
            claude.sdk(house, app) as client,
            client.messages.stream(model="vllm/a", max_tokens=50, messages=HELLO) as heard,
        ):
            final = await heard.get_final_message()
        await house.require_sound()
        await house.remove_funding(funding.id)
    assert final.content[0].text == "Hello"
    assert (final.usage.input_tokens, final.usage.output_tokens) == (9, 3)


@pytest.mark.parametrize("asks", [False, True])
async def test_anthropics_counts_are_cumulative_and_told_once_if_at_all(
    house: GatewayHouse, app: App, *, asks: bool
) -> None:
    """Each delta replaces the one before; ``choices: []`` is for who asked for usage alone."""
    options = {"stream_options": {"include_usage": True}} if asks else {}
    async with claude.funded_claude(house) as provider:
        texts = [claude.text("Hel"), claude.ended(2), claude.text("lo")]
        ends = [claude.closed(), claude.ended(40), claude.ended(60), claude.STOP]
        provider.answer(stream(claude.started(), claude.block(0), *texts, *ends))
        chunks = await streamed_chat(house, app, f"anthropic/{claude.MODEL}", **options)
        assert (await house.only_call(app)).cost == 9 * 1_000 + 60 * 5_000
    if asks:
        assert chunks.pop().usage.completion_tokens == 60
    assert all(len(chunk.choices) == 1 for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("as_array", [False, True])
async def test_geminis_thoughts_stand_outside_the_candidates(
    house: GatewayHouse, app: App, *, as_array: bool
) -> None:
    """They are output, however the stream is written."""
    chunks = [gemini.answer({"text": "One"}, reason=None), gemini.answer({"text": " two."})]
    whole = stream(json.dumps(chunks).encode(), content_type="application/json")
    async with scripted_provider() as google:
        funding = await house.fund(google.base_url.removesuffix("/v1"), provider="google")
        google.answer(whole if as_array else stream(*map(gemini.event, chunks)))
        seen = await streamed_chat(
            house, app, f"google/{gemini.FLASH}", stream_options={"include_usage": True}
        )
        call = await house.only_call(app)
        await house.require_sound()
        await house.remove_funding(funding.id)
    assert "".join(c.choices[0].delta.content or "" for c in seen if c.choices) == "One two."
    usage = seen[-1].usage
    assert (usage.completion_tokens, usage.completion_tokens_details.reasoning_tokens) == (70, 20)
    assert call.cost == 600 * 300 + 400 * 30 + 70 * 2_500


@pytest.mark.parametrize("header", ["x-api-key", "Authorization", "x-goog-api-key"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/messages", {"model": claude.MODEL, "max_tokens": 5, "messages": HELLO}),
        (
            f"/v1beta/models/{claude.MODEL}:generateContent",
            {"contents": [{"parts": [{"text": "Hello"}]}]},
        ),
        ("/v1/responses", {"model": claude.MODEL, "input": "Hello", "max_output_tokens": 16}),
    ],
)
async def test_an_access_is_taken_from_where_any_sdk_puts_it(
    house: GatewayHouse, app: App, header: str, path: str, body: dict[str, Any]
) -> None:
    value = f"Bearer {app.access}" if header == "Authorization" else app.access
    async with claude.funded_claude(house), aiohttp.ClientSession(house.origin) as session:
        async with session.post(path, json=body, headers={header: value}) as response:
            assert response.status == 200, await response.text()
        async with session.post(path, json=body, headers={header: value + "x"}) as response:
            assert response.status == 401


async def test_anthropics_sdk_sends_a_bearer_or_a_key(house: GatewayHouse, app: App) -> None:
    """Which it is depends on its age and on what it is given."""
    async with claude.funded_claude(house):
        for named in ("api_key", "auth_token"):
            given: dict[str, Any] = {named: app.access}
            async with anthropic.AsyncAnthropic(base_url=house.origin, **given) as client:
                said = await client.messages.create(
                    model=claude.MODEL, max_tokens=5, messages=HELLO
                )
                assert said.content[0].type == "text"
