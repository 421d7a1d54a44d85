"""A window that tells what went wrong and lets its words be copied."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text


class ErrorNotice(StyledDialog):
    """Shows a title and what to do; there is nothing to decide."""

    def __init__(self, title: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = f"{title}\n{detail}"
        self.setWindowTitle(self.tr("Wattfare error"))
        self.setAccessibleName("Wattfare error")
        self.setMinimumWidth(440)
        card = Card()
        card.column.addWidget(text(title, "title"))
        card.column.addWidget(self._selectable(detail))
        copy, close = button(self.tr("Copy details"), "link"), button(self.tr("Close"))
        copy.clicked.connect(self._on_copy_clicked)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    def _selectable(self, words: str) -> QWidget:
        label = text(words)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return label

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._words)
