"""The licences of all that is built in."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.pieces import StyledDialog, button


class LicencesDialog(StyledDialog):
    """The licences of all that is built in."""

    def __init__(self, licences: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licences"))
        self.setAccessibleName(self.tr("Licences"))
        self.resize(640, 480)
        shown = QPlainTextEdit(licences)
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        shown.setReadOnly(True)
        shown.setAccessibleName(self.tr("Licences"))
        close = button(self.tr("Close"))
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(shown, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
