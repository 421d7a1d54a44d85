"""What happens on the wallet's loop, told on Qt's thread.

All methods may be called from any thread and none waits; all signals come on Qt's thread. Writes
come by the thousand and eyes follow a few a second: what they touched is gathered, and told at
most four times a second.
"""

import threading
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.wallet.changes import Changes

INTERVAL_MS: Final = 250


class Bridge(QObject):
    """A listener of the wallet and a presenter for its desk. Make it on Qt's thread."""

    changed = Signal(object)
    """:class:`Changes`: all that was touched since the last time."""
    consent_requested = Signal(object)
    """The ticket, as the desk presents it."""
    consent_withdrawn = Signal(str)
    """The ticket's name."""
    error_shown = Signal(str, str)
    """Title and detail."""
    unlock_requested = Signal()
    """A request waits for the locked wallet."""

    _touched = Signal()
    _presented = Signal(object)
    _withdrawn = Signal(str)
    _failed = Signal(str, str)
    _locked_out = Signal()

    def __init__(self, interval_ms: int = INTERVAL_MS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gathered = Changes()
        self._lock = threading.Lock()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(interval_ms)
        self._quiet.timeout.connect(self._on_quiet_over)
        # Queued to this object first, so that any listener is called on this thread.
        queued = Qt.ConnectionType.QueuedConnection
        self._touched.connect(self._on_touched, queued)
        self._presented.connect(self.consent_requested, queued)
        self._withdrawn.connect(self.consent_withdrawn, queued)
        self._failed.connect(self.error_shown, queued)
        self._locked_out.connect(self.unlock_requested, queued)

    def take(self, changes: Changes) -> None:
        """Tell ``changes``, with what else comes in the meantime."""
        with self._lock:
            is_first = not self._gathered
            self._gathered |= changes
        if is_first and changes:
            self._touched.emit()

    def present(self, ticket: object) -> None:
        """Have the user asked."""
        self._presented.emit(ticket)

    def withdraw(self, ticket_id: TicketId) -> None:
        """Have the user asked no more."""
        self._withdrawn.emit(ticket_id)

    def show_error(self, notice: UserFacingError) -> None:
        """Have the user told what went wrong."""
        self._failed.emit(notice.title, notice.detail)

    def ask_to_unlock(self) -> None:
        """Have the user offered to unlock the wallet."""
        self._locked_out.emit()

    @Slot()
    def _on_touched(self) -> None:
        # The first of a burst is told at once, the rest when the interval is over.
        if not self._quiet.isActive():
            self._tell()

    @Slot()
    def _on_quiet_over(self) -> None:
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            gathered, self._gathered = self._gathered, Changes()
        if gathered:
            self._quiet.start()
            self.changed.emit(gathered)
