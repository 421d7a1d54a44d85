"""So many events within a span: exact, and no more is kept than it takes to know."""

from collections import deque

from wattfare_desktop.core.identifiers import Instant


class Burst:
    """Counts events of the last ``span_ms``."""

    __slots__ = ("_at", "_span_ms")

    def __init__(self, span_ms: int) -> None:
        self._span_ms = span_ms
        self._at: deque[Instant] = deque()

    @property
    def count(self) -> int:
        """How many the span held at the last event, as far as was asked for."""
        return len(self._at)

    def note(self, now: Instant, count: int) -> bool:
        """Count an event; return whether that makes ``count`` within the span.

        What was counted after ``now`` is from before the clock was set back, and forgotten.
        """
        at = self._at
        while at and now - at[0] >= self._span_ms:
            at.popleft()
        while at and at[-1] > now:
            at.pop()
        at.append(now)
        while len(at) > count:
            at.popleft()
        return len(at) >= count

    def clear(self) -> None:
        """Begin anew."""
        self._at.clear()
