"""Qt's application, which hears of links where the system tells them to running programs."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class WalletApplication(QApplication):
    """Qt's application, which macOS hands URIs to as events."""

    uri_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Take a URI; leave all else to Qt."""
        if isinstance(event, QFileOpenEvent) and not event.url().isLocalFile():
            self.uri_opened.emit(bytes(event.url().toEncoded().data()).decode("ascii", "replace"))
            return True
        return super().event(event)
