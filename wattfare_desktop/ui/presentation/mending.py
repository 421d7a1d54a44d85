"""What waits for its user's word: calls that a crash left, limits that a wrong clock stopped."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import StuckWindow
from wattfare_desktop.ui.presentation.moments import date_text

_PERIODS: Final = {
    Period.ONCE: "one-time",
    Period.DAY: "daily",
    Period.WEEK: "weekly",
    Period.MONTH: "monthly",
    Period.YEAR: "yearly",
}


def unsettled_words(count: int) -> str:
    """Return that calls were cut off and what to do; "" where none was."""
    if not count:
        return ""
    calls = "1 call was" if count == 1 else f"{count:,} calls were"
    return (
        f"{calls} cut off when Wattfare stopped and charged in full. Look up what the provider "
        "billed, and say so."
    )


def stuck_words(stuck: Sequence[StuckWindow], zone: tzinfo) -> str:
    """Return which limits do not renew; "" where all do."""
    if not stuck:
        return ""
    clock = "this computer's clock was wrong when it began"
    if len(stuck) == 1:
        (one,) = stuck
        until = date_text(one.resets_at, zone)
        return f"The {_limit(one)} does not renew before {until}: {clock}."
    names = ", ".join(f"the {_limit(each)}" for each in stuck)
    return f"{len(stuck)} limits do not renew for a long time ({names}): {clock}."


def renew_question(stuck: Sequence[StuckWindow]) -> str:
    """Return what is asked before limits renew again."""
    these = "this limit" if len(stuck) == 1 else "these limits"
    return f"Let {these} renew again?"


def stuck_detail(stuck: Sequence[StuckWindow]) -> str:
    """Return what letting ``stuck`` limits renew does."""
    names = "\n".join(f"\N{BULLET} The {_limit(each)}" for each in stuck)
    return (
        f"{names}\n\nFirst make sure that this computer's clock is right now. What was spent "
        "counts in the present day, week, month or year, so that nothing can be spent twice; from "
        "there on they renew when they should."
    )


def _limit(window: StuckWindow) -> str:
    period = _PERIODS[window.period]
    if window.app is None:
        return f"{period} limit of the whole wallet"
    return f"{period} limit of {window.name}"
