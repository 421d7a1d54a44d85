"""Moving money of a funding: the dialogs, and what they ask of the wallet."""

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.identifiers import FundingId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import FundingRow
from wattfare_desktop.ui.dialogs.amount import AmountDialog
from wattfare_desktop.ui.dialogs.reconcile import ReconcileDialog
from wattfare_desktop.ui.dialogs.reserve import ReserveDialog
from wattfare_desktop.ui.dialogs.top_up import TopUpDialog
from wattfare_desktop.ui.pages.open_dialog import OpenDialog
from wattfare_desktop.ui.pages.page import Page


class MoneyMoves(QObject):
    """Tops up, compares, and sets aside, over its page."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._dialog = OpenDialog[AmountDialog](page)

    def top_up(self, row: FundingRow) -> None:
        """Ask how much was paid in."""
        dialog = TopUpDialog(row, self._page.window())
        dialog.given.connect(self._on_top_up_given)
        self._dialog.open(dialog)

    def reserve(self, row: FundingRow) -> None:
        """Ask how much is set aside, or given back."""
        dialog = ReserveDialog(row, self._page.window())
        dialog.given.connect(self._on_reserve_given)
        dialog.take_requested.connect(self._on_take_requested)
        self._dialog.open(dialog)

    def compare(self, row: FundingRow) -> None:
        """Ask what the provider's page shows, or let the provider be asked."""
        tells = any(
            each.tells_balance and each.id == row.provider
            for each in self._page.surroundings.providers
        )
        dialog = ReconcileDialog(row, asks_provider=tells, parent=self._page.window())
        dialog.ask_requested.connect(self._on_balance_asked)
        dialog.given.connect(self._on_told_given)
        self._dialog.open(dialog)

    def _balance_told(self, told: Nanos) -> None:
        if isinstance(self._dialog.shown, ReconcileDialog):
            self._dialog.shown.show_told(told)

    @Slot(str, object)
    def _on_top_up_given(self, funding: str, amount: Nanos) -> None:
        work = self._page.acts.top_up(FundingId(funding), amount)
        self._page.act(work, self._dialog.done, self._dialog.refused)

    @Slot(str, object)
    def _on_reserve_given(self, funding: str, amount: Nanos) -> None:
        work = self._page.acts.add_to_reserve(FundingId(funding), amount)
        self._page.act(work, self._dialog.done, self._dialog.refused)

    @Slot(str, object)
    def _on_take_requested(self, funding: str, amount: Nanos) -> None:
        work = self._page.acts.take_from_reserve(FundingId(funding), amount)
        self._page.act(work, self._dialog.done, self._dialog.refused)

    @Slot(str, object)
    def _on_told_given(self, funding: str, told: Nanos) -> None:
        work = self._page.acts.reconcile(FundingId(funding), told)
        self._page.act(work, self._dialog.done, self._dialog.refused)

    @Slot(str)
    def _on_balance_asked(self, funding: str) -> None:
        work = self._page.acts.told_balance(FundingId(funding))
        self._page.act(work, self._balance_told, self._dialog.refused)
