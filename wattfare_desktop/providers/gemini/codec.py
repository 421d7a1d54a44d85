"""Gemini's part in translation."""

from typing import Any

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.codec import EventReader, EventWriter
from wattfare_desktop.providers.conversation.model import Conversation, Reply
from wattfare_desktop.providers.dialect import (
    AppRequest,
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
)
from wattfare_desktop.providers.gemini.asked import read_conversation
from wattfare_desktop.providers.gemini.asking import write_conversation
from wattfare_desktop.providers.gemini.events import GeminiEventReader, GeminiEventWriter
from wattfare_desktop.providers.gemini.replies import read_error, read_reply, write_reply
from wattfare_desktop.providers.gemini.request import GeminiCall


class GeminiCodec:
    """Reads and writes requests, replies and events of ``generateContent``."""

    def read_request(self, call: CallRequest) -> Conversation:
        """Return what an app asks. Raises CannotCarry."""
        return read_conversation(call)

    def write_request(self, conversation: Conversation, model: str) -> AppRequest:
        """Return the request an app of Gemini would have sent. Raises CannotCarry."""
        return write_conversation(conversation, model)

    def read_reply(self, body: dict[str, Any], usage: Usage) -> Reply | None:
        """Return a whole answer; None where it is none."""
        return read_reply(body, usage)

    def write_reply(self, reply: Reply, call: CallRequest) -> dict[str, Any]:  # noqa: ARG002 - the protocol's
        """Return a reply as the body of an answer."""
        return write_reply(reply)

    def event_reader(self) -> EventReader:
        """Return a reader of one streamed answer."""
        return GeminiEventReader()

    def event_writer(self, call: CallRequest) -> EventWriter:
        """Return a writer of one streamed answer, for the app that sent ``call``."""
        return GeminiEventWriter(as_array=isinstance(call, GeminiCall) and call.as_array)

    def read_error(self, answer: UpstreamAnswer) -> RequestRefusal:
        """Return a provider's error, its message and status kept."""
        return read_error(answer)
