"""Anthropic's counting of tokens: ``POST /v1/messages/count_tokens``, which costs nothing."""

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.anthropic.messages_request import read_count_request
from wattfare_desktop.providers.anthropic.messages_stream import AnthropicMessagesStream
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    AnswerRead,
    AppRequest,
    CallRequest,
    OutputLimit,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    UpstreamRequest,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import estimated_input
from wattfare_desktop.providers.wire import encoded


class AnthropicCountTokens:
    """The dialect of ``POST /v1/messages/count_tokens``."""

    def __init__(self) -> None:
        self.family = AnthropicFamily()

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent. Nothing is refused for its cost, for there is none."""
        return read_count_request(asked)

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - nothing is made that could be bounded
    ) -> UpstreamRequest:
        """Return the object as it came, with the model's name at the provider."""
        return UpstreamRequest(
            path="/v1/messages/count_tokens",
            body={**call.body, "model": model},
            headers=call.headers,
        )

    def is_stream(self, content_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Return False: a count is never streamed."""
        return False

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:  # noqa: ARG002 - the protocol's
        """Return that nothing was used; None where there is no answer."""
        if answer.parsed is None:
            return None
        return AnswerRead(report=UsageReport(usage=Usage(), computed=True))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for what the protocol asks for and the provider never sends."""
        return AnthropicMessagesStream(call)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:  # noqa: ARG002 - the protocol's
        """Return no usage at all."""
        return Usage()

    def counted_here(self, call: CallRequest) -> bytes:
        """Return a guess at the tokens of ``call`` as the body of an answer."""
        return encoded({"input_tokens": estimated_input(call)})
