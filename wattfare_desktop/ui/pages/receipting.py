"""The receipts of a page's calls: read when a call is opened, and saved on request."""

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.receipts import Receipt
from wattfare_desktop.core.reports import CallRow, CallStatus
from wattfare_desktop.ui.pages.page import Page
from wattfare_desktop.ui.pages.receipt import Receipt as ReceiptCard
from wattfare_desktop.ui.presentation.receipts import file_name


class Receipting(QObject):
    """Fills the receipt beside its page's list."""

    def __init__(self, page: Page, card: ReceiptCard) -> None:
        super().__init__(page)
        self._page = page
        self._card = card
        self._call: CallRow | None = None
        self._saving: CallRow | None = None
        card.save_requested.connect(self._on_save_requested)

    def show(self, call: CallRow | None) -> None:
        """Show ``call``, or nothing."""
        self._call = call
        if call is None:
            self._card.hide()
            return
        self._card.show_call(call, self._page.surroundings.zone())
        if call.status is not CallStatus.RUNNING:
            self._page.act(self._page.acts.receipt(call.call), self._on_read, self._on_unread)

    def _on_read(self, receipt: Receipt) -> None:
        # Another call may have been opened meanwhile.
        if self._call is not None and self._call.call == receipt.call.call:
            self._card.show_receipt(receipt, self._page.surroundings.zone())

    def _on_unread(self, error: UserFacingError) -> None:
        if self._call is not None:
            self._card.show_facts(self._call, self._page.surroundings.zone())
        self._page.tell_trouble(error)

    @Slot(object)
    def _on_save_requested(self, call: CallRow) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._page.window(), self.tr("Save the signed receipt"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Signed receipts (*.json)"))
        dialog.setDefaultSuffix("json")
        dialog.selectFile(file_name(call))
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.finished.connect(dialog.deleteLater)
        self._saving = call
        dialog.open()

    @Slot(str)
    def _on_file_selected(self, path: str) -> None:
        if self._saving is not None:
            work = self._page.acts.save_receipt(self._saving.call, Path(path))
            self._page.act(work, self._on_saved)

    def _on_saved(self, _nothing: None) -> None:
        shown, saved = self._call, self._saving
        if shown is not None and saved is not None and shown.call == saved.call:
            self._card.tell_saved()
