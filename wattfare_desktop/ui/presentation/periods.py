"""How often a limit renews, in words."""

from typing import Final

from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.periods import Period

_RENEWALS: Final = {
    Period.ONCE: "once",
    Period.DAY: "a day",
    Period.WEEK: "a week",
    Period.MONTH: "a month",
    Period.YEAR: "a year",
}


def renewal(period: Period) -> str:
    """Return how often ``period`` renews, to stand behind an amount: ``"a month"``."""
    return _RENEWALS[period]


def limit_text(limit: Nanos, period: Period) -> str:
    """Return a limit as people say it: ``"$5.00 a month"``."""
    return f"{display_usd(limit)} {renewal(period)}"


def spent_of_limit(spent: Nanos, limit: Nanos, period: Period) -> str:
    """Return what is gone of a limit: ``"$1.20 of $5.00 a month"``.

    One that never renews is just ``"$1.20 of $5.00"``.
    """
    gone = f"{display_usd(spent)} of {display_usd(limit)}"
    return gone if period is Period.ONCE else f"{gone} {renewal(period)}"
