"""Tests of ``wattfare_desktop.providers.openai.embeddings``."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.support.asked import answer, call_of, refusal_of
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import VisibleOutput
from wattfare_desktop.providers.openai.embeddings import OpenAiEmbeddings

DIALECT = OpenAiEmbeddings()
WINDOW = 8_192


def body(given: Any) -> dict[str, Any]:
    return {"model": "text-embedding-3-small", "input": given, "encoding_format": "base64"}


@pytest.mark.parametrize(
    ("given", "inputs", "guess"),
    [
        ("embed this", 1, 3),
        (["one", "two"], 2, 2),
        ([1, 22, 333], 1, 3),
        ([[1, 2], [3]], 2, 3),
    ],
)
def test_what_is_embedded_is_bounded(given: Any, inputs: int, guess: int) -> None:
    call = call_of(DIALECT, body(given))
    size = len(json.dumps(body(given)))
    assert call.input_bound(WINDOW) == size + 16 * inputs
    assert call.output_bound(WINDOW) == 0
    assert not call.stream
    assert DIALECT.estimate(call, VisibleOutput()) == Usage(input_tokens=guess)


def test_each_input_has_a_window_of_its_own() -> None:
    assert call_of(DIALECT, body(["a" * 9_000] * 3)).input_bound(1_000) == 3_000


def test_only_the_model_changes() -> None:
    sent = DIALECT.upstream_request(call_of(DIALECT, body("hi")), "other")
    assert sent.path == "/embeddings"
    assert sent.body == {**body("hi"), "model": "other"}


@pytest.mark.parametrize("given", [None, 7, [], [None], [{"image": "x"}], [True], ["a", 1]])
def test_what_is_no_text_is_refused(given: Any) -> None:
    assert refusal_of(DIALECT, body(given)).param == "input"


@pytest.mark.parametrize(
    ("usage", "tokens", "usd"),
    [
        ({"prompt_tokens": 5, "total_tokens": 5}, 5, None),
        ({"total_tokens": 7}, 7, None),
        ({"prompt_tokens": 5, "cost": 0.0000001}, 5, Decimal("1E-7")),
    ],
)
def test_usage(usage: dict[str, Any], tokens: int, usd: Decimal | None) -> None:
    read = DIALECT.read_answer(call_of(DIALECT, body("hi")), answer({"usage": usage}))
    assert read is not None
    assert read.report is not None
    assert read.report.usage == Usage(input_tokens=tokens)
    assert read.report.stated_usd == usd


def test_an_answer_without_usage_is_no_report() -> None:
    read = DIALECT.read_answer(call_of(DIALECT, body("hi")), answer({"data": []}))
    assert read is not None
    assert read.report is None
