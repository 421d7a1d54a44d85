"""Streams of lines: whole however they are cut, read as they pass, ended cleanly."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import RequestRefusal, UsageReport
from wattfare_desktop.providers.ollama.lines import LineSplitter, OllamaStream, report_of
from wattfare_desktop.providers.sse import EventTooLargeError


def line(**told: Any) -> bytes:
    return json.dumps({"model": "llama3.2", "created_at": "2026-11-28T02:00:00Z", **told}).encode()


def piece(text: str, **more: Any) -> bytes:
    return line(message={"role": "assistant", "content": text, **more}, done=False)


LAST = line(
    message={"role": "assistant", "content": ""},
    done=True,
    done_reason="stop",
    prompt_eval_count=26,
    eval_count=7,
)
WHOLE = b"\n".join([piece("Hel"), piece("lo", thinking="hm"), b"", LAST, b""])


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_however_it_is_cut_the_same_comes_out(places: list[int]) -> None:
    stream = OllamaStream(is_chat=True)
    passed = [each for chunk in cut(WHOLE, places) for each in stream.feed(chunk)]
    passed += stream.finish()
    assert b"".join(passed) == WHOLE
    assert all(each.endswith(b"\n") for each in passed)
    assert stream.done
    assert not stream.failed
    assert stream.report == UsageReport(usage=Usage(input_tokens=26, output_tokens=7))
    assert (stream.visible.pieces, stream.visible.text_bytes) == (2, 7)


def test_a_last_line_needs_no_end() -> None:
    stream = OllamaStream(is_chat=True)
    assert stream.feed(LAST) == []
    assert stream.finish() == [LAST]
    assert stream.done


def test_a_line_without_end_is_not_kept_for_ever() -> None:
    splitter = LineSplitter(line_bytes_max=10)
    with pytest.raises(EventTooLargeError):
        splitter.feed(b"x" * 11)


def test_what_is_no_json_is_shown_and_counts() -> None:
    stream = OllamaStream(is_chat=True)
    stream.feed(b"what is this\n\n")
    assert (stream.visible.pieces, stream.visible.text_bytes) == (1, 12)
    assert stream.report is None


def test_an_error_inside_a_stream_is_a_failure() -> None:
    stream = OllamaStream(is_chat=True)
    stream.feed(b'{"error": "out of memory"}\n')
    assert stream.failed


@pytest.mark.parametrize("is_chat", [True, False])
def test_it_ends_like_a_short_answer(is_chat: bool) -> None:  # noqa: FBT001 - a parameter
    stream = OllamaStream(is_chat=is_chat)
    stream.feed(piece("Hel") + b"\n")
    (last,) = stream.stop(Usage(input_tokens=9, output_tokens=1))
    told = json.loads(last)
    assert (told["done"], told["done_reason"], told["model"]) == (True, "length", "llama3.2")
    assert (told["prompt_eval_count"], told["eval_count"]) == (9, 1)
    assert ("message" in told) is is_chat
    assert ("response" in told) is not is_chat


def test_an_end_with_an_error_is_a_line_too() -> None:
    (last,) = OllamaStream(is_chat=True).fail(RequestRefusal(message="cut", code="revoked"))
    assert json.loads(last) == {"error": "cut", "code": "revoked"}


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        ({"prompt_eval_count": 3, "eval_count": 4}, Usage(input_tokens=3, output_tokens=4)),
        ({"prompt_eval_count": 0, "eval_count": 0}, Usage()),
        # A prompt that is cached is not counted again: there is no figure for it.
        ({"eval_count": 4}, Usage(output_tokens=4)),
        ({}, None),
        ({"prompt_eval_count": -1, "eval_count": True}, None),
        ({"eval_count": 10**10}, None),
    ],
)
def test_usage_is_what_is_told_and_can_be_believed(body: Any, usage: Usage | None) -> None:
    report = report_of(body)
    assert (None if report is None else report.usage) == usage
