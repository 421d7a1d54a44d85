"""A token bucket: so many requests at once, so many a second for ever."""

from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, Instant
from wattfare_desktop.core.watching.rules import Rate

_PARTS: Final = SECOND_MS
"""A token in parts, so that ``per_s`` parts come each millisecond and nothing is rounded."""


class Bucket:
    """Full at its beginning. A clock that is set back adds nothing and takes nothing away."""

    __slots__ = ("_left", "_seen", "rate")

    def __init__(self, rate: Rate, now: Instant) -> None:
        self.rate = rate
        self._left = rate.burst * _PARTS
        self._seen = now

    @property
    def left(self) -> int:
        """How many may come at once, as of the last one."""
        return self._left // _PARTS

    def take(self, now: Instant) -> int:
        """Take a token; return 0, or else in how many milliseconds there will be one."""
        passed_ms = now - self._seen
        self._seen = now
        if passed_ms > 0:
            filled = self._left + passed_ms * self.rate.per_s
            self._left = min(filled, self.rate.burst * _PARTS)
        if self._left >= _PARTS:
            self._left -= _PARTS
            return 0
        return -(-(_PARTS - self._left) // self.rate.per_s)

    def turn_to(self, rate: Rate) -> None:
        """Go on at another rate; what is left is never more than its burst."""
        self.rate = rate
        self._left = min(self._left, rate.burst * _PARTS)
