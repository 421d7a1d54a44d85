"""Settling a call of a page that a crash left: the dialog, and what it asks of the wallet."""

from typing import Any

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.dialogs.settle import SettleDialog
from wattfare_desktop.ui.pages.page import Page


class Settling(QObject):
    """Opens the dialog over its page, one at a time."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._dialog: SettleDialog | None = None

    @Slot(object)
    def begin(self, call: CallRow) -> None:
        """Ask what ``call`` cost."""
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = SettleDialog(call, self._page.window())
        self._dialog.settle_requested.connect(self._on_settle_requested)
        self._dialog.open()

    def _settled(self, _nothing: Any) -> None:
        if self._dialog is not None:
            self._dialog.close()

    def _refused(self, error: UserFacingError) -> None:
        if self._dialog is not None:
            self._dialog.show_trouble(str(error))

    @Slot(str, object)
    def _on_settle_requested(self, call: str, billed: Nanos) -> None:
        work = self._page.acts.settle_call(CallId(call), billed)
        self._page.act(work, self._settled, self._refused)
