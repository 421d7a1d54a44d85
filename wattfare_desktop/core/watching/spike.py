"""Whether an app's minutes cost far more than its minutes do: an EWMA of the logarithm."""

from dataclasses import dataclass
from math import exp, log, sqrt

from wattfare_desktop.core.identifiers import MINUTE_MS, Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.watching import rules
from wattfare_desktop.core.watching.rules import Action, Finding, Rule


@dataclass(slots=True, kw_only=True)
class _Minute:
    number: int
    cost: int = 0


class Level:
    """The usual cost of a minute in which the app spends at all; idle ones teach nothing.

    A minute counts once it is over. One beyond ``SPIKE_Z`` teaches no more than that much, so a
    spike does not at once become what is usual, and a new habit does in time.
    """

    __slots__ = ("_before", "_calls", "_first_at", "_mean", "_minute", "_variance")

    def __init__(self) -> None:
        self._first_at: Instant | None = None
        self._calls = 0
        self._mean: float | None = None
        self._variance = 0.0
        self._minute: _Minute | None = None
        self._before: _Minute | None = None

    def add(self, at: Instant, cost: Nanos, calls: int = 1) -> None:
        """Count what was spent by ``calls`` that ended at ``at``."""
        if self._first_at is None:
            self._first_at = at
        self._calls += calls
        number = at // MINUTE_MS
        if self._minute is None or number > self._minute.number:
            if self._minute is not None and self._before is not None:
                self._learn(self._before)
            self._before, self._minute = self._minute, _Minute(number=number)
        self._minute.cost += cost

    def age(self, first_at: Instant, calls: int) -> None:
        """Know that it has been there since ``first_at`` and made so many calls by now."""
        self._first_at, self._calls = first_at, calls

    def judge(self, now: Instant, factor: int) -> Finding | None:
        """Return a finding where this minute and the one before it are both beyond what is usual.

        The minute that still runs is judged by what it has cost so far.
        """
        before, minute = self._before, self._minute
        if minute is None or before is None or not self._is_known(now):
            return None
        is_now = minute.number == now // MINUTE_MS and before.number == minute.number - 1
        least = min(before.cost, minute.cost)
        if not is_now or least < rules.SPIKE_FLOOR * factor:
            return None
        z = self._z(least) / factor
        if z <= rules.SPIKE_Z:
            return None
        assert self._mean is not None
        return Finding(
            rule=Rule.COST_SPIKE,
            action=Action.PAUSE if z > rules.SPIKE_PAUSE_Z else Action.NOTIFY,
            measured=minute.cost,
            against=round(exp(self._mean)),
        )

    def clear(self) -> None:
        """Forget the minutes that were beyond it, not what is usual."""
        self._before = self._minute = None

    def _is_known(self, now: Instant) -> bool:
        if self._first_at is None or self._mean is None:
            return False
        return now - self._first_at >= rules.SPIKE_AGE_MS and self._calls >= rules.SPIKE_CALLS

    def _z(self, cost: int) -> float:
        assert self._mean is not None
        return (log(max(1, cost)) - self._mean) / self._deviation()

    def _deviation(self) -> float:
        return max(sqrt(self._variance), rules.SPIKE_DEVIATION_MIN)

    def _learn(self, minute: _Minute) -> None:
        seen = log(max(1, minute.cost))
        if self._mean is None:
            self._mean = seen
            return
        seen = min(seen, self._mean + rules.SPIKE_Z * self._deviation())
        off = seen - self._mean
        self._variance = (1 - rules.SPIKE_LAMBDA) * (self._variance + rules.SPIKE_LAMBDA * off**2)
        self._mean += rules.SPIKE_LAMBDA * off
