"""The button that spends: pressed by a mouse, a fresh Space or an assistive tool only."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

_NEVER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)


class ApproveButton(QPushButton):
    """Ignores Enter, which some desktops make press any button, and a Space that is held down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("approve")
        self.setAutoDefault(False)
        self.setDefault(False)
        self.setEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let through all keys but those that must not approve."""
        if event.isAutoRepeat() or event.key() in _NEVER:
            event.accept()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let a real release through; a repeating key sends made-up ones."""
        if event.isAutoRepeat():
            event.accept()
            return
        super().keyReleaseEvent(event)
