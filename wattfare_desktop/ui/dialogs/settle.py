"""A call that a crash left unsettled is settled at what its provider really billed."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.calls import cost_text, model_text, settling_text
from wattfare_desktop.ui.presentation.consent import sum_in

_WIDTH_PX: Final = 420


class SettleDialog(StyledDialog):
    """Asks what the provider's page shows for the call."""

    settle_requested = Signal(str, object)
    """Call and :data:`Nanos`, which a C++ int would cut off."""

    def __init__(self, call: CallRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self.setWindowTitle(self.tr("Settle"))
        self.setAccessibleName("Settle")
        self.setMinimumWidth(_WIDTH_PX)
        self._billed = QLineEdit()
        self._billed.setObjectName("billed")
        self._billed.setAccessibleName(self.tr("Dollars the provider billed"))
        self._billed.textChanged.connect(self._on_billed_changed)
        self._outcome = text(role="strong")
        self._problem = text(role="problem")
        self._settle = button(self.tr("Settle"), "primary")
        self._settle.clicked.connect(self._on_settle_clicked)
        self._lay_out()
        self._on_billed_changed()
        self._billed.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, words: str) -> None:
        """Say why it was refused."""
        self._settle.setEnabled(True)
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def _lay_out(self) -> None:
        card = Card()
        card.column.setSpacing(8)
        asked = self.tr("What did this call of %s cost?") % self._call.app_name
        card.column.addWidget(text(asked, "title"))
        card.column.addWidget(text(model_text(self._call), "quiet"))
        told = self.tr(
            "Wattfare stopped while it was under way, so all that was held for it, %s, was "
            "charged. Look it up on the provider's page; you can say it once."
        )
        card.column.addWidget(text(told % cost_text(self._call), "quiet"))
        row = QHBoxLayout()
        row.setSpacing(8)
        dollar = text("$", "strong", wrap=False)
        dollar.setBuddy(self._billed)
        row.addWidget(dollar)
        row.addWidget(self._billed, 1)
        card.column.addLayout(row)
        card.column.addWidget(self._outcome)
        card.column.addWidget(self._problem)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._settle)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    @Slot()
    def _on_billed_changed(self) -> None:
        billed = sum_in(self._billed.text())
        is_told = not isinstance(billed, str)
        set_words(
            self._outcome, "" if isinstance(billed, str) else settling_text(self._call, billed)
        )
        self._outcome.setVisible(is_told)
        self._settle.setEnabled(is_told)
        self._problem.hide()

    @Slot()
    def _on_settle_clicked(self) -> None:
        billed = sum_in(self._billed.text())
        if not isinstance(billed, str):
            self._settle.setEnabled(False)
            self.settle_requested.emit(self._call.call, billed)
