"""A model gets a price on its user's word."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.receipts import dollars
from wattfare_desktop.ui.components.fields import labelled
from wattfare_desktop.ui.components.model_edit import ModelEdit
from wattfare_desktop.ui.components.pieces import text
from wattfare_desktop.ui.dialogs.asking import AskingDialog
from wattfare_desktop.ui.dialogs.form import Form
from wattfare_desktop.ui.presentation.naming import EXAMPLE_MODEL
from wattfare_desktop.ui.presentation.pricing import (
    EACH,
    PER_MILLION,
    SINGLE_WORDS,
    TypedPrice,
    full_name,
    judged_price,
    kept_text,
)
from wattfare_desktop.ui.presentation.units import KIND_WORDS

_WIDTH_PX: Final = 560
_CHARS_MAX: Final = 26
_EXAMPLES: Final = {UnitKind.INPUT: "0.50", UnitKind.OUTPUT: "2.00"}


class OwnPriceDialog(AskingDialog):
    """Asks for a model and what it costs. Stays until that is kept."""

    save_requested = Signal(object)
    """A :class:`PriceWish`."""

    def __init__(self, own: OwnPrice | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own = own
        self._usd: dict[UnitKind, QLineEdit] = {}
        self.setMinimumWidth(_WIDTH_PX)
        self.model = ModelEdit(self.tr("Model with its provider"))
        self.model.setPlaceholderText(EXAMPLE_MODEL)
        self._window = _edit(self.tr("Reads at most"))
        self._output = _edit(self.tr("Answers at most"))
        title = self.tr("Set a price") if own is None else self.tr("Price of %s") % full_name(own)
        self._form = Form(self, title, action=self.tr("Save"))
        self._form.act.clicked.connect(self._on_save_clicked)
        self._lay_out()
        for edit in self.findChildren(QLineEdit):
            edit.textChanged.connect(self._form.clear)

    def propose(self, models: Sequence[str]) -> None:
        """Propose models to set a price for."""
        self.model.propose(models)

    def show_trouble(self, words: str) -> None:
        """Say why it was not kept."""
        self._form.act.setEnabled(True)
        self._form.object_to(words)

    def _lay_out(self) -> None:
        if self._own is None:
            self._form.add(labelled(self.model.accessibleName(), self.model))
            self.model.setFocus(Qt.FocusReason.OtherFocusReason)
        limits = (labelled(edit.accessibleName(), edit) for edit in (self._window, self._output))
        self._form.add(
            text(self.tr("Dollars per million text units (tokens)"), "strong"),
            _side_by_side(self._priced(kind, KIND_WORDS[kind]) for kind in PER_MILLION),
            text(self.tr("Dollars for anything else it bills"), "strong"),
            _side_by_side(self._priced(kind, SINGLE_WORDS[kind]) for kind in EACH),
            text(self.tr("Limits in text units (tokens)"), "strong"),
            _side_by_side(limits),
            text(
                self.tr(
                    "Each call is held at the most it can cost: the limits keep that small. Left "
                    "empty they are the price table's, or generous where it knows none."
                ),
                "quiet",
            ),
        )
        if kept := kept_text(self._others()):
            self._form.add(text(kept, "quiet"))
        if self._own is not None:
            self._window.setText(_figure(self._own.context_window_tokens))
            self._output.setText(_figure(self._own.max_output_tokens))
            self._usd[UnitKind.INPUT].setFocus(Qt.FocusReason.OtherFocusReason)

    def _priced(self, kind: UnitKind, words: str) -> QWidget:
        edit = _edit(words, _EXAMPLES.get(kind, ""))
        price = None if self._own is None else self._own.usd.get(kind)
        if price is not None:
            edit.setText(dollars(price))
        self._usd[kind] = edit
        return labelled(words, edit)

    def _others(self) -> Mapping[UnitKind, Decimal]:
        usd = {} if self._own is None else self._own.usd
        return {kind: price for kind, price in usd.items() if kind not in (*PER_MILLION, *EACH)}

    @Slot()
    def _on_save_clicked(self) -> None:
        typed = TypedPrice(
            model=self.model.text() if self._own is None else full_name(self._own),
            usd={kind: edit.text() for kind, edit in self._usd.items()},
            context_window=self._window.text(),
            max_output=self._output.text(),
            others=self._others(),
        )
        wish = judged_price(typed)
        if isinstance(wish, str):
            self._form.object_to(wish)
            return
        self._form.act.setEnabled(False)
        self.save_requested.emit(wish)


def _edit(name: str, placeholder: str = "") -> QLineEdit:
    edit = QLineEdit()
    edit.setAccessibleName(name)
    edit.setPlaceholderText(placeholder)
    edit.setMaxLength(_CHARS_MAX)
    return edit


def _side_by_side(parts: Iterable[QWidget]) -> QWidget:
    whole = QWidget()
    grid = QGridLayout(whole)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    for column, part in enumerate(parts):
        grid.addWidget(part, 0, column)
        grid.setColumnStretch(column, 1)
    return whole


def _figure(number: int | None) -> str:
    return "" if number is None else f"{number:,}"
