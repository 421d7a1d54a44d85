"""Tests of ``wattfare_desktop.providers.gemini.stream``."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import JSON_TYPE, SSE_TYPE, RequestRefusal, VisibleOutput
from wattfare_desktop.providers.gemini.stream import GeminiStream

SAME = {"modelVersion": "gemini-2.5-flash", "responseId": "abc"}


def chunk(*parts: dict[str, Any], reason: str | None = None, **members: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    return {"candidates": [candidate], **SAME, **members}


def usage(shown: int, thought: int) -> dict[str, Any]:
    told = {"promptTokenCount": 9, "candidatesTokenCount": shown, "thoughtsTokenCount": thought}
    return {"usageMetadata": told}


CHUNKS = [
    chunk({"text": "let me ☃ see", "thought": True}, **usage(0, 7)),
    chunk({"text": 'He said: "{hi}"\n'}, **usage(3, 7)),
    chunk({"functionCall": {"name": "add", "args": {"a": "\\"}}}, **usage(5, 7)),
    chunk({"text": ""}, reason="STOP", **usage(8, 7)),
]
TOTAL = Usage(input_tokens=9, output_tokens=15, reasoning_tokens=7)


def as_events(chunks: list[dict[str, Any]], end: bytes = b"\n\n") -> bytes:
    return b"".join(b"data: " + json.dumps(each).encode() + end for each in chunks)


def as_array(chunks: list[dict[str, Any]]) -> bytes:
    return json.dumps(chunks, indent=2, ensure_ascii=False).encode()


def run(reader: GeminiStream, text: bytes, cuts: list[int]) -> bytes:
    told, start = [], 0
    for cut in [*sorted(cut % (len(text) + 1) for cut in cuts), len(text)]:
        told += reader.feed(text[start:cut])
        start = cut
    told += reader.finish()
    return b"".join(told)


def read_events(text: bytes) -> list[Any]:
    return [json.loads(event.removeprefix(b"data: ")) for event in text.split(b"\n\n") if event]


@pytest.mark.parametrize("wanted", ["events", "array"])
@pytest.mark.parametrize("sent", ["events", "events with CRLF", "array"])
@given(cuts=st.lists(st.integers(0, 10_000)))
def test_any_split_gives_the_same_chunks_and_usage(sent: str, wanted: str, cuts: list[int]) -> None:
    text = {
        "events": as_events(CHUNKS),
        "events with CRLF": as_events(CHUNKS, b"\r\n\r\n"),
        "array": as_array(CHUNKS),
    }[sent]
    reader = GeminiStream(as_array=wanted == "array")
    told = run(reader, text, cuts)
    read = json.loads(told) if wanted == "array" else read_events(told.replace(b"\r", b""))
    assert read == CHUNKS
    assert reader.report is not None
    assert reader.report.usage == TOTAL
    assert reader.visible == VisibleOutput(pieces=3, text_bytes=14 + 16 + 13)
    assert (reader.done, reader.failed) == (True, False)


def test_events_pass_as_they_came() -> None:
    text = b": a comment\n\n" + as_events(CHUNKS, b"\r\n\r\n")
    reader = GeminiStream(as_array=False)
    assert b"".join([*reader.feed(text), *reader.finish()]) == text
    assert reader.content_type == SSE_TYPE


def test_an_array_can_be_read_piece_by_piece() -> None:
    reader = GeminiStream(as_array=True)
    assert reader.content_type == JSON_TYPE
    pieces = [told for each in CHUNKS for told in reader.feed(as_events([each]))]
    assert [json.loads(piece.lstrip(b"[,\r\n")) for piece in pieces] == CHUNKS
    assert reader.finish() == [b"]"]


def test_nothing_at_all_is_still_an_array() -> None:
    reader = GeminiStream(as_array=True)
    assert reader.feed(b": a comment\n\n") == []
    assert json.loads(b"".join(reader.finish())) == []


@pytest.mark.parametrize("array", [False, True])
def test_stopped_it_ends_as_at_the_bound(*, array: bool) -> None:
    reader = GeminiStream(as_array=array)
    told = reader.feed(as_events([chunk({"text": "Hi"})]))
    told += reader.stop(Usage(input_tokens=9, output_tokens=5, reasoning_tokens=2))
    text = b"".join(told)
    last = (json.loads(text) if array else read_events(text))[-1]
    (candidate,) = last["candidates"]
    assert (candidate["finishReason"], candidate["index"]) == ("MAX_TOKENS", 0)
    assert last["responseId"] == "abc"
    assert last["usageMetadata"] == {
        "promptTokenCount": 9,
        "candidatesTokenCount": 3,
        "thoughtsTokenCount": 2,
        "totalTokenCount": 14,
    }


def test_stopped_before_it_began_it_ends_all_the_same() -> None:
    (last,) = read_events(b"".join(GeminiStream(as_array=False).stop(Usage())))
    assert [each["finishReason"] for each in last["candidates"]] == ["MAX_TOKENS"]


def test_only_what_is_open_is_stopped() -> None:
    two = {"candidates": [{"index": 0, "finishReason": "STOP"}, {"index": 1}]}
    reader = GeminiStream(as_array=False)
    reader.feed(as_events([two]))
    assert not reader.done
    (last,) = read_events(b"".join(reader.stop(Usage())))
    assert [each["index"] for each in last["candidates"]] == [1]


@pytest.mark.parametrize("array", [False, True])
def test_failed_it_ends_with_an_error(*, array: bool) -> None:
    reader = GeminiStream(as_array=array)
    told = reader.feed(as_events([chunk({"text": "Hi"})]))
    told += reader.fail(RequestRefusal(message="revoked", status=401, code="invalid_api_key"))
    text = b"".join(told)
    last = (json.loads(text) if array else read_events(text))[-1]
    assert next(iter(last)) == "error"
    assert (last["error"]["code"], last["error"]["status"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("array", [False, True])
@pytest.mark.parametrize("framed", [False, True])
def test_a_provider_that_breaks_off_with_an_error_has_failed(*, framed: bool, array: bool) -> None:
    error = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
    raw = as_events([error]) if framed else json.dumps(error, indent=2).encode()
    reader = GeminiStream(as_array=array)
    told = run(reader, as_events([chunk({"text": "Hi"})]) + raw, [])
    assert reader.failed
    assert not reader.done
    if array:
        assert json.loads(told)[-1] == error
    else:
        assert told.endswith(raw)


def test_the_beginning_of_a_chunk_is_not_passed_at_the_end() -> None:
    reader = GeminiStream(as_array=False)
    reader.feed(as_events([CHUNKS[-1]]) + b'data: {"candi')
    assert reader.finish() == []
    bare = GeminiStream(as_array=False)
    bare.feed(as_events([CHUNKS[-1]]) + b'{"error": {"co')
    assert bare.finish() == []
    whole = GeminiStream(as_array=False)
    whole.feed(b'data: {"a": 1}')
    assert whole.finish() == [b'data: {"a": 1}']


def test_a_refused_prompt_is_an_end() -> None:
    reader = GeminiStream(as_array=False)
    reader.feed(as_events([{"promptFeedback": {"blockReason": "SAFETY"}, **usage(0, 0)}]))
    assert (reader.done, reader.failed) == (True, False)


@pytest.mark.parametrize(("model", "billed"), [("gemini-2.5-flash", 1), ("gemini-3.8-flash", 2)])
def test_searches_told_in_an_early_chunk_are_counted_in_the_end(model: str, billed: int) -> None:
    reader = GeminiStream(as_array=False, model=model)
    grounded = chunk({"text": "a"})
    grounded["candidates"][0]["groundingMetadata"] = {"webSearchQueries": ["a", "b"]}
    reader.feed(as_events([grounded, CHUNKS[-1]]))
    assert reader.report is not None
    assert reader.report.usage.counted == {UnitKind.WEB_SEARCH: billed}


@pytest.mark.parametrize("text", [b"data: not json\n\n", b"data: [1]\n\n"])
def test_what_cannot_be_read_is_seen_and_passed(text: bytes) -> None:
    reader = GeminiStream(as_array=False)
    assert reader.feed(text) == [text]
    assert reader.visible.pieces == 1
    assert not reader.done


def test_odd_shapes_are_passed_over() -> None:
    reader = GeminiStream(as_array=False)
    odd: list[dict[str, Any]] = [
        {"candidates": "none"},
        {"candidates": [5, {"index": "x", "content": 5}]},
        {},
    ]
    reader.feed(as_events(odd))
    assert (reader.done, reader.report, reader.visible.pieces) == (False, None, 0)
