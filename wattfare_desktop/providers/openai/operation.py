"""What OpenAI's operations that are no conversation have in common."""

from collections.abc import Callable
from typing import Any

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
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import estimated
from wattfare_desktop.providers.fields import RefusedError
from wattfare_desktop.providers.openai.events import EventStream
from wattfare_desktop.providers.openai.family import OpenAiFamily


class Operation:
    """One operation: its answer passes as it came, and tells its usage if ``report`` finds it."""

    path: str

    def __init__(self) -> None:
        self.family = OpenAiFamily()

    def read(self, asked: AppRequest) -> CallRequest:
        """Read what an app sent. Raises RefusedError."""
        raise NotImplementedError

    def report(
        self,
        call: CallRequest,  # noqa: ARG002 - for those that need it
        body: dict[str, Any],  # noqa: ARG002
        raw: bytes,  # noqa: ARG002
    ) -> UsageReport | None:
        """Return the usage that an answer, or the last event of a stream, tells."""
        return None

    def reporting(self, call: CallRequest) -> Callable[[dict[str, Any], bytes], UsageReport | None]:
        """Return what finds the usage in the events of the streamed answer to ``call``."""

        def report(event: dict[str, Any], raw: bytes) -> UsageReport | None:
            return self.report(call, event, raw)

        return report

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        try:
            return self.read(asked)
        except RefusedError as refused:
            return refused.refusal

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - there is nothing to bound it by
    ) -> UpstreamRequest:
        """Return the object that was priced, with its model."""
        return UpstreamRequest(path=self.path, body={**call.body, "model": model})

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type to a streamed call is the stream itself."""
        return content_type == SSE_TYPE

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""
        body = answer.parsed
        if body is None:
            return None
        if not isinstance(body, dict):
            return AnswerRead()
        return AnswerRead(report=self.report(call, body, answer.raw))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``call``."""
        return EventStream(self.reporting(call))

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
        return estimated(call, visible)
