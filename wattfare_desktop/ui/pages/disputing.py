"""Disputing a call of a page: the dialog, and what it asks of the wallet."""

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.disputes import DisputeEvent, DisputeReason
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.dialogs.dispute import DisputeDialog
from wattfare_desktop.ui.pages.page import Page


class Disputing(QObject):
    """Opens the dialog over its page, one at a time."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._call: CallRow | None = None
        self._dialog: DisputeDialog | None = None

    @Slot(object)
    def begin(self, call: CallRow) -> None:
        """Show the dispute over ``call``, or ask for one."""
        if self._dialog is not None:
            self._dialog.close()
        self._call = call
        self._dialog = DisputeDialog(call, self._page.window())
        self._dialog.dispute_requested.connect(self._on_dispute_requested)
        self._dialog.decision_requested.connect(self._on_decision_requested)
        self._page.act(
            self._page.acts.dispute_of(call.call), self._dialog.show_dispute, self._refused
        )
        self._dialog.open()

    def _refused(self, error: UserFacingError) -> None:
        if self._dialog is not None:
            self._dialog.show_trouble(str(error))

    @Slot(object)
    def _on_dispute_requested(self, reason: DisputeReason) -> None:
        if self._call is not None and self._dialog is not None:
            work = self._page.acts.dispute(self._call.call, DisputeReason(reason))
            self._page.act(work, self._dialog.show_dispute, self._refused)

    @Slot(object)
    def _on_decision_requested(self, event: DisputeEvent) -> None:
        if self._call is not None and self._dialog is not None:
            work = self._page.acts.decide_dispute(self._call.call, DisputeEvent(event))
            self._page.act(work, self._dialog.show_dispute, self._refused)
