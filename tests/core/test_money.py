"""Tests of ``wattfare_desktop.core.money``: reading and showing lose no nano."""

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.money import (
    LARGEST_AMOUNT,
    NANOS_PER_CENT,
    NANOS_PER_USD,
    Nanos,
    display_usd,
    exact_usd,
    parse_usd,
    plain_usd,
)

typed = st.integers(min_value=0, max_value=LARGEST_AMOUNT).map(Nanos)
# What an int64 column can hold.
stored = st.integers(min_value=-(2**63), max_value=2**63 - 1).map(Nanos)
below_a_cent = st.integers(min_value=1, max_value=NANOS_PER_CENT - 1).map(Nanos)


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("0", 0),
        ("0.00", 0),
        ("5", 5 * NANOS_PER_USD),
        ("5.0", 5 * NANOS_PER_USD),
        ("5.00", 5 * NANOS_PER_USD),
        ("005.00", 5 * NANOS_PER_USD),
        ("0.1", 100_000_000),
        ("0.000000001", 1),
        ("0.100000001", 100_000_001),
        # Where a float would already have rounded.
        ("123456.789012345", 123_456_789_012_345),
        ("999999.999999999", LARGEST_AMOUNT - 1),
        ("1000000", LARGEST_AMOUNT),
    ],
)
def test_amounts_that_are_read(text: str, nanos: int) -> None:
    assert parse_usd(text) == nanos


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 5",
        "5 ",
        "5\n",
        "5.00\n",
        "+5",
        "-5",
        "-0",
        "$5",
        "5$",
        "5 USD",
        "5.",
        ".5",
        ".",
        "1,000",
        "1_000",
        "1 000",
        "1,5",
        "1.2.3",
        "5e1",
        "5E-2",
        "0x10",
        "1/2",
        "NaN",
        "nan",
        "inf",
        "Infinity",
        "five",
        "0.0000000001",
        "\u0665.\u0660\u0660",
        "\uff15",
        "\u00b2",
        "5\u200b",
        "5\x00",
        "5\u00a0",
        "00000000005",
        "9" * 5_000,
    ],
)
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r'"5\.00"'):
        parse_usd(text)


@pytest.mark.parametrize("text", ["1000000.000000001", "1000001", "9999999999.999999999"])
def test_more_than_a_million_is_refused_by_its_figure(text: str) -> None:
    with pytest.raises(ValueError, match=r"1000000\.00"):
        parse_usd(text)


@given(st.text(max_size=40))
def test_any_text_is_read_exactly_or_refused_without_being_quoted(text: str) -> None:
    told = ""
    try:
        nanos = parse_usd(text)
        assert Decimal(nanos) == Decimal(text) * NANOS_PER_USD
    except ValueError as error:
        told = str(error)
    # It may be a key pasted in the wrong field.
    assert len(text) < 12 or text not in told


@given(typed)
def test_what_was_written_is_read_back(nanos: Nanos) -> None:
    assert parse_usd(plain_usd(nanos)) == nanos
    assert parse_usd(exact_usd(nanos)) == nanos


@given(stored)
def test_an_exact_text_has_nine_decimals_and_every_nano(nanos: Nanos) -> None:
    text = exact_usd(nanos)
    assert re.fullmatch(r"-?[0-9]+\.[0-9]{9}", text)
    assert Decimal(text) * NANOS_PER_USD == nanos


@given(stored)
def test_a_plain_text_is_exact_with_two_decimals_or_those_it_needs(nanos: Nanos) -> None:
    text = plain_usd(nanos)
    assert Decimal(text) * NANOS_PER_USD == nanos
    assert re.fullmatch(r"-?[0-9]+\.[0-9]{2}([0-9]{0,6}[1-9])?", text)


@pytest.mark.parametrize(
    ("nanos", "exact", "plain"),
    [
        (0, "0.000000000", "0.00"),
        (1, "0.000000001", "0.000000001"),
        (-1, "-0.000000001", "-0.000000001"),
        (125_000_000, "0.125000000", "0.125"),
        (-1_500_000_000, "-1.500000000", "-1.50"),
        (5 * NANOS_PER_USD, "5.000000000", "5.00"),
        (100 * NANOS_PER_USD, "100.000000000", "100.00"),
    ],
)
def test_texts_worked_by_hand(nanos: int, exact: str, plain: str) -> None:
    assert exact_usd(Nanos(nanos)) == exact
    assert plain_usd(Nanos(nanos)) == plain


@pytest.mark.parametrize(
    ("nanos", "shown"),
    [
        (0, "$0.00"),
        (1, "$0.000000001"),
        (12, "$0.000000012"),
        (123, "$0.00000012"),
        (125, "$0.00000013"),
        (995, "$0.000001"),
        (4_200_000, "$0.0042"),
        (4_249_999, "$0.0042"),
        (4_250_000, "$0.0043"),
        (9_900_000, "$0.0099"),
        (9_949_999, "$0.0099"),
        (9_950_000, "$0.01"),
        (NANOS_PER_CENT, "$0.01"),
        (14_999_999, "$0.01"),
        (15_000_000, "$0.02"),
        (12_340_000_000, "$12.34"),
        (999_994_999_999, "$999.99"),
        (999_995_000_000, "$1,000.00"),
        (1_234_567_890_000_000, "$1,234,567.89"),
        (-4_200_000, "-$0.0042"),
        (-12_340_000_000, "-$12.34"),
    ],
)
def test_what_people_read(nanos: int, shown: str) -> None:
    assert display_usd(Nanos(nanos)) == shown


def _read(shown: str) -> Decimal:
    return Decimal(shown.replace("$", "").replace(",", "")) * NANOS_PER_USD


@given(stored)
def test_what_is_not_nothing_is_never_shown_as_nothing(nanos: Nanos) -> None:
    shown = display_usd(nanos)
    assert (_read(shown) == 0) == (nanos == 0)
    assert "e" not in shown.lower()
    assert shown.startswith("-") == (nanos < 0)


@given(stored.filter(lambda nanos: abs(nanos) >= NANOS_PER_CENT))
def test_from_a_cent_on_whole_cents_are_shown_rounded_half_up(nanos: Nanos) -> None:
    cents = (Decimal(abs(nanos)) / NANOS_PER_CENT).to_integral_value(ROUND_HALF_UP)
    assert abs(_read(display_usd(nanos))) == cents * NANOS_PER_CENT


@given(below_a_cent)
def test_below_a_cent_two_figures_stay_rounded_half_up(nanos: Nanos) -> None:
    step = 10 ** max(0, len(str(nanos)) - 2)
    rounded = (Decimal(nanos) / step).to_integral_value(ROUND_HALF_UP) * step
    assert _read(display_usd(nanos)) == rounded
    assert display_usd(Nanos(-nanos)) == f"-{display_usd(nanos)}"


@given(typed, typed)
def test_more_is_never_shown_as_less(one: Nanos, other: Nanos) -> None:
    less, more = sorted((one, other))
    assert _read(display_usd(less)) <= _read(display_usd(more))
