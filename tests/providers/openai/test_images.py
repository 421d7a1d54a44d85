"""Tests of ``wattfare_desktop.providers.openai.images`` and ``image_bounds``."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.support.asked import answer, call_of, form, read_form, refusal_of
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    CallRequest,
    FormPart,
    RequestRefusal,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.openai.images import OpenAiImageEdits, OpenAiImages

IMAGES, EDITS = OpenAiImages(), OpenAiImageEdits()
PNG = FormPart(name="image[]", content=b"\x89PNG" * 9, file_name="a.png", content_type="image/png")
WRITTEN = 1_024


def body(model: str = "gpt-image-1", **members: Any) -> dict[str, Any]:
    return {"model": model, "prompt": "a cat", **members}


def edit(*files: FormPart, **fields: str) -> CallRequest:
    call = read_form(EDITS, form(files or (PNG,), **{"model": "gpt-image-1", **fields}))
    assert isinstance(call, CallRequest), call
    return call


@pytest.mark.parametrize(
    ("members", "each"),
    [
        ({}, 6_240),
        ({"size": "auto", "quality": "auto"}, 6_240),
        ({"size": "1024x1024"}, 4_160),
        ({"quality": "medium"}, 1_584),
        ({"quality": "low", "size": "1536x1024"}, 400),
        ({"quality": "new", "size": "4096x4096"}, 6_240),
        ({"quality": "low", "size": "1024x1024", "stream": True, "partial_images": 3}, 572),
        ({"quality": "low", "size": "1024x1024", "partial_images": 3}, 272),
    ],
)
def test_tokens_are_bounded_by_size_and_quality(members: dict[str, Any], each: int) -> None:
    call = call_of(IMAGES, body(**members))
    assert call.output_tokens_max == each + WRITTEN
    assert not call.takes_bound
    assert (dict(call.counted_max), call.price_variant) == ({}, None)


def test_each_of_several_pictures_is_held() -> None:
    call = call_of(IMAGES, body(n=3, quality="low", size="1024x1024"))
    assert call.output_bound(8_192) == 3 * (272 + WRITTEN)


def test_a_later_model_is_bounded_by_its_own_maximum() -> None:
    assert call_of(IMAGES, body("gpt-image-2")).output_bound(32_768) == 32_768


@pytest.mark.parametrize(
    ("members", "variant"),
    [
        ({}, "standard 1024x1024"),
        ({"quality": "hd", "size": "1024x1792"}, "hd 1024x1792"),
        ({"size": "256x256"}, "standard 256x256"),
    ],
)
def test_older_models_are_billed_by_the_picture(members: dict[str, Any], variant: str) -> None:
    call = call_of(IMAGES, body("openai/dall-e-3", n=2, **members))
    assert (call.price_variant, call.output_tokens_max) == (variant, 0)
    assert call.counted_max == {UnitKind.IMAGE: 2}


def test_the_bounds_follow_the_model_that_an_alias_stands_for() -> None:
    call = replace(call_of(IMAGES, body("pictures")), model="openai/gpt-image-1")
    assert call.counted_max == {}
    assert call.output_tokens_max == 6_240 + WRITTEN
    back = replace(call, model="openai/dall-e-3")
    assert back.counted_max == {UnitKind.IMAGE: 1}


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"n": 0}, "n"),
        ({"n": 11}, "n"),
        ({"n": 2, "stream": True}, "n"),
        ({"partial_images": 4}, "partial_images"),
        ({"size": 4}, "size"),
        ({"model": None}, "model"),
    ],
)
def test_what_cannot_be_bounded_is_refused(members: dict[str, Any], param: str) -> None:
    assert refusal_of(IMAGES, {**body(), **members}).param == param


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {
                "input_tokens": 100,
                "input_tokens_details": {
                    "text_tokens": 40,
                    "image_tokens": 60,
                    "cached_tokens": 30,
                    "cached_tokens_details": {"text_tokens": 10, "image_tokens": 20},
                },
                "output_tokens": 500,
                "output_tokens_details": {"image_tokens": 400, "text_tokens": 100},
            },
            Usage(
                input_tokens=100,
                cached_read_tokens=10,
                cached_image_tokens=20,
                input_image_tokens=40,
                output_tokens=500,
                output_image_tokens=400,
            ),
        ),
        (
            {"input_tokens": 5, "output_tokens": 272},
            Usage(input_tokens=5, output_tokens=272, output_image_tokens=272),
        ),
    ],
)
def test_tokens_as_they_are_told(usage: dict[str, Any], expected: Usage) -> None:
    read = IMAGES.read_answer(call_of(IMAGES, body()), answer({"data": [{}], "usage": usage}))
    assert read is not None
    assert read.report == UsageReport(usage=expected)


def test_pictures_are_counted_where_they_are_what_is_billed() -> None:
    call = call_of(IMAGES, body("dall-e-2", n=4))
    read = IMAGES.read_answer(call, answer({"data": [{}, {}, {}]}))
    assert read is not None
    assert read.report == UsageReport(usage=Usage(counted={UnitKind.IMAGE: 3}), computed=True)
    assert IMAGES.estimate(call, VisibleOutput()) == Usage(counted={UnitKind.IMAGE: 4})


def test_what_a_provider_says_it_bills_is_taken() -> None:
    usage = {"cost_in_usd_ticks": 200_000_000}
    call = call_of(IMAGES, body("x-ai/grok-imagine-image"))
    read = IMAGES.read_answer(call, answer({"data": [{}], "usage": usage}))
    assert read is not None
    assert read.report == UsageReport(
        usage=Usage(counted={UnitKind.IMAGE: 1}), stated_usd=Decimal("0.02")
    )


def test_an_answer_without_usage_is_taken_for_all_that_was_asked_for() -> None:
    call = call_of(IMAGES, body(quality="low", size="1024x1024"))
    read = IMAGES.read_answer(call, answer({"data": [{}]}))
    assert read is not None
    assert read.report is None
    assert IMAGES.estimate(call, VisibleOutput()).output_tokens == 272 + WRITTEN
    assert IMAGES.estimate(call_of(IMAGES, body("gpt-image-2")), VisibleOutput()).output_tokens > 0


def test_the_last_event_of_a_stream_tells_the_usage() -> None:
    reader = IMAGES.stream_reader(call_of(IMAGES, body(stream=True)))
    reader.feed(b'data: {"type":"image_generation.partial_image","b64_json":"AA"}\n\n')
    assert (reader.done, reader.report) == (False, None)
    reader.feed(
        b'data: {"type":"image_generation.completed","usage":'
        b'{"input_tokens":1,"output_tokens":2}}\n\n'
    )
    assert reader.done
    assert reader.report is not None
    assert reader.report.usage.output_image_tokens == 2


def test_an_edit_is_a_form_whose_pictures_are_read() -> None:
    mask = FormPart(name="mask", content=b"M" * 99, file_name="m.png")
    call = edit(PNG, PNG, mask, prompt="a hat", n="2", quality="low", size="1024x1024")
    assert (call.media_parts, call.image_parts, call.choices) == (3, 3, 2)
    assert call.input_bound(262_144, 7_241) == 3 * 7_241 + call.text_tokens_max
    assert call.text_tokens_max < 60
    sent = EDITS.upstream_request(call, "other")
    assert sent.path == "/images/edits"
    assert {part.name: part.content for part in sent.body if isinstance(part, FormPart)} == {
        "model": b"other",
        "prompt": b"a hat",
        "n": b"2",
        "quality": b"low",
        "size": b"1024x1024",
        "image[]": PNG.content,
        "mask": mask.content,
    }


@pytest.mark.parametrize(
    ("parts", "param"),
    [
        (form((), model="gpt-image-1"), "image"),
        (form(PNG), "model"),
        (form(PNG, model="gpt-image-1", n="two"), "n"),
        (form(PNG, model="gpt-image-1", n="99"), "n"),
        (form(PNG, model="gpt-image-1", stream="1"), "stream"),
        (form(PNG, model="gpt-image-1", stream="true", n="2"), "n"),
        ((*form(PNG, model="gpt-image-1"), FormPart(name="model", content=b"dall-e-2")), "model"),
        (form(FormPart(name="model", content=b"x", file_name="x")), "model"),
        (form((PNG, FormPart(name="sound", content=b"", file_name="s")), model="a"), "sound"),
        (form((PNG, FormPart(name="size", content=b"\xff")), model="a"), "size"),
    ],
)
def test_a_form_that_cannot_be_bounded_is_refused(parts: Any, param: str) -> None:
    refusal = read_form(EDITS, parts)
    assert isinstance(refusal, RequestRefusal)
    assert refusal.param == param


def test_json_is_no_form() -> None:
    assert "form" in refusal_of(EDITS, body()).message
