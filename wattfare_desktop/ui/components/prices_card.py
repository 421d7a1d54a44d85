"""Which prices are in use, newer ones, and the user's own."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.prices import (
    TypedPrice,
    judged_price,
    own_price_line,
    own_price_name,
)
from wattfare_desktop.ui.price_acts import PriceActs
from wattfare_desktop.wallet.price_updates import PriceState

_NAME_CHARS_MAX: Final = 300
_DOLLARS_CHARS_MAX: Final = 18
_ROW_GAP_PX: Final = 8


class PricesCard(Card):
    """Reads what it shows when told to, and again after each change of its own.

    ``act`` is the page's: a refusal is shown above it where nobody else takes it.
    """

    def __init__(self, *, prices: PriceActs, act: Callable[..., None], margin_px: int) -> None:
        super().__init__(margin_px)
        self._prices = prices
        self._act = act
        self._in_use = text()
        self._daily = QCheckBox(self.tr("Fetch newer prices each day"))
        self._daily.setAccessibleName(self._daily.text())
        self._daily.clicked.connect(self._on_daily_clicked)
        self._fetch = button(self.tr("Fetch them now"))
        self._fetch.clicked.connect(self._on_fetch_clicked)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(_ROW_GAP_PX)
        self._shown: tuple[OwnPrice, ...] = ()
        self._form = PriceForm()
        self._form.set_price.clicked.connect(self._on_set_clicked)
        self._put_together()

    def refresh(self) -> None:
        """Read again what is so now."""
        self._act(self._prices.state(), self._show_state)
        self._act(self._prices.own_prices(), self._show_own)

    def _put_together(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self._daily, 1)
        line.addWidget(self._fetch)
        self.column.addWidget(text(self.tr("Prices"), "heading", wrap=False))
        self.column.addWidget(self._in_use)
        self.column.addLayout(line)
        self.column.addWidget(text(self.tr("Your own prices"), "heading", wrap=False))
        self.column.addWidget(
            text(
                self.tr(
                    "A model whose price is not known is not let through. Say what a million "
                    "text units cost to read and to answer, and it is kept under your limits as "
                    "any other. Yours go before the table's."
                ),
                "quiet",
            )
        )
        self.column.addLayout(self._rows)
        self.column.addWidget(self._form)

    def _show_state(self, state: PriceState) -> None:
        self._fetch.setEnabled(True)
        self._daily.setChecked(state.daily)
        set_words(self._in_use, self.tr("In use: %s.") % state.version)

    def _show_own(self, own: Sequence[OwnPrice]) -> None:
        if tuple(own) == self._shown:
            return
        self._shown = tuple(own)
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for each in own:
            self._rows.addWidget(self._row(each))

    def _row(self, own: OwnPrice) -> QWidget:
        row, name = QWidget(), own_price_name(own)
        forget = button(self.tr("Forget"), "small")
        forget.setAccessibleName(self.tr("Forget the price of %s") % name)
        forget.clicked.connect(partial(self._forget, name))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(_ROW_GAP_PX)
        line.addWidget(text(f"{name}: {own_price_line(own)}"), 1)
        line.addWidget(forget)
        return row

    def _forget(self, name: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's
        self._act(self._prices.remove_price(name), self._changed)

    def _changed(self, _nothing: Any) -> None:
        self._form.clear()
        self.refresh()

    def _refused(self, error: UserFacingError) -> None:
        self._fetch.setEnabled(True)
        set_words(self._in_use, f"{error.title}. {error.detail}")

    @Slot(bool)
    def _on_daily_clicked(self, on: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._act(self._prices.set_daily(daily=on), self._show_state)

    @Slot()
    def _on_fetch_clicked(self) -> None:
        self._fetch.setEnabled(False)
        self._act(self._prices.update(), self._show_state, self._refused)

    @Slot()
    def _on_set_clicked(self) -> None:
        typed = self._form.judge()
        if typed is not None:
            self._act(self._prices.set_price(typed.name, typed.usd), self._changed)


class PriceForm(QWidget):
    """A model and what it costs, typed."""

    def __init__(self) -> None:
        super().__init__()
        self._name = self._edit(self.tr("Model, with its provider"), "openai/…", _NAME_CHARS_MAX)
        self._read = self._edit(
            self.tr("Dollars for a million units read"), self.tr("$ to read"), _DOLLARS_CHARS_MAX
        )
        self._answered = self._edit(
            self.tr("Dollars for a million units answered"),
            self.tr("$ to answer"),
            _DOLLARS_CHARS_MAX,
        )
        self.set_price = button(self.tr("Set price"))
        self._problem = text(role="problem")
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(_ROW_GAP_PX)
        row.addWidget(self._name, 2)
        row.addWidget(self._read, 1)
        row.addWidget(self._answered, 1)
        row.addWidget(self.set_price)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_ROW_GAP_PX)
        column.addLayout(row)
        column.addWidget(self._problem)

    def judge(self) -> TypedPrice | None:
        """Return the price that is typed; None where it is none, which is then said."""
        typed = judged_price(self._name.text(), self._read.text(), self._answered.text())
        objection = typed if isinstance(typed, str) else ""
        set_words(self._problem, objection)
        self._problem.setVisible(bool(objection))
        return None if isinstance(typed, str) else typed

    def clear(self) -> None:
        """Be ready for the next one."""
        for edit in (self._name, self._read, self._answered):
            edit.clear()

    def _edit(self, name: str, example: str, chars_max: int) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(name)
        edit.setToolTip(name)
        edit.setPlaceholderText(example)
        edit.setMaxLength(chars_max)
        return edit
