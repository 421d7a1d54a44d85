"""Money is set aside inside a funding, or given back to its balance."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.reports import FundingRow
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.consent import amount_in
from wattfare_desktop.ui.presentation.funding import reserve_words

_WIDTH_PX: Final = 420


class ReserveDialog(StyledDialog):
    """Asks how much, and which way."""

    add_requested = Signal(str, object)
    take_requested = Signal(str, object)
    """Funding and :data:`Nanos`, which a C++ int would cut off."""

    def __init__(self, row: FundingRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.setWindowTitle(self.tr("Reserve"))
        self.setAccessibleName("Reserve")
        self.setMinimumWidth(_WIDTH_PX)
        self._amount = QLineEdit()
        self._amount.setObjectName("amount")
        self._amount.setAccessibleName(self.tr("Dollars to move"))
        self._amount.setPlaceholderText("2.00")
        self._problem = text(role="problem")
        self._problem.hide()
        self._amount.textChanged.connect(self._problem.hide)
        self._add = button(self.tr("Set aside"), "primary")
        self._add.clicked.connect(self._on_add_clicked)
        self._take = button(self.tr("Take back"))
        self._take.setEnabled(row.reserve > 0)
        self._take.clicked.connect(self._on_take_clicked)
        self._lay_out()
        self._amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, words: str) -> None:
        """Say why it was not moved."""
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def _lay_out(self) -> None:
        card = Card()
        card.column.setSpacing(8)
        card.column.addWidget(text(self.tr("Reserve in %s") % self._row.name, "title"))
        card.column.addWidget(text(reserve_words(self._row), "quiet"))
        row = QHBoxLayout()
        row.setSpacing(8)
        dollar = text("$", "strong", wrap=False)
        dollar.setBuddy(self._amount)
        row.addWidget(dollar)
        row.addWidget(self._amount, 1)
        card.column.addLayout(row)
        card.column.addWidget(self._problem)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for each in (cancel, self._take, self._add):
            buttons.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    @Slot()
    def _on_add_clicked(self) -> None:
        amount = amount_in(self._amount.text())
        if isinstance(amount, str):
            self.show_trouble(amount)
        else:
            self.add_requested.emit(self._row.id, amount)

    @Slot()
    def _on_take_clicked(self) -> None:
        amount = amount_in(self._amount.text())
        if isinstance(amount, str):
            self.show_trouble(amount)
        else:
            self.take_requested.emit(self._row.id, amount)
