"""Tests of ``wattfare_desktop.providers.anthropic.messages`` and ``messages_stream``."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.messages import AnthropicMessages
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    JSON_TYPE,
    AnswerRead,
    AppRequest,
    CallRequest,
    Dialect,
    OutputLimit,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    VisibleOutput,
)

DIALECT: Dialect = AnthropicMessages()
START_USAGE = {"input_tokens": 20, "cache_read_input_tokens": 100, "output_tokens": 1}
PING = b'event: ping\ndata: {"type": "ping"}\n\n'


def call(**members: Any) -> CallRequest:
    body = {
        "model": "anthropic/claude-sonnet-4-5",
        "max_tokens": 4_000,
        "messages": [{"role": "user", "content": "hello"}],
        **members,
    }
    asked = AppRequest(body=body, body_bytes=len(json.dumps(body)))
    request = DIALECT.read_request(asked)
    assert isinstance(request, CallRequest), request
    return request


def started(**usage: Any) -> bytes:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    told = {**message, "model": "claude-sonnet-4-5", "usage": {**START_USAGE, **usage}}
    return event_bytes({"type": "message_start", "message": told})


def block(index: int, **members: Any) -> bytes:
    begun = {"type": "text", "text": "", **members}
    return event_bytes({"type": "content_block_start", "index": index, "content_block": begun})


def delta(text: str, index: int = 0, kind: str = "text_delta", name: str = "text") -> bytes:
    made = {"type": kind, name: text}
    return event_bytes({"type": "content_block_delta", "index": index, "delta": made})


def stopped(index: int = 0) -> bytes:
    return event_bytes({"type": "content_block_stop", "index": index})


def ended(output_tokens: int, **usage: Any) -> bytes:
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    told = {"output_tokens": output_tokens, **usage}
    return event_bytes({"type": "message_delta", "delta": delta, "usage": told})


STOP = event_bytes({"type": "message_stop"})


def reader(**members: Any) -> StreamReader:
    return DIALECT.stream_reader(call(stream=True, **members))


def usage_of(stream: StreamReader) -> Usage:
    assert stream.report is not None
    return stream.report.usage


def told(events: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return the events of raw bytes, each checked to be named after its type."""
    found = []
    for raw in events:
        name, _, data = raw.removeprefix(b"event: ").partition(b"\ndata: ")
        assert data.endswith(b"\n\n")
        found.append(json.loads(data))
        assert found[-1]["type"] == name.decode()
    return found


def test_a_stream_passes_untouched_and_tells_its_usage() -> None:
    sent = [started(), PING, block(0), delta("one"), delta(" two"), stopped(), ended(9), STOP]
    stream = reader()
    assert stream.feed(b"".join(sent)) == sent
    assert stream.done
    assert not stream.failed
    assert usage_of(stream) == Usage(input_tokens=120, cached_read_tokens=100, output_tokens=9)
    assert stream.report is not None
    assert not stream.report.estimated
    assert stream.visible == VisibleOutput(pieces=2, text_bytes=7)


def test_the_counts_of_a_stream_are_cumulative() -> None:
    stream = reader()
    stream.feed(started() + ended(4) + ended(9, input_tokens=25) + ended(30, input_tokens=None))
    assert usage_of(stream) == Usage(input_tokens=125, cached_read_tokens=100, output_tokens=30)


def test_before_the_first_delta_the_output_is_a_guess() -> None:
    stream = reader()
    stream.feed(started() + delta("x" * 400))
    assert stream.report is not None
    assert stream.report.estimated
    assert usage_of(stream) == Usage(input_tokens=120, cached_read_tokens=100, output_tokens=100)


def test_without_any_usage_there_is_no_report() -> None:
    stream = reader()
    stream.feed(delta("x" * 400))
    assert stream.report is None
    stream.feed(event_bytes({"type": "message_start", "message": 7}))
    assert stream.report is None


def test_thoughts_and_arguments_are_seen_too() -> None:
    stream = reader()
    stream.feed(
        delta("hm", kind="thinking_delta", name="thinking")
        + delta('{"a":1}', kind="input_json_delta", name="partial_json")
        + delta("s" * 50, kind="signature_delta", name="signature")
    )
    assert stream.visible == VisibleOutput(pieces=2, text_bytes=9)


def test_an_error_inside_the_stream_is_noticed_and_passed_on() -> None:
    error = {"type": "overloaded_error", "message": "Overloaded"}
    broken = event_bytes({"type": "error", "error": error})
    stream = reader()
    assert stream.feed(started() + broken)[-1] == broken
    assert stream.failed
    assert not stream.done


@pytest.mark.parametrize(
    "odd",
    [
        b": keep-alive\n\n",
        b"data: not json\n\n",
        b"data: [1,2]\n\n",
        b'data: {"type": 7}\n\n',
        b"event: x\r\ndata: {}\r\n\r\n",
        event_bytes({"type": "content_block_delta", "delta": 7}),
        event_bytes({"type": "content_block_start", "index": "a"}),
        event_bytes({"type": "message_delta", "usage": 7}),
        event_bytes({"type": "something_new"}),
    ],
)
def test_what_is_odd_passes_as_it_came(odd: bytes) -> None:
    stream = reader()
    assert stream.feed(odd) == [odd]
    assert stream.report is None
    assert not stream.done


WHOLE = (
    started()
    + PING
    + b": note\r\n\r\n"
    + block(0)
    + delta("one")
    + delta("zwölf")
    + ended(4)
    + stopped()
    + ended(12)
    + STOP
)


@given(st.lists(st.integers(0, len(WHOLE)), max_size=8))
def test_any_cut_gives_the_same_events_and_usage(cuts: list[int]) -> None:
    whole = reader()
    events = [*whole.feed(WHOLE), *whole.finish()]
    stream = reader()
    passed = []
    for start, end in pairwise([0, *sorted(cuts), len(WHOLE)]):
        passed += stream.feed(WHOLE[start:end])
    passed += stream.finish()
    assert passed == events
    assert b"".join(passed) == WHOLE
    assert stream.report == whole.report
    assert stream.visible == whole.visible == VisibleOutput(pieces=2, text_bytes=9)
    assert stream.done


def test_a_stop_closes_what_is_open() -> None:
    stream = reader()
    stream.feed(started() + block(0) + delta("one") + stopped() + block(1) + delta("two", 1))
    events = told(stream.stop(Usage(input_tokens=9, output_tokens=40)))
    assert events == [
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "max_tokens", "stop_sequence": None},
            "usage": {**START_USAGE, "output_tokens": 40},
        },
        {"type": "message_stop"},
    ]


def test_a_stop_before_anything_came_is_a_whole_message() -> None:
    events = told(reader().stop(Usage(input_tokens=9, output_tokens=0)))
    assert [event["type"] for event in events] == ["message_start", "message_delta", "message_stop"]
    assert events[0]["message"]["usage"]["input_tokens"] == 9


def test_a_failure_is_an_error_event() -> None:
    refusal = RequestRefusal(message="No more.", status=402, code="insufficient_quota")
    (event,) = told(reader().fail(refusal))
    assert event["type"] == "error"
    assert event["error"]["type"] == "billing_error"
    assert event["error"]["code"] == "insufficient_quota"


def sent_body(request: CallRequest, limit: OutputLimit = AS_ASKED) -> dict[str, Any]:
    sent = DIALECT.upstream_request(request, "claude-sonnet-4-5", limit)
    assert sent.path == "/v1/messages"
    assert sent.headers == {"anthropic-version": "2023-06-01"}
    assert isinstance(sent.body, dict)
    return sent.body


def test_upstream_gets_what_was_priced() -> None:
    request = call(temperature=0.5, something_new={"kept": 1})
    assert sent_body(request) == {**request.body, "model": "claude-sonnet-4-5"}
    assert request.body["model"] == "anthropic/claude-sonnet-4-5"


@pytest.mark.parametrize(
    ("budget", "bound", "max_tokens", "thinking"),
    [
        (2_000, 5_000, 4_000, {"type": "enabled", "budget_tokens": 2_000}),
        (2_000, 3_000, 3_000, {"type": "enabled", "budget_tokens": 2_000}),
        (3_900, 3_000, 3_000, {"type": "enabled", "budget_tokens": 1_500}),
        (2_000, 2_000, 2_000, {"type": "enabled", "budget_tokens": 1_024}),
        (2_000, 1_025, 1_025, {"type": "enabled", "budget_tokens": 1_024}),
        (2_000, 1_024, 1_024, {"type": "disabled"}),
        (2_000, 64, 64, {"type": "disabled"}),
    ],
)
def test_a_lowered_bound_leaves_room_for_the_answer(
    budget: int, bound: int, max_tokens: int, thinking: dict[str, Any]
) -> None:
    request = call(thinking={"type": "enabled", "budget_tokens": budget})
    body = sent_body(request, OutputLimit(tokens=bound))
    assert (body["max_tokens"], body["thinking"]) == (max_tokens, thinking)
    assert request.body["thinking"]["budget_tokens"] == budget


def test_thinking_without_a_budget_stays_as_it_is() -> None:
    request = call(thinking={"type": "adaptive"})
    assert sent_body(request, OutputLimit(tokens=70))["thinking"] == {"type": "adaptive"}


def read_answer(parsed: Any) -> AnswerRead | None:
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=parsed)
    return DIALECT.read_answer(call(), answer)


def test_a_whole_answer_tells_its_usage() -> None:
    content = [{"type": "text", "text": "four"}]
    read = read_answer({"type": "message", "content": content, "usage": START_USAGE})
    assert read is not None
    assert read.report is not None
    assert read.report.usage == Usage(input_tokens=120, cached_read_tokens=100, output_tokens=1)
    assert read.visible == VisibleOutput(pieces=1, text_bytes=4)
    assert read.body is None, "it passes as it came"


@pytest.mark.parametrize("answer", [[], "text", {}, {"usage": 7}])
def test_an_answer_without_usage_has_no_report(answer: Any) -> None:
    assert read_answer(answer) == AnswerRead()


def test_what_is_no_json_is_no_answer() -> None:
    assert read_answer(None) is None


def test_only_events_are_a_stream() -> None:
    assert DIALECT.is_stream("text/event-stream")
    assert not DIALECT.is_stream(JSON_TYPE)
