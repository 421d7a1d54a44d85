"""Changing from where an app's access may be used: the dialog, and what it asks of the wallet."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.oauth.bindings import Allowed
from wattfare_desktop.core.reports import AppRow, SeenProgram
from wattfare_desktop.ui.dialogs.bindings import BindingsDialog
from wattfare_desktop.ui.pages.open_dialog import OpenDialog
from wattfare_desktop.ui.pages.page import Page
from wattfare_desktop.ui.presentation.bindings import program_choices


class Binding(QObject):
    """Opens the dialog over its page, once the programs that were seen are known."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._app: GrantId | None = None
        self._dialog = OpenDialog[BindingsDialog](page)

    @Slot(object)
    def begin(self, app: AppRow) -> None:
        """Ask from where ``app`` may call."""
        self._page.act(self._page.acts.programs(app.id), partial(self._show, app))

    def _show(self, app: AppRow, seen: Sequence[SeenProgram]) -> None:
        around = self._page.surroundings
        choices = program_choices(app.bindings, seen, around.now(), around.zone())
        dialog = BindingsDialog(app, choices, self._page.window())
        dialog.save_requested.connect(self._on_save_requested)
        dialog.program_chosen.connect(self._on_program_chosen)
        self._app = app.id
        self._dialog.open(dialog)

    def _take_program(self, path: str) -> None:
        if self._dialog.shown is not None:
            self._dialog.shown.add_program(path)

    def _refuse_program(self, error: UserFacingError) -> None:
        if self._dialog.shown is not None:
            self._dialog.shown.refuse_program(f"{error.title}. {error.detail}")

    @Slot(object)
    def _on_program_chosen(self, chosen: Path) -> None:
        self._page.act(self._page.acts.program_in(chosen), self._take_program, self._refuse_program)

    @Slot(object)
    def _on_save_requested(self, allowed: Allowed) -> None:
        if self._app is not None:
            work = self._page.acts.allow(self._app, allowed)
            self._page.act(work, self._dialog.done, self._dialog.refused)
