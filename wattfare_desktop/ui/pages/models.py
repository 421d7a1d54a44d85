"""Models: names for them, what answers at a limit, and what they cost."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.pieces import tab_through
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.model_acts import ModelActs
from wattfare_desktop.ui.pages.model_cards import AtCapCard, NamesCard
from wattfare_desktop.ui.pages.naming import Naming
from wattfare_desktop.ui.pages.page import GAP_PX, Page, scrolling
from wattfare_desktop.ui.pages.price_cards import OwnPricesCard, PriceTableCard
from wattfare_desktop.ui.pages.pricing import Pricing
from wattfare_desktop.ui.presentation.pricing import news_text
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.aliases import Aliases
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.price_updates import PriceState

_WIDTH_PX_MAX: Final = 860


class ModelsPage(Page):
    """A card for each subject. It is read whenever it is turned to."""

    def __init__(
        self, *, acts: PageActs, models: ModelActs, errands: Errands, surroundings: Surroundings
    ) -> None:
        super().__init__(acts=acts, errands=errands, surroundings=surroundings)
        self.set_title(self.tr("Models"))
        self._models = models
        self._names = NamesCard()
        self._at_cap = AtCapCard()
        self._prices = OwnPricesCard()
        self._table = PriceTableCard()
        self._naming = Naming(self, models)
        self._pricing = Pricing(self, models)
        self._connect()
        self._inside = self._body()
        self.column.addWidget(scrolling(self._inside, self.tr("Models")), 1)

    def take(self, changes: Changes) -> None:
        """Read it again where it may be another now."""
        if changes.wallet and self.isVisible():
            self.read()

    def showEvent(self, event: QShowEvent) -> None:
        """Read it: what the command line changed is not always told."""
        super().showEvent(event)
        self.read()

    def read(self) -> None:
        """Read everything here."""
        self.act(self._models.aliases(), self._show_aliases)
        self.act(self._models.own_prices(), self._show_prices)
        self.act(self._models.price_state(), self._table.show_state)

    def _connect(self) -> None:
        names, prices = self._names.entries, self._prices.entries
        self._names.add.clicked.connect(self._naming.begin)
        names.change_requested.connect(self._naming.change)
        names.remove_requested.connect(self._naming.ask_remove)
        self._at_cap.save_requested.connect(self._on_at_cap_saved)
        self._at_cap.proposals_wanted.connect(self._on_proposals_wanted)
        self._prices.set.clicked.connect(self._pricing.begin)
        prices.change_requested.connect(self._pricing.change)
        prices.remove_requested.connect(self._pricing.ask_remove)
        self._naming.changed.connect(self.read)
        self._pricing.changed.connect(self.read)
        self._table.look.clicked.connect(self._on_look_clicked)
        self._table.back.clicked.connect(self._on_back_clicked)
        self._table.daily.clicked.connect(self._on_daily_clicked)

    def _body(self) -> QWidget:
        body = QWidget()
        body.setMaximumWidth(_WIDTH_PX_MAX)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        for card in (self._names, self._at_cap, self._prices, self._table):
            column.addWidget(card)
        column.addStretch(1)
        return body

    def _order_tabs(self) -> None:
        # Rows that are made later would come after everything else.
        tab_through(
            widget
            for widget in self._inside.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        )

    def _show_aliases(self, aliases: Aliases) -> None:
        self._naming.know(aliases)
        self._names.show_aliases(aliases)
        self._at_cap.show_aliases(aliases)
        self._order_tabs()

    def _show_prices(self, prices: Sequence[OwnPrice]) -> None:
        self._pricing.know(prices)
        self._prices.show_prices(prices, self.surroundings.zone())
        self._order_tabs()

    def _at_cap_saved(self, _nothing: Any) -> None:
        self._at_cap.saved()
        self.read()

    def _updated(self, state: PriceState) -> None:
        self._table.show_state(state)
        self._table.show_outcome(news_text(state))

    def _settled(self, state: PriceState) -> None:
        self._table.show_state(state)
        self._table.show_outcome("")

    def _daily_settled(self, state: PriceState) -> None:
        self._settled(state)
        if state.daily:
            self._on_look_clicked()

    def _not_settled(self, error: UserFacingError) -> None:
        self._table.show_refusal(error)
        # The box may say what is not so.
        self.act(self._models.price_state(), self._table.show_state)

    @Slot(object)
    def _on_at_cap_saved(self, model: str | None) -> None:
        self.act(self._models.set_at_cap(model), self._at_cap_saved)

    @Slot()
    def _on_proposals_wanted(self) -> None:
        self.act(self._models.known_models(only_free=True), self._at_cap.propose)

    @Slot()
    def _on_look_clicked(self) -> None:
        self._table.show_busy()
        self.act(self._models.update_prices(), self._updated, self._not_settled)

    @Slot()
    def _on_back_clicked(self) -> None:
        self._table.show_busy()
        self.act(self._models.forget_prices(), self._settled, self._not_settled)

    @Slot(bool)
    def _on_daily_clicked(self, on: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self.act(self._models.fetch_daily(daily=on), self._daily_settled, self._not_settled)
