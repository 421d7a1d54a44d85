"""The dialog that a page has open: what all that open one have in common."""

from typing import Generic, TypeVar

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.dialogs.asking import AskingDialog
from wattfare_desktop.ui.pages.page import Page

D = TypeVar("D", bound=AskingDialog)


class OpenDialog(Generic[D]):
    """One at a time, over its page. A refusal is told in it, or on the page once it is closed."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._dialog: D | None = None

    @property
    def shown(self) -> D | None:
        """What is open."""
        return self._dialog

    def open(self, dialog: D) -> None:
        """Open ``dialog`` in place of another."""
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = dialog
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def done(self, _outcome: object = None) -> None:
        """Close it: what it asked for was done."""
        if self._dialog is not None:
            self._dialog.accept()

    def refused(self, error: UserFacingError) -> None:
        """Say why that was refused."""
        if self._dialog is None:
            self._page.tell_trouble(error)
        else:
            self._dialog.show_trouble(str(error))

    def _on_finished(self) -> None:
        self._dialog = None
