"""Tests of ``wattfare_desktop.providers.openai.responses_codec`` and what it is made of."""

import json
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from openai.types.responses import Response
from pydantic import TypeAdapter

from tests.support.conversations import Features, conversations, gathered, replies, streamed
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.codec import CannotCarry, Codec
from wattfare_desktop.providers.conversation.model import (
    Began,
    Candidate,
    CandidateEnded,
    Conversation,
    Document,
    Effort,
    Ended,
    Event,
    Failed,
    Message,
    PartBegan,
    Reasoning,
    Reply,
    Role,
    Sampling,
    StopReason,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, RequestRefusal
from wattfare_desktop.providers.openai.responses import OpenAiResponses
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec

CODEC: Codec = OpenAiResponsesCodec()
RESPONSES = TypeAdapter(Response)

REQUESTS = Features(
    call_signatures=False,
    tool_errors=False,
    budget=False,
    top_k=False,
    seed=False,
    penalties=False,
    stop=False,
    choices=False,
)
REPLIES = Features(
    choices=False,
    told_stop_sequence=False,
    reply_stops=frozenset(StopReason) - {StopReason.STOP_SEQUENCE},
)


def read(**fields: Any) -> Conversation:
    body = {"model": "gpt-5-mini", "input": "hello", **fields}
    call = OpenAiResponses().read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))
    assert isinstance(call, CallRequest), call
    return CODEC.read_request(call)


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


def without_unsealed(asked: Conversation) -> Conversation:
    """Drop what only whoever thought it can take back."""
    messages = [
        replace(
            message,
            parts=tuple(
                part
                for part in message.parts
                if not isinstance(part, Thinking) or part.signature is not None
            ),
        )
        for message in asked.messages
    ]
    return replace(asked, messages=tuple(messages))


@given(conversations(REQUESTS))
def test_a_conversation_comes_back_from_the_wire(asked: Conversation) -> None:
    sent = CODEC.write_request(asked, "gpt-5-mini")
    call = OpenAiResponses().read_request(replace(sent, body=json.loads(json.dumps(sent.body))))
    assert isinstance(call, CallRequest), call
    assert CODEC.read_request(call) == without_unsealed(asked)
    assert sent.body["store"] is False, "the app never asked for its text to be kept"


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
    ("fields", "param"),
    [
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"include": ["message.output_text.logprobs"]}, "include"),
        ({"service_tier": "flex"}, "service_tier"),
        ({"store": True}, "store"),
        ({"text": {"verbosity": "low"}}, "text.verbosity"),
        ({"text": {"format": {"type": "grammar"}}}, "text.format"),
        ({"text": "short"}, "body.text"),
        ({"a_parameter_of_tomorrow": 1}, "a_parameter_of_tomorrow"),
        ({"tools": [{"type": "custom", "name": "x"}]}, "tools[0].type"),
        ({"tools": [{"type": "web_search"}], "max_tool_calls": 1}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].name"),
        ({"tool_choice": {"type": "allowed_tools"}}, "tool_choice"),
        ({"reasoning": {"effort": "utmost"}}, "reasoning.effort"),
        ({"temperature": "hot"}, "temperature"),
        ({"input": [{"type": "local_shell_call", "id": "a"}]}, "input[0].type"),
        ({"input": [{"role": "tool", "content": "a"}]}, "input[0].role"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "input[0].content[0].type",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]},
            "input[0].content[0].file_id",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_file", "file_url": "u"}]}]},
            "input[0].content[0].file_url",
        ),
        (
            {"input": [{"role": "system", "content": [{"type": "input_image", "image_url": "u"}]}]},
            "input[0].content",
        ),
        (
            {"input": [{"type": "function_call_output", "call_id": "none", "output": "1"}]},
            "input[0].call_id",
        ),
        (
            {
                "input": [
                    {"type": "function_call", "call_id": "c", "name": "f", "arguments": "nothing"}
                ]
            },
            "input[0].arguments",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotCarry) as raised:
        read(**fields)
    assert raised.value.refusal.param == param
    assert raised.value.refusal.code == "cannot_be_translated"


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "u", "metadata": {"a": "b"}, "store": False, "prompt_cache_key": "k"},
        {"service_tier": "auto", "truncation": "auto", "include": ["reasoning.encrypted_content"]},
        {"background": False, "previous_response_id": None, "text": {"verbosity": "medium"}},
        {"text": {"format": {"type": "text"}}, "reasoning": {"effort": None}, "max_tool_calls": 2},
    ],
)
def test_what_only_hints_is_let_go(fields: dict[str, Any]) -> None:
    assert read(**fields) == read()


def test_items_come_into_normal_form() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"}
    asked = read(
        instructions="one",
        input=[
            {"role": "developer", "content": "two"},
            {"role": "user", "content": "a"},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "b"}]},
            {
                "type": "reasoning",
                "id": "rs",
                "summary": [
                    {"type": "summary_text", "text": "first"},
                    {"type": "summary_text", "text": "then"},
                ],
                "encrypted_content": "sealed",
            },
            {
                "type": "message",
                "id": "m",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": "c", "annotations": []}],
            },
            call,
            {"type": "function_call_output", "call_id": "c1", "output": "42"},
        ],
    )
    assert asked.system == (Text(text="one"), Text(text="two"))
    assert asked.messages == (
        Message(role=Role.USER, parts=(Text(text="a"), Text(text="b"))),
        Message(
            role=Role.ASSISTANT,
            parts=(
                Thinking(text="first\n\nthen", signature="sealed"),
                Text(text="c"),
                ToolCall(id="c1", name="look", arguments={}),
            ),
        ),
        Message(
            role=Role.USER,
            parts=(ToolResult(call_id="c1", name="look", parts=(Text(text="42"),)),),
        ),
    )


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"choices": 2}, "n"),
        ({"output_tokens_max": 15}, "max_tokens"),
        ({"sampling": Sampling(stop=("x",))}, "stop"),
        ({"sampling": Sampling(seed=0)}, "seed"),
        ({"sampling": Sampling(top_k=4)}, "top_k"),
        ({"sampling": Sampling(presence_penalty=0.5)}, "presence_penalty"),
        (
            {
                "messages": (
                    Message(role=Role.ASSISTANT, parts=(Document(media_type="a/b", data="AAAA"),)),
                )
            },
            "messages[0]",
        ),
    ],
)
def test_what_responses_have_no_words_for_is_refused(asked: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotCarry) as raised:
        CODEC.write_request(replace(read(), **asked), "m")
    assert raised.value.refusal.param == param


def test_a_default_is_left_unsaid_since_some_models_refuse_it() -> None:
    asked = replace(read(), sampling=Sampling(temperature=1.0, top_p=1.0), output_tokens_max=16)
    assert not {"temperature", "top_p"} & set(CODEC.write_request(asked, "m").body)


def test_thoughts_are_asked_for_sealed_where_there_will_be_some() -> None:
    def sent(wish: Reasoning | None) -> dict[str, Any]:
        body: dict[str, Any] = CODEC.write_request(replace(read(), reasoning=wish), "m").body
        return body

    assert sent(Reasoning(effort=Effort.HIGHEST, shown=True))["reasoning"] == {
        "effort": "xhigh",
        "summary": "auto",
    }
    assert sent(Reasoning(budget_tokens=1_024))["include"] == ["reasoning.encrypted_content"]
    assert "include" not in sent(Reasoning(effort=Effort.NONE))
    assert not {"include", "reasoning"} & set(sent(None))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"output": "none"},
        {"status": "failed", "output": []},
        {"output": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{"}]},
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
