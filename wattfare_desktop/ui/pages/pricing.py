"""Pricing models from a page: the dialog, the question, and what both ask of the wallet."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.ui.dialogs.own_price import OwnPriceDialog
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.ui.model_acts import ModelActs
from wattfare_desktop.ui.pages.open_dialog import OpenDialog
from wattfare_desktop.ui.pages.page import Page
from wattfare_desktop.ui.presentation.pricing import PriceWish, full_name


class Pricing(QObject):
    """Opens one dialog at a time over its page."""

    changed = Signal()

    def __init__(self, page: Page, models: ModelActs) -> None:
        super().__init__(page)
        self._page = page
        self._models = models
        self._own: dict[str, OwnPrice] = {}
        self._dialog = OpenDialog[OwnPriceDialog](page)

    def know(self, prices: Sequence[OwnPrice]) -> None:
        """Take ``prices`` for what is so."""
        self._own = {full_name(own): own for own in prices}

    @Slot()
    def begin(self) -> None:
        """Ask for the price of another model."""
        self._open(None)

    @Slot(str)
    def change(self, name: str) -> None:
        """Ask for another price of ``name``."""
        if name in self._own:
            self._open(self._own[name])

    @Slot(str)
    def ask_remove(self, name: str) -> None:
        """Ask whether the price of ``name`` is forgotten."""
        question = Question(
            name,
            title=self.tr("Remove price"),
            words=self.tr("Remove your price of “%s”?") % name,
            detail=self.tr(
                "From then on it costs what the price table says, or is refused where that does "
                "not know it. What was charged stays as it is."
            ),
            action=self.tr("Remove"),
            parent=self._page.window(),
        )
        question.confirmed.connect(self._on_remove_confirmed)
        question.open()

    def _open(self, own: OwnPrice | None) -> None:
        dialog = OwnPriceDialog(own, self._page.window())
        dialog.save_requested.connect(self._on_save_requested)
        self._dialog.open(dialog)
        if own is None:
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
    def _on_save_requested(self, wish: PriceWish) -> None:
        self._page.act(self._models.set_price(wish), self._saved, self._dialog.refused)

    @Slot(str)
    def _on_remove_confirmed(self, name: str) -> None:
        self._page.act(self._models.remove_price(name), self._removed)
