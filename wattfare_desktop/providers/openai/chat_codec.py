"""Chat completions as a codec: what takes part in translation."""

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
from wattfare_desktop.providers.openai.chat_codec_reading import ChatEventReader
from wattfare_desktop.providers.openai.chat_codec_reply import read_reply, write_reply
from wattfare_desktop.providers.openai.chat_codec_request import read_request
from wattfare_desktop.providers.openai.chat_codec_sent import write_request
from wattfare_desktop.providers.openai.chat_codec_writing import ChatEventWriter
from wattfare_desktop.providers.openai.family import as_sent, read_error


class OpenAiChatCodec:
    """Reads and writes chat completions."""

    def read_request(self, call: CallRequest) -> Conversation:
        """Return what an app asks. Raises CannotCarry."""
        return read_request(call)

    def write_request(self, conversation: Conversation, model: str) -> AppRequest:
        """Return the request an app would have sent. Raises CannotCarry."""
        return as_sent(write_request(conversation, model))

    def read_reply(self, body: dict[str, Any], usage: Usage) -> Reply | None:
        """Return a provider's whole answer; None where it is none."""
        return read_reply(body, usage)

    def write_reply(self, reply: Reply, call: CallRequest) -> dict[str, Any]:
        """Return a reply as a chat completion."""
        return write_reply(reply, call)

    def event_reader(self) -> EventReader:
        """Return a reader of one streamed answer."""
        return ChatEventReader()

    def event_writer(self, call: CallRequest) -> EventWriter:
        """Return a writer of one streamed answer."""
        return ChatEventWriter(call)

    def read_error(self, answer: UpstreamAnswer) -> RequestRefusal:
        """Return a provider's error, its message and status kept."""
        return read_error(answer)
