"""The most that one call may cost, to be set, changed or taken away."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.money import Nanos
from wattfare_desktop.ui.components.pieces import button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.caps import call_limit_draft, judged_call_limit

_AMOUNT_CHARS_MAX: Final = 18


class CallLimitEditor(QWidget):
    """Shows a limit until it is edited; from then on keeps the edit until it is saved."""

    save_requested = Signal(object)
    """The limit, or None for no limit."""

    def __init__(self, of: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Nanos | None = None
        self._is_edited = False
        self._amount = QLineEdit()
        self._amount.setAccessibleName(of)
        self._amount.setPlaceholderText(self.tr("no limit"))
        self._amount.setMaxLength(_AMOUNT_CHARS_MAX)
        self._amount.textEdited.connect(self._on_edited)
        self._problem = text(role="problem")
        self._save = button(self.tr("Save"), "primary")
        self._save.setAccessibleName(self.tr("Save: %s") % of)
        self._save.clicked.connect(self._on_save_clicked)
        label = text(self.tr("In one call at most $"), "quiet", wrap=False)
        label.setBuddy(self._amount)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self._amount, 1)
        row.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._problem)
        self._judge()

    def show_limit(self, limit: Nanos | None) -> None:
        """Show ``limit``, unless the user is at changing it."""
        if not self._is_edited:
            self._shown = limit
            _show(self._amount, call_limit_draft(limit))

    def saved(self) -> None:
        """Take the edit for what is so now."""
        limit = judged_call_limit(self._amount.text())
        if not isinstance(limit, str):
            self._shown = limit
        self.discard()

    def discard(self) -> None:
        """Forget the edit."""
        self._is_edited = False
        self.show_limit(self._shown)
        self._judge()

    def _judge(self) -> None:
        limit = judged_call_limit(self._amount.text())
        objection = limit if isinstance(limit, str) and self._is_edited else ""
        set_words(self._problem, objection)
        self._problem.setVisible(bool(objection))
        self._save.setVisible(self._is_edited)
        self._save.setEnabled(not isinstance(limit, str))

    @Slot()
    def _on_edited(self) -> None:
        self._is_edited = True
        self._judge()

    @Slot()
    def _on_save_clicked(self) -> None:
        limit = judged_call_limit(self._amount.text())
        if not isinstance(limit, str):
            self.save_requested.emit(limit)


def _show(edit: QLineEdit, words: str) -> None:
    # Set only where it differs: the cursor stays where it is.
    if edit.text() != words:
        edit.setText(words)
