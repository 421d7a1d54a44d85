"""How long an approval stays dead: long enough that nobody approves what they have not seen.

A window that jumps up under a moving mouse or a typing hand would otherwise be approved by
accident, or on purpose by a page that times it. So the time counts only while the window is
visible and active, and starts anew after each loss of focus, move or resize.
"""

from dataclasses import dataclass, replace
from typing import Final

DEAD_TIME_MS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadTime:
    """What the window system said about a window, and since when it has been undisturbed.

    Times are milliseconds of any clock that never goes back. ``since_ms`` is None while the window
    is hidden or not the active one.
    """

    visible: bool = False
    active: bool = False
    since_ms: int | None = None

    def seen(self, *, visible: bool, active: bool, now_ms: int) -> "DeadTime":
        """Return the state after the window was found ``visible`` and ``active``, or not."""
        if not (visible and active):
            return DeadTime(visible=visible, active=active)
        if self.since_ms is not None:
            return self
        return DeadTime(visible=True, active=True, since_ms=now_ms)

    def disturbed(self, now_ms: int) -> "DeadTime":
        """Return the state after a move or resize: the time starts anew."""
        return self if self.since_ms is None else replace(self, since_ms=now_ms)

    def left_ms(self, now_ms: int) -> int | None:
        """Return what is left of the dead time; None where it cannot even begin."""
        if self.since_ms is None:
            return None
        return max(0, self.since_ms + DEAD_TIME_MS - now_ms)

    def is_over(self, now_ms: int) -> bool:
        """Return whether approving is possible."""
        return self.left_ms(now_ms) == 0
