"""The window: rooms, keys, names, and what it shows when."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import NotedScheme, PageWallet
from tests.support.sample_rows import CODER, EMPTY, NOTES, OVERVIEW
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.reports import ActivityQuery, CallRow, Overview
from wattfare_desktop.system.scheme import SchemeOwner
from wattfare_desktop.ui.sidebar import PAGES
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    return open_window(qtbot)


def test_its_name_is_a_contract(here: OpenWindow) -> None:
    assert here.window.accessibleName() == "Wattfare"
    assert here.window.windowTitle() == "Wattfare"
    assert here.window.widget is here.window
    assert not here.window.windowIcon().isNull()


@pytest.mark.parametrize("overview", [OVERVIEW, EMPTY, None], ids=["full", "empty", "locked"])
def test_every_control_on_every_page_has_a_name(qtbot: QtBot, overview: Overview | None) -> None:
    here = open_window(qtbot, PageWallet(shown=overview))
    for page in PAGES:
        here.window.show_page(page)
    here.window.show_app(NOTES.id)
    assert unnamed_controls(here.window) == []


def test_the_walk_would_notice_one(here: OpenWindow) -> None:
    nameless = QLineEdit(here.window.settings)
    assert unnamed_controls(here.window) == [nameless]


@pytest.mark.parametrize(("key", "page"), [*zip("1234567", PAGES, strict=True)])
def test_every_page_is_a_key_away(here: OpenWindow, qtbot: QtBot, key: str, page: str) -> None:
    here.window.show_page("activity" if page != "activity" else "overview")
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    QTest.keyClick(here.window, getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.ControlModifier)
    assert here.window.page == page


def test_every_page_is_a_click_away(here: OpenWindow) -> None:
    pages = ("Apps", "Activity", "Alerts", "Funding", "Models", "Settings", "Overview")
    for name in pages:
        press(here.window, name)
        assert here.window.page == name.lower()


def test_tab_walks_into_every_page(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    for name, inside in (("apps", here.window.apps), ("funding", here.window.funding)):
        here.window.show_page(name)
        seen = []
        for _ in range(20):
            QTest.keyClick(QApplication.focusWidget() or here.window, Qt.Key.Key_Tab)
            seen.append(QApplication.focusWidget())
        assert any(inside.isAncestorOf(widget) for widget in seen if widget is not None)


def test_the_focus_does_not_wander_when_its_page_goes(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    here.window.show_page("activity")
    named(here.window, QTableView, "Calls").setFocus()
    here.window.show_page("apps")
    assert QApplication.focusWidget() is here.window
    press(here.window, "Funding")
    assert QApplication.focusWidget() is named(here.window, QAbstractButton, "Funding")


def test_it_locks_and_opens_again(here: OpenWindow, qtbot: QtBot) -> None:
    here.becomes(None)
    assert "The wallet is locked" in words(here.window)
    assert "$10.81" not in words(here.window)
    with qtbot.waitSignal(here.window.unlock_requested):
        press(here.window, "Unlock…")
    here.becomes(OVERVIEW)
    assert "$10.81" in words(here.window)


def test_hidden_it_reads_nothing_and_shown_it_reads_what_it_missed(here: OpenWindow) -> None:
    class Counting(PageWallet):
        reads = 0

        async def overview(self) -> Overview | None:
            Counting.reads += 1
            return OVERVIEW

    here.window._reading._read = Counting().overview
    here.window.hide()
    for _ in range(3):
        here.window.take(Changes(wallet=True))
    assert Counting.reads == 0
    here.window.show()
    assert Counting.reads == 1
    here.window.hide()
    here.window.show()
    assert Counting.reads == 1


def test_all_spending_is_paused_and_resumed_from_everywhere(here: OpenWindow) -> None:
    press(here.window, "Pause all spending")
    assert here.wallet.told == [("pause_all",)]
    here.becomes(replace(OVERVIEW, paused=True))
    press(here.window, "Resume spending")
    assert here.wallet.told[-1] == ("resume_all",)


def test_trouble_is_shown_above_the_page_until_one_turns_away(here: OpenWindow) -> None:
    here.wallet.refusal = UserFacingError("Wallet locked", "Unlock it first.")
    press(here.window, "Pause all spending")
    assert "Wallet locked. Unlock it first." in words(here.window)
    here.window.show_page("apps")
    assert "Wallet locked. Unlock it first." not in words(here.window)


def test_a_page_that_cannot_be_read_says_why(qtbot: QtBot) -> None:
    class Broken(PageWallet):
        async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
            raise UserFacingError("The file is damaged", f"Restore it. {query.text}")

    here = open_window(qtbot, Broken())
    here.window.show_page("activity")
    assert any("The file is damaged" in each for each in words(here.window))


def test_a_banner_stays_on_every_page(here: OpenWindow) -> None:
    here.window.show_banner("This desktop shows no tray icons.")
    for page in PAGES:
        here.window.show_page(page)
        assert "This desktop shows no tray icons." in words(here.window)


def test_an_app_is_shown_from_outside(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.show_app(CODER.id)
    assert here.window.page == "apps"
    assert here.window.apps.shown_app == CODER.id
    with qtbot.waitSignal(here.window.revoke_requested) as caught:
        press(here.window, "Revoke…")
    assert caught.args == [CODER.id, "Code Companion"]


def test_an_app_can_be_asked_for_before_the_first_reading(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(shown=None))
    here.window.show_app(CODER.id)
    here.becomes(OVERVIEW)
    assert "Code Companion" in words(here.window)
    assert here.window.apps.shown_app == CODER.id


def test_large_text_cuts_nothing_off(qtbot: QtBot, qapp: QApplication) -> None:
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(before.pointSizeF() * 2)
    qapp.setFont(larger)
    try:
        here = open_window(qtbot)
        for page in PAGES:
            here.window.show_page(page)
            room = named(here.window, QAbstractButton, page.capitalize())
            assert room.width() >= room.minimumSizeHint().width()
        here.window.show_page("settings")
        for edit in here.window.settings.findChildren(QLineEdit):
            assert edit.height() >= edit.fontMetrics().height()
    finally:
        qapp.setFont(before)


def test_beside_a_tray_icon_closing_hides_it(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.show_tray(available=True)
    with qtbot.assertNotEmitted(here.window.closing_requested):
        assert here.window.close()
    assert not here.window.isVisible()


def test_without_a_tray_icon_closing_is_asked_about(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.show_tray(available=False)
    with qtbot.waitSignal(here.window.closing_requested):
        assert not here.window.close()
    assert here.window.isVisible()


def test_the_program_closes_it_without_asking(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.show_tray(available=False)
    with qtbot.assertNotEmitted(here.window.closing_requested):
        here.window.leave()
    assert not here.window.isVisible()


def test_without_a_tray_icon_it_can_be_quit_from_here(here: OpenWindow, qtbot: QtBot) -> None:
    quitting = here.window._sidebar.quit
    assert not quitting.isVisible()
    here.window.show_tray(available=False)
    assert named(here.window, QAbstractButton, "Quit Wattfare") is quitting
    here.window.show_banner("This desktop shows no tray icons.")
    with qtbot.waitSignal(here.window.quit_requested):
        quitting.click()
    # A tray that comes late has a Quit of its own, and makes the banner untrue.
    here.window.show_tray(available=True)
    assert not quitting.isVisible()
    assert "This desktop shows no tray icons." not in words(here.window)


def test_a_key_quits_from_everywhere(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    with qtbot.waitSignal(here.window.quit_requested):
        QTest.keyClick(here.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


def test_links_that_another_program_took_are_taken_back_by_one_click(qtbot: QtBot) -> None:
    here = open_window(qtbot, scheme=NotedScheme(owner=SchemeOwner.OTHER))
    here.window.show_links(here.scheme.status())
    assert any("another.desktop" in each for each in words(here.window))
    press(here.window, "Open them with this wallet")
    assert here.scheme.owner is SchemeOwner.OURS
    assert not any("another.desktop" in each for each in words(here.window))


def test_links_of_our_own_are_no_news(qtbot: QtBot) -> None:
    here = open_window(qtbot, scheme=NotedScheme(owner=SchemeOwner.OURS))
    here.window.show_links(here.scheme.status())
    assert not any("wattfare: links" in each for each in words(here.window))
