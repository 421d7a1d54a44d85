"""Whatever an app or a provider sends in Anthropic's shapes is read, or refused by name."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.codec import AnthropicMessagesCodec
from wattfare_desktop.providers.anthropic.messages import AnthropicMessages
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
)

DIALECT, CODEC = AnthropicMessages(), AnthropicMessagesCodec()
CALL = CallRequest(model="claude", body={})

WORDS = st.sampled_from(
    [
        "text",
        "thinking",
        "redacted_thinking",
        "tool_use",
        "tool_result",
        "image",
        "document",
        "base64",
        "url",
        "enabled",
        "adaptive",
        "user",
        "auto",
        "tool",
        "json_schema",
        "message",
        "end_turn",
        "text_delta",
        "signature_delta",
        "input_json_delta",
        "signature_of_call:a:b",
        "web_search_20250305",
        "",
    ]
)
NAMES = st.sampled_from(
    [
        "type",
        "text",
        "thinking",
        "signature",
        "data",
        "id",
        "name",
        "input",
        "tool_use_id",
        "content",
        "source",
        "media_type",
        "url",
        "title",
        "role",
        "index",
        "delta",
        "usage",
        "message",
        "error",
        "content_block",
        "partial_json",
        "stop_reason",
        "input_tokens",
        "output_tokens",
        "cache_creation",
        "max_uses",
        "input_schema",
        "budget_tokens",
        "effort",
        "format",
        "schema",
        "edits",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-5, 5_000) | st.just(0.5) | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=4,
)
BLOCKS = st.builds(
    lambda kind, members: {**members, "type": kind},
    WORDS,
    st.dictionaries(NAMES, VALUES, max_size=4),
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "system", "tool"]),
            "content": WORDS | st.lists(BLOCKS, max_size=3),
        }
    ),
    min_size=1,
    max_size=3,
)
MEMBERS = st.sampled_from(
    [
        "system",
        "tools",
        "tool_choice",
        "thinking",
        "output_config",
        "stop_sequences",
        "temperature",
        "context_management",
        "service_tier",
        "speed",
        "metadata",
        "stream",
        "something_new",
    ]
)
EVENT_TYPES = st.sampled_from(
    [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "error",
        "ping",
    ]
)


@given(
    MESSAGES | VALUES, st.dictionaries(MEMBERS, VALUES | st.lists(BLOCKS, max_size=2), max_size=3)
)
def test_a_request_is_read_or_refused(messages: Any, members: dict[str, Any]) -> None:
    body = {"model": "claude", "max_tokens": 9, "messages": messages, **members}
    call = DIALECT.read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))
    if isinstance(call, RequestRefusal):
        assert call.message
        return
    with suppress(CannotCarry):
        CODEC.read_request(call)


EVENTS = st.builds(
    lambda kind, members: {**members, "type": kind},
    EVENT_TYPES,
    st.dictionaries(NAMES, VALUES, max_size=3),
)


@given(st.lists(EVENTS, max_size=4))
def test_a_stream_passes_whatever_it_says(events: list[dict[str, Any]]) -> None:
    sent = [event_bytes(event) for event in events]
    stream, reader = DIALECT.stream_reader(CALL), CODEC.event_reader()
    assert stream.feed(b"".join(sent)) == sent
    for raw in sent:
        reader.read(raw)
    reader.finish()
    stream.stop(Usage())
    assert stream.report is None or min(stream.report.usage.by_kind) >= 0


@given(st.dictionaries(NAMES, VALUES | st.lists(BLOCKS, max_size=3), max_size=4))
def test_an_answer_is_read_or_none(body: dict[str, Any]) -> None:
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=body)
    assert DIALECT.read_answer(CALL, answer) is not None
    CODEC.read_reply({**body, "type": "message"}, Usage())
    assert CODEC.read_error(answer).message
