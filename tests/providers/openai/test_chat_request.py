"""Tests of ``wattfare_desktop.providers.openai.chat_request``."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from wattfare_desktop.core.metering.meter import hold_bound, unpriced_kinds
from wattfare_desktop.core.metering.prices import ModelPrice, TokenRate
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.money import NANOS_PER_USD
from wattfare_desktop.providers.dialect import CallRequest, RequestRefusal
from wattfare_desktop.providers.openai.chat_request import (
    MESSAGE_TOKENS,
    TEMPLATE_TOKENS,
    TOOL_TOKENS,
    TOOLS_TOKENS,
    read_chat_request,
)

HELLO = [{"role": "user", "content": "hello"}]


def body(**fields: Any) -> dict[str, Any]:
    return {"model": "openai/gpt-5-mini", "messages": HELLO, **fields}


def read(value: Any) -> CallRequest | RequestRefusal:
    return read_chat_request(value, len(json.dumps(value, ensure_ascii=False).encode()))


def accepted(value: Any) -> CallRequest:
    request = read(value)
    assert isinstance(request, CallRequest), request
    return request


def with_part(part: Any) -> dict[str, Any]:
    return body(messages=[{"role": "user", "content": [part]}])


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 4000}}
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("shape", "param"),
    [
        (None, None),
        ([], None),
        ("text", None),
        (7, None),
        ({"messages": HELLO}, "model"),
        (body(model=None), "model"),
        (body(model=5), "model"),
        (body(model=""), "model"),
        (body(model="  "), "model"),
        (body(model="gpt\n5"), "model"),
        (body(model="x" * 257), "model"),
        ({"model": "m"}, "messages"),
        (body(messages="hello"), "messages"),
        (body(messages=[]), "messages"),
        (body(messages={}), "messages"),
        (body(messages=["hello"]), "messages[0]"),
        (body(messages=[*HELLO, None]), "messages[1]"),
        (body(messages=[{"content": "x"}]), "messages[0].role"),
        (body(messages=[{"role": 1, "content": "x"}]), "messages[0].role"),
        (body(messages=[{"role": "user", "content": 5}]), "messages[0].content"),
        (body(messages=[{"role": "user", "content": {"a": 1}}]), "messages[0].content"),
        (with_part("hello"), "messages[0].content[0]"),
        (with_part({}), "messages[0].content[0].type"),
        (with_part({"type": 3}), "messages[0].content[0].type"),
        (with_part({"type": "text"}), "messages[0].content[0].text"),
        (with_part({"type": "text", "text": 3}), "messages[0].content[0].text"),
        (body(stream="yes"), "stream"),
        (body(stream=1), "stream"),
        (body(stream_options={"include_usage": True}), "stream_options"),
        (body(stream=True, stream_options=[]), "stream_options"),
        (body(stream=True, stream_options={"include_usage": 1}), "stream_options.include_usage"),
        (body(n=0), "n"),
        (body(n=-1), "n"),
        (body(n=129), "n"),
        (body(n="2"), "n"),
        (body(n=True), "n"),
        (body(n=1.5), "n"),
        (body(max_tokens=0), "max_tokens"),
        (body(max_tokens=-5), "max_tokens"),
        (body(max_tokens="10"), "max_tokens"),
        (body(max_completion_tokens=10.5), "max_completion_tokens"),
        (body(max_completion_tokens=10**9), "max_completion_tokens"),
        (body(max_tokens=5, max_completion_tokens=5), "max_tokens"),
        (body(service_tier=3), "service_tier"),
        (body(web_search_options="on"), "web_search_options"),
        (body(tools="all"), "tools"),
        (body(tools=["look"]), "tools[0]"),
        (body(functions=[3]), "functions[0]"),
    ],
)
def test_a_bad_shape_is_refused_and_its_place_named(shape: Any, param: str | None) -> None:
    refusal = read(shape)
    assert isinstance(refusal, RequestRefusal)
    assert refusal.param == param
    assert refusal.status == 400
    assert refusal.message


@pytest.mark.parametrize(
    "fields",
    [
        {"store": True},
        {"prediction": {"type": "content", "content": "x"}},
        {"background": True},
        {"previous_response_id": "resp_1"},
        {"conversation": "conv_1"},
        {"plugins": [{"id": "web"}]},
        {"models": ["a", "b"]},
        {"route": "fallback"},
        {"provider": {"order": ["x"]}},
        {"search_parameters": {"mode": "on"}},
        {"deferred": True},
        {"moderation": {"model": "omni-moderation-latest"}},
        {"best_of": 5},
        {"modalities": ["text", "video"]},
        {"modalities": [["text"]]},
        {"modalities": []},
        {"modalities": "text"},
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"name": "no type"}]},
    ],
)
def test_what_cannot_be_bounded_is_refused_by_name(fields: dict[str, Any]) -> None:
    refusal = read(body(**fields))
    assert isinstance(refusal, RequestRefusal)
    assert refusal.code == "unbounded_cost"
    assert refusal.param is not None
    assert refusal.param.split("[")[0] in fields


@pytest.mark.parametrize(
    "fields",
    [
        {"store": False},
        {"store": None},
        {"web_search_options": None},
        {"best_of": 1},
        {"modalities": ["text"]},
        {"n": None},
        {"max_tokens": None},
        {"stream": None},
        {"stream_options": None},
        {"service_tier": None},
        {"tools": None},
        {"top_k": 40, "seed": 1, "metadata": {"a": "b"}, "reasoning_effort": "low"},
        {"tools": [{"type": "custom", "custom": {"name": "x"}}]},
        {"functions": [{"name": "look"}]},
        {"messages": [{"role": "assistant", "content": None, "tool_calls": []}]},
        {"messages": [{"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}]},
    ],
)
def test_what_costs_nothing_extra_passes(fields: dict[str, Any]) -> None:
    assert accepted(body(**fields)).media_parts == 0


def test_a_search_is_counted_for_each_choice_and_read_as_input() -> None:
    request = accepted(body(web_search_options={"search_context_size": "low"}, n=2))
    assert request.counted_max == {UnitKind.WEB_SEARCH: 2}
    assert request.input_bound(1_000) == 2_000, "what was found is read after the request"


@pytest.mark.parametrize("modalities", [["image", "text"], ["text", "image"], ["image"]])
def test_a_picture_is_held_whole_whatever_the_text_may_be(modalities: list[str]) -> None:
    request = accepted(body(modalities=modalities, max_tokens=50))
    assert request.counted_max == {UnitKind.OUTPUT_IMAGE: 0}
    assert (request.takes_bound, request.needs_stated_cost) == (False, True)
    assert request.output_bound(32_768) == 32_768
    assert request.body["max_tokens"] == 50


@pytest.mark.parametrize(
    "fields",
    [
        {"modalities": ["text", "audio"], "audio": {"voice": "a", "format": "pcm16"}},
        {"modalities": ["audio"]},
        {"audio": {"voice": "a", "format": "mp3"}},
    ],
)
def test_spoken_output_needs_a_price_of_its_own(fields: dict[str, Any]) -> None:
    request = accepted(body(**fields))
    assert request.counted_max == {UnitKind.OUTPUT_AUDIO: 0}
    text_only = ModelPrice(
        input=TokenRate(usd_per_mtok=Decimal(1)), output=TokenRate(usd_per_mtok=Decimal(2))
    )
    assert unpriced_kinds(text_only, request.counted_max, answers=True) == (UnitKind.OUTPUT_AUDIO,)
    spoken = replace(text_only, output_audio=TokenRate(usd_per_mtok=Decimal(20)))
    assert not unpriced_kinds(spoken, request.counted_max, answers=True)
    assert hold_bound(spoken, 0, 1_000_000, request.counted_max) == 20 * NANOS_PER_USD


def test_the_text_bound_is_every_byte_and_the_templates() -> None:
    value = body(messages=[*HELLO, {"role": "user", "content": "Grüße 👋"}])
    size = len(json.dumps(value, ensure_ascii=False).encode())
    request = accepted(value)
    assert request.text_tokens_max == size + TEMPLATE_TOKENS + 2 * MESSAGE_TOKENS
    assert request.text_bytes == size


def test_tools_add_their_overhead() -> None:
    plain = body()
    tooled = body(tools=[TOOL, TOOL])
    grown = len(json.dumps(tooled)) - len(json.dumps(plain))
    more = accepted(tooled).text_tokens_max - accepted(plain).text_tokens_max
    assert more == grown + TOOLS_TOKENS + 2 * TOOL_TOKENS


@pytest.mark.parametrize(
    "part",
    [
        IMAGE,
        {"type": "input_audio", "input_audio": {"data": "A" * 4000, "format": "wav"}},
        {"type": "file", "file": {"file_id": "file-1"}},
        {"type": "something_new"},
    ],
)
def test_media_is_bounded_by_the_context_window_alone(part: dict[str, Any]) -> None:
    request = accepted(with_part(part))
    assert request.media_parts == 1
    assert request.input_bound(400_000) == 400_000


def test_an_earlier_spoken_answer_is_media() -> None:
    spoken = {"role": "assistant", "content": None, "audio": {"id": "audio_1"}}
    assert accepted(body(messages=[*HELLO, spoken])).media_parts == 1


def test_the_data_of_media_is_not_text() -> None:
    assert accepted(with_part(IMAGE)).text_bytes < 300


def test_text_is_bounded_by_its_bytes_and_the_window() -> None:
    request = accepted(body())
    assert request.input_bound(400_000) == request.text_tokens_max
    assert request.input_bound(10) == 10


def test_choices_multiply_the_output_bound() -> None:
    assert accepted(body(n=3, max_completion_tokens=50)).output_bound(1000) == 150
    assert accepted(body(n=3)).output_bound(1000) == 3000
    assert accepted(body(max_tokens=7)).output_bound(1000) == 7


def test_a_bound_above_the_models_is_believed() -> None:
    """A model's maximum in our table may be out of date; the app's bound is the safer figure."""
    assert accepted(body(max_tokens=5000)).output_bound(1000) == 5000


def test_what_was_asked_for_is_read() -> None:
    request = accepted(
        body(stream=True, stream_options={"include_usage": True}, service_tier="flex")
    )
    assert request.stream
    assert request.wants_usage
    assert request.service_tier == "flex"
    assert request.choices == 1
    assert not accepted(body(stream=True)).wants_usage


def test_the_prompt_is_in_no_printed_form() -> None:
    request = accepted(body(messages=[{"role": "user", "content": "canary-prompt"}]))
    assert "canary-prompt" not in repr(request)


def test_pictures_are_told_apart_and_their_data_is_no_text() -> None:
    request = accepted(body(messages=[{"role": "user", "content": [IMAGE, IMAGE]}]))
    assert (request.media_parts, request.image_parts) == (2, 2)
    assert request.text_tokens_max < 1_000
    assert request.input_bound(100_000, 1_445) == request.text_tokens_max + 2 * 1_445
    assert request.input_bound(2_000, 1_445) == 2_000
    assert request.input_bound(100_000) == 100_000
    assert request.input_bound(100_000, None) == 100_000


def test_the_address_of_a_picture_is_counted_as_text() -> None:
    part = {"type": "image_url", "image_url": {"url": "https://example.org/" + "a" * 500}}
    request = accepted(with_part(part))
    assert request.image_parts == 1
    assert request.text_tokens_max > 500


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "data:video/mp4;base64,AAAA"}},
        {"type": "image_url", "image_url": {"url": "gs://bucket/file"}},
        {"type": "image_url", "image_url": {"file_id": "file-1"}},
        {"type": "image_url"},
        {"type": "image_url", "image_url": IMAGE["image_url"], "input_audio": {"data": "AAAA"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
        {"type": "video_url", "image_url": IMAGE["image_url"]},
    ],
)
def test_what_may_be_no_picture_is_held_at_the_window(part: Any) -> None:
    request = accepted(body(messages=[{"role": "user", "content": [IMAGE, part]}]))
    assert (request.media_parts, request.image_parts) == (2, 1)
    assert request.has_other_media
    assert request.input_bound(100_000, 1_445) == 100_000
