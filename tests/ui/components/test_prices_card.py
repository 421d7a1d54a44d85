"""Prices, seen and set in their card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from tests.support.immediate_errands import ImmediateErrands
from tests.support.widgets import named, press, unnamed_controls, words
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.ui.components.prices_card import PricesCard
from wattfare_desktop.wallet.price_updates import PriceState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@dataclass(kw_only=True)
class Shelf:
    """Prices in a list."""

    version: str = "genai-prices 1"
    daily: bool = False
    own: list[OwnPrice] = field(default_factory=list)
    refusal: UserFacingError | None = None

    async def state(self) -> PriceState:
        return PriceState(version=self.version, daily=self.daily)

    async def update(self) -> PriceState:
        if self.refusal is not None:
            raise self.refusal
        self.version = "genai-prices 2"
        return await self.state()

    async def set_daily(self, *, daily: bool) -> PriceState:
        self.daily = daily
        return await self.state()

    async def own_prices(self) -> tuple[OwnPrice, ...]:
        return tuple(self.own)

    async def set_price(self, name: str, usd: Mapping[UnitKind, Decimal]) -> OwnPrice:
        provider, _, model = name.partition("/")
        self.own.append(OwnPrice(provider=provider, model=model, usd=usd, set_at=Instant(0)))
        return self.own[-1]

    async def remove_price(self, name: str) -> None:
        self.own = [each for each in self.own if f"{each.provider}/{each.model}" != name]


@pytest.fixture(name="shelf")
def _shelf() -> Shelf:
    return Shelf()


@pytest.fixture(name="card")
def _card(qtbot: QtBot, shelf: Shelf) -> PricesCard:
    errands = ImmediateErrands()

    def act(work: object, done: object = None, failed: object = None) -> None:
        errands.run(work, done, failed)  # type: ignore[arg-type]

    card = PricesCard(prices=shelf, act=act, margin_px=8)
    qtbot.addWidget(card)
    card.show()
    card.refresh()
    return card


def type_in(card: PricesCard, name: str, typed: str) -> None:
    edit = named(card, QLineEdit, name)
    edit.clear()
    QTest.keyClicks(edit, typed)


def test_it_says_what_is_in_use(card: PricesCard) -> None:
    assert "In use: genai-prices 1." in words(card)
    assert not named(card, QCheckBox, "Fetch newer prices each day").isChecked()
    assert unnamed_controls(card) == []


def test_newer_prices_are_fetched_on_a_click(card: PricesCard, shelf: Shelf) -> None:
    press(card, "Fetch them now")
    assert "In use: genai-prices 2." in words(card)
    press(card, "Fetch newer prices each day")
    assert shelf.daily
    assert named(card, QCheckBox, "Fetch newer prices each day").isChecked()


def test_why_they_were_not_taken_is_said_there(card: PricesCard, shelf: Shelf) -> None:
    shelf.refusal = UserFacingError("The newer prices were not taken", "They lack openai.")
    press(card, "Fetch them now")
    assert "The newer prices were not taken. They lack openai." in words(card)
    assert named(card, QAbstractButton, "Fetch them now").isEnabled()


def test_a_price_is_set_and_forgotten(qtbot: QtBot, card: PricesCard) -> None:
    type_in(card, "Model, with its provider", "openai/new")
    type_in(card, "Dollars for a million units read", "0.50")
    type_in(card, "Dollars for a million units answered", "2")
    press(card, "Set price")
    told = "openai/new: input $0.50 a million, output $2 a million"
    qtbot.waitUntil(lambda: told in words(card))
    assert named(card, QLineEdit, "Model, with its provider").text() == ""
    press(card, "Forget the price of openai/new")
    assert not any("openai/new:" in line for line in words(card))


def test_what_is_no_price_is_told_and_kept(card: PricesCard, shelf: Shelf) -> None:
    type_in(card, "Model, with its provider", "new")
    press(card, "Set price")
    assert any("with its provider" in line for line in words(card))
    assert named(card, QLineEdit, "Model, with its provider").text() == "new"
    assert shelf.own == []
