"""Tests of ``wattfare_desktop.providers.gemini.count_tokens``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
    VisibleOutput,
)
from wattfare_desktop.providers.gemini.count_tokens import GeminiCountTokens

DIALECT = GeminiCountTokens()
CONTENTS = [{"parts": [{"text": "count this"}]}]


def read(body: Any) -> CallRequest | RequestRefusal:
    asked = AppRequest(body=body, body_bytes=80, target="gemini-2.5-pro:countTokens")
    return DIALECT.read_request(asked)


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"contents": CONTENTS}, {"contents": CONTENTS}),
        (
            {"generate_content_request": {"contents": CONTENTS, "model": "models/other"}},
            {"generateContentRequest": {"contents": CONTENTS, "model": "models/gemini-2.5-pro"}},
        ),
    ],
)
def test_counting_costs_nothing(body: dict[str, Any], sent: dict[str, Any]) -> None:
    call = read(body)
    assert isinstance(call, CallRequest)
    assert not call.billed
    assert (call.input_bound(10**6), call.output_bound(10**6)) == (0, 0)
    upstream = DIALECT.upstream_request(call, "gemini-2.5-pro")
    assert upstream.path == "/v1beta/models/gemini-2.5-pro:countTokens"
    assert upstream.body == sent
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed={"totalTokens": 3})
    told = DIALECT.read_answer(call, answer)
    assert told is not None
    assert told.report is not None
    assert told.report.usage == DIALECT.estimate(call, VisibleOutput()) == Usage()
    assert not DIALECT.is_stream(JSON_TYPE)


@pytest.mark.parametrize("body", [{}, {"contents": []}, [], {"generateContentRequest": 5}])
def test_what_cannot_be_read_is_refused(body: Any) -> None:
    assert isinstance(read(body), RequestRefusal)


def test_an_answer_that_is_none() -> None:
    call = read({"contents": CONTENTS})
    assert isinstance(call, CallRequest)
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=None)
    assert DIALECT.read_answer(call, answer) is None


def test_a_guess_counts_text_by_its_length_and_media_apart() -> None:
    data = {"inlineData": {"mimeType": "image/png", "data": "A" * 40}}
    for parts, tokens in (([{"text": "x"}], 20), ([{"text": "x"}, data], 10 + 1_200)):
        call = read({"contents": [{"parts": parts}]})
        assert isinstance(call, CallRequest)
        assert json.loads(DIALECT.counted_here(call)) == {"totalTokens": tokens}
