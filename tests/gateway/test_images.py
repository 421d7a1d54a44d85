"""Pictures through the real gateway, as the official SDK asks for them."""

import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import ScriptedProvider, json_reply, stream
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
