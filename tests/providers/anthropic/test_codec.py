"""Round trips through ``wattfare_desktop.providers.anthropic.codec``: what is said comes back."""

import json
from dataclasses import replace
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from tests.support.conversations import (
    Features,
    conversations,
    gathered,
    replies,
    streamed,
)
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.codec import AnthropicMessagesCodec
from wattfare_desktop.providers.anthropic.messages import AnthropicMessages
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Effort,
    Ended,
    Event,
    Failed,
    Reply,
    ToolChoice,
    ToolChoiceMode,
)
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
)

CODEC: Codec = AnthropicMessagesCodec()
DIALECT = AnthropicMessages()
CALL = CallRequest(model="claude", body={})

CAN: Final = Features(
    call_signatures=False,
    system_between=False,
    temperature_max=1.0,
    seed=False,
    penalties=False,
    efforts=frozenset(Effort) - {Effort.MINIMAL},
    json_of_any_shape=False,
    json_schema_names=False,
    choices=False,
    bound_required=True,
    reply_images=False,
    created=False,
)
EVERYTHING_TAKEN = "claude-sonnet-4-6"
"""Takes temperatures, budgets and efforts."""
SYSTEM_TAKEN = "claude-opus-4-8"


def expressed(conversation: Conversation) -> Conversation:
    """Return a conversation in the one of several equal ways in which Anthropic has it."""
    choice, form = conversation.tool_choice, conversation.answer_format
    parallel = conversation.parallel_tools
    if choice is not None and choice.mode is ToolChoiceMode.NONE:
        parallel = None
    elif choice is None and parallel is not None:
        choice = ToolChoice(mode=ToolChoiceMode.AUTO)
    return replace(
        conversation,
        tool_choice=choice,
        parallel_tools=parallel,
        answer_format=None if form is None else replace(form, strict=True),
    )


def told_again(conversation: Conversation, model: str) -> Conversation:
    written = CODEC.write_request(conversation, model)
    call = DIALECT.read_request(written)
    assert isinstance(call, CallRequest), call
    assert written.body_bytes == len(
        json.dumps(written.body, ensure_ascii=False, separators=(",", ":")).encode()
    )
    return CODEC.read_request(call)


@given(conversations(CAN).map(expressed))
def test_a_conversation_comes_back(conversation: Conversation) -> None:
    assert told_again(conversation, EVERYTHING_TAKEN) == conversation


LATER = replace(CAN, system_between=True, budget=False, temperature_max=1.0, top_k=False)


@given(conversations(LATER).map(expressed))
def test_a_conversation_with_a_later_model_comes_back(conversation: Conversation) -> None:
    plain = replace(conversation.sampling, temperature=None, top_p=None)
    conversation = replace(conversation, sampling=plain)
    assert told_again(conversation, SYSTEM_TAKEN) == conversation


@given(replies(replace(CAN, call_signatures=True)))
def test_a_reply_comes_back(reply: Reply) -> None:
    body = json.loads(json.dumps(CODEC.write_reply(reply, CALL)))
    assert CODEC.read_reply(body, reply.usage) == reply
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=body)
    read = DIALECT.read_answer(CALL, answer)
    assert read is not None
    assert read.report is not None
    assert read.report.usage == reply.usage


def events_of(raw: bytes) -> list[Event]:
    """Return the events that a provider's stream of these bytes tells."""
    stream, reader = DIALECT.stream_reader(CALL), CODEC.event_reader()
    passed = [*stream.feed(raw), *stream.finish()]
    return [*(event for each in passed for event in reader.read(each)), *reader.finish()]


def written(events: list[Event]) -> bytes:
    writer = CODEC.event_writer(CALL)
    return b"".join(raw for event in events for raw in writer.write(event))


@given(replies(CAN), st.integers(1, 9))
def test_a_streamed_reply_comes_back(reply: Reply, piece_chars: int) -> None:
    events = list(streamed(reply, piece_chars=piece_chars))
    told = events_of(written(events))
    assert gathered(told) == reply
    # In order, one by one, but that the beginning tells a usage of nothing.
    assert told[1:] == events[1:]


@given(replies(CAN))
def test_the_usage_of_a_written_stream_is_read_by_the_dialect(reply: Reply) -> None:
    stream = DIALECT.stream_reader(CALL)
    stream.feed(written(list(streamed(reply))))
    assert stream.done
    assert stream.report is not None
    assert stream.report.usage == reply.usage


@given(replies(replace(CAN, choices=True)))
def test_only_the_first_of_several_answers_is_written(reply: Reply) -> None:
    first = replace(reply, candidates=reply.candidates[:1])
    assert written(list(streamed(reply))) == written(list(streamed(first)))
    assert CODEC.write_reply(reply, CALL) == CODEC.write_reply(first, CALL)


@given(replies(CAN), st.integers(0, 400))
def test_a_stream_that_breaks_off_fails(reply: Reply, place: int) -> None:
    raw = written(list(streamed(reply)))
    told = events_of(raw[: min(place, len(raw) - 3)])
    assert isinstance(told[-1], Failed)
    assert not any(isinstance(event, Ended) for event in told)


def error_of(status: int, parsed: Any) -> RequestRefusal:
    answer = UpstreamAnswer(status=status, content_type=JSON_TYPE, raw=b"", parsed=parsed)
    return CODEC.read_error(answer)


def test_a_providers_error_keeps_message_and_status() -> None:
    error = {"type": "overloaded_error", "message": "Overloaded"}
    refusal = error_of(529, {"type": "error", "error": error})
    assert (refusal.status, refusal.message, refusal.code) == (529, "Overloaded", error["type"])


def test_a_provider_without_words_gets_some() -> None:
    nothing: list[Any] = [None, [], {}, {"error": "no"}, {"error": {"message": ""}}]
    for parsed in nothing:
        refusal = error_of(500, parsed)
        assert refusal.message == "The provider answered with status 500."


def test_what_is_no_message_is_no_reply() -> None:
    assert CODEC.read_reply({"type": "message"}, Usage()) is None
    assert CODEC.read_reply({"type": "error", "content": []}, Usage()) is None
