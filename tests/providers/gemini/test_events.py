"""Tests of ``wattfare_desktop.providers.gemini.events``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import (
    Began,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    PartBegan,
    PartEnded,
    PartGrew,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.providers.gemini.events import GeminiEventReader, GeminiEventWriter

SAME = {"modelVersion": "gemini-2.5-flash", "responseId": "abc"}
TOLD = {"promptTokenCount": 9, "candidatesTokenCount": 3, "thoughtsTokenCount": 2}


def chunk(*parts: dict[str, Any], reason: str | None = None, **members: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}}
    if reason is not None:
        candidate["finishReason"] = reason
    return {"candidates": [candidate], **SAME, **members}


def read(*chunks: dict[str, Any]) -> list[Event]:
    reader = GeminiEventReader()
    events = [
        event
        for each in chunks
        for event in reader.read(b"data: " + json.dumps(each).encode() + b"\r\n\r\n")
    ]
    return [*events, *reader.finish()]


def test_parts_begin_and_end_where_the_kind_changes() -> None:
    call = {"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "AAAA"}
    assert read(
        chunk({"text": "h", "thought": True}, usageMetadata=TOLD),
        chunk({"text": "m", "thought": True}),
        chunk({"text": "Hel"}),
        chunk({"text": "lo"}, call),
        chunk({"text": ""}, reason="STOP", usageMetadata=TOLD),
    ) == [
        Began(id="abc", model="gemini-2.5-flash", usage=Usage(input_tokens=9)),
        PartBegan(index=0, part=Thinking()),
        PartGrew(index=0, text="h"),
        PartGrew(index=0, text="m"),
        PartEnded(index=0),
        PartBegan(index=1, part=Text(text="")),
        PartGrew(index=1, text="Hel"),
        PartGrew(index=1, text="lo"),
        PartEnded(index=1),
        PartBegan(index=2, part=ToolCall(id="call_abc_0", name="f", arguments={})),
        PartGrew(index=2, text='{"a":1}'),
        PartEnded(index=2, signature="AAAA"),
        CandidateEnded(stop=StopReason.TOOL_CALLS),
        Ended(usage=Usage(input_tokens=9, output_tokens=5, reasoning_tokens=2)),
    ]


def test_what_is_signed_is_whole() -> None:
    signed = [{"text": each, "thought": True, "thoughtSignature": f"{each}AAA"} for each in "ab"]
    ended = [each for each in read(chunk(*signed)) if isinstance(each, PartEnded)]
    assert ended == [PartEnded(index=0, signature="aAAA")]


def test_candidates_are_kept_apart() -> None:
    def piece(index: int, text: str) -> dict[str, Any]:
        return {"index": index, "content": {"parts": [{"text": text}]}, "finishReason": "STOP"}

    events = read({"candidates": [piece(0, "a"), piece(1, "b")], **SAME})
    grown = [(each.candidate, each.text) for each in events if isinstance(each, PartGrew)]
    assert grown == [(0, "a"), (1, "b")]
    assert events[-1] == Ended(usage=None)


def test_a_refused_prompt_ends_refused() -> None:
    events = read({"promptFeedback": {"blockReason": "SAFETY"}, **SAME})
    assert events[1:] == [CandidateEnded(stop=StopReason.REFUSED), Ended(usage=None)]


@pytest.mark.parametrize("chunks", [[], [chunk({"text": "Hel"})], [{}]])
def test_a_stream_that_breaks_off_has_failed(chunks: list[dict[str, Any]]) -> None:
    last = read(*chunks)[-1]
    assert isinstance(last, Failed)
    assert last.refusal.status == 502


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}, 503),
        ({"code": 13, "message": "overloaded"}, 502),
        ("odd", 502),
    ],
)
def test_an_error_ends_it_and_nothing_follows(error: Any, status: int) -> None:
    events = read(chunk({"text": "Hel"}), {"error": error}, chunk({"text": "lo"}))
    assert [type(each) for each in events] == [Began, PartBegan, PartGrew, Failed]
    last = events[-1]
    assert isinstance(last, Failed)
    assert last.refusal.status == status


def test_an_error_that_is_no_event_is_read_too() -> None:
    reader = GeminiEventReader()
    reader.read(b'{\n  "error": {"code": 503, "message": "overloaded"}\n}')
    (failed,) = reader.finish()
    assert isinstance(failed, Failed)
    assert failed.refusal.message == "overloaded"


def write(*events: Event, array: bool = False) -> bytes:
    writer = GeminiEventWriter(as_array=array)
    return b"".join(raw for event in events for raw in writer.write(event))


def test_a_call_is_written_whole() -> None:
    text = write(
        Began(id="abc", model="m"),
        PartBegan(index=0, part=ToolCall(id="x", name="f", arguments={})),
        PartGrew(index=0, text='{"a":'),
        PartGrew(index=0, text="1}"),
        PartEnded(index=0),
        array=True,
    )
    assert json.loads(text + b"]") == [
        {
            "candidates": [
                {
                    "content": {
                        "role": "model",
                        "parts": [{"functionCall": {"id": "x", "name": "f", "args": {"a": 1}}}],
                    },
                    "index": 0,
                }
            ],
            "modelVersion": "m",
            "responseId": "abc",
        }
    ]


@pytest.mark.parametrize("arguments", [[], ["not json"]])
def test_arguments_that_are_none_are_empty(arguments: list[str]) -> None:
    call = ToolCall(id="x", name="f", arguments={})
    grown = [PartGrew(index=0, text=each) for each in arguments]
    text = write(PartBegan(index=0, part=call), *grown, PartEnded(index=0))
    assert b'"args":{}' in text


def test_text_that_comes_with_its_beginning_is_written() -> None:
    assert b'"text":"Hi"' in write(PartBegan(index=0, part=Text(text="Hi")))


@pytest.mark.parametrize("array", [False, True])
def test_an_error_closes_what_was_begun(*, array: bool) -> None:
    text = write(Failed(refusal=RequestRefusal(message="no", status=503, code="x")), array=array)
    told = json.loads(text)[0] if array else json.loads(text.removeprefix(b"data: "))
    assert told["error"]["code"] == 503
