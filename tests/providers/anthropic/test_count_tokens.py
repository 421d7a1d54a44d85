"""Tests of ``wattfare_desktop.providers.anthropic.count_tokens``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.count_tokens import AnthropicCountTokens
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    SSE_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    OutputLimit,
    UpstreamAnswer,
    VisibleOutput,
)

DIALECT: Dialect = AnthropicCountTokens()
BODY = {"model": "anthropic/claude", "messages": [{"role": "user", "content": "hello"}]}


def call() -> CallRequest:
    read = DIALECT.read_request(AppRequest(body=BODY, body_bytes=70))
    assert isinstance(read, CallRequest)
    return read


def test_it_goes_up_as_it_came() -> None:
    sent = DIALECT.upstream_request(call(), "claude", OutputLimit(tokens=0))
    assert sent.path == "/v1/messages/count_tokens"
    assert sent.body == {**BODY, "model": "claude"}
    assert "anthropic-version" in sent.headers


@pytest.mark.parametrize("parsed", [{"input_tokens": 7}, [], "text"])
def test_it_costs_nothing_whatever_the_answer(parsed: Any) -> None:
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=parsed)
    read = DIALECT.read_answer(call(), answer)
    assert read is not None
    assert read.report is not None
    assert read.report.usage == Usage()
    assert read.body is None
    assert DIALECT.estimate(call(), VisibleOutput(pieces=9)) == Usage()


def test_what_is_no_json_is_no_answer() -> None:
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=None)
    assert DIALECT.read_answer(call(), answer) is None


def test_it_is_never_a_stream() -> None:
    assert not DIALECT.is_stream(SSE_TYPE)


def test_a_guess_is_made_from_the_length() -> None:
    assert json.loads(AnthropicCountTokens().counted_here(call())) == {"input_tokens": 18}
