"""Money is set aside inside a funding, or given back to its balance."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from wattfare_desktop.core.reports import FundingRow
from wattfare_desktop.ui.components.pieces import button
from wattfare_desktop.ui.dialogs.amount import AmountDialog, AmountWords
from wattfare_desktop.ui.presentation.consent import amount_in
from wattfare_desktop.ui.presentation.funding import reserve_words


class ReserveDialog(AmountDialog):
    """Asks how much, and which way: ``given`` is set aside."""

    take_requested = Signal(str, object)
    """Funding and :data:`Nanos` to give back to its balance."""

    def __init__(self, row: FundingRow, parent: QWidget | None = None) -> None:
        super().__init__(row.id, amount_in, parent)
        self._row = row
        self.ask(
            AmountWords(
                name=self.tr("Reserve"),
                title=self.tr("Reserve in %s") % row.name,
                told=(reserve_words(row),),
                amount=self.tr("Dollars to move"),
                action=self.tr("Set aside"),
                example="2.00",
            )
        )
        take = button(self.tr("Take back"))
        take.setEnabled(row.reserve > 0)
        take.clicked.connect(self._on_take_clicked)
        self.offer(take)

    @Slot()
    def _on_take_clicked(self) -> None:
        amount = self.asked_amount()
        if amount is not None:
            self.take_requested.emit(self._row.id, amount)
