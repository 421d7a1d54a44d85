"""A balance is compared with what the provider's own page shows, and set right."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.reports import FundingRow
from wattfare_desktop.ui.components.pieces import button
from wattfare_desktop.ui.dialogs.amount import AmountDialog, AmountWords
from wattfare_desktop.ui.presentation.consent import sum_in
from wattfare_desktop.ui.presentation.funding import drift_text


class ReconcileDialog(AmountDialog):
    """Asks what the page shows; nothing is booked before its user says so."""

    ask_requested = Signal(str)
    """The provider is to be asked what is left in this funding."""

    def __init__(
        self, row: FundingRow, *, asks_provider: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(row.id, sum_in, parent)
        self._row = row
        self._ask = button(self.tr("&Ask %s") % row.name, "small")
        self._ask.clicked.connect(self._on_ask_clicked)
        told = self.tr("The provider's page should show %s. What does it show?")
        self.ask(
            AmountWords(
                name=self.tr("Compare"),
                title=self.tr("Compare with %s") % row.name,
                told=(told % display_usd(row.on_page),),
                amount=self.tr("Dollars on the provider's page"),
                action=self.tr("Book the difference"),
            )
        )
        self.beside_amount(self._ask)
        self._ask.setVisible(asks_provider)

    def outcome(self, amount: Nanos | None) -> str:
        """Return how far the two differ."""
        return "" if amount is None else drift_text(self._row, amount)

    def may_give(self, amount: Nanos) -> bool:
        """Return whether there is a difference to book."""
        return amount != self._row.on_page

    def show_told(self, told: Nanos) -> None:
        """Show what the provider says."""
        self._ask.setEnabled(True)
        self.show_amount(told)

    def show_trouble(self, words: str) -> None:
        """Say why it was not booked, or why the provider does not tell."""
        self._ask.setEnabled(True)
        super().show_trouble(words)

    @Slot()
    def _on_ask_clicked(self) -> None:
        self._ask.setEnabled(False)
        self.ask_requested.emit(self._row.id)
