"""A call that a crash left unsettled is settled at what its provider really billed."""

from PySide6.QtWidgets import QWidget

from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.dialogs.amount import AmountDialog, AmountWords
from wattfare_desktop.ui.presentation.calls import cost_text, model_text, settling_text
from wattfare_desktop.ui.presentation.consent import sum_in


class SettleDialog(AmountDialog):
    """Asks what the provider's page shows for the call."""

    def __init__(self, call: CallRow, parent: QWidget | None = None) -> None:
        super().__init__(call.call, sum_in, parent)
        self._call = call
        told = self.tr(
            "Wattfare stopped while it was under way, so all that was held for it, %s, was "
            "charged. Look it up on the provider's page; you can say it once."
        )
        self.ask(
            AmountWords(
                name=self.tr("Settle"),
                title=self.tr("What did this call of %s cost?") % call.app_name,
                told=(model_text(call), told % cost_text(call)),
                amount=self.tr("Dollars the provider billed"),
                action=self.tr("Settle"),
            )
        )

    def outcome(self, amount: Nanos | None) -> str:
        """Return what comes back, or is charged on top."""
        return "" if amount is None else settling_text(self._call, amount)
