"""The list of apps, and one of them in detail."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import APPS, CODER, DAILY, EMPTY, NOTES, OLD, OVERVIEW, SUMMARIZER
from tests.support.widgets import named, press, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import AppRow, GrantNote
from wattfare_desktop.ui.components.spend_chart_view import ChartCanvas
from wattfare_desktop.ui.pages.apps import AppButton
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("apps")
    return here


def rows(here: OpenWindow) -> list[AppButton]:
    found = [
        row for row in here.window.apps.findChildren(AppButton) if row.isVisibleTo(here.window.apps)
    ]
    return sorted(found, key=lambda row: row.y())


def changed(app: AppRow) -> tuple[AppRow, ...]:
    return tuple(app if app.id == each.id else each for each in APPS)


def test_a_row_each_the_ended_ones_last(here: OpenWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len({row.y() for row in rows(here)}) == len(APPS))
    assert [row.app for row in rows(here)] == [NOTES.id, CODER.id, SUMMARIZER.id, OLD.id]
    shown = words(here.window.apps)
    assert {"127.0.0.1 · unverified", "$1.78 of $2.00 a day", "Paused", "Ended"} <= set(shown)


def test_a_row_says_all_of_it_to_those_who_listen(here: OpenWindow) -> None:
    names = [row.accessibleName() for row in rows(here)]
    assert "Notes AI, Active, $1.20 of $5.00 a month, 1 call running" in names


def test_a_row_stays_the_same_widget_as_its_figures_move(here: OpenWindow) -> None:
    before = {row.app: row for row in rows(here)}
    moved = replace(NOTES, windows=(replace(NOTES.windows[0], spent=parse_usd("1.3")),))
    here.becomes(replace(OVERVIEW, apps=changed(moved)))
    assert "$1.30 of $5.00 a month" in words(here.window.apps)
    assert {row.app: row for row in rows(here)} == before


def test_a_revoked_app_moves_below_and_a_gone_one_goes(here: OpenWindow, qtbot: QtBot) -> None:
    revoked = replace(NOTES, state=GrantState.REVOKED)
    here.becomes(replace(OVERVIEW, apps=changed(revoked)))
    qtbot.waitUntil(lambda: [row.app for row in rows(here)][2:] == [NOTES.id, OLD.id])
    here.becomes(replace(OVERVIEW, apps=(CODER,)))
    qtbot.waitUntil(lambda: [row.app for row in rows(here)] == [CODER.id])
    assert "Ended" not in words(here.window.apps)


def test_a_row_opens_by_key_and_the_way_back_returns_to_it(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    row = next(row for row in rows(here) if row.app == CODER.id)
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Space)
    assert here.window.apps.shown_app == CODER.id
    press(here.window.apps, "Back to all apps")
    assert here.window.apps.shown_app is None
    assert QApplication.focusWidget() is row


def test_empty_it_says_what_will_be_here(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(shown=EMPTY))
    here.window.show_page("apps")
    assert "No app has asked yet" in words(here.window.apps)


def test_the_detail_tells_what_is_known(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    shown = set(words(here.window.apps))
    assert {"Notes AI", "127.0.0.1 · unverified · 1 call running", "3 Nov 2026"} <= shown
    assert "openai/gpt-*\npractice/gpt-5-mini" in shown
    assert f"“{NOTES.justification}”" in shown
    here.window.show_app(CODER.id)
    assert "Any model" in words(here.window.apps)


def test_it_is_paused_and_resumed(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    press(here.window.apps, "Pause")
    here.becomes(replace(OVERVIEW, apps=changed(replace(NOTES, state=GrantState.PAUSED))))
    press(here.window.apps, "Resume")
    assert here.wallet.told == [("pause", NOTES.id), ("resume", NOTES.id)]


def test_an_ended_app_offers_nothing(here: OpenWindow) -> None:
    here.window.show_app(OLD.id)
    shown = {
        button.accessibleName()
        for button in here.window.apps.findChildren(QAbstractButton)
        if button.isVisibleTo(here.window.apps) and button.isEnabled()
    }
    assert not {"Pause", "Resume", "Revoke…", "Add a limit"} & shown


def test_limits_are_changed(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    edit = named(here.window.apps, QLineEdit, "Limits of this app: amount in dollars")
    edit.selectAll()
    QTest.keyClicks(edit, "7.50")
    here.becomes(OVERVIEW, Changes(grants=frozenset({NOTES.id})))
    assert edit.text() == "7.50"
    press(here.window.apps, "Save: Limits of this app")
    caps = (Cap(period=Period.MONTH, limit=parse_usd("7.5")),)
    assert here.wallet.told == [("set_caps", NOTES.id, caps)]


def test_the_limit_of_one_call_is_set_and_taken_away(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    edit = named(here.window.apps, QLineEdit, "Limit of one call of this app")
    assert (edit.text(), edit.placeholderText()) == ("", "no limit")
    QTest.keyClicks(edit, "0")
    assert not named(
        here.window.apps, QAbstractButton, "Save: Limit of one call of this app"
    ).isEnabled()
    QTest.keyClicks(edit, ".25")
    press(here.window.apps, "Save: Limit of one call of this app")
    limited = replace(NOTES, call_limit=parse_usd("0.25"))
    here.becomes(replace(OVERVIEW, apps=changed(limited)))
    assert edit.text() == "0.25"
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    press(here.window.apps, "Save: Limit of one call of this app")
    assert here.wallet.told == [
        ("set_call_limit", NOTES.id, parse_usd("0.25")),
        ("set_call_limit", NOTES.id, None),
    ]


def test_an_app_may_be_allowed_to_ask_for_more(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    press(here.window.apps, "It may ask for more when a limit is reached")
    assert here.wallet.told == [("allow_raise", NOTES.id, True)]


def test_what_happened_to_an_app_is_told(here: OpenWindow) -> None:
    raised = "+$1.00 once, until 2026-12-01 00:00, on $5.00 month"
    here.wallet.notes = (
        GrantNote(event="raise_ended", detail="+$1.00 month: renewed", at=NOTES.created_at),
        GrantNote(event="raised", detail=raised, at=NOTES.created_at),
        GrantNote(event="granted", detail="", at=NOTES.created_at),
    )
    here.window.show_app(NOTES.id)
    shown = words(here.window.apps)
    assert {f"Raised: {raised}", "No longer raised: +$1.00 month: renewed"} <= set(shown)


def test_limits_that_are_refused_stay_to_be_tried_again(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    edit = named(here.window.apps, QLineEdit, "Limits of this app: amount in dollars")
    edit.selectAll()
    QTest.keyClicks(edit, "7.50")
    here.wallet.refusal = UserFacingError("That app was revoked", "It has to ask again.")
    press(here.window.apps, "Save: Limits of this app")
    assert "That app was revoked. It has to ask again." in words(here.window)
    assert edit.text() == "7.50"


def test_unsaved_limits_do_not_pass_to_another_app(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    edit = named(here.window.apps, QLineEdit, "Limits of this app: amount in dollars")
    edit.selectAll()
    QTest.keyClicks(edit, "7.50")
    here.window.show_app(SUMMARIZER.id)
    edit = named(here.window.apps, QLineEdit, "Limits of this app: amount in dollars")
    assert edit.text() == "1.00"


def test_its_history_is_its_own_and_follows_it(here: OpenWindow) -> None:
    here.window.show_app(NOTES.id)
    charts = here.window.apps.findChildren(ChartCanvas)
    (chart,) = (each for each in charts if each.isVisibleTo(here.window.apps))
    assert "Notes AI $19.10" in chart.accessibleDescription()
    assert "Code" not in chart.accessibleDescription()
    here.wallet.daily = [replace(DAILY[0], app=NOTES.id, spent=parse_usd("1"))]
    here.window.take(Changes(grants=frozenset({CODER.id})))
    assert "Notes AI $19.10" in chart.accessibleDescription()
    here.window.take(Changes(grants=frozenset({NOTES.id})))
    assert "$1.00" in chart.accessibleDescription()


def test_a_code_can_be_entered_from_the_list(here: OpenWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(here.window.code_requested):
        press(here.window.apps, "Enter a code…")
