"""What happens on the wallet's loop, told on Qt's thread.

All methods may be called from any thread and none waits; all signals come on Qt's thread. Writes
come by the thousand and eyes follow a few a second: what they touched is gathered, and told at
most four times a second.
"""

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.raising import RaiseId

INTERVAL_MS: Final = 250


class Bridge(QObject):
    """A listener of the wallet and a presenter for its desk. Make it on Qt's thread.

    All of it is kept until ``attend``: before the windows stand an app may ask, and a start has to
    tell of calls that a crash left.
    """

    changed = Signal(object)
    """:class:`Changes`: all that was touched since the last time."""
    consent_requested = Signal(object)
    """The ticket, as the desk presents it."""
    consent_withdrawn = Signal(str)
    """The ticket's name."""
    raise_requested = Signal(object)
    """The question, as the desk presents it."""
    raise_withdrawn = Signal(str)
    """The question's name."""
    error_shown = Signal(str, str)
    """Title and detail."""
    unlock_requested = Signal()
    """A request waits for the locked wallet."""

    _touched = Signal()
    _posted = Signal()

    def __init__(self, interval_ms: int = INTERVAL_MS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gathered = Changes()
        self._letters: deque[Callable[[], None]] = deque()
        self._is_attended = False
        self._lock = threading.Lock()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(interval_ms)
        self._quiet.timeout.connect(self._on_quiet_over)
        # Queued to this object first, so that any listener is called on this thread.
        queued = Qt.ConnectionType.QueuedConnection
        self._touched.connect(self._on_touched, queued)
        self._posted.connect(self._on_posted, queued)

    def attend(self) -> None:
        """Tell all from now on, what came before first."""
        self._is_attended = True
        self._on_posted()
        self._on_touched()

    def take(self, changes: Changes) -> None:
        """Tell ``changes``, with what else comes in the meantime."""
        with self._lock:
            is_first = not self._gathered
            self._gathered |= changes
        if is_first and changes:
            self._touched.emit()

    def present(self, ticket: object) -> None:
        """Have the user asked."""
        self._post(partial(self.consent_requested.emit, ticket))

    def withdraw(self, ticket_id: TicketId) -> None:
        """Have the user asked no more."""
        self._post(partial(self.consent_withdrawn.emit, ticket_id))

    def present_raise(self, question: object) -> None:
        """Have the user asked to raise a cap."""
        self._post(partial(self.raise_requested.emit, question))

    def withdraw_raise(self, question_id: RaiseId) -> None:
        """Have the user asked no more."""
        self._post(partial(self.raise_withdrawn.emit, question_id))

    def show_error(self, notice: UserFacingError) -> None:
        """Have the user told what went wrong."""
        self._post(partial(self.error_shown.emit, notice.title, notice.detail))

    def ask_to_unlock(self) -> None:
        """Have the user offered to unlock the wallet."""
        self._post(self.unlock_requested.emit)

    def _post(self, letter: Callable[[], None]) -> None:
        self._letters.append(letter)
        self._posted.emit()

    @Slot()
    def _on_posted(self) -> None:
        while self._is_attended and self._letters:
            self._letters.popleft()()

    @Slot()
    def _on_touched(self) -> None:
        # The first of a burst is told at once, the rest when the interval is over.
        if self._is_attended and not self._quiet.isActive():
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
