"""From a typed code to the question about the program that shows it."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.dialogs.enter_code import EnterCodeDialog
from wattfare_desktop.ui.errands import Errands


class CodeEntry(QObject):
    """Shows the dialog, once, and has what is typed tried.

    ``enter`` runs on the wallet's loop; the question itself comes up as every other does.
    """

    def __init__(
        self,
        *,
        enter: Callable[[str], Coroutine[Any, Any, object]],
        errands: Errands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._enter = enter
        self._errands = errands
        self.dialog: EnterCodeDialog | None = None

    @Slot()
    def ask(self) -> None:
        """Ask for a code."""
        if self.dialog is None:
            self.dialog = EnterCodeDialog()
            self.dialog.code_entered.connect(self._on_code_entered)
            self.dialog.destroyed.connect(self._on_dialog_destroyed)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def close(self) -> None:
        """Ask no more."""
        if self.dialog is not None:
            self.dialog.close()

    @Slot(str)
    def _on_code_entered(self, code: str) -> None:
        self._errands.run(self._enter(code), self._entered, self._refused)

    def _entered(self, _name: object) -> None:
        self.close()

    def _refused(self, error: UserFacingError) -> None:
        if self.dialog is not None:
            self.dialog.show_trouble(str(error))

    @Slot()
    def _on_dialog_destroyed(self) -> None:
        self.dialog = None
