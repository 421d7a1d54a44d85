"""What stands in the window while the wallet is not open: why, and what helps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.notices import EmptyState
from wattfare_desktop.ui.components.pieces import button
from wattfare_desktop.ui.presentation.closed import Closed, ClosedWords, closed_words


class LockedPage(QWidget):
    """Says that it is locked until it is told more, and offers to open it."""

    unlock_requested = Signal()
    restore_requested = Signal()
    quit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words: ClosedWords | None = None
        self._state: EmptyState | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.show_closed(Closed())

    def show_closed(self, closed: Closed) -> None:
        """Say why the wallet is not open."""
        words = closed_words(closed)
        if words == self._words:
            return
        self._words = words
        self.setAccessibleName(words.title)
        if self._state is not None:
            self._state.hide()
            self._state.deleteLater()
        self._state = self._made(words)
        self._column.addWidget(self._state)

    def _made(self, words: ClosedWords) -> EmptyState:
        restore = button(self.tr("Restore from a backup…"))
        restore.clicked.connect(self.restore_requested)
        leave = button(self.tr("Quit"))
        leave.clicked.connect(self.quit_requested)
        others: list[QPushButton] = []
        if words.offers_restore:
            others.append(restore)
        if words.offers_quit:
            others.append(leave)
        state = EmptyState(words.icon, words.title, words.detail, words.unlock, others=others)
        state.action_requested.connect(self.unlock_requested)
        return state
