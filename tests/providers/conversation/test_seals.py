"""Tests of ``wattfare_desktop.providers.conversation.seals``."""

from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest
from hypothesis import given

from tests.support.conversations import Features, gathered, replies, streamed
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import (
    Candidate,
    Conversation,
    Message,
    Part,
    Reply,
    Role,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.conversation.seals import Seals
from wattfare_desktop.providers.dialect import DialectName

OPENAI = Seals(DialectName.OPENAI_RESPONSES)
GEMINI = Seals(DialectName.GEMINI_GENERATE)


def asked(*parts: Part) -> Conversation:
    return Conversation(messages=(Message(role=Role.ASSISTANT, parts=parts),))


def signatures(conversation: Conversation) -> list[str | None]:
    return [
        part.signature
        for message in conversation.messages
        for part in message.parts
        if isinstance(part, Thinking | ToolCall)
    ]


@given(replies(Features()))
def test_who_signed_gets_it_back_and_nobody_else(reply: Reply) -> None:
    parts = [part for candidate in reply.candidates for part in candidate.parts]
    marked = [part for each in OPENAI.marked_reply(reply).candidates for part in each.parts]
    assert OPENAI.own(asked(*marked)) == asked(*parts)
    assert not any(signatures(GEMINI.own(asked(*marked))))


@given(replies(Features()))
def test_a_stream_is_marked_as_a_whole_reply_is(reply: Reply) -> None:
    events = [OPENAI.marked_event(event) for event in streamed(reply)]
    assert gathered(events) == OPENAI.marked_reply(reply)


def test_what_nobody_marked_is_not_sent() -> None:
    thought = Thinking(text="hm", signature="EqMB")
    call = ToolCall(id="c", name="look", arguments={}, signature="EqMB")
    kept = asked(replace(thought, signature=None), Text(text="a"), replace(call, signature=None))
    assert OPENAI.own(asked(thought, Text(text="a"), call)) == kept


@pytest.mark.parametrize("name", list(DialectName))
def test_a_marked_signature_is_base64_where_it_was(name: DialectName) -> None:
    (candidate,) = Seals(name).marked_reply(signed("aGFsbG8=")).candidates
    (thought,) = candidate.parts
    assert isinstance(thought, Thinking)
    assert thought.signature is not None
    assert urlsafe_b64decode(thought.signature).endswith(b"hallo")


def signed(signature: str) -> Reply:
    thought = Thinking(text="hm", signature=signature)
    candidate = Candidate(parts=(thought,), stop=StopReason.END)
    return Reply(id="r", model="m", candidates=(candidate,), usage=Usage())
