"""A stream of typed events whose last one tells the usage: pictures and transcripts have it so."""

from collections.abc import Callable
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    RequestRefusal,
    UsageReport,
)
from wattfare_desktop.providers.openai.chat_usage import text_bytes
from wattfare_desktop.providers.openai.family import error_object
from wattfare_desktop.providers.passing import PassingEvents
from wattfare_desktop.providers.sse import SseEvent, SseSplitter
from wattfare_desktop.providers.wire import encoded, parsed

EVENT_BYTES_MAX: Final = 64 * 1024 * 1024
"""A picture comes in one event, as base64."""

_LAST: Final = (".completed", ".done")
_NOT_LAST: Final = frozenset({"transcript.text.segment.done"})


class EventStream(PassingEvents):
    """Reads one stream as it passes; ``report`` reads the usage out of its last event."""

    def __init__(self, report: Callable[[dict[str, Any], bytes], UsageReport | None]) -> None:
        super().__init__(SseSplitter(EVENT_BYTES_MAX))
        self._read_report = report

    def stop(self, usage: Usage) -> list[bytes]:  # noqa: ARG002 - what is held whole never stops
        """Return nothing: an answer that is held whole is never stopped."""
        return []

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the event that ends the answer here with an error."""
        told = {"type": "error", **error_object(refusal)}
        return [b"event: error\ndata: " + encoded(told) + b"\n\n"]

    def _passed(self, events: list[SseEvent]) -> list[bytes]:
        for event in events:
            body = None if event.data is None else parsed(event.data)
            if event.data is not None and body is not None:
                self._see(body, event.data)
        return [event.raw for event in events]

    def _see(self, body: dict[str, Any], raw: bytes) -> None:
        kind = str(body.get("type"))
        self._failed = self._failed or kind == "error" or body.get("error") is not None
        self._pieces += 1
        self._text_bytes += text_bytes(body.get("delta"))
        if kind.endswith(_LAST) and kind not in _NOT_LAST:
            self._done = True
            self._report = self._read_report(body, raw) or self._report
