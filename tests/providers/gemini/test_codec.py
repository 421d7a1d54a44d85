"""Tests of ``wattfare_desktop.providers.gemini.codec``: what is written is read again."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.conversations import (
    ALL_STOPS,
    Features,
    conversations,
    gathered,
    replies,
    streamed,
)
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Effort,
    Reply,
    StopReason,
)
from wattfare_desktop.providers.dialect import JSON_TYPE, CallRequest, UpstreamAnswer
from wattfare_desktop.providers.gemini.codec import GeminiCodec
from wattfare_desktop.providers.gemini.generate import GeminiGenerate
from wattfare_desktop.providers.gemini.request import GeminiCall
from wattfare_desktop.providers.gemini.stream import GeminiStream

CODEC: Codec = GeminiCodec()
DIALECT = GeminiGenerate()
NEWER = Features(
    document_names=False,
    strict_tools=False,
    parallel_tools=False,
    system_between=False,
    json_schema_names=False,
    json_strict=False,
    reply_stops=ALL_STOPS - {StopReason.STOP_SEQUENCE},
    created=False,
)
# Up to 2.5 thinking is asked for in tokens.
OLDER = replace(NEWER, efforts=frozenset({Effort.NONE}))
EVENTS = GeminiCall(model="gemini-2.5-pro", stream=True, body={})
ARRAY = GeminiCall(model="gemini-2.5-pro", stream=True, as_array=True, body={})


def read_again(conversation: Conversation, model: str) -> Conversation:
    written = CODEC.write_request(conversation, model)
    call = DIALECT.read_request(written)
    assert isinstance(call, CallRequest), call
    assert call.model == model
    return CODEC.read_request(call)


@given(conversation=conversations(NEWER))
def test_a_conversation_is_read_as_it_was_written(conversation: Conversation) -> None:
    assert read_again(conversation, "gemini-3-pro-preview") == conversation


@settings(max_examples=30)
@given(conversation=conversations(OLDER))
def test_so_it_is_for_older_models(conversation: Conversation) -> None:
    assert read_again(conversation, "gemini-2.5-flash") == conversation


@given(reply=replies(NEWER))
def test_a_reply_is_read_as_it_was_written(reply: Reply) -> None:
    body = json.loads(json.dumps(CODEC.write_reply(reply, EVENTS)))
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=body)
    told = DIALECT.read_answer(EVENTS, answer)
    assert told is not None
    assert told.report is not None
    assert told.report.usage == reply.usage
    assert CODEC.read_reply(body, told.report.usage) == reply


@given(reply=replies(NEWER), chars=st.integers(1, 30))
def test_a_streamed_reply_is_read_as_it_was_written(reply: Reply, chars: int) -> None:
    writer, reader = CODEC.event_writer(EVENTS), CODEC.event_reader()
    events = [
        event
        for told in streamed(reply, piece_chars=chars)
        for raw in writer.write(told)
        for event in reader.read(raw)
    ]
    assert gathered([*events, *reader.finish()]) == reply


@given(reply=replies(NEWER))
def test_a_reply_streamed_as_an_array_is_one_and_says_the_same(reply: Reply) -> None:
    writer = CODEC.event_writer(ARRAY)
    assert writer.content_type == JSON_TYPE
    text = b"".join(raw for told in streamed(reply) for raw in writer.write(told))
    assert isinstance(json.loads(text), list)
    stream, reader = GeminiStream(as_array=False), CODEC.event_reader()
    events = [event for raw in stream.feed(text) for event in reader.read(raw)]
    assert gathered([*events, *reader.finish()]) == reply
    assert stream.done
    assert stream.report is not None
    assert stream.report.usage == reply.usage
