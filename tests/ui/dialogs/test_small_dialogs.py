"""Unlocking, errors and the question before revoking."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from wattfare_desktop.ui.dialogs.error_notice import ErrorNotice
from wattfare_desktop.ui.dialogs.revoke_question import RevokeQuestion
from wattfare_desktop.ui.dialogs.unlock import UnlockDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def _button(parent: ErrorNotice | UnlockDialog, words: str) -> QAbstractButton:
    return next(
        each for each in parent.findChildren(QAbstractButton) if each.accessibleName() == words
    )


def test_a_passphrase_is_tried_until_it_fits(qtbot: QtBot) -> None:
    dialog = UnlockDialog(by_passphrase=True)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.accessibleName() == "Unlock Wattfare"
    tried: list[object] = []
    dialog.unlock_requested.connect(tried.append)
    edit = dialog.findChild(QLineEdit, "passphrase")
    assert isinstance(edit, QLineEdit)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert tried == []
    edit.setText("first try")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    _button(dialog, "Unlock").click()
    assert tried == ["first try"]
    dialog.show_trouble("That is not the passphrase.")
    edit.setText("second try")
    _button(dialog, "Unlock").click()
    assert tried == ["first try", "second try"]


def test_a_keyring_is_tried_without_typing(qtbot: QtBot) -> None:
    dialog = UnlockDialog(by_passphrase=False, reason="The keyring is locked.")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.unlock_requested, timeout=1_000) as caught:
        _button(dialog, "Unlock keyring").click()
    assert caught.args == [None]


def test_an_error_is_told_plainly_and_can_be_copied(qtbot: QtBot) -> None:
    notice = ErrorNotice("This app <b>cannot</b> ask", "Its redirect is not its own.")
    notice.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(notice)
    notice.show()
    assert notice.accessibleName() == "Wattfare error"
    assert {label.textFormat() for label in notice.findChildren(QLabel)} == {
        Qt.TextFormat.PlainText
    }
    _button(notice, "Copy details").click()
    copied = "This app <b>cannot</b> ask\nIts redirect is not its own."
    assert QApplication.clipboard().text() == copied
    _button(notice, "Close").click()
    assert not notice.isVisible()


@pytest.mark.parametrize(("words", "confirmed"), [("Revoke", ["grant_1"]), ("Cancel", [])])
def test_revoking_is_confirmed_once(qtbot: QtBot, words: str, confirmed: list[str]) -> None:
    question = RevokeQuestion("grant_1", "<i>Notes</i>")
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(question)
    told: list[str] = []
    question.confirmed.connect(told.append)
    question.open()
    assert question.text() == "Revoke “<i>Notes</i>”?"
    assert question.textFormat() == Qt.TextFormat.PlainText
    buttons = {button.text().replace("&", ""): button for button in question.buttons()}
    pressed = buttons[words]
    assert isinstance(pressed, QPushButton)
    pressed.click()
    assert told == confirmed
    assert not question.isVisible()
