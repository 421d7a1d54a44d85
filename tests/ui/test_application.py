"""Tray, window and dialogs together, on a wallet that notes what it was told."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.application_house import OVERVIEW, Desktop, standing
from wattfare_desktop.system.scheme import SchemeOwner
from wattfare_desktop.ui.dialogs.closing_question import ClosingQuestion
from wattfare_desktop.ui.dialogs.revoke_question import RevokeQuestion
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState
from wattfare_desktop.ui.presentation.tray import TrayMood
from wattfare_desktop.ui.tray_host import MISSING_AFTER_POLLS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="desktop")
def _desktop(qtbot: QtBot) -> Iterator[Desktop]:
    with standing(qtbot) as desktop:
        yield desktop


def test_it_begins_in_the_tray_alone(desktop: Desktop) -> None:
    assert desktop.mood() is TrayMood.CALM
    assert not desktop.is_window_made
    assert not QApplication.quitOnLastWindowClosed()


def test_revoking_takes_one_confirmation(desktop: Desktop) -> None:
    desktop.tray.menu.revoke_requested.emit("grant_1", "Notes AI")
    question = next(w for w in QApplication.topLevelWidgets() if isinstance(w, RevokeQuestion))
    assert desktop.wallet.told == []
    next(b for b in question.buttons() if "Revoke" in b.text()).click()
    assert desktop.wallet.told == [("revoke", "grant_1")]


def test_the_menu_acts(desktop: Desktop, qtbot: QtBot) -> None:
    menu = desktop.tray.menu
    menu.pause_requested.emit("grant_1")
    menu.resume_requested.emit("grant_1")
    menu.pause_all_requested.emit()
    menu.resume_all_requested.emit()
    desktop.wallet.shown = None
    menu.lock_requested.emit()
    assert [each[0] for each in desktop.wallet.told if isinstance(each, tuple)] == [
        "pause",
        "resume",
        "pause_all",
        "resume_all",
        "lock",
    ]
    assert desktop.mood() is TrayMood.LOCKED
    with qtbot.waitSignal(desktop.application.quit_requested, timeout=1_000):
        menu.quit_requested.emit()


def test_details_open_the_window_there(desktop: Desktop) -> None:
    desktop.tray.menu.details_requested.emit("grant_1")
    desktop.tray.menu.page_requested.emit("funding")
    assert desktop.window.turned_to == ["grant_1", "funding"]
    assert desktop.window.widget.isVisible()


def test_a_broken_wallet_leads_to_the_window_that_says_why(desktop: Desktop) -> None:
    desktop.wallet.shown = None
    desktop.wallet.standing = Closed(state=ClosedState.BROKEN)
    desktop.application.refresh()
    assert desktop.mood() is TrayMood.NEEDS_YOU
    menu = desktop.tray.menu
    shown = {action.text(): action for action in menu.actions() if action.isVisible()}
    assert "Wattfare cannot open its wallet" in shown
    shown["See why..."].trigger()
    assert desktop.window.turned_to == ["overview"]
    assert desktop.window.widget.isVisible()
    assert desktop.application.opening.unlock_dialog is None
    desktop.wallet.shown = OVERVIEW
    desktop.application.refresh()
    assert desktop.mood() is not TrayMood.NEEDS_YOU


def test_a_wallet_that_starts_broken_shows_the_window(qtbot: QtBot) -> None:
    with standing(qtbot, is_broken=True) as desktop:
        assert desktop.window.widget.isVisible()


def test_without_a_tray_the_window_opens_and_says_why(desktop: Desktop) -> None:
    for _ in range(MISSING_AFTER_POLLS):
        desktop.host.poll()
    assert "AppIndicator" in desktop.window.banner
    assert desktop.window.widget.isVisible()


def test_without_a_tray_the_window_tells_what_a_crash_left(desktop: Desktop) -> None:
    desktop.application.tell_of_unsettled(3)
    told = "3 calls were under way when Wattfare stopped. They were charged in full"
    desktop.application.show_window()
    assert desktop.window.banner.startswith(told)
    for _ in range(MISSING_AFTER_POLLS):
        desktop.host.poll()
    assert "AppIndicator" in desktop.window.banner
    assert told in desktop.window.banner


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface", extend=True)
def test_what_a_crash_left_is_told_again_once_the_tray_is_there(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At log-in the wallet comes before the panel, whose coming takes other banners away."""
    told: list[str] = []

    def notify(title: str, _words: str) -> bool:
        told.append(title)
        return desktop.host.available

    monkeypatch.setattr(desktop.tray, "notify", notify)
    desktop.application.tell_of_unsettled(3)
    desktop.window.show_banner("")
    for available in (True, False, True):
        monkeypatch.setattr(desktop.host, "_is_available", lambda available=available: available)
        desktop.host.poll()
    assert len(told) == 2, "in vain, and once the tray was there"
    assert desktop.window.banner == ""


@pytest.mark.parametrize(
    ("answer", "is_visible", "quits"),
    [("Keep running", False, 0), ("Quit", True, 1), ("Cancel", True, 0)],
)
def test_a_window_without_a_tray_icon_is_closed_as_its_user_likes(
    desktop: Desktop, answer: str, *, is_visible: bool, quits: int
) -> None:
    asked: list[None] = []
    desktop.application.quit_requested.connect(lambda: asked.append(None))
    desktop.application.show_window()
    desktop.application.ask_to_close()
    question = desktop.window.widget.findChild(ClosingQuestion)
    assert isinstance(question, ClosingQuestion)
    assert question.accessibleName() == "Close Wattfare"
    buttons = {each.text().replace("&", ""): each for each in question.buttons()}
    assert question.defaultButton() is buttons["Cancel"]
    buttons[answer].click()
    assert desktop.window.widget.isVisible() == is_visible
    assert len(asked) == quits


def test_links_that_another_program_takes_are_told_at_start(qtbot: QtBot) -> None:
    with standing(qtbot, links=SchemeOwner.OTHER) as desktop:
        desktop.application.show_window()
        assert desktop.window.links is not None
        assert desktop.window.links.who == "thief.desktop"
