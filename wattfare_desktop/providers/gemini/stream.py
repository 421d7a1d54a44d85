"""A streamed answer of Gemini: its events, or the growing array of an app that asked for that.

Upstream is always asked for events. Should a server answer with an array all the same, it is read
as one; how an answer is framed is told by its first byte.
"""

from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    SSE_TYPE,
    RequestRefusal,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.gemini.family import error_object
from wattfare_desktop.providers.gemini.json_array import JsonArraySplitter
from wattfare_desktop.providers.gemini.usage import (
    billed_searches,
    candidates_of,
    is_blocked,
    queries_of,
    report_of,
    usage_metadata,
    visible_of,
)
from wattfare_desktop.providers.sse import SseEvent, SseSplitter
from wattfare_desktop.providers.wire import encoded, parsed

_SPACE: Final = b" \t\r\n"
_ARRAY_BEGINS: Final = (b"[", b"{", b",")


class Framing:
    """Puts the chunks of one answer on the wire, as events or as one array."""

    def __init__(self, *, as_array: bool) -> None:
        self._as_array = as_array
        self._is_open = False

    @property
    def content_type(self) -> str:
        """The type of the whole."""
        return JSON_TYPE if self._as_array else SSE_TYPE

    def chunk(self, text: bytes) -> bytes:
        """Return one chunk, JSON itself, as it is sent."""
        if self._as_array:
            before = b",\r\n" if self._is_open else b"["
            self._is_open = True
            return before + text
        # An event's line ends at a line end, and JSON needs none.
        return b"data: " + text.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n\n"

    def event(self, event: SseEvent) -> bytes | None:
        """Return an event as it is sent; None where there is no place for it."""
        if not self._as_array:
            return event.raw
        return None if event.data is None else self.chunk(event.data)

    def end(self) -> list[bytes]:
        """Return what closes the whole."""
        if not self._as_array:
            return []
        return [b"]" if self._is_open else b"[]"]


class GeminiStream:
    """Reads one streamed answer as it passes."""

    def __init__(self, *, as_array: bool, model: str = "") -> None:
        self._framing = Framing(as_array=as_array)
        self._model = model
        self._events = SseSplitter()
        self._array: JsonArraySplitter | None = None
        self._unframed = b""
        self._is_framed = False
        self._told: dict[str, Any] = {}
        self._pieces = 0
        self._text_bytes = 0
        self._failed = False
        self._blocked = False
        self._queries = 0
        self._latest: dict[str, Any] = {}
        self._open: dict[int, bool] = {}

    @property
    def content_type(self) -> str:
        """The type of what is passed on."""
        return self._framing.content_type

    @property
    def report(self) -> UsageReport | None:
        """The usage last seen: figures grow from chunk to chunk, and the last ones count."""
        return report_of(self._told, searches=billed_searches(self._model, self._queries))

    @property
    def visible(self) -> VisibleOutput:
        """What was seen of the answer so far."""
        return VisibleOutput(pieces=self._pieces, text_bytes=self._text_bytes)

    @property
    def done(self) -> bool:
        """Whether every candidate has finished, or the prompt was refused."""
        return self._blocked or (bool(self._open) and not any(self._open.values()))

    @property
    def failed(self) -> bool:
        """Whether the provider reported an error inside the stream."""
        return self._failed

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes from upstream; return what to pass on at once."""
        if not self._is_framed:
            chunk = self._unframed + chunk
            self._unframed = chunk
            self._note_framing(chunk.lstrip(_SPACE))
            if not self._is_framed:
                return []
        if self._array is not None:
            return [self._framing.chunk(self._seen(text)) for text in self._array.feed(chunk)]
        return self._passed(self._events.feed(chunk))

    def finish(self) -> list[bytes]:
        """Take the end of the upstream body; return what is left to pass on."""
        left = [event for event in self._events.finish() if not _is_torn(event)]
        return [*self._passed(left), *self._framing.end()]

    def stop(self, usage: Usage) -> list[bytes]:
        """Return the chunk that ends the answer here, as if it had come to the app's own bound."""
        still_open = {index for index, is_open in self._open.items() if is_open}
        finished: list[dict[str, Any]] = [
            {
                "content": {"parts": [{"text": ""}], "role": "model"},
                "finishReason": "MAX_TOKENS",
                "index": index,
            }
            for index in sorted(still_open if self._open else {0})
        ]
        same: dict[str, Any] = {
            name: self._latest[name]
            for name in ("modelVersion", "responseId")
            if name in self._latest
        }
        last = {"candidates": finished, "usageMetadata": usage_metadata(usage), **same}
        return [self._framing.chunk(encoded(last)), *self._framing.end()]

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the chunk that ends the answer here with an error."""
        return [self._framing.chunk(encoded(error_object(refusal))), *self._framing.end()]

    def _note_framing(self, text: bytes) -> None:
        if text:
            self._is_framed = True
            self._unframed = b""
            self._array = JsonArraySplitter() if text.startswith(_ARRAY_BEGINS) else None

    def _passed(self, events: list[SseEvent]) -> list[bytes]:
        passed = []
        for event in events:
            if event.data is not None:
                self._seen(event.data)
            elif event.raw.lstrip(_SPACE).startswith(b"{"):
                # Google breaks off with an error that is no event.
                event = SseEvent(event.raw, event.raw.strip(_SPACE))  # noqa: PLW2901 - the same one
                self._seen(event.data or b"")
            raw = self._framing.event(event)
            if raw is not None:
                passed.append(raw)
        return passed

    def _seen(self, text: bytes) -> bytes:
        """Learn from one chunk."""
        chunk = parsed(text)
        if chunk is None:
            self._pieces += 1
            self._text_bytes += len(text)
            return text
        self._failed = self._failed or chunk.get("error") is not None
        self._blocked = self._blocked or is_blocked(chunk)
        self._latest = chunk
        for candidate in candidates_of(chunk):
            self._note(candidate)
        if chunk.get("usageMetadata"):
            self._told = chunk
        visible = visible_of(chunk)
        self._pieces += visible.pieces
        self._text_bytes += visible.text_bytes
        return text

    def _note(self, candidate: dict[str, Any]) -> None:
        index = candidate.get("index", 0)
        if isinstance(index, int):
            self._open[index] = candidate.get("finishReason") is None
        # Each chunk tells all the queries so far, or none.
        self._queries = max(self._queries, queries_of(candidate))


def _is_torn(event: SseEvent) -> bool:
    """Return whether an event is the beginning of one that never came to its end."""
    text = event.raw.strip(_SPACE) if event.data is None else event.data
    is_chunk = event.data is not None or text.startswith(b"{")
    return is_chunk and parsed(text) is None
