"""The one question before an app is revoked."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget


class RevokeQuestion(QMessageBox):
    """Asks whether ``name`` is to be cut off; does not block."""

    confirmed = Signal(str)
    """The grant to revoke."""

    def __init__(self, grant: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grant = grant
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("revoke_question")
        self.setIcon(QMessageBox.Icon.Warning)
        self.setTextFormat(Qt.TextFormat.PlainText)
        title = QCoreApplication.translate("RevokeQuestion", "Revoke access")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setText(self.tr("Revoke “%s”?") % name)
        self.setInformativeText(
            self.tr("Its calls stop at once, running ones too. To spend again it has to ask again.")
        )
        self._revoke = self.addButton(self.tr("Revoke"), QMessageBox.ButtonRole.DestructiveRole)
        self._revoke.setAccessibleName("Revoke")
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)
        self.buttonClicked.connect(self._on_button_clicked)

    @Slot(QAbstractButton)
    def _on_button_clicked(self, clicked: QAbstractButton) -> None:
        if clicked is self._revoke:
            self.confirmed.emit(self._grant)
