"""The dialog that a page has open."""

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.window import open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.dialogs.asking import AskingDialog
from wattfare_desktop.ui.pages.open_dialog import OpenDialog
from wattfare_desktop.ui.pages.page import Page

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
REFUSED = UserFacingError("It was removed", "Add it again.")


class Asking(AskingDialog):
    def __init__(self, page: Page) -> None:
        super().__init__(page.window())
        self.said = QLabel(self)

    def show_trouble(self, words: str) -> None:
        self.said.setText(words)


@pytest.fixture(name="page")
def _page(qtbot: QtBot) -> Page:
    return open_window(qtbot).window.funding


def test_a_second_one_takes_the_place_of_the_first(page: Page) -> None:
    held = OpenDialog[Asking](page)
    first, second = Asking(page), Asking(page)
    held.open(first)
    held.open(second)
    assert not first.isVisible()
    assert held.shown is second
    held.done()
    assert held.shown is None
    assert not second.isVisible()


def test_one_whose_user_closed_it_is_forgotten(page: Page, qtbot: QtBot) -> None:
    held = OpenDialog[Asking](page)
    first, second = Asking(page), Asking(page)
    held.open(first)
    first.reject()
    qtbot.waitUntil(lambda: not shiboken6.isValid(first))
    held.done()
    held.open(second)
    assert held.shown is second


def test_a_refusal_is_told_in_it_or_else_on_the_page(page: Page, qtbot: QtBot) -> None:
    held = OpenDialog[Asking](page)
    dialog = Asking(page)
    held.open(dialog)
    held.refused(REFUSED)
    assert dialog.said.text() == "It was removed: Add it again."
    dialog.reject()
    with qtbot.waitSignal(page.troubled) as told:
        held.refused(REFUSED)
    assert told.args == [REFUSED]
