"""Tests of ``wattfare_desktop.providers.gemini.generate``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    JSON_TYPE,
    SSE_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    OutputLimit,
    UpstreamAnswer,
    UpstreamRequest,
    VisibleOutput,
)
from wattfare_desktop.providers.gemini.generate import GeminiGenerate

DIALECT: Dialect = GeminiGenerate()
HELLO: list[dict[str, Any]] = [{"role": "user", "parts": [{"text": "hello"}]}]
ANSWER = {
    "candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 4, "candidatesTokenCount": 2, "thoughtsTokenCount": 3},
}


def call(verb: str = "generateContent", query: str = "", **members: Any) -> CallRequest:
    body = {"contents": HELLO, **members}
    asked = AppRequest(
        body=body,
        body_bytes=len(json.dumps(body)),
        target=f"google/gemini-2.5-flash:{verb}",
        query={"alt": query} if query else {},
    )
    read = DIALECT.read_request(asked)
    assert isinstance(read, CallRequest), read
    return read


def sent(request: CallRequest, limit: OutputLimit = AS_ASKED) -> UpstreamRequest:
    return DIALECT.upstream_request(request, "gemini-2.5-flash", limit)


def answer(parsed: Any) -> UpstreamAnswer:
    return UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=parsed)


def test_the_object_that_was_priced_is_sent() -> None:
    members: dict[str, Any] = {
        "systemInstruction": {"parts": [{"text": "be brief"}]},
        "safetySettings": [],
    }
    upstream = sent(call(**members))
    assert upstream.path == "/v1beta/models/gemini-2.5-flash:generateContent"
    assert upstream.body == {"contents": HELLO, **members}


@pytest.mark.parametrize("alt", ["", "json", "sse"])
def test_a_stream_is_always_asked_for_as_events(alt: str) -> None:
    upstream = sent(call("streamGenerateContent", alt))
    assert upstream.path == "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"


def test_a_name_cannot_reach_beyond_its_step() -> None:
    upstream = DIALECT.upstream_request(call(), "../../files?key=1#", AS_ASKED)
    assert upstream.path == "/v1beta/models/..%2F..%2Ffiles%3Fkey%3D1%23:generateContent"


@pytest.mark.parametrize(
    ("asked", "limit", "bound"),
    [(None, None, None), (100, None, 100), (100, 40, 40), (100, 400, 100), (None, 40, 40)],
)
def test_the_smaller_bound_is_sent(asked: int | None, limit: int | None, bound: int | None) -> None:
    config = {"temperature": 0.5, **({"maxOutputTokens": asked} if asked else {})}
    request = call(generationConfig=config)
    body = sent(request, OutputLimit(tokens=limit)).body
    assert isinstance(body, dict)
    assert body["generationConfig"].get("maxOutputTokens") == bound
    assert body["generationConfig"]["temperature"] == 0.5
    assert request.body["generationConfig"] == config, "what the app sent stays as it was"


def test_a_bound_is_set_where_there_was_no_config() -> None:
    body = sent(call(), OutputLimit(tokens=7)).body
    assert isinstance(body, dict)
    assert body["generationConfig"] == {"maxOutputTokens": 7}


def test_a_whole_answer_tells_its_usage() -> None:
    read = DIALECT.read_answer(call(), answer(ANSWER))
    assert read is not None
    assert read.report is not None
    assert read.report.usage == Usage(input_tokens=4, output_tokens=5, reasoning_tokens=3)
    assert read.visible == VisibleOutput(pieces=1, text_bytes=5)
    assert read.body is None


def test_an_answer_that_is_none() -> None:
    assert DIALECT.read_answer(call(), answer(None)) is None
    odd = DIALECT.read_answer(call(), answer([1]))
    assert odd is not None
    assert odd.report is None
    assert DIALECT.read_error(answer({"error": {}})) is None


def test_a_stream_is_events_or_an_array() -> None:
    assert DIALECT.is_stream(SSE_TYPE)
    assert DIALECT.is_stream(JSON_TYPE)
    assert not DIALECT.is_stream("text/html")
    assert DIALECT.stream_reader(call("streamGenerateContent", "sse")).content_type == SSE_TYPE
    assert DIALECT.stream_reader(call("streamGenerateContent")).content_type == JSON_TYPE


def test_an_estimate_keeps_to_the_bound() -> None:
    request = call(generationConfig={"maxOutputTokens": 5})
    assert DIALECT.estimate(request, VisibleOutput(pieces=9, text_bytes=90)).output_tokens == 5
