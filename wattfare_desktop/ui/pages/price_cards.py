"""The user's own prices, and the price table."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.ui.components.entry_list import Entry, EntryList
from wattfare_desktop.ui.components.facts import Facts
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.side_by_side import SideBySide
from wattfare_desktop.ui.components.words import set_role, set_words
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, add_heading
from wattfare_desktop.ui.presentation.pricing import full_name, price_text, table_facts
from wattfare_desktop.wallet.price_updates import PriceState


class OwnPricesCard(Card):
    """What the user says a model costs."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(
            self,
            self.tr("Your prices"),
            self.tr(
                "A model without a price is refused, since it could not be kept under a limit. "
                "Set one here for what the price table does not know, or knows wrongly; yours "
                "comes first."
            ),
        )
        self.entries = EntryList(self.tr("You set none: all prices are the table's."))
        self.set = button(self.tr("Set a price…"), "small")
        self.column.addWidget(self.entries)
        self.column.addWidget(self.set, 0, Qt.AlignmentFlag.AlignLeft)

    def show_prices(self, prices: Sequence[OwnPrice], zone: tzinfo) -> None:
        """Show ``prices``."""
        self.entries.show_entries(
            [Entry(name=full_name(own), note=price_text(own, zone)) for own in prices]
        )


class PriceTableCard(Card):
    """Which table is in use, and the way to a newer one."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(
            self,
            self.tr("Price table"),
            self.tr(
                "Newer prices are fetched from genai-prices at raw.githubusercontent.com, and "
                "only if you ask. They are checked first: none is taken that lacks a model your "
                "apps use or that falls to a tenth."
            ),
        )
        self._facts = Facts()
        self._outcome = text()
        self._outcome.hide()
        self.daily = QCheckBox(self.tr("Look for newer prices each day"))
        self.daily.setAccessibleName(self.daily.text())
        self.look = button(self.tr("Look for newer prices"))
        self.back = button(self.tr("Back to those that came with Wattfare"))
        self.back.hide()
        self.column.addWidget(self._facts)
        self.column.addWidget(self._outcome)
        self.column.addWidget(self.daily)
        self.column.addWidget(SideBySide((self.look, 0), (self.back, 0), (QWidget(), 1)))

    def show_state(self, state: PriceState) -> None:
        """Show which prices are in use."""
        self._facts.show_facts(table_facts(state))
        self.daily.setChecked(state.daily)
        self.back.setVisible(state.fetched_on is not None)

    def show_busy(self) -> None:
        """Say that something is looked for."""
        for part in (self.look, self.back, self.daily):
            part.setEnabled(False)
        self._tell(self.tr("Fetching and checking; this takes some seconds…"), "quiet")

    def show_outcome(self, words: str) -> None:
        """Say what came of it; "" says nothing."""
        self._set_idle()
        self._tell(words, "")

    def show_refusal(self, error: UserFacingError) -> None:
        """Say why nothing came of it."""
        self._set_idle()
        self._tell(f"{error.title}. {error.detail}", "problem")

    def _set_idle(self) -> None:
        for part in (self.look, self.back, self.daily):
            part.setEnabled(True)

    def _tell(self, words: str, role: str) -> None:
        set_words(self._outcome, words)
        set_role(self._outcome, role)
        self._outcome.setVisible(bool(words))
