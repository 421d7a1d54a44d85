"""More money was paid in at a provider; the wallet is told."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.identifiers import FundingId
from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.reports import FundingRow
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.consent import amount_in

_WIDTH_PX: Final = 400


class TopUpDialog(StyledDialog):
    """Asks how much."""

    top_up_requested = Signal(str, object)
    """Funding and :data:`Nanos`, which a C++ int would cut off."""

    def __init__(self, row: FundingRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.setWindowTitle(self.tr("Top up"))
        self.setAccessibleName("Top up")
        self.setMinimumWidth(_WIDTH_PX)
        self._amount = QLineEdit()
        self._amount.setObjectName("amount")
        self._amount.setAccessibleName(self.tr("Dollars to add"))
        self._amount.setPlaceholderText("10.00")
        self._amount.textChanged.connect(self._on_amount_changed)
        self._amount.returnPressed.connect(self._on_add_clicked)
        self._after = text(role="money-in")
        self._problem = text(role="problem")
        self._problem.hide()
        self._lay_out()
        self._on_amount_changed()
        self._amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, words: str) -> None:
        """Say why it was not added."""
        self._add.setEnabled(True)
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def _lay_out(self) -> None:
        card = Card()
        card.column.setSpacing(8)
        card.column.addWidget(text(self.tr("Top up %s") % self._row.name, "title"))
        words = self.tr("Add play money.")
        if not self._row.practice:
            words = self.tr("Tell Wattfare what you have paid in there. No card is charged here.")
        card.column.addWidget(text(words, "quiet"))
        row = QHBoxLayout()
        row.setSpacing(8)
        dollar = text("$", "strong", wrap=False)
        dollar.setBuddy(self._amount)
        row.addWidget(dollar)
        row.addWidget(self._amount, 1)
        card.column.addLayout(row)
        card.column.addWidget(self._after)
        card.column.addWidget(self._problem)
        self._add = button(self.tr("Top up"), "primary")
        self._add.setObjectName("add")
        self._add.clicked.connect(self._on_add_clicked)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    @Slot()
    def _on_amount_changed(self) -> None:
        amount = amount_in(self._amount.text())
        balance = self._row.balance if isinstance(amount, str) else self._row.balance + amount
        set_words(self._after, self.tr("Balance then: %s") % display_usd(Nanos(balance)))
        self._problem.hide()

    @Slot()
    def _on_add_clicked(self) -> None:
        amount = amount_in(self._amount.text())
        if isinstance(amount, str):
            self.show_trouble(amount)
            return
        self._add.setEnabled(False)
        self.top_up_requested.emit(FundingId(self._row.id), amount)
