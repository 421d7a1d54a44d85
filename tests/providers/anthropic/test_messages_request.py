"""Tests of ``wattfare_desktop.providers.anthropic.messages_request`` and ``tools``."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.anthropic.messages_request import (
    HEADER_CHARS_MAX,
    MESSAGE_TOKENS,
    TEMPLATE_TOKENS,
    USUAL_VERSION,
    read_count_request,
    read_messages_request,
)
from wattfare_desktop.providers.anthropic.tools import (
    KNOWN_TOOL_TOKENS,
    SEARCHES_MAX,
    TOOL_TOKENS,
    TOOLS_TOKENS,
    TOOLSET_TOKENS,
)
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, RequestRefusal

WINDOW = 200_000
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
OWN_TOOL = {"name": "look", "input_schema": {"type": "object"}}
PIXELS = "iVBORw0KGgo" * 20
IMAGE = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": PIXELS},
}


def body_of(**members: Any) -> dict[str, Any]:
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": "hello"}],
        **members,
    }


def asked(body: Any, headers: Mapping[str, str] | None = None) -> AppRequest:
    size = len(json.dumps(body, ensure_ascii=False).encode())
    return AppRequest(body=body, body_bytes=size, headers=headers or {})


def read(headers: Mapping[str, str] | None = None, **members: Any) -> CallRequest:
    call = read_messages_request(asked(body_of(**members), headers))
    assert isinstance(call, CallRequest), call
    return call


def refused(body: Any, headers: Mapping[str, str] | None = None) -> RequestRefusal:
    refusal = read_messages_request(asked(body, headers))
    assert isinstance(refusal, RequestRefusal), refusal
    assert refusal.status == 400
    return refusal


def test_text_is_bounded_by_its_bytes() -> None:
    body = body_of(system="Be brief.", messages=[{"role": "user", "content": "zwölf"}])
    call = read_messages_request(asked(body))
    assert isinstance(call, CallRequest)
    size = asked(body).body_bytes
    assert call.text_tokens_max == size + TEMPLATE_TOKENS + MESSAGE_TOKENS
    assert call.text_bytes == size
    assert call.input_bound(WINDOW) == call.text_tokens_max
    assert (call.output_tokens_max, call.choices, call.media_parts) == (50, 1, 0)
    assert call.body is body
    assert not call.stream
    assert call.billed


@pytest.mark.parametrize(
    ("tool", "tokens"),
    [
        (OWN_TOOL, TOOL_TOKENS),
        ({**OWN_TOOL, "type": "custom"}, TOOL_TOKENS),
        ({"type": "bash_20250124", "name": "bash"}, KNOWN_TOOL_TOKENS),
        ({"type": "text_editor_20250728", "name": "str"}, KNOWN_TOOL_TOKENS),
        ({"type": "memory_20250818", "name": "memory"}, KNOWN_TOOL_TOKENS),
        ({"type": "computer_20251124", "name": "computer"}, KNOWN_TOOL_TOKENS),
        ({"type": "computer_toolset_20260801"}, TOOLSET_TOKENS),
        ({"type": "browser_toolset_20260801"}, TOOLSET_TOKENS),
    ],
)
def test_a_tool_of_the_app_adds_its_description(tool: dict[str, Any], tokens: int) -> None:
    body = body_of(tools=[tool])
    call = read_messages_request(asked(body))
    assert isinstance(call, CallRequest)
    without = asked(body).body_bytes + TEMPLATE_TOKENS + MESSAGE_TOKENS
    assert call.text_tokens_max - without == TOOLS_TOKENS + tokens
    assert call.counted_max == {}


def test_no_tools_add_nothing() -> None:
    assert read(tools=[]).text_tokens_max < read(tools=[OWN_TOOL]).text_tokens_max - TOOLS_TOKENS


def test_searches_are_bounded_by_their_number_and_read_the_input_anew() -> None:
    call = read(tools=[{**SEARCH, "max_uses": 3}])
    assert call.counted_max == {UnitKind.WEB_SEARCH: 3}
    assert call.input_bound(WINDOW) == 4 * WINDOW


def test_a_later_search_is_taken_where_code_cannot_call_it() -> None:
    later = {"type": "web_search_20260318", "name": "web_search", "max_uses": 1}
    refusal = refused(body_of(tools=[later]))
    assert (refusal.param, refusal.code) == ("tools[0].allowed_callers", "unbounded_cost")
    call = read(tools=[{**later, "allowed_callers": ["direct"]}])
    assert call.counted_max == {UnitKind.WEB_SEARCH: 1}


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ([{"type": "text", "text": "a"}], 0),
        ([IMAGE], 1),
        ([{"type": "image", "source": {"type": "url", "url": "https://a.example/b"}}], 1),
        ([{"type": "document", "source": {"type": "base64", "data": PIXELS}}], 1),
        ([{"type": "document", "source": {"type": "text", "data": "plain"}}], 0),
        ([{"type": "document", "source": {"type": "content", "content": [IMAGE]}}], 1),
        ([{"type": "tool_result", "tool_use_id": "a", "content": "text"}], 0),
        ([{"type": "tool_result", "tool_use_id": "a"}], 0),
        ([{"type": "tool_result", "tool_use_id": "a", "content": [IMAGE, IMAGE]}], 2),
        ([{"type": "thinking", "thinking": "a", "signature": "b"}], 0),
        ([{"type": "redacted_thinking", "data": "b"}], 0),
        ([{"type": "tool_use", "id": "a", "name": "b", "input": {}}], 0),
        # What was found is kept under seal, so its length says nothing.
        ([{"type": "web_search_tool_result", "tool_use_id": "a", "content": []}], 1),
        ([{"type": "something_new"}], 1),
    ],
)
def test_parts_whose_length_does_not_bound_them(content: list[Any], parts: int) -> None:
    call = read(messages=[{"role": "user", "content": content}])
    assert call.media_parts == parts
    assert call.input_bound(WINDOW) == (WINDOW if parts else call.text_tokens_max)


def test_the_data_of_a_picture_is_no_text() -> None:
    call = read(messages=[{"role": "user", "content": [IMAGE]}])
    assert call.text_bytes == asked(call.body).body_bytes - len(PIXELS)


@pytest.mark.parametrize(
    ("members", "tier"),
    [
        ({}, None),
        ({"service_tier": "auto"}, None),
        ({"service_tier": "standard_only"}, None),
        ({"service_tier": "flex"}, "flex"),
        ({"speed": "standard"}, None),
        ({"speed": "fast"}, "fast"),
        ({"speed": "fast", "service_tier": "auto"}, "fast"),
    ],
)
def test_the_tier_that_decides_the_price(members: dict[str, Any], tier: str | None) -> None:
    assert read(**members).service_tier == tier


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"container": "c_1"}, "container"),
        ({"mcp_servers": [{"type": "url"}]}, "mcp_servers"),
        ({"fallbacks": "default"}, "fallbacks"),
        ({"fallback_credit_token": "t"}, "fallback_credit_token"),
        ({"compaction": {}}, "compaction"),
        ({"thread": {"id": "t"}}, "thread"),
        ({"billing_policy": {"a": 1}}, "billing_policy"),
        ({"inference_geo": "us"}, "inference_geo"),
        (
            {"context_management": {"edits": [{"type": "clear_a"}, {"type": "compact_20260112"}]}},
            "context_management.edits[1].type",
        ),
        ({"context_management": {"edits": [7]}}, "context_management.edits[0].type"),
        ({"tools": [SEARCH]}, "tools[0].max_uses"),
        ({"tools": [OWN_TOOL, {"type": "web_fetch_20260318"}]}, "tools[1].type"),
        ({"tools": [{"type": "code_execution_20260521"}]}, "tools[0].type"),
        ({"tools": [{"type": "tool_search_tool_bm25"}]}, "tools[0].type"),
        ({"tools": [{"type": "mcp_toolset"}]}, "tools[0].type"),
        ({"tools": [{"type": "advisor_20260301"}]}, "tools[0].type"),
    ],
)
def test_what_has_no_bound_is_refused_by_name(members: dict[str, Any], param: str) -> None:
    refusal = refused(body_of(**members))
    assert (refusal.param, refusal.code) == (param, "unbounded_cost")


@pytest.mark.parametrize(
    "members",
    [
        {"container": None, "mcp_servers": []},
        {"inference_geo": "global"},
        {"context_management": {"edits": [{"type": "clear_thinking_20251015"}]}},
        {"context_management": {"edits": []}},
        {"max_tokens": 0},
        {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}},
        {"metadata": {"user_id": "u"}, "cache_control": {"type": "ephemeral"}},
    ],
)
def test_what_costs_nothing_more_is_taken(members: dict[str, Any]) -> None:
    assert read(**members).body == body_of(**members)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ([], None),
        ({}, "messages"),
        (body_of(model=None), "model"),
        (body_of(model=7), "model"),
        (body_of(model=" claude"), "model"),
        (body_of(model="c" * 257), "model"),
        (body_of(messages=None), "messages"),
        (body_of(messages=[]), "messages"),
        (body_of(messages={}), "messages"),
        (body_of(messages=["hi"]), "messages[0]"),
        (body_of(messages=[{"content": "hi"}]), "messages[0].role"),
        (body_of(messages=[{"role": "user", "content": 7}]), "messages[0].content"),
        (body_of(messages=[{"role": "user", "content": [7]}]), "messages[0].content[0]"),
        (body_of(messages=[{"role": "user", "content": [{}]}]), "messages[0].content[0].type"),
        (body_of(max_tokens=None), "max_tokens"),
        (body_of(max_tokens=-1), "max_tokens"),
        (body_of(max_tokens=1.5), "max_tokens"),
        (body_of(max_tokens=True), "max_tokens"),
        (body_of(stream="yes"), "stream"),
        (body_of(system=7), "system"),
        (body_of(system=[7]), "system[0]"),
        (body_of(tools={}), "tools"),
        (body_of(tools=[7]), "tools[0]"),
        (body_of(tools=[{"type": 7}]), "tools[0].type"),
        (body_of(tools=[{**SEARCH, "max_uses": 0}]), "tools[0].max_uses"),
        (body_of(tools=[{**SEARCH, "max_uses": SEARCHES_MAX + 1}]), "tools[0].max_uses"),
        (body_of(speed=7), "speed"),
        (body_of(service_tier=7), "service_tier"),
    ],
)
def test_what_has_the_wrong_shape_is_refused_by_name(body: Any, param: str | None) -> None:
    assert refused(body).param == param


def test_the_headers_that_mean_something_go_on() -> None:
    told = {"anthropic-version": "2026-10-21", "anthropic-beta": "a-1,b-2", "x-other": "no"}
    assert read(told).headers == {"anthropic-version": "2026-10-21", "anthropic-beta": "a-1,b-2"}
    assert read().headers == {"anthropic-version": USUAL_VERSION}


@pytest.mark.parametrize("value", ["a\nb", "ü", "a" * (HEADER_CHARS_MAX + 1)])
def test_a_header_that_is_no_plain_line_is_refused(value: str) -> None:
    assert refused(body_of(), {"anthropic-beta": value}).param == "anthropic-beta"


def test_counting_needs_no_bound_and_costs_nothing() -> None:
    body = body_of(tools=[{"type": "web_fetch_20260318"}], mcp_servers=[{"type": "url"}])
    del body["max_tokens"]
    call = read_count_request(asked(body))
    assert isinstance(call, CallRequest)
    assert not call.billed
    assert (call.output_tokens_max, call.counted_max, call.stream) == (0, {}, False)
    refusal = read_count_request(asked({"model": "m"}))
    assert isinstance(refusal, RequestRefusal)
    assert refusal.param == "messages"


def test_pictures_are_told_apart_and_their_data_is_no_text() -> None:
    text = {"type": "text", "text": "hello"}
    shot = {"type": "tool_result", "tool_use_id": "t", "content": [text, IMAGE]}
    call = read(messages=[{"role": "user", "content": [text, IMAGE, shot]}])
    assert (call.media_parts, call.image_parts) == (2, 2)
    plain = read(messages=[{"role": "user", "content": [text, text, text]}])
    assert call.text_tokens_max < plain.text_tokens_max + 300
    assert call.input_bound(WINDOW, 1_600) == call.text_tokens_max + 3_200
    assert call.input_bound(WINDOW) == WINDOW


@pytest.mark.parametrize(
    "block",
    [
        {"type": "document", "source": IMAGE["source"]},
        {"type": "image", "source": "none"},
        {**IMAGE, "more": {"text": "a document"}},
    ],
)
def test_what_may_be_no_picture_is_held_at_the_window(block: dict[str, Any]) -> None:
    call = read(messages=[{"role": "user", "content": [IMAGE, block]}])
    assert (call.media_parts, call.image_parts) == (2, 1)
    assert call.input_bound(WINDOW, 1_600) == WINDOW
