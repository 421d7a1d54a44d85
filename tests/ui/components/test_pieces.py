"""The dialog all others stand in, and the parts they share."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout
from pytestqt.qtbot import QtBot

from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def wrapping(qtbot: QtBot) -> tuple[StyledDialog, Card]:
    dialog, card = StyledDialog(), Card()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    for _ in range(6):
        card.column.addWidget(text("one line in a wide window", "title"))
    column = QVBoxLayout(dialog)
    column.addWidget(card)
    dialog.setMinimumWidth(600)
    dialog.show()
    return dialog, card


def test_a_dialog_is_as_high_as_its_lines(qtbot: QtBot) -> None:
    dialog, card = wrapping(qtbot)
    layout = dialog.layout()
    assert layout is not None
    qtbot.waitUntil(lambda: dialog.height() == layout.totalHeightForWidth(dialog.width()))
    labels = [label for label in card.findChildren(type(text())) if label.isVisible()]
    lines_high = {label.height() / label.fontMetrics().height() for label in labels}
    assert max(lines_high) < 1.5


def test_a_dialog_grows_with_what_is_in_it(qtbot: QtBot) -> None:
    dialog, card = wrapping(qtbot)
    before = dialog.height()
    card.column.addWidget(text("one more line"))
    qtbot.waitUntil(lambda: dialog.height() > before)


def test_a_button_is_not_pressed_by_enter_and_is_heard_without_its_mark(qtbot: QtBot) -> None:
    made = button("&Deny")
    qtbot.addWidget(made)
    assert not made.autoDefault()
    assert made.accessibleName() == "Deny"
