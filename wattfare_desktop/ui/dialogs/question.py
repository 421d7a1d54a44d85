"""One question before something that cannot be undone."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from wattfare_desktop.ui.components.pieces import PALETTE_EVENTS, wear_style


class Question(QMessageBox):
    """Asks about ``subject`` and does not block; whoever asks twice is asked twice."""

    confirmed = Signal(str)
    """The subject."""

    def __init__(
        self,
        subject: str,
        *,
        title: str,
        words: str,
        detail: str,
        action: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._subject = subject
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Warning)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setText(words)
        self.setInformativeText(detail)
        self._action = self.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
        self._action.setAccessibleName(action)
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        # Styles that put icons on standard buttons would make this one the loudest.
        cancel.setIcon(QIcon())
        cancel.setAccessibleName(self.tr("Cancel"))
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)
        # Asked from the tray it has no parent to take its style from.
        wear_style(self)
        self.buttonClicked.connect(self._on_button_clicked)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the desktop from light to dark."""
        if event.type() in PALETTE_EVENTS:
            wear_style(self)
        super().changeEvent(event)

    @Slot(QAbstractButton)
    def _on_button_clicked(self, clicked: QAbstractButton) -> None:
        if clicked is self._action:
            self.confirmed.emit(self._subject)
