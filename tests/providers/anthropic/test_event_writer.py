"""Tests of ``wattfare_desktop.providers.anthropic.event_writer`` and ``event_reader``."""

import json
from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.event_reader import AnthropicEventReader
from wattfare_desktop.providers.anthropic.event_writer import AnthropicEventWriter
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes
from wattfare_desktop.providers.conversation.model import (
    Began,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    Image,
    PartBegan,
    PartEnded,
    PartGrew,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import RequestRefusal

CALL = ToolCall(id="c.1", name="look", arguments={})


def written(*events: Event) -> list[dict[str, Any]]:
    writer = AnthropicEventWriter()
    assert writer.content_type == "text/event-stream"
    raw = [each for event in events for each in writer.write(event)]
    return [json.loads(each.partition(b"data: ")[2]) for each in raw]


def test_blocks_are_counted_from_nought() -> None:
    told = written(
        PartBegan(index=0, part=Thinking()),
        PartEnded(index=0, signature="s"),
        PartBegan(index=1, part=Text(text="Hi")),
        PartGrew(index=1, text=" there"),
        PartEnded(index=1),
    )
    assert [(event["type"], event["index"]) for event in told] == [
        ("content_block_start", 0),
        ("content_block_delta", 0),
        ("content_block_stop", 0),
        ("content_block_start", 1),
        ("content_block_delta", 1),
        ("content_block_delta", 1),
        ("content_block_stop", 1),
    ]
    assert told[1]["delta"] == {"type": "signature_delta", "signature": "s"}


@pytest.mark.parametrize("at_the_end", [False, True])
def test_the_signature_of_a_call_is_a_block_of_its_own(*, at_the_end: bool) -> None:
    signed = ToolCall(id="c.1", name="look", arguments={"at": "sky"}, signature="sig")
    told = written(
        PartBegan(index=0, part=CALL if at_the_end else signed),
        PartEnded(index=0, signature="sig" if at_the_end else None),
        PartBegan(index=1, part=Text(text="")),
    )
    starts = [event for event in told if event["type"] == "content_block_start"]
    assert [event["index"] for event in starts] == [0, 1, 2]
    assert starts[0]["content_block"] == {
        "type": "tool_use",
        "id": "c_1",
        "name": "look",
        "input": {},
    }
    assert starts[1]["content_block"] == {
        "type": "redacted_thinking",
        "data": "signature_of_call:c_1:sig",
    }


def test_a_picture_is_told_as_text() -> None:
    told = written(
        PartBegan(index=0, part=Image(media_type="image/png", data="AA")), PartEnded(index=0)
    )
    assert told[1]["delta"]["text"] == "![image](data:image/png;base64,AA)"


def test_an_end_without_usage_is_still_an_end() -> None:
    told = written(
        Began(id="r", model="m"),
        CandidateEnded(stop=StopReason.STOP_SEQUENCE, stop_sequence="x"),
        Ended(usage=None),
    )
    assert told[0]["message"]["usage"]["input_tokens"] == 0
    assert told[1]["delta"] == {"stop_reason": "stop_sequence", "stop_sequence": "x"}
    assert told[1]["usage"]["output_tokens"] == 0
    assert told[2] == {"type": "message_stop"}


def test_a_failure_is_an_error() -> None:
    (told,) = written(Failed(refusal=RequestRefusal(message="No.", status=529)))
    assert told["error"]["type"] == "overloaded_error"


def read(*events: dict[str, Any]) -> list[Event]:
    reader = AnthropicEventReader()
    return [found for event in events for found in reader.read(event_bytes(event))]


def block(index: int, **members: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": members}


def delta(index: Any, **members: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": members}


def test_what_has_no_counterpart_is_not_counted() -> None:
    told = read(
        block(0, type="server_tool_use", id="s", name="web_search", input={}),
        delta(0, type="input_json_delta", partial_json="{}"),
        {"type": "content_block_stop", "index": 0},
        block(1, type="text", text="Hi"),
        delta(1, type="citations_delta", citation={}),
        {"type": "content_block_stop", "index": 1},
    )
    assert told == [
        PartBegan(index=0, part=Text(text="")),
        PartGrew(index=0, text="Hi"),
        PartEnded(index=0),
    ]


def test_a_block_that_is_whole_at_once() -> None:
    told = read(
        block(0, type="tool_use", id="t", name="look", input={"at": "sky"}),
        block(1, type="redacted_thinking", data="sealed"),
        {"type": "content_block_stop", "index": 1},
    )
    assert told == [
        PartBegan(index=0, part=ToolCall(id="t", name="look", arguments={})),
        PartGrew(index=0, text='{"at":"sky"}'),
        PartBegan(index=1, part=Thinking()),
        PartEnded(index=1, signature="redacted_thinking:sealed"),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "ping"},
        {"type": "something_new"},
        {"type": "content_block_stop", "index": 7},
        {"type": "content_block_start", "index": 0, "content_block": 7},
        delta(7, type="text_delta", text="a"),
        {"type": "content_block_delta", "index": 0, "delta": 7},
        {"type": "message_delta", "delta": 7, "usage": 7},
    ],
)
def test_what_is_odd_tells_nothing(odd: dict[str, Any]) -> None:
    assert read(odd) == []


def test_an_error_keeps_the_status_it_would_have_had() -> None:
    (failed,) = read({"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}})
    assert isinstance(failed, Failed)
    assert (failed.refusal.status, failed.refusal.message) == (529, "Busy")
    (unknown,) = read({"type": "error", "error": 7})
    assert isinstance(unknown, Failed)
    assert unknown.refusal.status == 500


def test_the_counts_of_a_stream_are_cumulative() -> None:
    start = {"id": "m", "model": "c", "usage": {"input_tokens": 20, "output_tokens": 1}}
    told = read(
        {"type": "message_start", "message": start},
        {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 4}},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "max_tokens"},
            "usage": {"output_tokens": 9},
        },
        {"type": "message_stop"},
    )
    assert told == [
        Began(id="m", model="c", usage=Usage(input_tokens=20, output_tokens=1)),
        CandidateEnded(stop=StopReason.LENGTH),
        Ended(usage=Usage(input_tokens=20, output_tokens=9)),
    ]
