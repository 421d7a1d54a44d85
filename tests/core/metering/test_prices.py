"""Tests of ``wattfare_desktop.core.metering.prices``."""

from decimal import Decimal

import pytest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.prices import (
    FixedPriceBook,
    ModelPrice,
    PricedModel,
    Tier,
    TokenRate,
    dearer,
)
from wattfare_desktop.core.metering.units import INPUT_KINDS, OUTPUT_KINDS, UnitKind


def rate(text: str, *tiers: tuple[int, str]) -> TokenRate:
    return TokenRate(
        usd_per_mtok=Decimal(text),
        tiers=tuple(Tier(start=start, usd_per_mtok=Decimal(price)) for start, price in tiers),
    )


def test_a_tier_begins_above_its_start() -> None:
    tiered = rate("1", (1000, "2"), (5000, "3"))
    assert [tiered.at(size) for size in (0, 1000, 1001, 5000, 5001)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("price", ["-1", "NaN", "Infinity"])
def test_a_price_is_a_finite_number(price: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        rate(price)
    with pytest.raises(ValueError, match="finite"):
        rate("1", (5, price))
    with pytest.raises(ValueError, match="finite"):
        ModelPrice(input=rate("1"), output=rate("1"), usd_per_request=Decimal(price))


@pytest.mark.parametrize("starts", [(5, 5), (9, 3), (-1, 3)])
def test_tiers_ascend(starts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        rate("1", (starts[0], "2"), (starts[1], "3"))


def test_kinds_without_a_rate_cost_their_side() -> None:
    (band,) = ModelPrice(input=rate("0.25"), output=rate("2")).bands
    assert band.rates == (250,) * len(INPUT_KINDS) + (2000,) * len(OUTPUT_KINDS)


def test_a_kind_without_a_rate_is_never_cheaper_than_what_it_is_billed_as() -> None:
    price = ModelPrice(
        input=rate("1"),
        output=rate("4"),
        cached_read=rate("0.1"),
        cache_write=rate("1.25"),
        input_audio=rate("32"),
    )
    assert price.rate(UnitKind.CACHED_AUDIO) == rate("32")
    assert price.rate(UnitKind.CACHED_IMAGE) == rate("1")
    assert price.rate(UnitKind.CACHE_WRITE_LONG) == rate("1.25")


def test_bands_join_the_tiers_of_all_kinds() -> None:
    price = ModelPrice(
        input=rate("1", (200, "2")),
        output=rate("4", (500, "8")),
        cache_write=rate("1.25", (200, "2.5")),
    )
    assert [band.above for band in price.bands] == [500, 200, -1]
    assert [(band.dearest_input, band.dearest_output) for band in price.bands] == [
        (2500, 8000),
        (2500, 4000),
        (1250, 4000),
    ]


def test_the_unit_holds_every_digit() -> None:
    price = ModelPrice(
        input=rate("0.0000001"), output=rate("12.34567"), usd_per_request=Decimal("0.005")
    )
    assert price.units_per_nano == 10**4
    assert price.bands[0].rates[0] == 1
    assert price.bands[0].rates[len(INPUT_KINDS)] == 123_456_700
    assert price.request_units == 5_000_000 * 10**4


def test_a_tier_may_have_more_digits_than_its_base() -> None:
    price = ModelPrice(input=rate("1", (10, "1.00005")), output=rate("1"))
    assert price.units_per_nano == 100
    assert [band.rates[0] for band in price.bands] == [100_005, 100_000]


def test_dearer_takes_each_kind_from_the_dearer_price() -> None:
    flex = ModelPrice(input=rate("0.5", (100, "9")), output=rate("20"), cached_read=rate("0.05"))
    standard = ModelPrice(
        input=rate("1"), output=rate("10", (300, "30")), usd_per_request=Decimal("0.01")
    )
    both = dearer(flex, standard)
    assert both == dearer(standard, flex)
    assert both.input == rate("1", (100, "9"))
    assert both.output == rate("20", (300, "30"))
    # The standard price has no discount for cached input, so neither has the dearer of both.
    assert both.cached_read is not None
    assert both.cached_read.at(0) == 1
    assert both.usd_per_request == Decimal("0.01")


def test_what_one_price_alone_counts_is_in_the_dearer_too() -> None:
    searching = ModelPrice(
        input=rate("1"), output=rate("1"), counted={UnitKind.WEB_SEARCH: Decimal("0.01")}
    )
    plain = ModelPrice(input=rate("2"), output=rate("1"))
    assert dearer(plain, searching).counted == {UnitKind.WEB_SEARCH: Decimal("0.01")}


def test_a_fixed_book_knows_what_it_was_given_and_no_more() -> None:
    price = ModelPrice(input=rate("1"), output=rate("2"))
    model = PricedModel(
        price=price,
        hold_price=price,
        version="test 1",
        max_output_tokens=10,
        context_window_tokens=100,
    )
    book = FixedPriceBook(version="test 1", models={("openai", "gpt-5-mini"): model})
    assert book.price("openai", "gpt-5-mini", Instant(0), "flex") is model
    assert book.price("openai", "other", Instant(0)) is None
