"""Tests of ``wattfare_desktop.core.metering.items``."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.items import Item, exact_cost_usd, itemised, rounded_up, stated
from wattfare_desktop.core.metering.meter import cost
from wattfare_desktop.core.metering.prices import ModelPrice, Tier, TokenRate
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind
from wattfare_desktop.core.metering.usage import Usage

counts = st.integers(min_value=0, max_value=10**9)
usages = st.builds(
    Usage.reconciled,
    input_tokens=counts,
    cached_read_tokens=counts,
    cached_audio_tokens=counts,
    cached_image_tokens=counts,
    cache_write_tokens=counts,
    cache_write_long_tokens=counts,
    input_audio_tokens=counts,
    input_image_tokens=counts,
    output_tokens=counts,
    reasoning_tokens=counts,
    output_audio_tokens=counts,
    output_image_tokens=counts,
    counted=st.dictionaries(st.sampled_from([UnitKind.WEB_SEARCH, UnitKind.CHARACTER]), counts),
)
dollars = st.decimals(min_value=0, max_value=1_000, allow_nan=False, places=11)
tiers = st.dictionaries(counts, dollars, max_size=3).map(
    lambda found: tuple(Tier(start=start, usd_per_mtok=found[start]) for start in sorted(found))
)
rates = st.builds(TokenRate, usd_per_mtok=dollars, tiers=tiers)
prices = st.builds(
    ModelPrice,
    input=rates,
    output=rates,
    cached_read=st.none() | rates,
    cached_audio=st.none() | rates,
    cache_write=st.none() | rates,
    cache_write_long=st.none() | rates,
    input_audio=st.none() | rates,
    reasoning=st.none() | rates,
    output_audio=st.none() | rates,
    output_image=st.none() | rates,
    counted=st.fixed_dictionaries({UnitKind.WEB_SEARCH: dollars, UnitKind.CHARACTER: dollars}),
    usd_per_request=st.just(Decimal(0)) | dollars,
)


@given(price=prices, usage=usages)
def test_items_name_every_unit_once_and_cost_what_was_charged(
    price: ModelPrice, usage: Usage
) -> None:
    items = itemised(price, usage)
    tokens = sum(item.units for item in items if item.kind in TOKEN_KINDS)
    assert tokens == usage.input_tokens + usage.output_tokens
    assert len({item.kind for item in items}) == len(items)
    assert all(item.units > 0 for item in items)
    assert rounded_up(exact_cost_usd(items)) == cost(price, usage)


def _rate(text: str, *above: tuple[int, str]) -> TokenRate:
    return TokenRate(
        usd_per_mtok=Decimal(text),
        tiers=tuple(Tier(start=start, usd_per_mtok=Decimal(usd)) for start, usd in above),
    )


def test_each_kind_has_its_own_price_and_those_without_one_their_sides() -> None:
    price = ModelPrice(
        input=_rate("1.25"),
        output=_rate("10"),
        cached_read=_rate("0.125"),
        usd_per_request=Decimal("0.01"),
    )
    usage = Usage(
        input_tokens=100,
        cached_read_tokens=40,
        cache_write_tokens=10,
        output_tokens=7,
        reasoning_tokens=7,
    )
    assert itemised(price, usage) == (
        Item(kind=UnitKind.INPUT, units=50, usd=Decimal("1.25")),
        Item(kind=UnitKind.CACHED_READ, units=40, usd=Decimal("0.125")),
        Item(kind=UnitKind.CACHE_WRITE, units=10, usd=Decimal("1.25")),
        Item(kind=UnitKind.REASONING, units=7, usd=Decimal(10)),
        Item(kind=UnitKind.REQUEST, units=1, usd=Decimal("0.01")),
    )


def test_a_long_call_is_itemised_at_the_price_of_its_tier() -> None:
    price = ModelPrice(input=_rate("1", (200_000, "2")), output=_rate("5", (200_000, "7.5")))
    used = Usage(input_tokens=200_001, output_tokens=1)
    assert [item.usd for item in itemised(price, used)] == [Decimal(2), Decimal("7.5")]


@pytest.mark.parametrize(
    ("usd", "nanos"),
    [("0", 0), ("0.000000001", 1), ("0.0000000000001", 1), ("1.2500000001", 1_250_000_001)],
)
def test_a_part_of_a_nano_dollar_counts_as_a_whole_one(usd: str, nanos: int) -> None:
    assert rounded_up(Decimal(usd)) == nanos


def test_what_is_counted_has_a_price_of_its_own() -> None:
    price = ModelPrice(
        input=_rate("1"),
        output=_rate("2"),
        counted={
            UnitKind.WEB_SEARCH: Decimal("0.01"),
            UnitKind.AUDIO_MILLISECOND: Decimal("0.0001"),
        },
    )
    usage = Usage(counted={UnitKind.WEB_SEARCH: 3, UnitKind.AUDIO_MILLISECOND: 12_500})
    # Three searches at a cent, 12.5 seconds at a hundredth of one.
    assert cost(price, usage) == 31_250_000
    assert [item.amount_usd for item in itemised(price, usage)] == [
        Decimal("0.03"),
        Decimal("0.00125"),
    ]


def test_a_bill_that_the_provider_told_is_one_item() -> None:
    (item,) = stated(Decimal("0.0123456789"))
    assert (item.kind, item.amount_usd) == (UnitKind.STATED, Decimal("0.0123456789"))
    assert rounded_up(exact_cost_usd([item])) == 12_345_679


def test_an_amount_is_exact_however_small_the_price() -> None:
    item = Item(kind=UnitKind.INPUT, units=3, usd=Decimal("0.0000001"))
    assert item.amount_usd == Decimal("0.0000000000003")
    assert exact_cost_usd(()) == 0
