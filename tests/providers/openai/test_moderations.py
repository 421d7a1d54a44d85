"""Tests of ``wattfare_desktop.providers.openai.moderations``."""

from typing import Any

import pytest

from tests.support.asked import answer, call_of, refusal_of
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.openai.moderations import OpenAiModerations

DIALECT = OpenAiModerations()
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


def test_openais_own_model_where_none_is_named() -> None:
    call = call_of(DIALECT, {"input": "some words"})
    assert call.model == "omni-moderation-latest"
    sent = DIALECT.upstream_request(call, call.model)
    assert sent.path == "/moderations"
    assert sent.body == {"input": "some words", "model": "omni-moderation-latest"}


@pytest.mark.parametrize(
    ("given", "pictures"),
    [("a", 0), (["a", "b"], 0), ([{"type": "text", "text": "a"}, PICTURE, PICTURE], 2)],
)
def test_what_is_judged_is_bounded(given: Any, pictures: int) -> None:
    call = call_of(DIALECT, {"input": given})
    assert (call.media_parts, call.image_parts) == (pictures, pictures)
    assert call.output_bound(100) == 0


@pytest.mark.parametrize("given", [None, [], [3], [{"type": "audio"}]])
def test_anything_else_is_refused(given: Any) -> None:
    assert refusal_of(DIALECT, {"input": given}).param == "input"


def test_usage_where_it_is_told() -> None:
    call = call_of(DIALECT, {"model": "mistral-moderation-latest", "input": "a"})
    told = DIALECT.read_answer(call, answer({"usage": {"prompt_tokens": 4}}))
    assert told is not None
    assert told.report is not None
    assert told.report.usage == Usage(input_tokens=4)
    untold = DIALECT.read_answer(call, answer({"results": []}))
    assert untold is not None
    assert untold.report is None
