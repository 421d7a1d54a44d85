"""Tests of ``wattfare_desktop.core.metering.own_prices``."""

from decimal import Decimal

import pytest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.own_prices import (
    OwnPrice,
    OwnPriceBook,
    PricedByUser,
    read_dollars,
)
from wattfare_desktop.core.metering.prices import FixedPriceBook, ModelPrice, PricedModel, TokenRate
from wattfare_desktop.core.metering.units import UnitKind

ONE = TokenRate(usd_per_mtok=Decimal(1))
KNOWN = PricedModel(
    price=ModelPrice(input=ONE, output=ONE),
    hold_price=ModelPrice(input=ONE, output=ONE),
    version="table 1",
    max_output_tokens=700,
    context_window_tokens=9_000,
    shows_output=True,
    image_tokens_max=50,
)
BEHIND = FixedPriceBook(version="table 1", models={("house", "Known"): KNOWN})
DOLLARS = {UnitKind.INPUT: Decimal("0.5"), UnitKind.OUTPUT: Decimal(2)}


def book(model: str, window: int | None = None, output: int | None = None) -> OwnPriceBook:
    own = OwnPrice(
        provider="house",
        model=model,
        usd=DOLLARS,
        context_window_tokens=window,
        max_output_tokens=output,
        set_at=Instant(1),
    )
    found = PricedByUser(own=own, version="your price of 2026-11-28")
    return OwnPriceBook(own={("house", model.lower()): found}, behind=BEHIND)


def test_the_users_word_goes_first_and_is_named() -> None:
    priced = book("Known").price("house", "Known", Instant(0), "priority", "hd")
    assert priced is not None
    assert priced.price.output.usd_per_mtok == 2
    assert priced.hold_price == priced.price
    assert priced.version == "your price of 2026-11-28"


def test_what_the_user_did_not_say_is_the_books() -> None:
    priced = book("Known").price("house", "Known", Instant(0))
    assert priced is not None
    assert (priced.context_window_tokens, priced.max_output_tokens) == (9_000, 700)
    assert priced.shows_output
    assert priced.image_tokens_max == 50
    priced = book("Known", 100, 10).price("house", "Known", Instant(0))
    assert priced is not None
    assert (priced.context_window_tokens, priced.max_output_tokens) == (100, 10)


def test_a_model_nobody_knows_is_held_generously() -> None:
    priced = book("New").price("house", "new", Instant(0))
    assert priced is not None
    assert priced.context_window_tokens == 1_048_576
    assert priced.max_output_tokens == 131_072
    assert not priced.shows_output


def test_other_models_are_the_books() -> None:
    own = book("new")
    assert own.version == "table 1"
    assert own.price("house", "Known", Instant(0)) is KNOWN
    assert own.price("elsewhere", "new", Instant(0)) is None


@pytest.mark.parametrize(
    ("usd", "window"),
    [
        ({}, None),
        ({UnitKind.OUTPUT: Decimal(1)}, None),
        ({UnitKind.CACHED_READ: Decimal(1)}, None),
        (DOLLARS, 0),
        (DOLLARS, 10**9 + 1),
    ],
)
def test_half_a_price_is_none(usd: dict[UnitKind, Decimal], window: int | None) -> None:
    with pytest.raises(ValueError, match=r"price|limit"):
        OwnPrice(
            provider="house", model="m", usd=usd, context_window_tokens=window, set_at=Instant(0)
        )


@pytest.mark.parametrize(
    ("text", "usd"), [("0", "0"), ("0.50", "0.5"), ("1e-9", "0.000000001"), ("1000000", "1000000")]
)
def test_dollars_are_read(text: str, usd: str) -> None:
    assert read_dollars(text) == Decimal(usd)


@pytest.mark.parametrize(
    "text", ["", "free", "-1", "NaN", "Infinity", "1000000.01", "1e-19", "0." + "1" * 40]
)
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a price"):
        read_dollars(text)
