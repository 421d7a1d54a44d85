"""Tests of ``wattfare_desktop.providers.openai.responses_request``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.dialect import CallRequest, RequestRefusal
from wattfare_desktop.providers.openai.chat_request import (
    MESSAGE_TOKENS,
    TEMPLATE_TOKENS,
    TOOL_TOKENS,
    TOOLS_TOKENS,
)
from wattfare_desktop.providers.openai.responses_request import read_responses_request

TOOL = {"type": "function", "name": "look", "parameters": {"type": "object"}}
SEARCH = {"type": "web_search"}
PICTURE = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 4000}


def body(**fields: Any) -> dict[str, Any]:
    return {"model": "openai/gpt-5-mini", "input": "hello", **fields}


def read(value: Any) -> CallRequest | RequestRefusal:
    return read_responses_request(value, len(json.dumps(value, ensure_ascii=False).encode()))


def accepted(**fields: Any) -> CallRequest:
    request = read(body(**fields))
    assert isinstance(request, CallRequest), request
    return request


def said(*parts: Any) -> list[Any]:
    return [{"role": "user", "content": list(parts)}]


@pytest.mark.parametrize(
    ("shape", "param"),
    [
        (None, None),
        ([], None),
        ({"input": "hello"}, "model"),
        ({"model": "m"}, "input"),
        (body(input=5), "input"),
        (body(input=["hello"]), "input[0]"),
        (body(input=[{"type": 3}]), "input[0].type"),
        (body(input=[{"role": "user", "content": 3}]), "input[0]"),
        (body(input=said("hello")), "input[0][0]"),
        (body(input=said({"text": "no type"})), "input[0][0]"),
        (body(instructions=3), "instructions"),
        (body(stream="yes"), "stream"),
        (body(max_output_tokens=0), "max_output_tokens"),
        (body(max_output_tokens=True), "max_output_tokens"),
        (body(max_tool_calls=0), "max_tool_calls"),
        (body(service_tier=3), "service_tier"),
        (body(tools="all"), "tools"),
        (body(tools=["look"]), "tools[0]"),
    ],
)
def test_a_bad_shape_is_refused_and_its_place_named(shape: Any, param: str | None) -> None:
    refusal = read(shape)
    assert isinstance(refusal, RequestRefusal)
    assert (refusal.param, refusal.status) == (param, 400)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"background": True}, "background"),
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": {"id": "conv_1"}}, "conversation"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"context_management": [{"type": "compaction"}]}, "context_management"),
        ({"moderation": {"model": "omni"}}, "moderation"),
        ({"models": ["a", "b"]}, "models"),
        ({"plugins": [{"id": "web"}]}, "plugins"),
        ({"reasoning": {"mode": "pro"}}, "reasoning.mode"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0].type"),
        ({"input": [{"type": "compaction_trigger"}]}, "input[0].type"),
        (
            {"input": [{"type": "additional_tools", "tools": [{"type": "mcp"}]}]},
            "input[0].tools[0].type",
        ),
        *(
            ({"tools": [TOOL, {"type": kind}], "max_tool_calls": 1}, "tools[1].type")
            for kind in (
                "image_generation",
                "code_interpreter",
                "computer",
                "computer_use_preview",
                "mcp",
                "shell",
                "a_tool_of_tomorrow",
            )
        ),
        ({"tools": [{"name": "no type"}]}, "tools[0].type"),
        (
            {"tools": [{"type": "namespace", "tools": [{"type": "mcp"}]}]},
            "tools[0].tools[0].type",
        ),
        ({"tools": [SEARCH]}, "tools[0].type"),
        ({"tools": [{"type": "web_search_preview"}]}, "tools[0].type"),
        ({"tools": [{"type": "file_search", "vector_store_ids": ["v"]}]}, "tools[0].type"),
    ],
)
def test_what_cannot_be_bounded_is_refused_by_name(fields: dict[str, Any], param: str) -> None:
    refusal = read(body(**fields))
    assert isinstance(refusal, RequestRefusal)
    assert (refusal.code, refusal.param) == ("unbounded_cost", param)


@pytest.mark.parametrize(
    "fields",
    [
        {"store": True, "include": ["reasoning.encrypted_content"], "metadata": {"a": "b"}},
        {"background": False, "previous_response_id": None, "max_tool_calls": 3},
        {"reasoning": {"effort": "low", "mode": "standard"}, "truncation": "auto"},
        {"tools": [TOOL, {"type": "custom", "name": "x"}], "tool_choice": "auto"},
        {"tools": [{"type": "namespace", "name": "crm", "tools": [TOOL]}]},
        {"input": [{"role": "assistant", "content": [{"type": "output_text", "text": "a"}]}]},
        {"input": [{"type": "reasoning", "summary": [], "encrypted_content": "gAAA"}]},
        {"input": [{"type": "function_call_output", "call_id": "c", "output": "42"}]},
    ],
)
def test_what_costs_nothing_extra_passes(fields: dict[str, Any]) -> None:
    request = accepted(**fields)
    assert (request.media_parts, request.counted_max, request.input_passes) == (0, {}, 1)


def test_the_text_bound_is_every_byte_and_the_templates() -> None:
    asked = [{"role": "user", "content": "Grüße 👋"}] * 2
    size = len(json.dumps(body(input=asked), ensure_ascii=False).encode())
    request = accepted(input=asked)
    assert request.text_tokens_max == size + TEMPLATE_TOKENS + 3 * MESSAGE_TOKENS
    assert request.text_bytes == size


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [TOOL, TOOL]},
        {"tools": [{"type": "namespace", "name": "crm", "tools": [TOOL, TOOL]}]},
        {
            "input": [
                {"role": "user", "content": "a"},
                {"type": "additional_tools", "tools": [TOOL] * 2},
            ]
        },
    ],
)
def test_tools_add_their_overhead(fields: dict[str, Any]) -> None:
    size = len(json.dumps(body(**fields)))
    items = len(fields.get("input", [1]))
    more = accepted(**fields).text_tokens_max - size - TEMPLATE_TOKENS
    assert more == (items + 1) * MESSAGE_TOKENS + TOOLS_TOKENS + 2 * TOOL_TOKENS


@pytest.mark.parametrize(
    "item",
    [
        {"role": "user", "content": [PICTURE]},
        {"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]},
        {"role": "user", "content": [{"type": "input_audio"}]},
        {"type": "function_call_output", "call_id": "c", "output": [PICTURE]},
        {"type": "image_generation_call", "id": "ig", "result": "A" * 4000},
        {"type": "compaction", "encrypted_content": "A" * 4000},
        # Kept at the provider, and only named here.
        {"type": "reasoning", "id": "rs_1", "summary": []},
    ],
)
def test_what_is_no_text_is_bounded_by_the_context_window_alone(item: dict[str, Any]) -> None:
    request = accepted(input=[item])
    assert request.media_parts == 1
    assert request.input_bound(400_000) == 400_000
    assert request.text_bytes < 300, "its data is not text"


def test_searches_are_counted_and_what_they_find_is_read_again_after_each() -> None:
    request = accepted(tools=[TOOL, SEARCH], max_tool_calls=3)
    assert request.counted_max == {UnitKind.WEB_SEARCH: 3}
    assert request.input_bound(1_000) == 4_000
    both = accepted(tools=[{"type": "file_search"}, SEARCH], max_tool_calls=2)
    assert both.counted_max == {UnitKind.FILE_SEARCH: 2, UnitKind.WEB_SEARCH: 2}


def test_what_was_asked_for_is_read() -> None:
    request = accepted(stream=True, max_output_tokens=50, service_tier="flex")
    assert request.stream
    assert request.wants_usage
    assert (request.service_tier, request.choices) == ("flex", 1)
    assert request.output_bound(1_000) == 50
    assert accepted().output_bound(1_000) == 1_000


def test_the_prompt_is_in_no_printed_form() -> None:
    assert "canary-prompt" not in repr(accepted(input="canary-prompt"))


def test_pictures_are_told_apart_and_their_data_is_no_text() -> None:
    request = accepted(input=said(PICTURE, {**PICTURE, "detail": "high"}))
    assert (request.media_parts, request.image_parts) == (2, 2)
    assert request.text_tokens_max < 1_000
    assert request.input_bound(100_000, 1_190) == request.text_tokens_max + 2 * 1_190
    assert request.input_bound(100_000) == 100_000


@pytest.mark.parametrize(
    "part",
    [
        {"type": "input_image", "file_id": "file-1"},
        {**PICTURE, "file_data": "data:application/pdf;base64,AAAA"},
        {"type": "input_image", "image_url": "data:application/pdf;base64,AAAA"},
        {"type": "input_file", "image_url": PICTURE["image_url"]},
    ],
)
def test_what_may_be_no_picture_is_held_at_the_window(part: dict[str, Any]) -> None:
    request = accepted(input=said(PICTURE, part))
    assert (request.media_parts, request.image_parts) == (2, 1)
    assert request.input_bound(100_000, 1_190) == 100_000
