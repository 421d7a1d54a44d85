"""What is drawn is in normal form, and a reply told in events is the same reply."""

from itertools import pairwise

from hypothesis import given

from tests.support.conversations import Features, conversations, gathered, replies, streamed
from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Image,
    Reply,
    Role,
    Thinking,
    ToolResult,
)

PLAIN = Features(images=False, thinking=False, reply_images=False, tool_result_images=False)


@given(conversations(Features()))
def test_no_neighbours_have_the_same_role_and_results_stand_first(asked: Conversation) -> None:
    roles = [message.role for message in asked.messages]
    assert all(one is not other for one, other in pairwise(roles))
    for message in asked.messages:
        kinds = [isinstance(part, ToolResult) for part in message.parts]
        assert kinds == sorted(kinds, reverse=True)
        assert message.role is Role.USER or not any(kinds)


@given(conversations(PLAIN))
def test_what_is_switched_off_is_not_drawn(asked: Conversation) -> None:
    parts = [part for message in asked.messages for part in message.parts]
    assert not any(isinstance(part, Image | Thinking) for part in parts)


@given(replies(Features()))
def test_events_tell_the_whole_reply(reply: Reply) -> None:
    assert gathered(streamed(reply)) == reply
