"""The words of the raise window and of a warning."""

import pytest

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.raises import Offer
from wattfare_desktop.core.reports import LimitAlert, WindowRow
from wattfare_desktop.ui.presentation.raising import (
    RaiseAsk,
    needs_text,
    notice_of,
    once_text,
    reached_text,
    who_text,
    window_text,
)


def _ask(
    period: Period = Period.MONTH,
    *,
    needed: str = "0.42",
    once: str = "1.00",
    window: str = "5.00",
    verified: bool = False,
) -> RaiseAsk:
    return RaiseAsk(
        id="raise_1",
        name="Notes AI",
        verified=verified,
        host="127.0.0.1",
        offer=Offer(
            period=period,
            limit=parse_usd("5.00"),
            resets_at=None,
            amount=parse_usd(needed),
            needed=parse_usd(needed),
            once=parse_usd(once),
            window=parse_usd(window),
        ),
        answer_within_ms=60_000,
    )


@pytest.mark.parametrize(
    ("period", "reached", "window"),
    [
        (Period.ONCE, "has reached its cap of $5.00 once", "+$5 for 30 days"),
        (Period.DAY, "has reached its cap of $5.00 a day", "+$5 this day"),
        (Period.WEEK, "has reached its cap of $5.00 a week", "+$5 this week"),
        (Period.MONTH, "has reached its cap of $5.00 a month", "+$5 this month"),
        (Period.YEAR, "has reached its cap of $5.00 a year", "+$5 this year"),
    ],
)
def test_each_period_has_its_words(period: Period, reached: str, window: str) -> None:
    assert reached_text(_ask(period)) == reached
    assert window_text(_ask(period)) == window


@pytest.mark.parametrize(
    ("once", "words"), [("1.00", "+$1 once"), ("12.00", "+$12 once"), ("1200.00", "+$1,200 once")]
)
def test_the_button_says_the_sum_exactly(once: str, words: str) -> None:
    assert once_text(_ask(once=once)) == words


@pytest.mark.parametrize(("needed", "cents"), [("0.42", "$0.42"), ("0.420000001", "$0.43")])
def test_what_is_lacking_is_never_told_too_small(needed: str, cents: str) -> None:
    assert f"up to {cents} more" in needs_text(_ask(needed=needed))


def test_a_name_nobody_vouches_for_is_marked() -> None:
    assert who_text(_ask()) == "“Notes AI” (unverified)"
    assert who_text(_ask(verified=True)) == "“Notes AI”"


def test_a_warning_says_whose_limit_and_how_much_of_it() -> None:
    window = WindowRow(
        period=Period.DAY,
        limit=parse_usd("2.00"),
        spent=parse_usd("1.70"),
        held=parse_usd("0"),
        resets_at=None,
    )
    alert = LimitAlert(app=GrantId("grant_1"), name="Notes AI", window=window)
    assert notice_of(alert) == ("Notes AI: 85 % of its limit is spent", "$1.70 of $2.00 a day")
