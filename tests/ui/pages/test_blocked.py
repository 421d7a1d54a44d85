"""Who may not ask, in the window, and the way back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import EMPTY, NOTES, NOW, OVERVIEW
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, ClientId, later
from wattfare_desktop.core.reports import BlockedRow
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

BLOCKED = (
    BlockedRow(client=ClientId("https://free-money.example"), since=later(NOW, -9 * DAY_MS)),
    BlockedRow(client=ClientId("<b>Notes</b> AI"), since=later(NOW, -2 * HOUR_MS)),
)


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot, PageWallet(blocked=BLOCKED))
    here.window.show_page("apps")
    return here


def offered(here: OpenWindow) -> list[str]:
    return [
        button.accessibleName()
        for button in here.window.apps.findChildren(QPushButton)
        if button.isVisibleTo(here.window.apps) and "ask again" in button.accessibleName()
    ]


def test_the_foot_of_the_list_leads_to_them_and_back(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    way = named(here.window.apps, QAbstractButton, "Blocked apps (2)")
    way.setFocus()
    QTest.keyClick(way, Qt.Key.Key_Space)
    shown = words(here.window.apps)
    assert {"https://free-money.example", "web app · blocked since 14 Nov 2026"} <= set(shown)
    assert {"<b>Notes</b> AI", "any app of this name · blocked 2 h ago"} <= set(shown)
    assert unnamed_controls(here.window.apps) == []
    back = named(here.window.apps, QAbstractButton, "Back to all apps")
    assert QApplication.focusWidget() is back
    QTest.keyClick(back, Qt.Key.Key_Space)
    assert NOTES.name in words(here.window.apps)
    assert QApplication.focusWidget() is way


def test_each_is_let_ask_again_by_itself(here: OpenWindow) -> None:
    press(here.window.apps, "Blocked apps (2)")
    press(here.window.apps, "Let “<b>Notes</b> AI” ask again")
    here.window.take(Changes(wallet=True))
    assert here.wallet.told == [("unblock", "<b>Notes</b> AI")]
    assert offered(here) == ["Let “https://free-money.example” ask again"]
    press(here.window.apps, "Let “https://free-money.example” ask again")
    here.window.take(Changes(wallet=True))
    assert offered(here) == []
    assert "No app is blocked" in words(here.window.apps)
    press(here.window.apps, "Back to all apps")
    assert not any("Blocked apps" in button.text() for button in _shown_buttons(here))


def test_the_focus_does_not_wander_off_with_a_row(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    press(here.window.apps, "Blocked apps (2)")
    unblock = named(here.window.apps, QAbstractButton, "Let “<b>Notes</b> AI” ask again")
    unblock.setFocus()
    QTest.keyClick(unblock, Qt.Key.Key_Space)
    here.window.take(Changes(wallet=True))
    back = named(here.window.apps, QAbstractButton, "Back to all apps")
    assert QApplication.focusWidget() is back


def test_whoever_is_blocked_elsewhere_appears_at_once(here: OpenWindow) -> None:
    press(here.window.apps, "Blocked apps (2)")
    newest = BlockedRow(client=ClientId("Third"), since=NOW)
    here.wallet.blocked = (*BLOCKED, newest)
    here.becomes(OVERVIEW)
    assert "Let “Third” ask again" in offered(here)
    here.window.show_page("apps")
    assert named(here.window.apps, QAbstractButton, "Blocked apps (3)").isVisible()


def test_they_can_be_reached_where_no_app_was_ever_approved(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(shown=EMPTY, blocked=BLOCKED))
    here.window.show_page("apps")
    assert "No app has asked yet" in words(here.window.apps)
    press(here.window.apps, "Blocked apps (2)")
    assert len(offered(here)) == len(BLOCKED)


def test_what_cannot_be_done_is_told(here: OpenWindow) -> None:
    press(here.window.apps, "Blocked apps (2)")
    here.wallet.refusal = UserFacingError("The disk is full", "Make room.")
    press(here.window.apps, "Let “<b>Notes</b> AI” ask again")
    assert "The disk is full. Make room." in words(here.window)
    assert len(offered(here)) == len(BLOCKED)


def _shown_buttons(here: OpenWindow) -> list[QPushButton]:
    return [
        button
        for button in here.window.apps.findChildren(QPushButton)
        if button.isVisibleTo(here.window.apps)
    ]
