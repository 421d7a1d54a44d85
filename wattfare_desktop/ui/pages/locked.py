"""What stands in the window while the wallet is not open: why, and what helps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wattfare_desktop.ui.components.notices import EmptyState
from wattfare_desktop.ui.components.pieces import button
from wattfare_desktop.ui.presentation.closed import Closed, ClosedAct, ClosedWords, closed_words


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
        # What a page that is seen already is given would show with the next event only.
        self._state.show()

    def _made(self, words: ClosedWords) -> EmptyState:
        signals = {
            ClosedAct.UNLOCK: self.unlock_requested,
            ClosedAct.RESTORE: self.restore_requested,
            ClosedAct.QUIT: self.quit_requested,
        }
        (first, first_words), *rest = words.acts
        others = []
        for act, name in rest:
            others.append(button(name))
            others[-1].clicked.connect(signals[act])
        state = EmptyState(
            words.icon, words.title, words.detail, first_words, others=others, colour=words.colour
        )
        state.action_requested.connect(signals[first])
        return state
