"""A strip that says something above a page, and a page that says what will be here."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.pieces import button, text
from wattfare_desktop.ui.icons import line_icon
from wattfare_desktop.ui.theme import present_look

_RECOLOUR: Final = frozenset({QEvent.Type.PaletteChange, QEvent.Type.StyleChange})
_WORDS_CHARS: Final = 60


class LineIcon(QLabel):
    """A line icon that is no button. ``colour`` names a colour of the look."""

    def __init__(
        self, icon: str, colour: str, size_px: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._name = icon
        self._colour = colour
        self._size = QSize(size_px, size_px)
        self._worn = ""
        self.setFixedSize(self._size)
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look."""
        super().changeEvent(event)
        if event.type() in _RECOLOUR:
            self._recolour()

    def _recolour(self) -> None:
        colour: str = getattr(present_look(), self._colour)
        if colour != self._worn:
            self._worn = colour
            icon = line_icon(self._name, colour, self._size.width())
            self.setPixmap(icon.pixmap(self._size, self.devicePixelRatioF()))


class Notice(QFrame):
    """A strip with words; hidden until there are any. ``role`` is "notice" or "trouble"."""

    action_requested = Signal()
    other_requested = Signal()
    said = Signal()

    def __init__(
        self,
        role: str = "notice",
        *,
        action: str = "",
        other: str = "",
        may_be_dismissed: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        is_trouble = role == "trouble"
        colour = "danger" if is_trouble else "caution"
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(LineIcon("circle-alert" if is_trouble else "triangle-alert", colour))
        self._words = text()
        row.addWidget(self._words, 1)
        if action:
            act = button(action, "small")
            act.clicked.connect(self.action_requested)
            row.addWidget(act)
        if other:
            second = button(other, "small")
            second.clicked.connect(self.other_requested)
            row.addWidget(second)
        if may_be_dismissed:
            dismiss = IconButton("x", self.tr("Dismiss"), icon_only=True)
            dismiss.clicked.connect(self._on_dismissed)
            row.addWidget(dismiss)
        self.hide()

    @property
    def words(self) -> str:
        """What is said, "" while hidden."""
        return "" if self.isHidden() else self._words.text()

    def say(self, words: str) -> None:
        """Show ``words``; "" hides the strip."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self.said.emit()

    @Slot()
    def _on_dismissed(self) -> None:
        self.say("")


def standing_warning(words: str) -> Notice:
    """Return a strip that stays: what it says is to be read before the rest."""
    strip = Notice("trouble", may_be_dismissed=False)
    strip.setObjectName("warning")
    strip.say(words)
    return strip


class EmptyState(QWidget):
    """Says what will be here, and offers the next step; ``others`` are further ways on."""

    action_requested = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        words: str,
        action: str = "",
        *,
        others: Sequence[QPushButton] = (),
        colour: str = "quiet",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        inner = QWidget()
        inner.setFixedWidth(self.fontMetrics().averageCharWidth() * _WORDS_CHARS)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 24, 0, 0)
        column.setSpacing(8)
        column.addWidget(LineIcon(icon, colour, 40), 0, centre)
        column.addSpacing(8)
        # Across the whole width: only so does a label that wraps get the height it needs.
        for words_label in (text(title, "heading"), text(words, "quiet")):
            words_label.setAlignment(centre)
            column.addWidget(words_label)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(inner)
        across.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 24)
        around.setSpacing(16)
        around.addStretch(1)
        around.addLayout(across)
        if action:
            around.addLayout(self._acts(action, others))
        around.addStretch(1)

    def _acts(self, action: str, others: Sequence[QPushButton]) -> QHBoxLayout:
        act = button(action, "primary")
        act.clicked.connect(self.action_requested)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for each in (act, *others):
            row.addWidget(each)
        row.addStretch(1)
        return row
