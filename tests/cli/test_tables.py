"""Columns stand under each other, and figures read as money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.cli.tables import moment, money, nanos, pairs, table
from wattfare_desktop.core.money import Nanos, exact_usd


def test_columns_are_aligned() -> None:
    lines = table(
        ("NAME", "SPENT"), [("Notes AI", "$1.20"), ("日本", "$0.0042")], right=frozenset({1})
    )

    assert lines == [
        "NAME        SPENT",
        "Notes AI    $1.20",
        "日本      $0.0042",
    ]


def test_a_cell_cannot_begin_a_line() -> None:
    assert table(("A",), [("x\ny",)]) == ["A", r"x\ny"]


def test_pairs_have_their_values_in_one_column() -> None:
    assert pairs([("port", "8402"), ("balance", "$1.00")]) == ["port     8402", "balance  $1.00"]


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        ("5.000000000", "$5.00"),
        ("0.000000000", "$0.00"),
        ("0.004200000", "$0.0042"),
        ("-1.250000000", "-$1.25"),
        (None, "-"),
    ],
)
def test_money_reads_as_money(exact: str | None, shown: str) -> None:
    assert money(exact) == shown


@given(st.integers(min_value=-(2**62), max_value=2**62))
def test_exact_amounts_come_back_whole(amount: int) -> None:
    assert nanos(exact_usd(Nanos(amount))) == amount


def test_a_moment_says_its_zone() -> None:
    assert moment("2026-11-23T14:25:50.123Z") == "2026-11-23 14:25Z"
    assert moment(None) == "-"
