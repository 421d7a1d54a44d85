"""The first page."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import (
    DAILY,
    EMPTY,
    MONTH_ENDS,
    NOTES,
    NOW,
    OVERVIEW,
    PRACTICE,
    RUNNING,
)
from tests.support.widgets import press, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import DaySpend, StuckWindow
from wattfare_desktop.ui.components.spend_chart_view import ChartCanvas
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.proof import Doubt

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    return open_window(qtbot)


def test_it_says_what_is_left_and_where(here: OpenWindow) -> None:
    shown = words(here.window.overview)
    assert {"$10.81", "OpenAI", "$7.31", "DeepSeek", "$3.50", "$0.42", "$3.10"} <= set(shown)
    assert "$0.12 held by running calls" in shown
    assert "play money" in shown


def test_play_money_is_never_added_to_the_rest(qtbot: QtBot) -> None:
    only = replace(OVERVIEW, fundings=(PRACTICE,), balance=Nanos(0))
    shown = words(open_window(qtbot, PageWallet(shown=only)).window.overview)
    assert "Play money left" in shown
    assert "Left to spend" not in shown


def test_running_calls_have_a_meter(here: OpenWindow) -> None:
    shown = words(here.window.overview)
    assert "Running now: 2" in shown
    assert "7 s · $0.01 held" in shown
    here.becomes(replace(OVERVIEW, running=RUNNING[:1]))
    assert "Running now: 1" in words(here.window.overview)
    here.becomes(replace(OVERVIEW, running=()))
    assert not [each for each in words(here.window.overview) if each.startswith("Running")]


def test_meters_tick_only_while_they_run_and_are_seen(here: OpenWindow) -> None:
    ticker = here.window.overview._ticker
    assert ticker.isActive()
    here.window.show_page("apps")
    assert not ticker.isActive()
    here.window.show_page("overview")
    assert ticker.isActive()
    here.becomes(replace(OVERVIEW, running=()))
    assert not ticker.isActive()


def test_the_limits_of_the_whole_wallet(here: OpenWindow) -> None:
    assert "$0.42 of $5.00 a day" in words(here.window.overview)
    here.becomes(replace(OVERVIEW, wallet_windows=()))
    shown = words(here.window.overview)
    assert "No limit over all apps together. You can set one in Settings." in shown


def test_a_pause_is_said_and_ended_here(here: OpenWindow) -> None:
    here.becomes(replace(OVERVIEW, paused=True))
    said = "All spending is paused. Apps are refused until you resume it."
    assert said in words(here.window.overview)
    press(here.window.overview, "Resume")
    assert here.wallet.told == [("resume_all",)]
    here.becomes(OVERVIEW)
    assert said not in words(here.window.overview)


def test_the_chart_follows_the_spending(here: OpenWindow) -> None:
    chart = here.window.overview.findChild(ChartCanvas)
    assert isinstance(chart, ChartCanvas)
    before = chart.accessibleDescription()
    row = replace(DAILY[0], spent=parse_usd("1000"))
    here.wallet.daily = (*DAILY, DaySpend(day=row.day, app=row.app, app_name="X", spent=row.spent))
    here.window.take(Changes(fundings=frozenset({PRACTICE.id})))
    assert chart.accessibleDescription() == before
    here.window.take(Changes(grants=frozenset({row.app})))
    assert chart.accessibleDescription() != before


def test_empty_it_offers_the_next_step(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(shown=EMPTY, calls=(), daily=()))
    assert "Nothing to spend yet" in words(here.window.overview)
    press(here.window.overview, "Add funds…")
    assert here.window.page == "funding"


def test_books_in_doubt_are_checked_or_gone_on_from(here: OpenWindow) -> None:
    here.wallet.doubted = Doubt(
        why="An older copy was put in its place: 11 entries are missing.",
        database=Head(seq=120, mac=bytes(32)),
        anchor=Head(seq=131, mac=bytes(range(32))),
    )
    here.becomes(replace(OVERVIEW, doubt="in doubt"))
    assert any("11 entries are missing" in each for each in words(here.window.overview))
    press(here.window.overview, "Check")
    assert here.wallet.books.told.pop()[0] == "check"
    press(here.window.overview, "Go on from here…")
    (question,) = here.window.findChildren(Question)
    assert "entry 120 (0000000000000000)" in question.informativeText()
    assert "entry 131 (0001020304050607)" in question.informativeText()
    press(question, "Cancel")
    assert here.wallet.books.told == []
    here.window.overview.accept_requested.emit(here.wallet.doubted)
    press(here.window.findChildren(Question)[-1], "Go on from here")
    assert here.wallet.books.told == [("accept",)]
    here.becomes(OVERVIEW)
    assert not any("missing" in each for each in words(here.window.overview))


def test_calls_that_a_crash_left_are_a_click_away(here: OpenWindow) -> None:
    here.becomes(replace(OVERVIEW, unsettled=3))
    assert any(each.startswith("3 calls were cut off") for each in words(here.window.overview))
    press(here.window.overview, "Look")
    assert here.window.page == "activity"
    assert here.wallet.queries[-1].only_unsettled
    here.becomes(OVERVIEW)
    here.window.show_page("overview")
    assert not any("cut off" in each for each in words(here.window.overview))


def test_a_stuck_limit_is_let_go_once_that_was_asked(here: OpenWindow) -> None:
    stuck = StuckWindow(
        app=NOTES.id, name="Notes AI", period=Period.MONTH, starts_at=NOW, resets_at=MONTH_ENDS
    )
    here.becomes(replace(OVERVIEW, stuck=(stuck,)))
    assert any("limit of Notes AI does not renew" in each for each in words(here.window.overview))
    press(here.window.overview, "Let it renew…")
    question = here.window.findChild(Question)
    assert isinstance(question, Question)
    assert "nothing can be spent twice" in question.informativeText()
    assert not here.wallet.told
    press(question, "Let it renew")
    assert here.wallet.told == [("reset_windows",)]
