"""A cap raised for a while: what is offered, how long it lasts, and when not to ask again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, MINUTE_MS, Instant, later
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, LimitKind, Reason

ASKING_MS: Final = MINUTE_MS
"""How long a call waits for its user."""

ONCE_CAP_DAYS: Final = 30
"""How long a cap that never renews stays raised."""

_ONCE: Final = Nanos(1 * NANOS_PER_USD)
_WINDOW: Final = Nanos(5 * NANOS_PER_USD)
_QUIET_MS: Final = 5 * MINUTE_MS
_QUIET_MAX_MS: Final = HOUR_MS
_LONG_AGO: Final = Instant(0)


class RaiseKind(StrEnum):
    """How long a raise lasts.

    ``ONCE`` until that much was spent or the window ends; ``WINDOW`` until the window ends. One
    that never ends is raised for ONCE_CAP_DAYS.
    """

    ONCE = "once"
    WINDOW = "window"


class RaiseAnswer(StrEnum):
    """What the user makes of an app that has reached its cap."""

    ONCE = "once"
    WINDOW = "window"
    NO = "no"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is offered for one cap: ``needed`` is what the waiting call of ``amount`` lacks."""

    period: Period
    limit: Nanos
    resets_at: Instant | None
    amount: Nanos
    needed: Nanos
    once: Nanos
    window: Nanos

    def raise_of(self, kind: RaiseKind) -> Nanos:
        """Return by how much the cap is raised."""
        return self.once if kind is RaiseKind.ONCE else self.window


def raise_end(resets_at: Instant | None, now: Instant) -> Instant:
    """Return when a raise given at ``now`` ends, in a window that ends then, or never."""
    return later(now, ONCE_CAP_DAYS * DAY_MS) if resets_at is None else resets_at


def offer_for(refusal: BudgetRefusal) -> Offer | None:
    """Return what would let the refused call go on; None where no raise of the app's cap does.

    A dollar, or five; more, in whole dollars, where the call would still not fit.
    """
    budget = refusal.budget
    if not refusal.raise_helps or budget.period is None:
        return None
    assert budget.kind is LimitKind.APP
    assert refusal.reason is Reason.EXHAUSTED
    needed = refusal.amount - budget.left
    assert needed > 0
    dollars = -(-needed // NANOS_PER_USD) * NANOS_PER_USD
    return Offer(
        period=budget.period,
        limit=budget.limit,
        resets_at=budget.resets_at,
        amount=refusal.amount,
        needed=Nanos(needed),
        once=Nanos(max(_ONCE, dollars)),
        window=Nanos(max(_WINDOW, dollars)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """How long an app is not asked about after its user did not want to be.

    Each further no in a row doubles it, up to an hour.
    """

    until: Instant = _LONG_AGO
    length_ms: int = 0

    def refused(self, now: Instant) -> "Quiet":
        """Return the quiet that follows a no, or no answer, at ``now``."""
        length_ms = min(max(_QUIET_MS, 2 * self.length_ms), _QUIET_MAX_MS)
        return Quiet(until=later(now, length_ms), length_ms=length_ms)

    def reigns(self, now: Instant) -> bool:
        """Return whether the user is to be left alone; a clock set back ends it."""
        return self.until - self.length_ms <= now < self.until
