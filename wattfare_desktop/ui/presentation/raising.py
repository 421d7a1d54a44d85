"""An app that has reached its cap, and what can be done about it, in words."""

from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.money import NANOS_PER_USD, Nanos, plain_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.raises import ONCE_CAP_DAYS, Offer, RaiseKind
from wattfare_desktop.core.reports import LimitAlert
from wattfare_desktop.ui.presentation.periods import limit_text, spent_of_limit

_STRETCHES: Final = {
    Period.ONCE: f"for {ONCE_CAP_DAYS} days",
    Period.DAY: "this day",
    Period.WEEK: "this week",
    Period.MONTH: "this month",
    Period.YEAR: "this year",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAsk:
    """One question. ``name`` and ``host`` are claims unless ``verified``."""

    id: str
    name: str
    verified: bool
    host: str
    offer: Offer
    answer_within_ms: int


def who_text(ask: RaiseAsk) -> str:
    """Return who has reached its cap, marked as a mere claim where nobody vouches for it."""
    return f"“{ask.name}”" if ask.verified else f"“{ask.name}” (unverified)"


def reached_text(ask: RaiseAsk) -> str:
    """Return what happened."""
    return f"has reached its cap of {limit_text(ask.offer.limit, ask.offer.period)}"


def needs_text(ask: RaiseAsk) -> str:
    """Return what the waiting call lacks; nothing was sent yet."""
    lacks = _sum(Nanos(_cents_up(ask.offer.needed)))
    return f"A call is waiting. It may need up to {lacks} more; nothing has been sent yet."


def once_text(ask: RaiseAsk) -> str:
    """Return the words for a raise that ends once it is spent: ``"+$1 once"``."""
    return f"+{_sum(ask.offer.raise_of(RaiseKind.ONCE))} once"


def window_text(ask: RaiseAsk) -> str:
    """Return the words for a raise that ends with its window: ``"+$5 this month"``."""
    raised = _sum(ask.offer.raise_of(RaiseKind.WINDOW))
    return f"+{raised} {_STRETCHES[ask.offer.period]}"


def notice_of(alert: LimitAlert) -> tuple[str, str]:
    """Return title and words of a notification that most of a limit is gone."""
    window = alert.window
    percent = window.spent * 100 // window.limit if window.limit else 100
    title = f"{alert.name}: {percent} % of its limit is spent"
    return title, spent_of_limit(window.spent, window.limit, window.period)


def _sum(amount: Nanos) -> str:
    if amount % NANOS_PER_USD == 0:
        return f"${amount // NANOS_PER_USD:,}"
    return f"${plain_usd(amount)}"


def _cents_up(amount: Nanos) -> int:
    cent = NANOS_PER_USD // 100
    return -(-amount // cent) * cent
