"""Disputing a call of a page: the dialog, and what it asks of the wallet."""

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.disputes import Dispute, DisputeEvent, DisputeReason
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.dialogs.dispute import DisputeDialog
from wattfare_desktop.ui.pages.open_dialog import OpenDialog
from wattfare_desktop.ui.pages.page import Page


class Disputing(QObject):
    """Opens the dialog over its page, which stays to show what came of it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._call: CallRow | None = None
        self._dialog = OpenDialog[DisputeDialog](page)

    @Slot(object)
    def begin(self, call: CallRow) -> None:
        """Show the dispute over ``call``, or ask for one."""
        self._call = call
        dialog = DisputeDialog(call, self._page.window())
        dialog.dispute_requested.connect(self._on_dispute_requested)
        dialog.decision_requested.connect(self._on_decision_requested)
        self._dialog.open(dialog)
        self._page.act(self._page.acts.dispute_of(call.call), self._show, self._dialog.refused)

    def _show(self, dispute: Dispute | None) -> None:
        if self._dialog.shown is not None:
            self._dialog.shown.show_dispute(dispute)

    @Slot(object)
    def _on_dispute_requested(self, reason: DisputeReason) -> None:
        if self._call is not None:
            work = self._page.acts.dispute(self._call.call, DisputeReason(reason))
            self._page.act(work, self._show, self._dialog.refused)

    @Slot(object)
    def _on_decision_requested(self, event: DisputeEvent) -> None:
        if self._call is not None:
            work = self._page.acts.decide_dispute(self._call.call, DisputeEvent(event))
            self._page.act(work, self._show, self._dialog.refused)
