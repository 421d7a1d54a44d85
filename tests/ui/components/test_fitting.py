"""A part that scrolls only where the screen has no room for it."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wattfare_desktop.ui.components.fitting import Fitting
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def shown(qtbot: QtBot, lines: int) -> tuple[StyledDialog, Fitting, Card]:
    dialog, card, below = StyledDialog(), Card(), QPushButton("Below")
    for number in range(lines):
        card.column.addWidget(text(f"{number} and some more words " * 4))
    area = Fitting(card, "What is asked")
    column = QVBoxLayout(dialog)
    column.addWidget(area, 1)
    column.addWidget(below)
    qtbot.addWidget(dialog)
    dialog.setMinimumWidth(400)
    dialog.show()
    QApplication.processEvents()
    return dialog, area, card


def is_scrolled(area: Fitting) -> bool:
    return area.verticalScrollBar().maximum() > 0


def test_what_fits_is_shown_whole(qtbot: QtBot) -> None:
    _dialog, area, card = shown(qtbot, 4)
    assert not is_scrolled(area)
    last = card.findChildren(QLabel)[-1]
    assert area.rect().contains(last.mapTo(area, last.rect().bottomRight()))
    assert not card.visibleRegion().isEmpty()


def test_what_does_not_fit_scrolls_above_what_stands_below(qtbot: QtBot) -> None:
    dialog, area, _card = shown(qtbot, 60)
    assert is_scrolled(area)
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    below = dialog.findChild(QPushButton)
    assert isinstance(below, QWidget)
    assert dialog.rect().contains(below.mapTo(dialog, below.rect().bottomRight()))
    assert area.horizontalScrollBar().maximum() == 0


def test_it_grows_with_what_is_added(qtbot: QtBot) -> None:
    _dialog, area, card = shown(qtbot, 2)
    before = area.height()
    card.column.addWidget(text("more " * 80))
    qtbot.waitUntil(lambda: area.height() > before)
    assert not is_scrolled(area)
