"""Naming models from a page: the dialog, the question, and what both ask of the wallet."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from wattfare_desktop.ui.dialogs.model_name import ModelNameDialog
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.ui.model_acts import ModelActs
from wattfare_desktop.ui.pages.open_dialog import OpenDialog
from wattfare_desktop.ui.pages.page import Page
from wattfare_desktop.ui.presentation.naming import NameWish
from wattfare_desktop.wallet.aliases import Aliases


class Naming(QObject):
    """Opens one dialog at a time over its page."""

    changed = Signal()

    def __init__(self, page: Page, models: ModelActs) -> None:
        super().__init__(page)
        self._page = page
        self._models = models
        self._aliases = Aliases()
        self._dialog = OpenDialog[ModelNameDialog](page)

    def know(self, aliases: Aliases) -> None:
        """Take ``aliases`` for what is so."""
        self._aliases = aliases

    @Slot()
    def begin(self) -> None:
        """Ask for a new name."""
        self._open(None)

    @Slot(str)
    def change(self, name: str) -> None:
        """Ask what ``name`` shall stand for."""
        models = self._aliases.by_name.get(name)
        if models is not None:
            self._open(NameWish(name=name, models=models))

    @Slot(str)
    def ask_remove(self, name: str) -> None:
        """Ask whether ``name`` is forgotten."""
        question = Question(
            name,
            title=self.tr("Remove name"),
            words=self.tr("Remove “%s”?") % name,
            detail=self.tr("An app that asks for it is refused, unless a model has this name."),
            action=self.tr("Remove"),
            parent=self._page.window(),
        )
        question.confirmed.connect(self._on_remove_confirmed)
        question.open()

    def _open(self, given: NameWish | None) -> None:
        dialog = ModelNameDialog(given, self._page.window())
        dialog.save_requested.connect(self._on_save_requested)
        self._dialog.open(dialog)
        self._page.act(self._models.known_models(), self._propose)

    def _propose(self, models: Sequence[str]) -> None:
        if self._dialog.shown is not None:
            self._dialog.shown.propose(models)

    def _saved(self, _nothing: Any) -> None:
        self._dialog.done()
        self.changed.emit()

    def _removed(self, _nothing: Any) -> None:
        self.changed.emit()

    @Slot(object)
    def _on_save_requested(self, wish: NameWish) -> None:
        self._page.act(
            self._models.set_alias(wish.name, wish.models), self._saved, self._dialog.refused
        )

    @Slot(str)
    def _on_remove_confirmed(self, name: str) -> None:
        self._page.act(self._models.set_alias(name, ()), self._removed)
