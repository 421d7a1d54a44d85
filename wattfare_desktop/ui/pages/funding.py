"""Funding: the credentials that pay for calls, and what is left behind each."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId
from wattfare_desktop.core.money import display_usd, parse_usd
from wattfare_desktop.core.reports import FundingRow, Overview
from wattfare_desktop.ui.acts import Added, PageActs
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.notices import EmptyState, Notice
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.side_by_side import SideBySide
from wattfare_desktop.ui.components.words import Shortened, money, set_words
from wattfare_desktop.ui.dialogs.add_funding import AddFundingDialog
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.pages.money_moves import MoneyMoves
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, GAP_PX, Page, scrolling
from wattfare_desktop.ui.presentation.funding import (
    FundingWish,
    aside_text,
    figures_text,
    key_text,
    needs_label,
    row_text,
)
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.lookout import Neighbour

_PLAY_MONEY: Final = "10.00"


class FundingPage(Page):
    """Adds, tops up and removes."""

    def __init__(self, *, acts: PageActs, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__(acts=acts, errands=errands, surroundings=surroundings)
        self.set_title(self.tr("Funding"))
        self._rows: dict[FundingId, FundingCard] = {}
        self._fundings: dict[FundingId, FundingRow] = {}
        self._adding: AddFundingDialog | None = None
        self._moves = MoneyMoves(self)
        self._practise = button(self.tr("Practice with &play money"))
        self._practise.clicked.connect(self._on_practise_requested)
        add = IconButton("plus", self.tr("Add provider &key…"), role="primary", colour="on_accent")
        add.clicked.connect(self.ask_for_key)
        self.head.addWidget(self._practise)
        self.head.addWidget(add)
        self._warning = Notice()
        self._empty = EmptyState(
            "wallet",
            self.tr("No money in here yet"),
            self.tr(
                "Each provider you add will be listed here with what is left of the money you "
                "paid in there. To try everything without a key, practice with play money."
            ),
            self.tr("Practice with play money"),
        )
        self._empty.action_requested.connect(self._on_practise_requested)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scrolling(self._body(), self.tr("Funding")))
        self.column.addWidget(self._warning)
        self.column.addWidget(self._stack, 1)

    def show_overview(self, overview: Overview) -> None:
        """Show the credentials."""
        self._fundings = {row.id: row for row in overview.fundings}
        self._stack.setCurrentIndex(int(bool(overview.fundings)))
        has_practice = any(row.practice for row in overview.fundings)
        self._practise.setVisible(bool(overview.fundings) and not has_practice)
        for gone in set(self._rows) - set(self._fundings):
            card = self._rows.pop(gone)
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()
        for row in overview.fundings:
            self._card(row.id).show_row(row)

    @Slot()
    def ask_for_key(self) -> None:
        """Open the dialog that adds a provider."""
        if self._adding is None:
            dialog = AddFundingDialog(self.surroundings.providers, self.window())
            dialog.add_requested.connect(self._on_add_requested)
            dialog.look_requested.connect(self._on_look_requested)
            dialog.destroyed.connect(self._on_adding_destroyed)
            self._adding = dialog
            dialog.open()
        self._adding.raise_()
        self._adding.activateWindow()

    def _body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._cards)
        column.addStretch(1)
        return body

    def _card(self, funding: FundingId) -> "FundingCard":
        card = self._rows.get(funding)
        if card is None:
            card = FundingCard(funding)
            card.top_up_requested.connect(self._on_top_up_asked)
            card.remove_requested.connect(self._on_remove_asked)
            card.reserve_requested.connect(self._on_reserve_asked)
            card.compare_requested.connect(self._on_compare_asked)
            self._rows[funding] = card
            self._cards.addWidget(card)
        return card

    def _add(self, wish: FundingWish) -> None:
        work = self.acts.add_funding(
            wish.provider, key=wish.key, base_url=wish.base_url, balance=wish.balance
        )
        self.act(work, self._added, self._not_added)

    def _added(self, added: Added) -> None:
        if self._adding is not None:
            self._adding.close()
        self._warning.say(added.warning or "")

    def _not_added(self, error: UserFacingError) -> None:
        if self._adding is None:
            self.tell_trouble(error)
        else:
            self._adding.show_trouble(str(error))

    @Slot()
    def _on_practise_requested(self) -> None:
        practice = FundingWish(
            provider=self.surroundings.practice,
            key=None,
            base_url=None,
            balance=parse_usd(_PLAY_MONEY),
        )
        self._add(practice)

    @Slot(object)
    def _on_add_requested(self, wish: FundingWish) -> None:
        self._add(wish)

    @Slot()
    def _on_look_requested(self) -> None:
        self.act(self.acts.neighbours(), self._looked, self._not_added)

    def _looked(self, near: Sequence[Neighbour]) -> None:
        if self._adding is not None:
            self._adding.show_near(near)

    @Slot()
    def _on_adding_destroyed(self) -> None:
        self._adding = None

    @Slot(str)
    def _on_top_up_asked(self, funding: str) -> None:
        if (row := self._fundings.get(FundingId(funding))) is not None:
            self._moves.top_up(row)

    @Slot(str)
    def _on_reserve_asked(self, funding: str) -> None:
        if (row := self._fundings.get(FundingId(funding))) is not None:
            self._moves.reserve(row)

    @Slot(str)
    def _on_compare_asked(self, funding: str) -> None:
        if (row := self._fundings.get(FundingId(funding))) is not None:
            self._moves.compare(row)

    @Slot(str)
    def _on_remove_asked(self, funding: str) -> None:
        row = self._fundings.get(FundingId(funding))
        if row is None:
            return
        question = Question(
            funding,
            title=self.tr("Remove funding"),
            words=self.tr("Remove “%s”?") % row.name,
            detail=self.tr(
                "Its key is forgotten and apps can no longer spend its balance. What was spent "
                "stays in the books."
            ),
            action=self.tr("Remove"),
            parent=self.window(),
        )
        question.confirmed.connect(self._on_remove_confirmed)
        question.open()

    @Slot(str)
    def _on_remove_confirmed(self, funding: str) -> None:
        self.act(self.acts.remove_funding(FundingId(funding)))


class FundingCard(Card):
    """One credential."""

    top_up_requested = Signal(str)
    reserve_requested = Signal(str)
    compare_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, funding: FundingId) -> None:
        super().__init__(CARD_MARGIN_PX)
        self._funding = funding
        self._row: FundingRow | None = None
        self._name = Shortened(role="heading")
        self._practice = text(self.tr("play money"), "badge", wrap=False)
        self._address = Shortened(role="quiet")
        self._figures = Shortened(role="quiet")
        self._aside = text(role="quiet")
        self._reserve = button(self.tr("Reserve…"), "small")
        self._reserve.clicked.connect(self._on_reserve_clicked)
        self._compare = button(self.tr("Compare…"), "small")
        self._compare.clicked.connect(self._on_compare_clicked)
        self._balance = money(role="figure")
        self._top_up = button(self.tr("Top up…"))
        self._top_up.clicked.connect(self._on_top_up_clicked)
        self._remove = IconButton("trash-2", self.tr("Remove…"), icon_only=True)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._lay_out()

    def show_row(self, row: FundingRow) -> None:
        """Show ``row``."""
        if row == self._row:
            return
        self._row = row
        self._name.set_words(row.name)
        self._practice.setVisible(row.practice and needs_label(row.name))
        parts = (self.tr("on this computer") if row.practice else row.base_url, key_text(row))
        self._address.set_words(" · ".join(part for part in parts if part))
        self._figures.set_words(figures_text(row))
        aside = aside_text(row)
        set_words(self._aside, aside)
        self._aside.setVisible(bool(aside))
        self._reserve.setAccessibleName(self.tr("Reserve in %s") % row.name)
        self._compare.setAccessibleName(self.tr("Compare %s with its page") % row.name)
        self._compare.setVisible(not row.practice)
        set_words(self._balance, display_usd(row.balance))
        self.setAccessibleName(row_text(row))
        self._top_up.setAccessibleName(self.tr("Top up %s") % row.name)
        self._remove.setAccessibleName(self.tr("Remove %s") % row.name)

    def _lay_out(self) -> None:
        name = QHBoxLayout()
        name.setSpacing(8)
        name.addWidget(self._name)
        name.addWidget(self._practice)
        name.addStretch(1)
        told, acts = QWidget(), QWidget()
        words = QVBoxLayout(told)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addLayout(name)
        words.addWidget(self._address)
        words.addWidget(self._figures)
        words.addWidget(self._aside)
        quiet = QHBoxLayout()
        quiet.setSpacing(8)
        quiet.addWidget(self._reserve)
        quiet.addWidget(self._compare)
        quiet.addStretch(1)
        words.addLayout(quiet)
        balance = QVBoxLayout()
        balance.setSpacing(2)
        balance.addWidget(self._balance, 0, Qt.AlignmentFlag.AlignRight)
        left = text(self.tr("left"), "quiet", wrap=False)
        balance.addWidget(left, 0, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addStretch(1)
        row.addLayout(balance)
        row.addWidget(self._top_up)
        row.addWidget(self._remove)
        self.column.addWidget(SideBySide((told, 1), (acts, 0), centred=True))

    @Slot()
    def _on_top_up_clicked(self) -> None:
        self.top_up_requested.emit(self._funding)

    @Slot()
    def _on_reserve_clicked(self) -> None:
        self.reserve_requested.emit(self._funding)

    @Slot()
    def _on_compare_clicked(self) -> None:
        self.compare_requested.emit(self._funding)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit(self._funding)
