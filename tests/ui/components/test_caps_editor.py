"""Limits are changed, kept, and never overwritten under the user's hands."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from tests.support.widgets import named, press, words
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.ui.components.caps_editor import CapsEditor

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

DAY = Cap(period=Period.DAY, limit=parse_usd("2"))
MONTH = Cap(period=Period.MONTH, limit=parse_usd("20"))


@pytest.fixture(name="editor")
def _editor(qtbot: QtBot) -> CapsEditor:
    editor = CapsEditor("Limits", nothing="There is none.", may_be_empty=True)
    qtbot.addWidget(editor)
    editor.show_caps((DAY,))
    editor.show()
    return editor


def type_amount(editor: CapsEditor, amount: str) -> None:
    edit = editor.findChildren(QLineEdit)[-1]
    edit.selectAll()
    QTest.keyClicks(edit, amount)


def test_it_shows_what_is_until_it_is_edited(editor: CapsEditor) -> None:
    editor.show_caps((MONTH,))
    assert named(editor, QLineEdit, "Limits: amount in dollars").text() == "20.00"
    assert not editor.findChild(QAbstractButton, "save")
    type_amount(editor, "7")
    editor.show_caps((DAY,))
    assert named(editor, QLineEdit, "Limits: amount in dollars").text() == "7"
    assert editor.is_edited


def test_edits_are_saved_once_they_make_sense(editor: CapsEditor, qtbot: QtBot) -> None:
    type_amount(editor, "0")
    assert "The amount must be above zero." in words(editor)
    assert not named(editor, QAbstractButton, "Save: Limits").isEnabled()
    type_amount(editor, "3.50")
    with qtbot.waitSignal(editor.save_requested) as caught:
        press(editor, "Save: Limits")
    caps = (Cap(period=Period.DAY, limit=parse_usd("3.5")),)
    assert caught.args == [caps]
    assert editor.is_edited
    editor.saved()
    assert not editor.is_edited
    editor.show_caps((MONTH,))
    assert named(editor, QLineEdit, "Limits: amount in dollars").text() == "20.00"


def test_a_limit_is_added_in_a_free_period_and_taken_away(editor: CapsEditor, qtbot: QtBot) -> None:
    press(editor, "Add a limit")
    added = editor.findChildren(QComboBox)[-1]
    assert Period(added.currentData()) is Period.MONTH
    type_amount(editor, "9")
    with qtbot.waitSignal(editor.save_requested) as caught:
        press(editor, "Save: Limits")
    assert caught.args == [(DAY, Cap(period=Period.MONTH, limit=parse_usd("9")))]
    for button in editor.findChildren(QAbstractButton):
        if button.accessibleName() == "Remove this limit":
            button.click()
    assert "There is none." in words(editor)
    with qtbot.waitSignal(editor.save_requested) as caught:
        press(editor, "Save: Limits")
    assert caught.args == [()]


def test_edits_can_be_forgotten(editor: CapsEditor) -> None:
    type_amount(editor, "9")
    press(editor, "Discard changes: Limits")
    assert named(editor, QLineEdit, "Limits: amount in dollars").text() == "2.00"
    assert not editor.is_edited


def test_a_fixed_one_has_one_limit(qtbot: QtBot) -> None:
    editor = CapsEditor("Default", fixed=True)
    qtbot.addWidget(editor)
    editor.show_caps((DAY,))
    shown = {
        button.accessibleName()
        for button in editor.findChildren(QAbstractButton)
        if button.isVisibleTo(editor)
    }
    assert shown == set()
