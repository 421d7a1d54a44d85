"""Tests of ``wattfare_desktop.core.metering.meter``."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.meter import cost, hold_bound
from wattfare_desktop.core.metering.prices import ModelPrice, Tier, TokenRate
from wattfare_desktop.core.metering.usage import Usage


def rate(text: str, *tiers: tuple[int, str]) -> TokenRate:
    return TokenRate(
        usd_per_mtok=Decimal(text),
        tiers=tuple(Tier(start=start, usd_per_mtok=Decimal(price)) for start, price in tiers),
    )


MINI = ModelPrice(input=rate("0.25"), cached_read=rate("0.025"), output=rate("2"))
TIERED = ModelPrice(
    input=rate("0.1", (272_000, "0.2")),
    cached_read=rate("0.01", (272_000, "0.02")),
    cache_write=rate("0.125", (272_000, "0.25")),
    output=rate("0.5", (272_000, "0.75")),
)
AUDIO = ModelPrice(
    input=rate("2.5"), input_audio=rate("32"), output=rate("10"), output_audio=rate("64")
)
TINY = ModelPrice(input=rate("0.0000001"), output=rate("0.0003"))
FEE = ModelPrice(input=rate("1"), output=rate("1"), usd_per_request=Decimal("0.005"))
FREE = ModelPrice(input=rate("0"), output=rate("0"))
THINKER = ModelPrice(input=rate("1"), output=rate("4"), reasoning=rate("6"))


@pytest.mark.parametrize(
    ("price", "usage", "nanos"),
    [
        # 1,000 x 250 nanos + 500 x 2,000 nanos.
        (MINI, Usage(input_tokens=1000, output_tokens=500), 1_250_000),
        # 100 plain x 250 + 900 cached x 25.
        (MINI, Usage(input_tokens=1000, cached_read_tokens=900), 47_500),
        # Reasoning is output: 200 x 2,000, not 350 x 2,000.
        (MINI, Usage(output_tokens=200, reasoning_tokens=150), 400_000),
        (MINI, Usage(), 0),
        # A million of each is what the price list says: $0.25 + $2.
        (MINI, Usage(input_tokens=10**6, output_tokens=10**6), 2_250_000_000),
        # At the threshold the base rates hold: 272,000 x 100 + 10 x 500.
        (TIERED, Usage(input_tokens=272_000, output_tokens=10), 27_205_000),
        # One token above it the whole call costs the tier's: 272,001 x 200 + 10 x 750.
        (TIERED, Usage(input_tokens=272_001, output_tokens=10), 54_407_700),
        # 50 plain x 100 + 30 read x 10 + 20 written x 125.
        (TIERED, Usage(input_tokens=100, cached_read_tokens=30, cache_write_tokens=20), 7_800),
        # 10 text x 2,500 + 90 audio x 32,000 in, 5 text x 10,000 + 15 audio x 64,000 out.
        (
            AUDIO,
            Usage(
                input_tokens=100,
                input_audio_tokens=90,
                output_tokens=20,
                output_audio_tokens=15,
            ),
            3_915_000,
        ),
        # 5 x 0.0001 nanos rounds up to one nano, once for the call.
        (TINY, Usage(input_tokens=5), 1),
        # 10,000 x 0.0001 is exactly one.
        (TINY, Usage(input_tokens=10_000), 1),
        (TINY, Usage(input_tokens=10_001), 2),
        # 7 x 0.3 nanos + 1 x 0.0001 nanos = 2.1001.
        (TINY, Usage(input_tokens=1, output_tokens=7), 3),
        (FEE, Usage(input_tokens=1), 5_001_000),
        (FREE, Usage(input_tokens=10**6, output_tokens=10**6), 0),
        # 10 x 4,000 + 30 x 6,000.
        (THINKER, Usage(output_tokens=40, reasoning_tokens=30), 220_000),
    ],
)
def test_costs_worked_by_hand(price: ModelPrice, usage: Usage, nanos: int) -> None:
    assert cost(price, usage) == nanos


@pytest.mark.parametrize(
    ("price", "input_max", "output_max", "nanos"),
    [
        (MINI, 1000, 500, 1_250_000),
        # Every input token may be a cache write.
        (TIERED, 1000, 0, 125_000),
        # The higher tier is reachable only above its start.
        (TIERED, 272_000, 0, 34_000_000),
        (TIERED, 272_001, 0, 68_000_250),
        (AUDIO, 10, 10, 960_000),
        (FEE, 0, 0, 5_000_000),
        (FREE, 10**6, 10**6, 0),
        (TINY, 1, 0, 1),
    ],
)
def test_holds_worked_by_hand(
    price: ModelPrice, input_max: int, output_max: int, nanos: int
) -> None:
    assert hold_bound(price, input_max, output_max) == nanos


@pytest.mark.parametrize("bounds", [(-1, 0), (0, -1)])
def test_negative_bounds_are_a_fault(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        hold_bound(MINI, *bounds)


MONEY = st.decimals(min_value=0, max_value=600, places=7)
RATES = st.builds(
    lambda base, tiers: TokenRate(
        usd_per_mtok=base,
        tiers=tuple(Tier(start=start, usd_per_mtok=tiers[start]) for start in sorted(tiers)),
    ),
    MONEY,
    st.dictionaries(st.integers(0, 300_000), MONEY, max_size=2),
)
PRICES = st.builds(
    ModelPrice,
    input=RATES,
    output=RATES,
    cached_read=st.none() | RATES,
    cache_write=st.none() | RATES,
    input_audio=st.none() | RATES,
    reasoning=st.none() | RATES,
    output_audio=st.none() | RATES,
    usd_per_request=st.decimals(min_value=0, max_value=1, places=10),
)
COUNTS = st.integers(0, 200_000)
USAGES = st.builds(
    lambda plain, read, write, audio, shown, thought, spoken: Usage(
        input_tokens=plain + read + write + audio,
        cached_read_tokens=read,
        cache_write_tokens=write,
        input_audio_tokens=audio,
        output_tokens=shown + thought + spoken,
        reasoning_tokens=thought,
        output_audio_tokens=spoken,
    ),
    *(COUNTS,) * 7,
)


@given(price=PRICES, usage=USAGES, more_in=st.integers(0, 10**6), more_out=st.integers(0, 10**6))
def test_no_usage_within_its_bounds_costs_more_than_the_hold(
    price: ModelPrice, usage: Usage, more_in: int, more_out: int
) -> None:
    hold = hold_bound(price, usage.input_tokens + more_in, usage.output_tokens + more_out)
    assert cost(price, usage) <= hold


@given(price=PRICES, usage=USAGES)
def test_the_integers_are_the_exact_price_rounded_up(price: ModelPrice, usage: Usage) -> None:
    """The same sum in fractions straight from the price list, as a second opinion."""

    def usd(tokens: int, kind: TokenRate | None, instead: TokenRate) -> Fraction:
        return tokens * Fraction((kind or instead).at(usage.input_tokens)) / 10**6

    exact = (
        Fraction(price.usd_per_request)
        + usd(usage.plain_input_tokens, None, price.input)
        + usd(usage.cached_read_tokens, price.cached_read, price.input)
        + usd(usage.cache_write_tokens, price.cache_write, price.input)
        + usd(usage.input_audio_tokens, price.input_audio, price.input)
        + usd(usage.plain_output_tokens, None, price.output)
        + usd(usage.reasoning_tokens, price.reasoning, price.output)
        + usd(usage.output_audio_tokens, price.output_audio, price.output)
    )
    assert cost(price, usage) == ceil(exact * 10**9)
