"""The way back into a locked wallet: its passphrase, or another try at the keyring."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text


class UnlockDialog(StyledDialog):
    """Asks to unlock until it works: whoever tries calls ``show_trouble`` or closes it."""

    unlock_requested = Signal(object)
    """The passphrase; None where the keyring holds the key."""

    def __init__(
        self, *, by_passphrase: bool, reason: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._by_passphrase = by_passphrase
        self.setWindowTitle(self.tr("Unlock Wattfare"))
        self.setAccessibleName("Unlock Wattfare")
        self.setMinimumWidth(420)
        card = Card()
        card.column.addWidget(text(self.tr("Unlock Wattfare"), "title"))
        card.column.addWidget(text(self._explanation(), "quiet"))
        self._passphrase = QLineEdit()
        self._passphrase.setObjectName("passphrase")
        self._passphrase.setAccessibleName(self.tr("Passphrase"))
        self._passphrase.setPlaceholderText(self.tr("Passphrase"))
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.returnPressed.connect(self._on_unlock_clicked)
        self._passphrase.setVisible(by_passphrase)
        card.column.addWidget(self._passphrase)
        self._trouble = text(reason, "problem")
        self._trouble.setVisible(bool(reason))
        card.column.addWidget(self._trouble)
        self._unlock = button(
            self.tr("Unlock") if by_passphrase else self.tr("Unlock keyring"), "primary"
        )
        self._unlock.setObjectName("unlock")
        self._unlock.clicked.connect(self._on_unlock_clicked)
        later = button(self.tr("Later"))
        later.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(later)
        buttons.addWidget(self._unlock)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    def show_trouble(self, words: str) -> None:
        """Say why it is still locked, and let the user try again."""
        self._trouble.setText(words)
        self._trouble.show()
        self._set_busy(busy=False)
        self._passphrase.selectAll()
        self._passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _explanation(self) -> str:
        if self._by_passphrase:
            return self.tr("While it is locked no app can spend.")
        return self.tr("Your keyring holds the wallet's key. It may ask for your password.")

    def _set_busy(self, *, busy: bool) -> None:
        self._unlock.setEnabled(not busy)
        self._passphrase.setEnabled(not busy)

    @Slot()
    def _on_unlock_clicked(self) -> None:
        if not self._unlock.isEnabled():
            return
        passphrase = self._passphrase.text() if self._by_passphrase else None
        if passphrase == "":
            self.show_trouble(self.tr("Enter your passphrase."))
            return
        self._trouble.hide()
        self._set_busy(busy=True)
        self.unlock_requested.emit(passphrase)
