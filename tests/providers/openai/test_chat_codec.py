"""Tests of ``wattfare_desktop.providers.openai.chat_codec`` and what it is made of."""

import json
from typing import Any

import pytest
from hypothesis import given

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
    PartEnded,
    PartGrew,
    Reply,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import (
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
)
from wattfare_desktop.providers.openai.chat_codec import OpenAiChatCodec
from wattfare_desktop.providers.openai.chat_usage import usage_object

CODEC: Codec = OpenAiChatCodec()
REPLIES = Features(
    told_stop_sequence=False, reply_stops=frozenset(StopReason) - {StopReason.STOP_SEQUENCE}
)


def app(**fields: Any) -> CallRequest:
    return CallRequest(model="gpt-5-mini", body={}, **fields)


def chunk(*choices: dict[str, Any], **fields: Any) -> bytes:
    told = {"id": "c", "created": 7, "model": "m", "choices": choices, **fields}
    return b"data: " + json.dumps(told).encode() + b"\n\n"


def delta(finish: str | None = None, index: int = 0, **said: Any) -> bytes:
    return chunk({"index": index, "delta": said, "finish_reason": finish})


DONE = b"data: [DONE]\n\n"


def events(*raw: bytes) -> list[Event]:
    reader = CODEC.event_reader()
    return [*(event for each in raw for event in reader.read(each)), *reader.finish()]


def written(told: list[Event], **fields: Any) -> list[Any]:
    writer = CODEC.event_writer(app(**fields))
    raw = b"".join(piece for event in told for piece in writer.write(event))
    return [
        each if each == "[DONE]" else json.loads(each)
        for each in raw.decode().replace("data: ", "").split("\n\n")
        if each
    ]


@given(replies(REPLIES))
def test_a_reply_comes_back_from_the_wire(reply: Reply) -> None:
    body = json.loads(json.dumps(CODEC.write_reply(reply, app())))
    assert CODEC.read_reply(body, reply.usage) == reply


@given(replies(REPLIES))
def test_a_stream_comes_back_from_the_wire(reply: Reply) -> None:
    writer, reader = CODEC.event_writer(app(wants_usage=True)), CODEC.event_reader()
    raw = [piece for event in streamed(reply) for piece in writer.write(event)]
    told = [event for piece in raw for event in reader.read(piece)]
    assert gathered([*told, *reader.finish()]) == reply


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"choices": []},
        {"choices": "none"},
        {
            "choices": [
                {
                    "message": {
                        "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {}}}]
                    }
                }
            ]
        },
    ],
)
def test_what_is_no_reply(body: dict[str, Any]) -> None:
    assert CODEC.read_reply(body, Usage()) is None


@pytest.mark.parametrize(
    ("message", "finish", "candidate"),
    [
        (
            {"content": None, "refusal": "No."},
            "stop",
            Candidate(parts=(Text(text="No."),), stop=StopReason.REFUSED),
        ),
        (
            {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            "length",
            Candidate(parts=(Text(text="a"), Text(text="b")), stop=StopReason.LENGTH),
        ),
        (
            {"reasoning": "hm", "content": "a"},
            None,
            Candidate(parts=(Thinking(text="hm"), Text(text="a")), stop=StopReason.END),
        ),
        (
            {"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]},
            "stop",
            Candidate(
                parts=(ToolCall(id="c", name="f", arguments={}),), stop=StopReason.TOOL_CALLS
            ),
        ),
        (None, "stop", Candidate(parts=(), stop=StopReason.END)),
    ],
)
def test_replies_as_providers_dress_them(
    message: Any, finish: str | None, candidate: Candidate
) -> None:
    body = {"choices": [{"message": message, "finish_reason": finish}]}
    read_back = CODEC.read_reply(body, Usage())
    assert read_back is not None
    assert read_back.candidates == (candidate,)


@pytest.mark.parametrize("written", ['{"a":', "[1]", "look", "7"])
def test_arguments_that_are_no_object_are_handed_on_as_they_are(written: str) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": written}}
    body = {"choices": [{"message": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}
    reply = CODEC.read_reply(body, Usage())
    assert reply is not None
    (part,) = reply.candidates[0].parts
    assert isinstance(part, ToolCall)
    assert part.arguments == {"malformed_arguments": written}
    message = CODEC.write_reply(reply, app())["choices"][0]["message"]
    assert message["tool_calls"] == [call]


def test_events_in_order_role_first_and_usage_where_asked() -> None:
    usage = Usage(input_tokens=5, cached_read_tokens=2, output_tokens=4, reasoning_tokens=1)
    told: list[Event] = [
        Began(id="x", model="claude", created_s=7),
        PartBegan(index=0, part=Text(text="")),
        PartGrew(index=0, text="Hi"),
        PartGrew(index=0, text=""),
        PartEnded(index=0),
        PartBegan(index=1, part=ToolCall(id="c1", name="look", arguments={})),
        PartGrew(index=1, text='{"a":1}'),
        PartEnded(index=1),
        PartBegan(index=2, part=ToolCall(id="c2", name="look", arguments={})),
        PartEnded(index=2),
        CandidateEnded(stop=StopReason.TOOL_CALLS),
        Ended(usage=usage),
    ]
    *chunks, counted, done = written(told, wants_usage=True)
    assert done == "[DONE]"
    assert counted["choices"] == []
    assert counted["usage"] == usage_object(usage)
    assert counted["usage"]["prompt_tokens_details"]["cached_tokens"] == 2
    assert all(each["usage"] is None and each["id"] == "x" for each in chunks)
    deltas = [each["choices"][0]["delta"] for each in chunks]
    assert deltas[:2] == [{"role": "assistant", "content": ""}, {"content": "Hi"}]
    calls = [each["tool_calls"][0] for each in deltas if "tool_calls" in each]
    assert [(each["index"], each.get("id")) for each in calls] == [(0, "c1"), (0, None), (1, "c2")]
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"
    silent = written(told)
    assert [each for each in silent if each == "[DONE]" or "usage" in each] == ["[DONE]"]


def test_an_error_is_the_event_the_sdk_raises() -> None:
    (told,) = written([Failed(refusal=RequestRefusal(message="Cut.", code="revoked"))])
    assert told["error"]["message"] == "Cut."


def test_a_stream_ends_once_where_done_is_left_out() -> None:
    usage = {"prompt_tokens": 2, "completion_tokens": 1}
    told = events(delta(content="a"), delta("stop"), chunk(usage=usage))
    assert told[-1] == Ended(usage=Usage(input_tokens=2, output_tokens=1))
    again = events(delta(content="a"), delta("stop"), chunk(usage=usage), DONE, DONE)
    assert again == told


def test_a_stream_that_breaks_off_has_not_ended() -> None:
    told = events(delta(content="a"), b": comment\n\n", b"data: not json\n\n")
    assert not any(isinstance(event, CandidateEnded | Ended) for event in told)


def test_calls_that_share_a_place_are_told_apart_by_their_ids() -> None:
    def call(name: str, text: str) -> dict[str, Any]:
        return {"index": 0, "id": name, "function": {"name": "f", "arguments": text}}

    told = events(
        delta(tool_calls=[call("a", '{"x":1}')]), delta("stop", tool_calls=[call("b", "{}")]), DONE
    )
    reply = gathered([*told[:-1], Ended(usage=Usage())])
    assert reply.candidates == (
        Candidate(
            parts=(
                ToolCall(id="a", name="f", arguments={"x": 1}),
                ToolCall(id="b", name="f", arguments={}),
            ),
            stop=StopReason.TOOL_CALLS,
        ),
    )


def test_a_call_that_goes_on_after_the_next_began_fails_rather_than_lose_a_piece() -> None:
    def piece(place: int, **more: Any) -> dict[str, Any]:
        return {"index": place, "function": {"name": "f", "arguments": "{"}, **more}

    told = events(
        delta(tool_calls=[piece(0, id="a")]),
        delta(tool_calls=[piece(1, id="b")]),
        delta(tool_calls=[piece(0)]),
    )
    assert isinstance(told[-1], Failed)


def test_an_error_in_the_stream_fails_it() -> None:
    told = events(delta(content="a"), b'data: {"error":{"message":"overloaded","code":529}}\n\n')
    failed = told[-1]
    assert isinstance(failed, Failed)
    assert (failed.refusal.message, failed.refusal.code) == ("overloaded", "529")


@pytest.mark.parametrize(
    ("body", "message", "kind"),
    [
        ({"error": {"message": "slow down", "type": "rate_limit"}}, "slow down", "rate_limit"),
        ([{"error": {"message": "no", "status": "X"}}], "no", "upstream_error"),
        ({"error": "plain"}, "plain", "upstream_error"),
        ({"message": "bare"}, "bare", "upstream_error"),
        (None, "The provider refused.", "upstream_error"),
    ],
)
def test_errors_in_the_shapes_of_compatible_servers(body: Any, message: str, kind: str) -> None:
    answer = UpstreamAnswer(status=429, content_type="application/json", raw=b"", parsed=body)
    refusal = CODEC.read_error(answer)
    assert (refusal.status, refusal.message, refusal.type) == (429, message, kind)
