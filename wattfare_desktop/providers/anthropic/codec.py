"""Anthropic's messages as one side of a translation."""

from typing import Any

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.event_reader import AnthropicEventReader
from wattfare_desktop.providers.anthropic.event_writer import AnthropicEventWriter
from wattfare_desktop.providers.anthropic.reading import read_conversation
from wattfare_desktop.providers.anthropic.replies import read_error, read_reply, write_reply
from wattfare_desktop.providers.anthropic.writing import write_conversation
from wattfare_desktop.providers.conversation.codec import EventReader, EventWriter
from wattfare_desktop.providers.conversation.model import Conversation, Reply
from wattfare_desktop.providers.dialect import (
    AppRequest,
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
)
from wattfare_desktop.providers.wire import encoded


class AnthropicMessagesCodec:
    """Reads and writes requests, replies and events of ``POST /v1/messages``."""

    def read_request(self, call: CallRequest) -> Conversation:
        """Return what an app asks. Raises CannotCarry."""
        return read_conversation(call.body)

    def write_request(self, conversation: Conversation, model: str) -> AppRequest:
        """Return the request an app of this dialect would have sent. Raises CannotCarry."""
        body = write_conversation(conversation, model)
        return AppRequest(body=body, body_bytes=len(encoded(body)))

    def read_reply(self, body: dict[str, Any], usage: Usage) -> Reply | None:
        """Return a provider's whole answer; None where it is none."""
        return read_reply(body, usage)

    def write_reply(self, reply: Reply, call: CallRequest) -> dict[str, Any]:  # noqa: ARG002 - the protocol's
        """Return a reply as a message."""
        return write_reply(reply)

    def event_reader(self) -> EventReader:
        """Return a reader of one streamed answer."""
        return AnthropicEventReader()

    def event_writer(self, call: CallRequest) -> EventWriter:  # noqa: ARG002 - the protocol's
        """Return a writer of one streamed answer."""
        return AnthropicEventWriter()

    def read_error(self, answer: UpstreamAnswer) -> RequestRefusal:
        """Return a provider's error, its message and status kept."""
        return read_error(answer.status, answer.parsed)
