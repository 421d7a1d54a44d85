"""Tests of ``wattfare_desktop.providers.gemini.request``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.dialect import AppRequest, RequestRefusal
from wattfare_desktop.providers.gemini.request import (
    TEMPLATE_TOKENS,
    TOOL_TOKENS,
    TOOLS_TOKENS,
    TURN_TOKENS,
    GeminiCall,
    read_generate_request,
)

HELLO: list[dict[str, Any]] = [{"role": "user", "parts": [{"text": "hello"}]}]
PRO = "gemini-2.5-pro"
WINDOW = 1_000_000


def read(
    model: str = PRO,
    verb: str = "generateContent",
    query: dict[str, str] | None = None,
    **members: Any,
) -> GeminiCall | RequestRefusal:
    body = {"contents": HELLO, **members}
    size = len(json.dumps(body))
    target = f"{model}:{verb}"
    return read_generate_request(
        AppRequest(body=body, body_bytes=size, target=target, query=query or {})
    )


def call(model: str = PRO, verb: str = "generateContent", **members: Any) -> GeminiCall:
    read_call = read(model, verb, **members)
    assert isinstance(read_call, GeminiCall), read_call
    return read_call


def refused(model: str = PRO, verb: str = "generateContent", **members: Any) -> RequestRefusal:
    refusal = read(model, verb, **members)
    assert isinstance(refusal, RequestRefusal), refusal
    return refusal


def test_text_is_bounded_by_its_bytes_and_what_a_template_adds() -> None:
    plain = call()
    size = len(json.dumps({"contents": HELLO}))
    assert plain.model == PRO
    assert plain.text_tokens_max == size + TEMPLATE_TOKENS + TURN_TOKENS
    assert (plain.text_bytes, plain.media_parts) == (size, 0)
    assert (plain.stream, plain.choices, plain.output_tokens_max) == (False, 1, None)
    told = call(
        systemInstruction={"parts": {"text": "be brief"}},
        tools=[{"functionDeclarations": [{"name": "a"}, {"name": "b"}]}],
    )
    overhead = TEMPLATE_TOKENS + 2 * TURN_TOKENS + TOOLS_TOKENS + 2 * TOOL_TOKENS
    assert told.text_tokens_max - overhead == told.text_bytes


def test_output_is_bounded_for_each_candidate() -> None:
    both = call(generationConfig={"maxOutputTokens": 100, "candidateCount": 3})
    assert (both.output_tokens_max, both.choices) == (100, 3)
    assert both.output_bound(8_000) == 300
    assert call(generationConfig={"candidateCount": 2}).output_bound(8_000) == 16_000
    snake = call(generation_config={"max_output_tokens": 7, "candidate_count": 2})
    assert snake.output_bound(8_000) == 14
    assert snake.body["generationConfig"] == {"maxOutputTokens": 7, "candidateCount": 2}


@pytest.mark.parametrize(
    ("verb", "alt", "stream", "as_array"),
    [
        ("generateContent", None, False, False),
        ("generateContent", "sse", False, False),
        ("streamGenerateContent", "sse", True, False),
        ("streamGenerateContent", None, True, True),
        ("streamGenerateContent", "json", True, True),
    ],
)
def test_the_verb_streams_and_alt_says_how(
    verb: str, alt: str | None, *, stream: bool, as_array: bool
) -> None:
    asked = read(verb=verb, query={"alt": alt} if alt else {})
    assert isinstance(asked, GeminiCall)
    assert (asked.stream, asked.as_array) == (stream, as_array)


@pytest.mark.parametrize(
    "members",
    [
        {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]}]},
        {"contents": [{"parts": {"file_data": {"file_uri": "https://a.example/v.mp4"}}}]},
        {"contents": [{"parts": [{"somethingNew": {"a": "b"}}]}]},
        {
            "contents": [
                {"parts": [{"functionResponse": {"name": "f", "parts": [{"inlineData": {}}]}}]}
            ]
        },
        {"systemInstruction": {"parts": [{"inlineData": {"data": "AAAA"}}]}},
        {"cachedContent": "cachedContents/abc"},
        {"continuationToken": "AAAA"},
        {"tools": [{"codeExecution": {}}]},
        {"tools": [{"urlContext": {}}]},
        {"tools": [{"url_context": {}}]},
        {"tools": [{"computerUse": {"environment": "ENVIRONMENT_BROWSER"}}]},
        {"tools": [{"googleSearch": {}}]},
    ],
)
def test_what_is_no_text_of_the_request_is_held_at_the_window(members: dict[str, Any]) -> None:
    assert call(**members).input_bound(WINDOW) == WINDOW


@pytest.mark.parametrize(
    "part",
    [
        {"text": "a", "thought": True, "thoughtSignature": "AAAA"},
        {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "AAAA"},
        {"functionResponse": {"name": "f", "response": {"output": "x"}}},
        {"executableCode": {"language": "PYTHON", "code": "1"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
    ],
)
def test_text_of_any_kind_is_bounded_by_its_bytes(part: dict[str, Any]) -> None:
    assert call(contents=[{"parts": [part]}]).input_bound(WINDOW) < 1_000


def test_the_data_of_a_picture_is_not_estimated_as_text() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "A" * 50_000}}
    assert call(contents=[{"parts": [picture]}]).text_bytes < 500


@pytest.mark.parametrize(
    ("model", "searches"),
    [("gemini-2.5-pro", True), ("google/gemini-2.0-flash", True), ("gemini-3-pro-preview", False)],
)
def test_a_search_is_allowed_where_it_is_billed_once(model: str, *, searches: bool) -> None:
    asked = read(model, tools=[{"googleSearch": {}}])
    if searches:
        assert isinstance(asked, GeminiCall)
        assert asked.counted_max == {UnitKind.WEB_SEARCH: 1}
    else:
        assert isinstance(asked, RequestRefusal)
        assert (asked.param, asked.code) == ("tools[0].googleSearch", "unbounded_cost")


@pytest.mark.parametrize(
    ("model", "config", "kinds"),
    [
        (PRO, {}, set()),
        (PRO, {"responseModalities": ["TEXT"]}, set()),
        (PRO, {"responseModalities": ["TEXT", "IMAGE"]}, {UnitKind.OUTPUT_IMAGE}),
        (PRO, {"responseModalities": ["image"]}, {UnitKind.OUTPUT_IMAGE}),
        (PRO, {"responseFormat": [{"image": {}}]}, {UnitKind.OUTPUT_IMAGE}),
        ("gemini-2.5-flash-image", {}, {UnitKind.OUTPUT_IMAGE}),
        (PRO, {"responseModalities": ["AUDIO"]}, {UnitKind.OUTPUT_AUDIO}),
        ("gemini-2.5-flash-preview-tts", {"responseModalities": ["AUDIO"]}, set()),
    ],
)
def test_pictures_and_sound_need_a_rate_of_their_own(
    model: str, config: dict[str, Any], kinds: set[UnitKind]
) -> None:
    assert call(model, generationConfig=config).counted_max == dict.fromkeys(kinds, 0)


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"contents": None}, "contents"),
        ({"contents": []}, "contents"),
        ({"contents": "hello"}, "contents"),
        ({"contents": ["hello"]}, "contents[0]"),
        ({"contents": [{"parts": ["hello"]}]}, "contents[0].parts[0]"),
        ({"systemInstruction": 5}, "systemInstruction"),
        ({"generationConfig": []}, "generationConfig"),
        ({"generationConfig": {"maxOutputTokens": "5"}}, "generationConfig.maxOutputTokens"),
        ({"generationConfig": {"maxOutputTokens": 0}}, "generationConfig.maxOutputTokens"),
        ({"generationConfig": {"candidateCount": 9}}, "generationConfig.candidateCount"),
        ({"generationConfig": {"candidateCount": True}}, "generationConfig.candidateCount"),
        (
            {"generationConfig": {"responseModalities": ["VIDEO"]}},
            "generationConfig.responseModalities",
        ),
        ({"serviceTier": 5}, "serviceTier"),
        ({"tools": [{"googleMaps": {}}]}, "tools[0].googleMaps"),
        ({"tools": [{"fileSearch": {}}]}, "tools[0].fileSearch"),
        ({"tools": [{"file_search": {}}]}, "tools[0].fileSearch"),
        ({"tools": [{"mcpServers": []}]}, "tools[0].mcpServers"),
        ({"tools": [{"somethingNew": {}}]}, "tools[0].somethingNew"),
        ({"tools": [{"functionDeclarations": ["f"]}]}, "tools[0].functionDeclarations[0]"),
        ({"max_output_tokens": 1, "maxOutputTokens": 2}, "maxOutputTokens"),
    ],
)
def test_what_cannot_be_bounded_is_refused_by_name(members: dict[str, Any], param: str) -> None:
    refusal = refused(**members)
    assert (refusal.param, refusal.status) == (param, 400)


@pytest.mark.parametrize("verb", ["generateAnswer", ""])
def test_other_operations_are_not_taken(verb: str) -> None:
    refusal = refused(verb=verb)
    assert (refusal.status, refusal.code) == (404, "unknown_method")


@pytest.mark.parametrize(
    "verb", ["batchGenerateContent", "predictLongRunning", "asyncBatchEmbedContent"]
)
def test_operations_that_are_answered_later_are_refused_by_name(verb: str) -> None:
    refusal = refused(verb=verb)
    assert (refusal.status, refusal.code) == (403, "unbounded_cost")
    assert verb in refusal.message


@pytest.mark.parametrize(("query", "param"), [({"alt": "proto"}, "alt"), ({"key": "x"}, "key")])
def test_a_query_is_judged_too(query: dict[str, str], param: str) -> None:
    assert refused(query=query).param == param


@pytest.mark.parametrize("body", [None, [], "hello"])
def test_a_body_is_an_object(body: Any) -> None:
    asked = AppRequest(body=body, body_bytes=9, target=f"{PRO}:generateContent")
    assert isinstance(read_generate_request(asked), RequestRefusal)


@pytest.mark.parametrize(
    ("asked", "tier"),
    [
        (None, None),
        ("standard", None),
        ("STANDARD", None),
        ("flex", "flex"),
        ("priority", "priority"),
    ],
)
def test_the_standard_tier_is_no_tier_of_its_own(asked: str | None, tier: str | None) -> None:
    assert call(serviceTier=asked).service_tier == tier


def test_the_model_of_the_body_does_not_count() -> None:
    assert "model" not in call(model=PRO, store=False).body
    asked = AppRequest(
        body={"contents": HELLO, "model": "models/gemini-9-dear"},
        body_bytes=99,
        target=f"{PRO}:generateContent",
    )
    read_call = read_generate_request(asked)
    assert isinstance(read_call, GeminiCall)
    assert (read_call.model, "model" in read_call.body) == (PRO, False)


def test_pictures_are_told_apart_and_their_data_is_no_text() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "A" * 50_000}}
    told = call(contents=[{"parts": [{"text": "hello"}, picture, picture]}])
    assert (told.media_parts, told.image_parts) == (2, 2)
    assert told.text_tokens_max < 2_000
    assert told.input_bound(100_000, 2_240) == told.text_tokens_max + 2 * 2_240
    assert told.input_bound(100_000) == 100_000


@pytest.mark.parametrize(
    "part",
    [
        {"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}},
        {"inlineData": {"mimeType": "image/png"}},
        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}, "videoMetadata": {"fps": 1}},
        {"fileData": {"mimeType": "image/png", "fileUri": "https://example.org/a"}},
    ],
)
def test_what_may_be_no_picture_is_held_at_the_window(part: dict[str, Any]) -> None:
    told = call(contents=[{"parts": [part]}])
    assert (told.media_parts, told.image_parts) == (1, 0)
    assert told.input_bound(100_000, 2_240) == 100_000
