"""A balance is compared with what the provider's own page shows, and set right."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.money import Nanos, display_usd, plain_usd
from wattfare_desktop.core.reports import FundingRow
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.consent import sum_in
from wattfare_desktop.ui.presentation.funding import drift_text

_WIDTH_PX: Final = 420


class ReconcileDialog(StyledDialog):
    """Asks what the page shows; nothing is booked before its user says so."""

    reconcile_requested = Signal(str, object)
    """Funding and :data:`Nanos`, which a C++ int would cut off."""

    ask_requested = Signal(str)
    """The provider is to be asked what is left in this funding."""

    def __init__(
        self, row: FundingRow, *, asks_provider: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._row = row
        self.setWindowTitle(self.tr("Compare"))
        self.setAccessibleName("Compare")
        self.setMinimumWidth(_WIDTH_PX)
        self._told = QLineEdit()
        self._told.setObjectName("told")
        self._told.setAccessibleName(self.tr("Dollars on the provider's page"))
        self._told.textChanged.connect(self._on_told_changed)
        self._ask = button(self.tr("&Ask %s") % row.name, "small")
        self._ask.setVisible(asks_provider)
        self._ask.clicked.connect(self._on_ask_clicked)
        self._drift = text(role="strong")
        self._problem = text(role="problem")
        self._book = button(self.tr("Book the difference"), "primary")
        self._book.clicked.connect(self._on_book_clicked)
        self._lay_out()
        self._on_told_changed()
        self._told.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_told(self, told: Nanos) -> None:
        """Show what the provider says."""
        self._ask.setEnabled(True)
        self._told.setText(plain_usd(told))

    def show_trouble(self, words: str) -> None:
        """Say why it was not booked."""
        self._ask.setEnabled(True)
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def _lay_out(self) -> None:
        card = Card()
        card.column.setSpacing(8)
        card.column.addWidget(text(self.tr("Compare with %s") % self._row.name, "title"))
        words = self.tr("The provider's page should show %s. What does it show?")
        card.column.addWidget(text(words % display_usd(self._row.on_page), "quiet"))
        row = QHBoxLayout()
        row.setSpacing(8)
        dollar = text("$", "strong", wrap=False)
        dollar.setBuddy(self._told)
        row.addWidget(dollar)
        row.addWidget(self._told, 1)
        row.addWidget(self._ask)
        card.column.addLayout(row)
        card.column.addWidget(self._drift)
        card.column.addWidget(self._problem)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._book)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    @Slot()
    def _on_told_changed(self) -> None:
        told = sum_in(self._told.text())
        is_told = not isinstance(told, str)
        set_words(self._drift, "" if isinstance(told, str) else drift_text(self._row, told))
        self._book.setEnabled(is_told and told != self._row.on_page)
        self._problem.hide()

    @Slot()
    def _on_ask_clicked(self) -> None:
        self._ask.setEnabled(False)
        self.ask_requested.emit(self._row.id)

    @Slot()
    def _on_book_clicked(self) -> None:
        told = sum_in(self._told.text())
        if not isinstance(told, str):
            self.reconcile_requested.emit(self._row.id, told)
