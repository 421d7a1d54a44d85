"""What a dialect does to take part in translation."""

from typing import Any, Protocol

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import Conversation, Event, Reply
from wattfare_desktop.providers.dialect import (
    AppRequest,
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
)


class CannotCarry(Exception):  # noqa: N818 - it says what it is
    """Something in a request has no counterpart; ``param`` names it as the app wrote it."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.refusal = RequestRefusal(message=message, param=param, code="cannot_be_translated")


class EventReader(Protocol):
    """Turns a provider's streamed events into neutral ones."""

    def read(self, event: bytes) -> list[Event]:
        """Take one whole event as it came on the wire."""

    def finish(self) -> list[Event]:
        """Take the end of the stream; return what was still open."""


class EventWriter(Protocol):
    """Turns neutral events into an app's, as bytes ready to be sent."""

    @property
    def content_type(self) -> str:
        """The type of what is written."""

    def write(self, event: Event) -> list[bytes]:
        """Return what ``event`` is on the wire; nothing where it does not show there."""


class Codec(Protocol):
    """Reads and writes requests, replies and events of one dialect.

    What is written and read again is the same, as far as the dialect has words for it.
    """

    def read_request(self, call: CallRequest) -> Conversation:
        """Return what an app asks. Raises CannotCarry, naming what has no neutral counterpart."""

    def write_request(self, conversation: Conversation, model: str) -> AppRequest:
        """Return the request an app of this dialect would have sent.

        Raises CannotCarry, naming what this dialect has no words for.
        """

    def read_reply(self, body: dict[str, Any], usage: Usage) -> Reply | None:
        """Return a provider's whole answer; None where it is none."""

    def write_reply(self, reply: Reply, call: CallRequest) -> dict[str, Any]:
        """Return a reply as this dialect's body, for the app that sent ``call``."""

    def event_reader(self) -> EventReader:
        """Return a reader of one streamed answer."""

    def event_writer(self, call: CallRequest) -> EventWriter:
        """Return a writer of one streamed answer, for the app that sent ``call``."""

    def read_error(self, answer: UpstreamAnswer) -> RequestRefusal:
        """Return a provider's error, its message and status kept."""
