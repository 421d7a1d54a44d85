"""The service fee, and how much of it goes to the reserve."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.ui.components.pieces import button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.fees import fee_draft, judged_fee

_CHARS_MAX: Final = 6
_FIELD_CHARS: Final = 8


class FeeEditor(QWidget):
    """Shows a fee until it is edited; from then on keeps the edit until it is saved."""

    save_requested = Signal(object)
    """A :class:`Fee`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = NO_FEE
        self._is_edited = False
        self._percent = self._field(self.tr("Service fee in per cent"))
        self._share = self._field(self.tr("Share of the fee for the reserve in per cent"))
        self._save = button(self.tr("Save"), "primary")
        self._save.setAccessibleName(self.tr("Save: Service fee"))
        self._save.clicked.connect(self._on_save_clicked)
        self._problem = text(role="problem")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        share = self._row(self._share, self.tr("% of the fee go to the reserve"))
        share.addWidget(self._save)
        column.addLayout(self._row(self._percent, self.tr("% of each call")))
        column.addLayout(share)
        column.addWidget(self._problem)
        self.show_fee(NO_FEE)
        self._judge()

    def show_fee(self, fee: Fee) -> None:
        """Show ``fee``, unless the user is at changing it."""
        if self._is_edited:
            return
        self._shown = fee
        for edit, words in zip((self._percent, self._share), fee_draft(fee), strict=True):
            if edit.text() != words:
                edit.setText(words)

    def saved(self) -> None:
        """Take the edit for what is so now."""
        fee = self._judged()
        self._is_edited = False
        self.show_fee(self._shown if isinstance(fee, str) else fee)
        self._judge()

    def _field(self, name: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(name)
        edit.setMaxLength(_CHARS_MAX)
        edit.setFixedWidth(edit.fontMetrics().averageCharWidth() * _FIELD_CHARS + 24)
        edit.textEdited.connect(self._on_edited)
        edit.returnPressed.connect(self._on_save_clicked)
        return edit

    def _row(self, field: QLineEdit, words: str) -> QHBoxLayout:
        label = text(words, "quiet", wrap=False)
        label.setBuddy(field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(field)
        row.addWidget(label)
        row.addStretch(1)
        return row

    def _judged(self) -> Fee | str:
        return judged_fee(self._percent.text(), self._share.text())

    def _judge(self) -> None:
        fee = self._judged()
        objection = fee if isinstance(fee, str) and self._is_edited else ""
        set_words(self._problem, objection)
        self._problem.setVisible(bool(objection))
        self._save.setVisible(self._is_edited)
        self._save.setEnabled(not isinstance(fee, str))

    @Slot()
    def _on_edited(self) -> None:
        self._is_edited = True
        self._judge()

    @Slot()
    def _on_save_clicked(self) -> None:
        fee = self._judged()
        if self._is_edited and not isinstance(fee, str):
            self.save_requested.emit(fee)
