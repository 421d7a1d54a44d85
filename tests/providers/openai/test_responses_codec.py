"""Tests of ``wattfare_desktop.providers.openai.responses_codec`` and what it is made of."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from openai.types.responses import Response
from pydantic import TypeAdapter

from tests.support.conversations import Features, gathered, replies, streamed
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.model import (
    Began,
    Candidate,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    PartBegan,
    Reply,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import CallRequest, RequestRefusal
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec

CODEC: Codec = OpenAiResponsesCodec()
RESPONSES = TypeAdapter(Response)
REPLIES = Features(
    choices=False,
    told_stop_sequence=False,
    reply_stops=frozenset(StopReason) - {StopReason.STOP_SEQUENCE},
)


def app(**body: Any) -> CallRequest:
    return CallRequest(model="gpt-5-mini", body=body, wants_usage=True)


def event(kind: str, **members: Any) -> bytes:
    told = {"type": kind, **members}
    return f"event: {kind}\ndata: {json.dumps(told)}\n\n".encode()


def events(*raw: bytes) -> list[Event]:
    reader = CODEC.event_reader()
    return [*(told for each in raw for told in reader.read(each)), *reader.finish()]


def written(told: list[Event], **body: Any) -> list[dict[str, Any]]:
    writer = CODEC.event_writer(app(**body))
    raw = [piece for each in told for piece in writer.write(each)]
    for piece in raw:
        kind, data = piece.decode().removesuffix("\n\n").split("\n")
        assert kind == f"event: {json.loads(data.removeprefix('data: '))['type']}"
    return [json.loads(piece.partition(b"data: ")[2]) for piece in raw]


@given(replies(REPLIES))
def test_a_reply_comes_back_from_the_wire(reply: Reply) -> None:
    body = json.loads(json.dumps(CODEC.write_reply(reply, app())))
    RESPONSES.validate_python(body)
    assert CODEC.read_reply(body, reply.usage) == reply


@given(replies(REPLIES))
def test_a_stream_comes_back_from_the_wire(reply: Reply) -> None:
    writer, reader = CODEC.event_writer(app()), CODEC.event_reader()
    raw = [piece for told in streamed(reply) for piece in writer.write(told)]
    again = [told for piece in raw for told in reader.read(piece)]
    assert gathered([*again, *reader.finish()]) == reply
    for number, piece in zip(count(), raw, strict=False):
        assert json.loads(piece.partition(b"data: ")[2])["sequence_number"] == number


@given(replies(REPLIES))
def test_a_stream_tells_in_the_end_what_a_whole_answer_does(reply: Reply) -> None:
    last = written(list(streamed(reply)))[-1]["response"]
    assert CODEC.read_reply(last, reply.usage) == reply


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"output": "none"},
        {"status": "failed", "output": []},
        {"output": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": {}}]},
    ],
)
def test_what_is_no_reply(body: dict[str, Any]) -> None:
    assert CODEC.read_reply(body, Usage()) is None


def test_a_reply_with_items_of_the_providers_own() -> None:
    body = {
        "status": "completed",
        "output": [
            {"type": "web_search_call", "id": "ws", "action": {"type": "search"}},
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [{"type": "refusal", "refusal": "No."}]},
        ],
    }
    reply = CODEC.read_reply(body, Usage())
    assert reply is not None
    assert reply.candidates == (Candidate(parts=(Text(text="No."),), stop=StopReason.REFUSED),)


def test_a_stream_in_full() -> None:
    reply = Reply(
        id="x",
        model="claude",
        candidates=(
            Candidate(
                parts=(
                    Thinking(text="hm", signature="s"),
                    Text(text="Hi"),
                    ToolCall(id="c1", name="look", arguments={"a": 1}),
                ),
                stop=StopReason.TOOL_CALLS,
            ),
        ),
        usage=Usage(input_tokens=5, cached_read_tokens=2, output_tokens=4, reasoning_tokens=1),
    )
    told = written(list(streamed(reply, piece_chars=10)), temperature=0.5)
    assert [each["type"].removeprefix("response.") for each in told] == [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]
    assert told[0]["response"]["temperature"] == 0.5
    last = told[-1]["response"]
    assert last["usage"] == {
        "input_tokens": 5,
        "input_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 0},
        "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 9,
    }
    assert last["output"][0]["encrypted_content"] == "s"
    assert [item["status"] for item in last["output"]] == ["completed"] * 3


@pytest.mark.parametrize(
    ("stop", "kind", "reason"),
    [
        (StopReason.LENGTH, "response.incomplete", "max_output_tokens"),
        (StopReason.REFUSED, "response.incomplete", "content_filter"),
        (StopReason.STOP_SEQUENCE, "response.completed", None),
    ],
)
def test_how_it_ended_is_told(stop: StopReason, kind: str, reason: str | None) -> None:
    began = Began(id="x", model="m")
    last = written([began, CandidateEnded(stop=stop), Ended(usage=None)])[-1]
    assert last["type"] == kind
    details = last["response"]["incomplete_details"]
    assert (None if details is None else details["reason"]) == reason
    assert last["response"]["usage"] is None


def test_a_second_answer_shows_nowhere() -> None:
    told: list[Event] = [
        PartBegan(index=0, part=Text(text=""), candidate=1),
        CandidateEnded(stop=StopReason.END, candidate=1),
    ]
    assert written(told) == []


def test_a_failure_is_told_twice_so_that_no_sdk_misses_it() -> None:
    refusal = RequestRefusal(message="Cut.", code="revoked")
    told = written([Began(id="x", model="m"), Failed(refusal=refusal)])
    failed, error = told[-2:]
    assert failed["type"] == "response.failed"
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["error"] == {"code": "revoked", "message": "Cut."}
    assert (error["type"], error["message"], error["error"]["code"]) == ("error", "Cut.", "revoked")
    begun_first = written([Failed(refusal=refusal)])
    assert begun_first[0]["type"] == "response.created"


def test_items_without_events_of_their_own_are_told_from_their_end() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"a":1}'}
    said = {"type": "message", "id": "m", "content": [{"type": "output_text", "text": "Hi"}]}
    told = events(
        event("response.created", response={"id": "r", "model": "m", "created_at": 7.0}),
        event("response.output_item.added", output_index=0, item={**call, "arguments": ""}),
        event("response.output_item.done", output_index=0, item=call),
        event("response.output_item.done", output_index=1, item=said),
        event(
            "response.completed",
            response={"status": "completed", "usage": {"input_tokens": 2, "output_tokens": 1}},
        ),
    )
    reply = gathered(told)
    assert reply.candidates[0].parts == (
        ToolCall(id="c", name="f", arguments={"a": 1}),
        Text(text="Hi"),
    )
    assert (reply.created_s, reply.usage) == (7, Usage(input_tokens=2, output_tokens=1))


def test_summaries_are_kept_apart_and_unsealed_thoughts_end() -> None:
    def piece(place: int, text: str) -> bytes:
        return event(
            "response.reasoning_summary_text.delta", output_index=0, summary_index=place, delta=text
        )

    told = events(
        event("response.created", response={"id": "r"}),
        event("response.output_item.added", output_index=0, item={"type": "reasoning"}),
        piece(0, "one"),
        piece(1, "two"),
        event("response.output_item.done", output_index=0, item={"type": "reasoning"}),
        event(
            "response.incomplete",
            response={"status": "incomplete", "usage": {"input_tokens": 1, "output_tokens": 1}},
        ),
    )
    (candidate,) = gathered(told).candidates
    assert candidate == Candidate(parts=(Thinking(text="one\n\ntwo"),), stop=StopReason.LENGTH)


@pytest.mark.parametrize(
    "raw",
    [
        event("error", code="overloaded", message="busy"),
        event("error", error={"code": "overloaded", "message": "busy"}),
        event("response.failed", response={"error": {"code": "overloaded", "message": "busy"}}),
    ],
)
def test_a_failure_of_the_provider_is_read_however_it_is_told(raw: bytes) -> None:
    (failed,) = events(raw)
    assert isinstance(failed, Failed)
    assert (failed.refusal.message, failed.refusal.code) == ("busy", "overloaded")


@pytest.mark.parametrize(
    "raw", [b": comment\n\n", b"data: no\n\n", event("response.queued"), event("x.y", item={})]
)
def test_what_tells_nothing_is_let_go(raw: bytes) -> None:
    assert events(raw) == []
