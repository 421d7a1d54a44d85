"""Feeds a window's life into the dead time of its approval."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from wattfare_desktop.ui.presentation.dead_time import DeadTime

_LOOKED_AT = frozenset(
    {
        QEvent.Type.Show,
        QEvent.Type.Hide,
        QEvent.Type.WindowActivate,
        QEvent.Type.WindowDeactivate,
        QEvent.Type.WindowStateChange,
    }
)
_DISTURBANCES = frozenset({QEvent.Type.Move, QEvent.Type.Resize})


class DeadTimeWatch(QObject):
    """Says when approving in ``window`` becomes possible, and when no longer.

    ``now_ms`` is a clock that never goes back; tests bring their own.
    """

    changed = Signal(bool)

    def __init__(self, window: QWidget, now_ms: Callable[[], int] | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._elapsed = QElapsedTimer()
        self._elapsed.start()
        self._now_ms = now_ms or self._elapsed.elapsed
        self._state = DeadTime()
        self._told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        window.installEventFilter(self)

    def is_over(self) -> bool:
        """Return whether approving is possible at this very moment."""
        return self._state.is_over(self._now_ms())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what happens to the window; let it happen."""
        kind = event.type()
        if kind in _LOOKED_AT:
            # Asked after the event has been handled: only then does the window know.
            QTimer.singleShot(0, self, self._look)
            if kind in (QEvent.Type.Hide, QEvent.Type.WindowDeactivate):
                self._set(DeadTime())
        elif kind in _DISTURBANCES:
            self._set(self._state.disturbed(self._now_ms()))
        return super().eventFilter(watched, event)

    @Slot()
    def _look(self) -> None:
        visible = self._window.isVisible() and not self._window.isMinimized()
        self._set(
            self._state.seen(
                visible=visible, active=self._window.isActiveWindow(), now_ms=self._now_ms()
            )
        )

    @Slot()
    def _on_timeout(self) -> None:
        self._set(self._state)

    def _set(self, state: DeadTime) -> None:
        self._state = state
        left_ms = state.left_ms(self._now_ms())
        if left_ms:
            self._timer.start(left_ms)
        else:
            self._timer.stop()
        over = left_ms == 0
        if over is not self._told:
            self._told = over
            self.changed.emit(over)
