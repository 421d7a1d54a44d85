"""The tray: an icon that tells the wallet's state from afar, and the menu behind it."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QSystemTrayIcon

from wattfare_desktop.core.reports import Overview
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState
from wattfare_desktop.ui.presentation.tray import TrayMood, closed_lines, figures, mood
from wattfare_desktop.ui.tray_host import TrayHost
from wattfare_desktop.ui.tray_icon import tray_icon
from wattfare_desktop.ui.tray_menu import TrayMenu

_PULSE_MS: Final = 600


class Tray(QObject):
    """Shows overviews as they come. The icon is made anew whenever a host appears."""

    open_requested = Signal()

    def __init__(self, host: TrayHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self.menu = TrayMenu()
        self._icon: QSystemTrayIcon | None = None
        self._overview: Overview | None = None
        self._closed = Closed()
        self._questions = 0
        self._mood = TrayMood.LOCKED
        self._bright = False
        self._pulse = QTimer(self)
        self._pulse.setInterval(_PULSE_MS)
        self._pulse.timeout.connect(self._on_pulse)
        host.appeared.connect(self._on_host_appeared)

    @property
    def mood(self) -> TrayMood:
        """What the icon tells."""
        return self._mood

    def show_overview(self, overview: Overview | None) -> None:
        """Show the wallet as it stands; None while it is locked or not there."""
        self._overview, self._closed = overview, Closed()
        self.menu.show_figures(None if overview is None else figures(overview))
        self._show_mood()

    def show_closed(self, closed: Closed) -> None:
        """Show why it is not open; of no interest once it is."""
        if self._overview is None:
            self._closed = closed
            self.menu.show_closed(closed_lines(closed))
            self._show_mood()

    def show_questions(self, count: int) -> None:
        """Show that ``count`` questions wait for the user."""
        self._questions = count
        self._show_mood()

    def notify(self, title: str, words: str) -> bool:
        """Tell something in passing; False where the desktop has no place for it."""
        if self._icon is None:
            return False
        self._icon.showMessage(title, words, tray_icon(self._mood))
        return True

    def close(self) -> None:
        """Take the icon away."""
        self.host.stop()
        self._pulse.stop()
        if self._icon is not None:
            self._icon.hide()
            self._icon = None

    def _show_mood(self) -> None:
        self._mood = mood(
            self._overview,
            questions=self._questions,
            locked=self._overview is None,
            broken=self._closed.state is ClosedState.BROKEN,
        )
        if self._mood is TrayMood.SPENDING:
            if not self._pulse.isActive():
                self._pulse.start()
        else:
            self._pulse.stop()
            self._bright = False
        self._paint()

    def _paint(self) -> None:
        if self._icon is None:
            return
        self._icon.setIcon(tray_icon(self._mood, bright=self._bright))
        self._icon.setToolTip("Wattfare" if self._overview is None else self._tip(self._overview))

    def _tip(self, overview: Overview) -> str:
        shown = figures(overview)
        return f"{shown.head}\n{shown.spent}"

    @Slot()
    def _on_pulse(self) -> None:
        self._bright = not self._bright
        self._paint()

    @Slot()
    def _on_host_appeared(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._on_activated)
        self._paint()
        self._icon.show()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self.open_requested.emit()
