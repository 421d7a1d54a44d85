"""Pictures through the real gateway, as the official SDK asks for them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    DONE,
    ScriptedProvider,
    json_reply,
    scripted_provider,
    stream,
)
from tests.support.sounds import event
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway.form_body import read_form

PNG = b"\x89PNG\r\n\x1a\n--not-a-boundary"
USAGE = {
    "input_tokens": 50,
    "input_tokens_details": {"text_tokens": 50, "image_tokens": 0},
    "output_tokens": 272,
    "total_tokens": 322,
}
PAINTER = "openrouter/google/gemini-2.5-flash-image"
USAGE_NANOS = 50 * 5_000 + 272 * 40_000


async def test_a_picture_by_the_token(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(json_reply({"created": 1, "data": [{"b64_json": "AAAA"}], "usage": USAGE}))
    async with house.sdk(app) as client:
        made = await client.images.generate(
            model="openai/gpt-image-1", prompt="a cat", quality="low", size="1024x1024"
        )
    assert made.data is not None
    assert made.data[0].b64_json == "AAAA"
    assert (provider.last.target, provider.last.json["model"]) == (
        "/v1/images/generations",
        "gpt-image-1",
    )
    row = await house.only_call(app)
    assert (row.cost, row.basis) == (USAGE_NANOS, Basis.REPORTED)
    assert row.cost < row.hold < 2 * (272 + 1_024) * 40_000


async def test_pictures_by_the_piece(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    picture = {"url": "https://pictures.example/a.png"}
    provider.answer(json_reply({"created": 1, "data": [picture]}))
    async with house.sdk(app) as client:
        await client.images.generate(
            model="openai/dall-e-3", prompt="a cat", quality="hd", size="1024x1792"
        )
    row = await house.only_call(app)
    assert (row.cost, row.basis, row.hold) == (120_000_000, Basis.COMPUTED, 120_000_000)


async def test_a_picture_as_it_grows(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    events = [
        event("image_generation.partial_image", b64_json="AA==", partial_image_index=0),
        event("image_generation.completed", b64_json="AAAA", usage=USAGE),
    ]
    provider.answer(stream(*events))
    async with house.sdk(app) as client:
        growing = await client.images.generate(
            model="openai/gpt-image-1", prompt="a cat", stream=True, partial_images=1
        )
        kinds = [each.type async for each in growing]
    assert kinds == ["image_generation.partial_image", "image_generation.completed"]
    row = await house.only_call(app)
    assert (row.cost, row.basis, row.end) == (USAGE_NANOS, Basis.REPORTED, CallEnd.COMPLETE)


async def test_a_picture_that_does_not_fit_is_refused_and_not_made_smaller(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.10")
    async with house.sdk(app) as client:
        with pytest.raises(openai.APIStatusError) as refused:
            await client.images.generate(model="openai/gpt-image-1", prompt="a cat")
    assert refused.value.status_code == 402
    assert provider.requests == []


async def test_a_picture_made_from_another_goes_on_as_a_form_of_our_own(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(json_reply({"created": 1, "data": [{"b64_json": "AAAA"}], "usage": USAGE}))
    async with house.sdk(app) as client:
        made = await client.images.edit(
            model="openai/gpt-image-1",
            image=[("a.png", PNG, "image/png"), ("b.png", PNG, "image/png")],
            prompt="a hat\r\n--boundary",
            n=1,
        )
    assert made.usage is not None
    assert made.usage.output_tokens == 272
    content_type = provider.last.header("Content-Type")
    assert content_type is not None
    sent = read_form(provider.last.body, content_type)
    files = [part for part in sent if part.name == "image[]"]
    assert [(part.file_name, part.content) for part in files] == [("a.png", PNG), ("b.png", PNG)]
    fields = {part.name: part.content for part in sent if part.file_name is None}
    assert fields == {"model": b"gpt-image-1", "prompt": b"a hat\r\n--boundary", "n": b"1"}
    row = await house.only_call(app)
    assert row.cost == USAGE_NANOS


async def test_the_provider_s_refusal_passes_and_costs_nothing(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    error = {"error": {"message": "not that", "type": "image_generation_user_error", "code": "m"}}
    provider.answer(json_reply(error, status=400))
    async with house.sdk(app) as client:
        with pytest.raises(openai.BadRequestError, match="not that"):
            await client.images.generate(model="openai/gpt-image-1", prompt="x")
    assert len(provider.requests) == 1
    assert (await house.only_call(app)).cost == 0


async def test_a_form_where_json_belongs_and_the_other_way_round(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.sdk(app, max_retries=0) as client:
        for path, options in (
            ("/images/edits", {"body": {"model": "gpt-image-1"}}),
            (
                "/images/generations",
                {
                    "body": {"model": "gpt-image-1"},
                    "files": {"image": PNG},
                    "options": {"headers": {"Content-Type": "multipart/form-data"}},
                },
            ),
        ):
            with pytest.raises(openai.APIStatusError) as refused:
                await client.post(path, cast_to=object, **options)
            assert refused.value.status_code == 415
    assert provider.requests == []


async def test_a_broken_form_is_refused(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.sdk(app, max_retries=0) as client:
        answer = await client._client.post(
            f"{house.origin}/v1/images/edits",
            content=b"--x\r\nnothing",
            headers={
                "Authorization": f"Bearer {app.access}",
                "Content-Type": "multipart/form-data; boundary=x",
            },
        )
    assert answer.status_code == 400
    assert "boundary" in answer.json()["error"]["message"]
    assert provider.requests == []


@pytest.fixture
async def openrouter(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        funding = await house.fund(provider.base_url, provider="openrouter")
        yield provider
        await house.require_sound()
        await house.remove_funding(funding.id)


def drawn(inside: str) -> dict[str, Any]:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    said = {"role": "assistant", "content": "A cat.", "images": [picture]}
    return {
        "id": "gen-1",
        "object": "chat.completion",
        "choices": [{"index": 0, inside: said, "finish_reason": "stop"}],
    }


CHAT_USAGE = {"prompt_tokens": 10, "completion_tokens": 1_300, "total_tokens": 1_310}


async def draw(house: GatewayHouse, app: App, model: str, **options: Any) -> Any:
    async with house.sdk(app, max_retries=0) as client:
        made: Any = await client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "Draw a cat"}],
            extra_body={"modalities": ["image", "text"]},
            **options,
        )
        return [each async for each in made] if options.get("stream") else made


async def test_a_picture_in_a_chat_is_held_whole_and_charged_as_stated(
    house: GatewayHouse, openrouter: ScriptedProvider, app: App
) -> None:
    openrouter.answer(json_reply({**drawn("message"), "usage": {**CHAT_USAGE, "cost": 0.03876}}))
    made = await draw(house, app, PAINTER, max_tokens=50)
    assert made.choices[0].message.images[0]["image_url"]["url"].startswith("data:image/png")
    sent = openrouter.last.json
    assert (sent["modalities"], sent["max_tokens"]) == (["image", "text"], 50)
    row = await house.only_call(app)
    assert (row.cost, row.basis) == (38_760_000, Basis.REPORTED)
    assert row.hold > 32_768 * 30_000, "all that the model may answer, at the price of pictures"


async def test_a_picture_in_a_stream_of_a_chat(
    house: GatewayHouse, openrouter: ScriptedProvider, app: App
) -> None:
    chunk = {**drawn("delta"), "object": "chat.completion.chunk"}
    last = {**chunk, "choices": [], "usage": {**CHAT_USAGE, "cost": 0.03876}}
    openrouter.answer(stream(event_of(chunk), event_of(last), DONE))
    chunks = await draw(house, app, PAINTER, stream=True)
    assert chunks[0].choices[0].delta.images
    assert (await house.only_call(app)).cost == 38_760_000


async def test_a_picture_whose_cost_was_not_stated_after_all_is_charged_as_one(
    house: GatewayHouse, openrouter: ScriptedProvider, app: App
) -> None:
    openrouter.answer(json_reply({**drawn("message"), "usage": CHAT_USAGE}))
    await draw(house, app, PAINTER)
    assert (await house.only_call(app)).cost == 10 * 300 + 1_300 * 30_000


async def test_a_picture_that_the_cap_has_no_room_for_is_not_asked_for(
    house: GatewayHouse, openrouter: ScriptedProvider
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        await draw(house, await house.approve(cap="0.50"), PAINTER, max_tokens=50)
    assert refused.value.status_code == 402
    assert openrouter.requests == []


async def test_a_model_without_a_price_for_pictures_says_what_to_type(
    house: GatewayHouse, openrouter: ScriptedProvider, app: App
) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        await draw(house, app, "openrouter/openai/gpt-4o-mini")
    assert refused.value.code == "model_not_priced"
    command = "wattfare price set openrouter/openai/gpt-4o-mini --input … --output … --output-image"
    assert command in refused.value.message
    assert openrouter.requests == []


async def test_pictures_in_chats_only_where_their_cost_is_stated(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await draw(house, app, "openai/gpt-4o-mini")
    assert (refused.value.code, refused.value.param) == ("unbounded_cost", "modalities")
    assert provider.requests == []


def event_of(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"
