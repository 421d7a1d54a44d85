"""Whether there is a place for a tray icon, which may come late, or never."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QSystemTrayIcon

POLL_MS: Final = 2_000
MISSING_AFTER_POLLS: Final = 5


class TrayHost(QObject):
    """Polls for a tray host. An icon made before its host came stays unseen, so each coming counts.

    ``missing`` is said once, after ten seconds without any.
    """

    appeared = Signal()
    missing = Signal()
    looked = Signal(bool)
    """Whether there is one; said at the first look and whenever that changes."""

    def __init__(
        self,
        is_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_available = is_available
        self._available: bool | None = None
        self._polls_without = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)

    @property
    def available(self) -> bool:
        """Whether there was a host when last looked."""
        return bool(self._available)

    def start(self) -> None:
        """Look now and from now on."""
        self._timer.start()
        self.poll()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def poll(self) -> None:
        """Look once."""
        before, self._available = self._available, self._is_available()
        if self._available is not before:
            self.looked.emit(self._available)
        if self._available:
            self._polls_without = 0
            if not before:
                self.appeared.emit()
            return
        self._polls_without += 1
        # The first look is at second zero.
        if self._polls_without == MISSING_AFTER_POLLS + 1:
            self.missing.emit()
