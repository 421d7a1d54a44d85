"""How fast an app spends: what goes too fast for its cap, and what would end its window early."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from wattfare_desktop.core.identifiers import HOUR_MS, SECOND_MS, Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.core.watching import rules
from wattfare_desktop.core.watching.rules import Action, Finding, Rule

BIN_MS: Final = 10 * SECOND_MS
_KEPT_MS: Final = HOUR_MS


class Pace:
    """What was spent in each stretch of ten seconds of the last hour."""

    __slots__ = ("_bins",)

    def __init__(self) -> None:
        self._bins: deque[tuple[int, int, int]] = deque()

    def add(self, at: Instant, cost: Nanos) -> None:
        """Count a call that ended at ``at``; set back, the clock counts it where it was."""
        start = at // BIN_MS * BIN_MS
        bins = self._bins
        if bins and bins[-1][0] >= start:
            start, spent, calls = bins.pop()
            bins.append((start, spent + cost, calls + 1))
        else:
            bins.append((start, cost, 1))
        while bins[-1][0] - bins[0][0] > _KEPT_MS:
            bins.popleft()

    def since(self, start: int) -> tuple[Nanos, int]:
        """Return what was spent, and by how many calls, in the stretches from ``start`` on."""
        recent = [each for each in self._bins if each[0] >= start]
        return Nanos(sum(spent for _, spent, _ in recent)), sum(calls for *_, calls in recent)

    def clear(self) -> None:
        """Begin anew."""
        self._bins.clear()


def runaway(pace: Pace, windows: Sequence[WindowRow], now: Instant, factor: int) -> Finding | None:
    """Return a finding where too much of a cap went at once, and of late altogether."""
    short, calls = pace.since(now - rules.RUNAWAY_SHORT_MS)
    long, _ = pace.since(now - rules.RUNAWAY_LONG_MS)
    if short < rules.RUNAWAY_FLOOR or calls < rules.RUNAWAY_CALLS:
        return None
    for window in windows:
        of_short = window.limit * rules.RUNAWAY_SHORT_PERCENT * factor
        of_long = window.limit * rules.RUNAWAY_LONG_PERCENT * factor
        if short * 100 > of_short and long * 100 > of_long:
            return Finding(
                rule=Rule.RUNAWAY, action=Action.PAUSE, measured=long, against=window.limit
            )
    return None


def fast_burn(
    pace: Pace, windows: Sequence[WindowRow], now: Instant, factor: int
) -> Finding | None:
    """Return a finding where a window that renews would be used up long before it does.

    Both the last hour's rate and that of the last minutes have to say so.
    """
    short, _ = pace.since(now - rules.BURN_SHORT_MS)
    long, _ = pace.since(now - rules.BURN_LONG_MS)
    if long < rules.BURN_FLOOR or not short:
        return None
    for window in windows:
        if window.resets_at is None or window.resets_at <= now:
            continue
        # What is left lasts left / rate, to be less than so many per cent of what remains.
        rest_ms = (window.resets_at - now) * rules.BURN_PERCENT_OF_REST
        lasts = window.left * 100 * factor
        is_fast = lasts * rules.BURN_SHORT_MS < rest_ms * short
        if is_fast and lasts * rules.BURN_LONG_MS < rest_ms * long:
            return Finding(
                rule=Rule.FAST_BURN, action=Action.NOTIFY, measured=long, against=window.left
            )
    return None
