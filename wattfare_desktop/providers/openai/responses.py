"""OpenAI's responses, as a dialect.

What passes is left as it came: a response tells its usage by itself, streamed or not, and whether
it is stored is between the app and the provider.
"""

from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
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
from wattfare_desktop.providers.openai.chat_usage import text_bytes
from wattfare_desktop.providers.openai.family import OpenAiFamily
from wattfare_desktop.providers.openai.responses_request import read_responses_request
from wattfare_desktop.providers.openai.responses_stream import OpenAiResponsesStream
from wattfare_desktop.providers.openai.responses_usage import report_of_response

_SHOWN: Final = ("content", "summary")


class OpenAiResponses:
    """The dialect of ``POST /responses``."""

    def __init__(self) -> None:
        self.family = OpenAiFamily()

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        return read_responses_request(asked.body, asked.body_bytes)

    def upstream_request(
        self, call: CallRequest, model: str, limit: OutputLimit = AS_ASKED
    ) -> UpstreamRequest:
        """Return the object that was priced with the mandated changes and no others."""
        body = {**call.body, "model": model}
        limits = [each for each in (call.output_tokens_max, limit.tokens) if each is not None]
        if limits:
            body["max_output_tokens"] = min(limits)
        return UpstreamRequest(path="/responses", body=body)

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
        return AnswerRead(report=report_of_response(body, answer.raw), visible=_visible(body))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``call``."""
        return OpenAiResponsesStream(call)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
        return estimated(call, visible)


def _visible(body: dict[str, Any]) -> VisibleOutput:
    output = body.get("output")
    sizes = [_item_bytes(item) for item in output if isinstance(item, dict)] if output else []
    seen = [size for size in sizes if size]
    return VisibleOutput(pieces=len(seen), text_bytes=sum(seen))


def _item_bytes(item: dict[str, Any]) -> int:
    found = text_bytes(item.get("arguments")) + text_bytes(item.get("input"))
    for name in _SHOWN:
        parts = item.get(name)
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                found += text_bytes(part.get("text")) + text_bytes(part.get("refusal"))
    return found
