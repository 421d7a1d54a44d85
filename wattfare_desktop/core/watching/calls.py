"""What single calls tell: a large one, many that fail, a model that costs far more."""

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.core.watching import rules
from wattfare_desktop.core.watching.rules import Action, Finding, Rule

_PRICES_KEPT: Final = 200
_ENDS_KEPT: Final = 4096
PER_TOKENS: Final = 1_000_000
"""Prices are told for so many tokens."""


def big_call(hold: Nanos, windows: Sequence[WindowRow], factor: int) -> Finding | None:
    """Return a finding where one hold is a large part of a cap, or large by itself."""
    cap = min((window.limit for window in windows), default=None)
    is_large = hold > rules.BIG_CALL_ALWAYS * factor
    if cap is not None and hold >= rules.BIG_CALL_FLOOR:
        is_large = is_large or hold * 100 > cap * rules.BIG_CALL_PERCENT * factor
    if not is_large:
        return None
    return Finding(rule=Rule.BIG_CALL, action=Action.NOTIFY, measured=hold, against=cap or 0)


class Errors:
    """How the calls of the last minute ended."""

    __slots__ = ("_ends",)

    def __init__(self) -> None:
        self._ends: deque[tuple[Instant, bool]] = deque(maxlen=_ENDS_KEPT)

    def add(self, at: Instant, *, failed: bool) -> None:
        """Count a call that ended."""
        while self._ends and self._ends[-1][0] > at:
            self._ends.pop()
        self._ends.append((at, failed))

    def judge(self, now: Instant, factor: int) -> Finding | None:
        """Return a finding where most of many calls failed."""
        while self._ends and now - self._ends[0][0] >= rules.STORM_MS:
            self._ends.popleft()
        calls, failed = len(self._ends), sum(failed for _, failed in self._ends)
        if calls < rules.STORM_CALLS * factor or failed * 100 <= calls * rules.STORM_ERRORS_PERCENT:
            return None
        return Finding(rule=Rule.ERROR_STORM, action=Action.SLOW, measured=failed, against=calls)

    def clear(self) -> None:
        """Begin anew."""
        self._ends.clear()


class Models:
    """Which models an app has used, and what a token of its latest calls cost."""

    __slots__ = ("_known", "_prices")

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._prices: deque[int] = deque(maxlen=_PRICES_KEPT)

    def add(self, model: str, cost: Nanos, tokens: int, factor: int = 1) -> Finding | None:
        """Count a call; return a finding where it is the first of a model that costs far more."""
        if not tokens or not cost:
            return None
        price = cost * PER_TOKENS // tokens
        found = None
        if model not in self._known and len(self._prices) >= rules.NEW_MODEL_CALLS:
            usual = round(median(self._prices))
            if price > usual * rules.NEW_MODEL_TIMES * factor and cost >= rules.NEW_MODEL_FLOOR:
                found = Finding(
                    rule=Rule.NEW_MODEL,
                    action=Action.NOTIFY,
                    measured=price,
                    against=usual,
                    subject=model,
                )
        self._known.add(model)
        self._prices.append(price)
        return found

    def know(self, models: Sequence[str]) -> None:
        """Know that these were used before."""
        self._known.update(models)
