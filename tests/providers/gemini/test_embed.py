"""Tests of ``wattfare_desktop.providers.gemini.embed``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    RequestRefusal,
    UpstreamAnswer,
    VisibleOutput,
)
from wattfare_desktop.providers.gemini.embed import GeminiEmbed

DIALECT: Dialect = GeminiEmbed()
MODEL = "gemini-embedding-001"
TEXT = {"parts": [{"text": "embed this"}]}
PICTURE = {"parts": [{"inlineData": {"mimeType": "image/png", "data": "A" * 400}}]}
WINDOW = 8_192


def read(body: Any) -> CallRequest | RequestRefusal:
    size = len(json.dumps(body))
    return DIALECT.read_request(
        AppRequest(body=body, body_bytes=size, target=f"google/{MODEL}:embedContent")
    )


def call(body: Any) -> CallRequest:
    request = read(body)
    assert isinstance(request, CallRequest), request
    return request


def test_one_content() -> None:
    request = call({"content": TEXT, "output_dimensionality": 64})
    assert request.output_bound(8_000) == 0
    assert 0 < request.input_bound(WINDOW) < 500
    sent = DIALECT.upstream_request(request, MODEL)
    assert sent.path == f"/v1beta/models/{MODEL}:embedContent"
    assert sent.body == {"content": TEXT, "outputDimensionality": 64, "model": f"models/{MODEL}"}


def test_several_contents_all_go_to_the_model_of_the_path() -> None:
    each = {"content": TEXT, "model": "models/a-dear-one", "taskType": "RETRIEVAL_QUERY"}
    request = call({"requests": [each, each]})
    sent = DIALECT.upstream_request(request, MODEL)
    assert sent.path == f"/v1beta/models/{MODEL}:batchEmbedContents"
    own = {**each, "model": f"models/{MODEL}"}
    assert sent.body == {"requests": [own, own]}


def test_each_content_is_read_into_a_window_of_its_own() -> None:
    assert call({"requests": [{"content": PICTURE}] * 3}).input_bound(WINDOW) == 3 * WINDOW
    long = {"content": {"parts": [{"text": "a" * 20_000}]}}
    assert call({"requests": [long] * 3}).input_bound(WINDOW) == 3 * WINDOW
    assert call(long).input_bound(WINDOW) == WINDOW


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "content"),
        ({"content": "text"}, "content"),
        ({"requests": []}, "requests"),
        ({"requests": [{}]}, "requests[0].content"),
        ({"requests": ["text"]}, "requests[0]"),
        ([], None),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(body: Any, param: str | None) -> None:
    refusal = read(body)
    assert isinstance(refusal, RequestRefusal)
    assert refusal.param == param


@pytest.mark.parametrize(
    ("members", "usage"),
    [({"usageMetadata": {"promptTokenCount": 3}}, Usage(input_tokens=3)), ({}, None)],
)
def test_usage_is_read_where_it_is_told(members: dict[str, Any], usage: Usage | None) -> None:
    body = {"embedding": {"values": [0.5]}, **members}
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=body)
    read_answer = DIALECT.read_answer(call({"content": TEXT}), answer)
    assert read_answer is not None
    assert (read_answer.report.usage if read_answer.report else None) == usage


def test_without_usage_the_text_is_estimated() -> None:
    request = call({"content": TEXT})
    estimate = DIALECT.estimate(request, VisibleOutput())
    assert estimate == Usage(input_tokens=-(-request.text_bytes // 4))
    assert not DIALECT.is_stream(JSON_TYPE)


def test_an_answer_that_is_none() -> None:
    def read_answer(parsed: Any) -> object:
        answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=parsed)
        return DIALECT.read_answer(call({"content": TEXT}), answer)

    assert read_answer(None) is None
    assert read_answer([1]) is not None
