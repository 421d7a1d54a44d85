"""A charge is disputed, and the dispute decided."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.core.disputes import Dispute, DisputeEvent
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.components.pieces import Card, Choice, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.dialogs.asking import AskingDialog
from wattfare_desktop.ui.presentation.calls import cost_text, model_text
from wattfare_desktop.ui.presentation.disputes import REASONS, decisions, may_open, outcome_text

_WIDTH_PX: Final = 420


class DisputeDialog(AskingDialog):
    """Asks what is wrong with a charge, and tells what came of it."""

    dispute_requested = Signal(object)
    """A :class:`DisputeReason`."""
    decision_requested = Signal(object)
    """A :class:`DisputeEvent`."""

    def __init__(self, call: CallRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self.setWindowTitle(self.tr("Dispute"))
        self.setAccessibleName("Dispute")
        self.setMinimumWidth(_WIDTH_PX)
        self._reason = Choice()
        self._reason.setAccessibleName(self.tr("What is wrong"))
        for reason, words in REASONS.items():
            self._reason.addItem(words, reason)
        self._outcome = text(role="strong")
        self._problem = text(role="problem")
        self._open = button(self.tr("Dispute"), "primary")
        self._open.clicked.connect(self._on_open_clicked)
        self._accept = button(self.tr("Accept the charge"))
        self._accept.clicked.connect(self._on_accept_clicked)
        self._withdraw = button(self.tr("Withdraw"))
        self._withdraw.clicked.connect(self._on_withdraw_clicked)
        self._reverse = button(self.tr("Reverse the credit"))
        self._reverse.clicked.connect(self._on_reverse_clicked)
        self._lay_out()
        self.show_dispute(None)

    def show_dispute(self, dispute: Dispute | None) -> None:
        """Show where the dispute stands; None: there is none."""
        set_words(self._outcome, "" if dispute is None else outcome_text(dispute))
        self._outcome.setVisible(dispute is not None)
        self._problem.hide()
        can_open, next_ = may_open(dispute), decisions(dispute)
        self._reason.setVisible(can_open)
        self._open.setVisible(can_open)
        self._open.setEnabled(True)
        self._accept.setVisible(DisputeEvent.ACCEPT in next_)
        self._withdraw.setVisible(DisputeEvent.WITHDRAW in next_)
        self._reverse.setVisible(DisputeEvent.REVERSE in next_)

    def show_trouble(self, words: str) -> None:
        """Say why it was refused."""
        self._open.setEnabled(True)
        set_words(self._problem, words)
        self._problem.show()

    def _lay_out(self) -> None:
        card = Card()
        card.column.setSpacing(8)
        asked = self.tr("Dispute %s charged to %s?") % (cost_text(self._call), self._call.app_name)
        card.column.addWidget(text(asked, "title"))
        card.column.addWidget(text(model_text(self._call), "quiet"))
        told = self.tr(
            "Wattfare looks at what it recorded of this call. Where that shows the fault, the "
            "money comes back from your reserve at once."
        )
        card.column.addWidget(text(told, "quiet"))
        card.column.addWidget(self._reason)
        card.column.addWidget(self._outcome)
        card.column.addWidget(self._problem)
        close = button(self.tr("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for each in (close, self._reverse, self._accept, self._withdraw, self._open):
            buttons.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    @Slot()
    def _on_open_clicked(self) -> None:
        self._open.setEnabled(False)
        self.dispute_requested.emit(self._reason.currentData())

    @Slot()
    def _on_accept_clicked(self) -> None:
        self.decision_requested.emit(DisputeEvent.ACCEPT)

    @Slot()
    def _on_withdraw_clicked(self) -> None:
        self.decision_requested.emit(DisputeEvent.WITHDRAW)

    @Slot()
    def _on_reverse_clicked(self) -> None:
        self.decision_requested.emit(DisputeEvent.REVERSE)
