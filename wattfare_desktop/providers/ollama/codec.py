"""Ollama's chats as neutral conversations.

It has no ids of calls, no signatures, no names or strictness of schemas, no mark of a failed tool:
ids are given by place, the rest is not said. What would change the answer and has no word is
refused by name.
"""

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
from wattfare_desktop.providers.ollama.asked import read_completion, read_conversation
from wattfare_desktop.providers.ollama.asking import written_request
from wattfare_desktop.providers.ollama.replies import (
    OllamaEventReader,
    OllamaEventWriter,
    in_completion,
    read_reply,
    written_reply,
)
from wattfare_desktop.providers.wire import encoded


class OllamaCodec:
    """Reads and writes requests, replies and events of ``/api/chat``."""

    def read_request(self, call: CallRequest) -> Conversation:
        """Return what an app asks. Raises CannotCarry."""
        return read_conversation(call)

    def write_request(self, conversation: Conversation, model: str) -> AppRequest:
        """Return the request an app of this dialect would have sent. Raises CannotCarry."""
        body = written_request(conversation, model)
        return AppRequest(body=body, body_bytes=len(encoded(body)))

    def read_reply(self, body: dict[str, Any], usage: Usage) -> Reply | None:
        """Return a server's whole answer; None where it is none."""
        return read_reply(body, usage)

    def write_reply(self, reply: Reply, call: CallRequest) -> dict[str, Any]:  # noqa: ARG002 - the protocol's
        """Return a reply as this dialect's body."""
        return written_reply(reply)

    def event_reader(self) -> EventReader:
        """Return a reader of one streamed answer."""
        return OllamaEventReader()

    def event_writer(self, call: CallRequest) -> EventWriter:  # noqa: ARG002 - the protocol's
        """Return a writer of one streamed answer."""
        return OllamaEventWriter()

    def read_error(self, answer: UpstreamAnswer) -> RequestRefusal:
        """Return a server's error, its message and status kept."""
        told = answer.parsed.get("error") if isinstance(answer.parsed, dict) else None
        message = told if isinstance(told, str) else "The model server refused the call."
        return RequestRefusal(message=message, status=answer.status, code="upstream_error")


class OllamaGenerateCodec(OllamaCodec):
    """What an app asks of ``/api/generate``, as a chat of one message.

    For the side of the app alone: to a provider of Ollama's API a conversation goes as a chat.
    """

    def read_request(self, call: CallRequest) -> Conversation:
        """Return what an app asks. Raises CannotCarry."""
        return read_completion(call)

    def write_reply(self, reply: Reply, call: CallRequest) -> dict[str, Any]:  # noqa: ARG002 - the protocol's
        """Return a reply as this dialect's body."""
        return written_reply(reply, in_completion)

    def event_writer(self, call: CallRequest) -> EventWriter:  # noqa: ARG002 - the protocol's
        """Return a writer of one streamed answer."""
        return OllamaEventWriter(in_completion)
