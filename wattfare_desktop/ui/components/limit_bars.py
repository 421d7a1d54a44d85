"""Limits as bars: what is spent of them, what is held, and the same in words."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.words import Shortened, money, set_words
from wattfare_desktop.ui.presentation.apps import Level, LimitBar
from wattfare_desktop.ui.theme import Look, present_look

_HEIGHT_PX: Final = 8


class Track(QWidget):
    """The bar alone. What is held is hatched, so that it is not told by colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar: LimitBar | None = None
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bar(self, bar: LimitBar) -> None:
        """Show ``bar``."""
        if bar != self._bar:
            self._bar = bar
            self.setAccessibleName(bar.text)
            self.update()

    def sizeHint(self) -> QSize:
        """Return a usual size."""
        return QSize(160, _HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the track, and on it what is gone."""
        look = present_look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(whole, _HEIGHT_PX / 2, _HEIGHT_PX / 2)
        painter.setClipPath(shape)
        painter.fillRect(whole, QColor(look.track))
        if self._bar is not None:
            colour = QColor(_colour(self._bar.level, look))
            spent = whole.width() * self._bar.spent_part
            held = whole.width() * self._bar.held_part
            painter.fillRect(QRectF(0, 0, spent, _HEIGHT_PX), colour)
            hatched = QBrush(colour, Qt.BrushStyle.BDiagPattern)
            painter.fillRect(QRectF(spent, 0, held, _HEIGHT_PX), hatched)
        painter.end()


class LimitBars(QWidget):
    """A bar and its words for each limit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._rows: list[_BarRow] = []

    def show_bars(self, bars: Sequence[LimitBar]) -> None:
        """Show ``bars``, in their order."""
        while len(self._rows) < len(bars):
            row = _BarRow()
            self._rows.append(row)
            self._column.addWidget(row)
        while len(self._rows) > len(bars):
            row = self._rows.pop()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for row, bar in zip(self._rows, bars, strict=True):
            row.show_bar(bar)


class _BarRow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._text = money()
        self._note = Shortened(role="quiet")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._track = Track()
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._text)
        words.addWidget(self._note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(words)
        column.addWidget(self._track)

    def show_bar(self, bar: LimitBar) -> None:
        set_words(self._text, bar.text)
        self._note.set_words(bar.note)
        self._track.show_bar(bar)


def _colour(level: Level, look: Look) -> str:
    return {Level.ROOM: look.fill, Level.FULL: look.danger, Level.ENDED: look.edge}[level]
