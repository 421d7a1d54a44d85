"""Small parts the dialogs are put together from."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.ui.theme import present_look, style_for

PALETTE_EVENTS: Final = frozenset(
    {QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange, QEvent.Type.FontChange}
)
"""Heard by a window when colours or the desktop's text size changed."""


def wear_style(window: QWidget) -> None:
    """Give ``window`` the style sheet of the moment."""
    style = style_for(present_look())
    # Setting a style sheet changes the palette again: only a new one is set.
    if style != window.styleSheet():
        window.setStyleSheet(style)


_FIT_EVENTS: Final = frozenset(
    {QEvent.Type.Polish, QEvent.Type.LayoutRequest, QEvent.Type.Resize, QEvent.Type.Show}
)


class Card(QFrame):
    """A rounded surface with its parts below each other."""

    def __init__(self, margin_px: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(margin_px, margin_px, margin_px, margin_px)
        self.column.setSpacing(16)


class Choice(QComboBox):
    """A drop-down list with an arrow in the colour of its text."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow the style sheet leaves out."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1.6))
        right, middle = self.width() - 16.0, self.height() / 2
        painter.drawPolyline(
            [
                QPointF(right - 4, middle - 2),
                QPointF(right, middle + 2),
                QPointF(right + 4, middle - 2),
            ]
        )
        painter.end()


class StyledDialog(QDialog):
    """A dialog that follows the palette, has no default button and is gone once closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wear_style(self)

    def sizeHint(self) -> QSize:
        """Return the height of the lines at the width the window will have."""
        hint, layout = super().sizeHint(), self.layout()
        width = max(hint.width(), self.minimumWidth())
        if layout is None or not layout.hasHeightForWidth():
            return QSize(width, hint.height())
        return QSize(width, layout.totalHeightForWidth(width))

    def event(self, event: QEvent) -> bool:
        """Be at least as high as the lines are at this width.

        A layout asks wrapping lines how high they are at their least width, and keeps a window
        higher than anything in it.
        """
        handled = super().event(event)
        if event.type() in _FIT_EVENTS and (layout := self.layout()) is not None:
            layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
            if layout.hasHeightForWidth():
                least = layout.totalMinimumSize().width()
                height = layout.totalHeightForWidth(max(self.width(), least))
                self.setMinimumSize(max(least, self.minimumWidth()), height)
        return handled

    def changeEvent(self, event: QEvent) -> None:
        """Follow the desktop from light to dark."""
        if event.type() in PALETTE_EVENTS:
            wear_style(self)
        super().changeEvent(event)


def text(words: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """Return a label that shows ``words`` as they are, never as markup."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(words)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        # A new policy forgets what wrapping had set: without it lines are cut off.
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
    return label


def button(words: str, role: str = "") -> QPushButton:
    """Return a button that Enter does not press by itself."""
    made = QPushButton(words)
    made.setAutoDefault(False)
    made.setDefault(False)
    if role:
        made.setProperty("role", role)
    # A mnemonic's mark is for eyes, not for those who listen.
    made.setAccessibleName(words.replace("&", ""))
    return made


def tab_through(widgets: Iterable[QWidget]) -> None:
    """Let Tab walk ``widgets`` in their order."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)
