"""Tests of ``wattfare_desktop.ui.late_window``: nothing said before the window is made is lost."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.support.application_house import PlainWindow
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus
from wattfare_desktop.ui.late_window import LateWindow
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TAKEN = SchemeStatus(owner=SchemeOwner.OTHER, who="thief.desktop")
CHANGES = Changes(wallet=True)


class Stage:
    def __init__(self, qtbot: QtBot) -> None:
        self.plain = PlainWindow()
        qtbot.addWidget(self.plain.widget)
        self.times_made = 0
        self.late = LateWindow(self._make)

    def _make(self) -> PlainWindow:
        self.times_made += 1
        return self.plain


@pytest.fixture(name="stage")
def _stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def test_what_needs_no_window_makes_none(stage: Stage) -> None:
    stage.late.take(CHANGES)
    stage.late.show_tray(available=False)
    stage.late.show_banner("Two calls were charged in full.")
    stage.late.show_links(TAKEN)
    stage.late.hide()
    stage.late.leave()
    assert stage.late.visible is None
    assert stage.times_made == 0


def test_it_is_made_once_with_all_that_was_said(stage: Stage) -> None:
    stage.late.show_tray(available=False)
    stage.late.show_banner("Two calls were charged in full.")
    stage.late.show_links(TAKEN)
    stage.late.bring_forward()
    assert stage.plain.has_tray is False
    assert stage.plain.banner == "Two calls were charged in full."
    assert stage.plain.links == TAKEN
    assert stage.late.visible is stage.plain.widget
    stage.late.show_page("apps")
    stage.late.show_app(GrantId("grant_1"))
    stage.late.ask_restore()
    assert stage.plain.turned_to == ["apps", "grant_1", "restore"]
    assert stage.times_made == 1


def test_a_tray_that_appears_takes_back_why_there_was_none(stage: Stage) -> None:
    stage.late.show_tray(available=False)
    stage.late.show_banner("This desktop shows no tray icons.")
    stage.late.show_tray(available=True)
    stage.late.bring_forward()
    assert stage.plain.has_tray is True
    assert stage.plain.banner == ""


def test_once_made_it_is_told_everything_at_once(stage: Stage) -> None:
    stage.late.bring_forward()
    stage.late.show_tray(available=False)
    stage.late.show_banner("Two calls were charged in full.")
    stage.late.show_links(TAKEN)
    stage.late.take(CHANGES)
    assert (stage.plain.has_tray, stage.plain.links) == (False, TAKEN)
    assert stage.plain.banner == "Two calls were charged in full."
    assert stage.plain.taken == [CHANGES]


def test_it_is_hidden_and_comes_back_from_the_panel(stage: Stage) -> None:
    stage.late.bring_forward()
    stage.late.hide()
    assert stage.late.visible is None
    stage.plain.widget.setWindowState(Qt.WindowState.WindowMinimized)
    stage.late.bring_forward()
    assert stage.late.visible is stage.plain.widget
    assert not stage.plain.widget.isMinimized()
    stage.late.leave()
    assert stage.late.visible is None


def test_the_tray_loads_no_page_of_the_window() -> None:
    code = (
        "import sys, wattfare_desktop.main.tray;"
        "assert not [each for each in sys.modules if each.startswith('wattfare_desktop.ui.pages')];"
        "assert 'wattfare_desktop.ui.main_window' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
