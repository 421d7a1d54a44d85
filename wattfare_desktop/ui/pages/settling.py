"""Settling a call of a page that a crash left: the dialog, and what it asks of the wallet."""

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.dialogs.settle import SettleDialog
from wattfare_desktop.ui.pages.open_dialog import OpenDialog
from wattfare_desktop.ui.pages.page import Page


class Settling(QObject):
    """Opens the dialog over its page."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._dialog = OpenDialog[SettleDialog](page)

    @Slot(object)
    def begin(self, call: CallRow) -> None:
        """Ask what ``call`` cost."""
        dialog = SettleDialog(call, self._page.window())
        dialog.given.connect(self._on_given)
        self._dialog.open(dialog)

    @Slot(str, object)
    def _on_given(self, call: str, billed: Nanos) -> None:
        work = self._page.acts.settle_call(CallId(call), billed)
        self._page.act(work, self._dialog.done, self._dialog.refused)
