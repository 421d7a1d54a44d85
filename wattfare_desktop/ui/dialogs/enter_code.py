"""A program without a browser shows a code; here it is typed (RFC 8628)."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from wattfare_desktop.ui.components.pieces import StyledDialog, text
from wattfare_desktop.ui.dialogs.form import Form

_WIDTH_PX: Final = 400
_CHARS_MAX: Final = 16


class EnterCodeDialog(StyledDialog):
    """Takes codes until one is right: whoever tries them calls ``show_trouble`` or closes it.

    It approves nothing: the question that follows is the one that every app meets.
    """

    code_entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(_WIDTH_PX)
        self._form = Form(self, self.tr("Enter a code"), action=self.tr("Continue"))
        self._form.act.setObjectName("continue")
        self._form.act.clicked.connect(self._on_continue_clicked)
        self._code = QLineEdit()
        self._code.setObjectName("code")
        self._code.setAccessibleName(self.tr("Code"))
        self._code.setPlaceholderText("XXXX-XXXX")
        self._code.setMaxLength(_CHARS_MAX)
        self._code.textEdited.connect(self._form.clear)
        self._form.add(
            text(
                self.tr(
                    "Type the code that a program shows you. Only if you started it yourself: "
                    "nobody else has a reason to send you one."
                ),
                "quiet",
            ),
            self._code,
        )
        self._code.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, words: str) -> None:
        """Say why that code leads nowhere, and let another be typed."""
        self._form.object_to(words)
        self._form.act.setEnabled(True)
        self._code.selectAll()
        self._code.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_continue_clicked(self) -> None:
        code = self._code.text().strip()
        if not code:
            self._form.object_to(self.tr("Type the eight letters as they are shown."))
            return
        self._form.act.setEnabled(False)
        self.code_entered.emit(code)
