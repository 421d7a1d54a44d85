"""What waits for its user's word."""

from dataclasses import replace
from datetime import UTC

from tests.support.sample_rows import MONTH_ENDS, NOTES, NOW
from wattfare_desktop.core.identifiers import DAY_MS, later
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import StuckWindow
from wattfare_desktop.ui.presentation.mending import (
    renew_question,
    stuck_detail,
    stuck_words,
    unsettled_words,
)

MONTH = StuckWindow(
    app=NOTES.id,
    name="Notes AI",
    period=Period.MONTH,
    starts_at=later(NOW, 400 * DAY_MS),
    resets_at=later(MONTH_ENDS, 400 * DAY_MS),
)
WHOLE = replace(MONTH, app=None, name="", period=Period.DAY)


def test_unsettled_calls_are_counted() -> None:
    assert unsettled_words(0) == ""
    assert unsettled_words(1).startswith("1 call was cut off")
    assert unsettled_words(1_200).startswith("1,200 calls were cut off")


def test_a_stuck_limit_says_until_when() -> None:
    assert stuck_words((), UTC) == ""
    assert stuck_words((MONTH,), UTC) == (
        "The monthly limit of Notes AI does not renew before 5 Jan 2028: this computer's clock was"
        " wrong when it began."
    )


def test_several_are_all_named() -> None:
    said = stuck_words((MONTH, WHOLE), UTC)
    assert said.startswith("2 limits do not renew")
    assert "the monthly limit of Notes AI, the daily limit of the whole wallet" in said


def test_what_letting_them_renew_does_is_said_before() -> None:
    assert renew_question((MONTH,)) == "Let this limit renew again?"
    assert renew_question((MONTH, WHOLE)) == "Let these limits renew again?"
    detail = stuck_detail((MONTH, WHOLE))
    assert "The daily limit of the whole wallet" in detail
    assert "nothing can be spent twice" in detail
