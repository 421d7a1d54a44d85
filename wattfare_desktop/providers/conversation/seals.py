"""Whose signature a thought carries, so that only whoever made it gets it back.

A provider refuses a call with a signature it did not make, and a conversation may go from one to
the next: where the app chooses another model, or another provider stands in. So what a provider
signed goes to the app under that dialect's mark, and comes back without it, or not at all.
"""

from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import TypeVar

from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Event,
    Part,
    PartBegan,
    PartEnded,
    Reply,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import DialectName

_P = TypeVar("_P", bound=Part)


class Seals:
    """Marks the signatures of one dialect, and takes the mark off again."""

    def __init__(self, name: DialectName) -> None:
        # Some SDKs read a signature as base64, and whole groups of it can stand before others.
        whole = name.value.ljust(-(-len(name.value) // 3) * 3)
        self._mark = urlsafe_b64encode(whole.encode()).decode()

    def marked_reply(self, reply: Reply) -> Reply:
        """Return a provider's reply for an app."""
        candidates = tuple(
            replace(candidate, parts=tuple(self._marked(part) for part in candidate.parts))
            for candidate in reply.candidates
        )
        return replace(reply, candidates=candidates)

    def marked_event(self, event: Event) -> Event:
        """Return a provider's event for an app."""
        match event:
            case PartBegan(part=Thinking() | ToolCall() as part) if part.signature is not None:
                return replace(event, part=self._marked(part))
            case PartEnded(signature=str(signature)):
                return replace(event, signature=self._mark + signature)
            case _:
                return event

    def own(self, conversation: Conversation) -> Conversation:
        """Return what an app asks with the signatures this dialect made, and no others."""
        messages = tuple(
            replace(message, parts=tuple(self._unmarked(part) for part in message.parts))
            for message in conversation.messages
        )
        return replace(conversation, messages=messages)

    def _marked(self, part: _P) -> _P:
        if not isinstance(part, Thinking | ToolCall) or part.signature is None:
            return part
        return replace(part, signature=self._mark + part.signature)

    def _unmarked(self, part: Part) -> Part:
        if not isinstance(part, Thinking | ToolCall) or part.signature is None:
            return part
        is_own = part.signature.startswith(self._mark)
        return replace(part, signature=part.signature.removeprefix(self._mark) if is_own else None)
