"""More money was paid in at a provider; the wallet is told."""

from PySide6.QtWidgets import QWidget

from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.reports import FundingRow
from wattfare_desktop.ui.dialogs.amount import AmountDialog, AmountWords
from wattfare_desktop.ui.presentation.consent import amount_in


class TopUpDialog(AmountDialog):
    """Asks how much."""

    def __init__(self, row: FundingRow, parent: QWidget | None = None) -> None:
        super().__init__(row.id, amount_in, parent)
        self._row = row
        told = self.tr("Tell Wattfare what you have paid in there. No card is charged here.")
        self.ask(
            AmountWords(
                name=self.tr("Top up"),
                title=self.tr("Top up %s") % row.name,
                told=(self.tr("Add play money.") if row.practice else told,),
                amount=self.tr("Dollars to add"),
                action=self.tr("Top up"),
                example="10.00",
                outcome_role="money-in",
                by_enter=True,
            )
        )

    def outcome(self, amount: Nanos | None) -> str:
        """Return the balance that there will be."""
        return self.tr("Balance then: %s") % display_usd(Nanos(self._row.balance + (amount or 0)))
