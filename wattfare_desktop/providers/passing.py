"""What every stream does alike while it passes."""

from abc import ABC, abstractmethod

from wattfare_desktop.providers.dialect import SSE_TYPE, UsageReport, VisibleOutput
from wattfare_desktop.providers.sse import SseEvent, SseSplitter


class PassingStream:
    """Tells what its dialect, which sets the figures, has seen of a stream so far."""

    def __init__(self) -> None:
        self._report: UsageReport | None = None
        self._pieces = 0
        self._text_bytes = 0
        self._done = False
        self._failed = False

    @property
    def report(self) -> UsageReport | None:
        """The usage last seen, or None where none came yet."""
        return self._report

    @property
    def visible(self) -> VisibleOutput:
        """What was seen of the answer so far."""
        return VisibleOutput(pieces=self._pieces, text_bytes=self._text_bytes)

    @property
    def done(self) -> bool:
        """Whether the dialect's last word was seen, be it a failure."""
        return self._done

    @property
    def failed(self) -> bool:
        """Whether the provider reported an error inside the stream."""
        return self._failed


class PassingEvents(PassingStream, ABC):
    """Splits the bytes from upstream into server-sent events."""

    def __init__(self, splitter: SseSplitter | None = None) -> None:
        super().__init__()
        self._splitter = SseSplitter() if splitter is None else splitter

    @property
    def content_type(self) -> str:
        """Server-sent events."""
        return SSE_TYPE

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes from upstream; return the events to pass on at once."""
        return self._passed(self._splitter.feed(chunk))

    def finish(self) -> list[bytes]:
        """Take the end of the upstream body; return what is left to pass on."""
        return self._passed(self._splitter.finish())

    @abstractmethod
    def _passed(self, events: list[SseEvent]) -> list[bytes]:
        """Look at ``events`` and return what the app is given of them."""
