"""Anthropic's messages: ``POST /v1/messages``.

Everything passes as it came, but for the model's name and, where money is what bounds the answer,
``max_tokens`` and the share of it that may be spent on thinking.
"""

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.anthropic.messages_request import read_messages_request
from wattfare_desktop.providers.anthropic.messages_stream import AnthropicMessagesStream
from wattfare_desktop.providers.anthropic.messages_usage import report_of, visible_of
from wattfare_desktop.providers.anthropic.thinking import bound_thinking
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    SSE_TYPE,
    AnswerRead,
    AppRequest,
    CallRequest,
    OutputLimit,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    UpstreamRequest,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import estimated


class AnthropicMessages:
    """The dialect of ``POST /v1/messages``."""

    def __init__(self) -> None:
        self.family = AnthropicFamily()

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        return read_messages_request(asked)

    def upstream_request(
        self, call: CallRequest, model: str, limit: OutputLimit = AS_ASKED
    ) -> UpstreamRequest:
        """Return the object that was priced with the mandated changes and no others."""
        body = {**call.body, "model": model}
        asked = call.output_tokens_max
        assert asked is not None, "the reader refuses a call without it"
        if limit.tokens is not None and limit.tokens < asked:
            body["max_tokens"] = limit.tokens
            bound_thinking(body, limit.tokens)
        return UpstreamRequest(path="/v1/messages", body=body, headers=call.headers)

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type to a streamed call is the stream itself."""
        return content_type == SSE_TYPE

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:  # noqa: ARG002 - the protocol's
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""
        body = answer.parsed
        if body is None:
            return None
        if not isinstance(body, dict):
            return AnswerRead()
        usage = body.get("usage")
        report = report_of(usage) if isinstance(usage, dict) else None
        return AnswerRead(report=report, visible=visible_of(body.get("content")))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``call``."""
        return AnthropicMessagesStream(call)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
        return estimated(call, visible)
