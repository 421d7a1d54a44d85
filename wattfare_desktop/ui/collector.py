"""Garbage is collected on Qt's thread alone.

Python collects on whichever thread happens to allocate, so a window that a cycle kept alive could
be destroyed by the wallet's thread in the middle of a call; Qt ends the process for that.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS: Final = 500


class Collector(QObject):
    """Takes collection over from Python until it is stopped. Make it on Qt's thread."""

    def __init__(self, interval_ms: int = INTERVAL_MS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def stop(self) -> None:
        """Give it back: the other threads have ended."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def _on_timeout(self) -> None:
        # As Python itself decides: the oldest generation that has had its fill, and all younger.
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
