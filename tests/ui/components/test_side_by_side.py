"""Parts stand beside each other as long as there is room."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wattfare_desktop.ui.components.side_by_side import SideBySide

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Block(QWidget):
    def __init__(self, wide: int, high: int) -> None:
        super().__init__()
        self.least = QSize(wide, high)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.least

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.least


@dataclass(kw_only=True)
class Room:
    window: QWidget
    beside: SideBySide
    parts: tuple[Block, Block]


@pytest.fixture(name="room")
def _room(qtbot: QtBot) -> Room:
    parts = (Block(100, 30), Block(200, 50))
    beside = SideBySide((parts[0], 1), (parts[1], 1), spacing_px=10)
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(beside)
    column.addStretch(1)
    window.resize(500, 400)
    window.show()
    return Room(window=window, beside=beside, parts=parts)


def test_where_there_is_room_they_share_a_row(room: Room) -> None:
    one, other = room.parts
    assert room.beside.is_row
    assert (one.width(), other.width()) == (245, 245)
    assert one.height() == other.height() == room.beside.height() == 50


def test_a_share_never_cuts_a_part_off(room: Room, qtbot: QtBot) -> None:
    room.window.resize(320, 400)
    qtbot.waitUntil(lambda: room.beside.width() == 320)
    assert room.beside.is_row
    assert [part.width() for part in room.parts] == [110, 200]


def test_where_there_is_none_they_stand_below_each_other(room: Room, qtbot: QtBot) -> None:
    room.window.resize(300, 400)
    qtbot.waitUntil(lambda: not room.beside.is_row)
    one, other = room.parts
    assert one.y() + one.height() + 10 == other.y()
    assert [part.width() for part in room.parts] == [300, 300]
    qtbot.waitUntil(lambda: room.beside.height() == 90)


def test_a_hidden_part_takes_no_room(room: Room, qtbot: QtBot) -> None:
    room.parts[1].hide()
    qtbot.waitUntil(lambda: room.parts[0].width() == 500)


def test_a_part_that_grows_is_heard(room: Room, qtbot: QtBot) -> None:
    room.parts[0].least = QSize(450, 30)
    room.parts[0].updateGeometry()
    qtbot.waitUntil(lambda: not room.beside.is_row)


def test_lines_that_wrap_make_it_higher(qtbot: QtBot) -> None:
    label = QLabel("word " * 60)
    label.setWordWrap(True)
    beside = SideBySide((label, 1))
    qtbot.addWidget(beside)
    assert beside.heightForWidth(150) > beside.heightForWidth(600)
