"""Spending by app and day, added up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import DaySpend
from wattfare_desktop.ui.presentation.spend_chart import (
    SERIES_MAX,
    day_summary,
    spend_chart,
    summary,
    table_heads,
    table_rows,
)

TODAY = date(2026, 11, 23)
TOP = parse_usd("999999")


def spend(app: str, days_ago: int, nanos: int) -> DaySpend:
    return DaySpend(
        day=TODAY - timedelta(days=days_ago),
        app=GrantId(app),
        app_name=app.upper(),
        spent=Nanos(nanos),
    )


def test_the_largest_come_first_and_the_rest_are_one() -> None:
    rows = [spend(f"app{number}", number % 3, 10 + number) for number in range(8)]
    chart = spend_chart(rows, TODAY, 30)
    names = [series.name for series in chart.series]
    assert names == ["APP7", "APP6", "APP5", "APP4", "APP3", "3 others"]
    assert [series.colour for series in chart.series] == [0, 1, 2, 3, 4, SERIES_MAX]
    assert chart.days[0] == TODAY - timedelta(days=29)
    assert chart.days[-1] == TODAY


def test_two_apps_of_one_name_stay_two() -> None:
    rows = [spend("a", 0, 5), DaySpend(day=TODAY, app=GrantId("b"), app_name="A", spent=Nanos(7))]
    assert [series.total for series in spend_chart(rows, TODAY, 7).series] == [7, 5]


def test_what_spent_nothing_is_no_series_and_what_is_older_is_left_out() -> None:
    chart = spend_chart([spend("a", 0, 0), spend("b", 7, 5)], TODAY, 7)
    assert chart.series == ()
    assert summary(chart) == "Nothing was spent in the last 7 days."
    assert table_rows(chart) == ()
    assert len(chart.ticks) == 1


def test_it_can_be_read_as_a_table_and_as_a_sentence() -> None:
    rows = [spend("a", 0, parse_usd("1.5")), spend("b", 0, parse_usd("0.5"))]
    chart = spend_chart([*rows, spend("a", 2, parse_usd("1"))], TODAY, 7)
    assert table_heads(chart) == ("Day", "A", "B", "All apps")
    assert table_rows(chart) == (
        ("23 Nov", "$1.50", "$0.50", "$2.00"),
        ("21 Nov", "$1.00", "$0.00", "$1.00"),
    )
    assert summary(chart) == "$3.00 in the last 7 days: A $2.50, B $0.50."
    assert day_summary(chart, 6) == "23 Nov: $2.00\nA: $1.50\nB: $0.50"


@pytest.mark.parametrize(
    ("top", "ticks"),
    [("0.03", ["0.01", "0.02", "0.03"]), ("4", ["2", "4"]), ("2.9", ["1", "2", "3"])],
)
def test_amounts_on_the_axis_are_round(top: str, ticks: list[str]) -> None:
    chart = spend_chart([spend("a", 0, parse_usd(top))], TODAY, 7)
    assert list(chart.ticks) == [parse_usd(tick) for tick in ticks]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 29), st.integers(0, TOP)), max_size=60))
def test_no_nano_is_lost_and_the_axis_reaches_the_top(spent: list[tuple[int, int, int]]) -> None:
    rows = [spend(f"app{app}", days_ago, nanos) for app, days_ago, nanos in spent]
    chart = spend_chart(rows, TODAY, 30)
    assert chart.total == sum(nanos for _, _, nanos in spent)
    assert sum(chart.day_total(day) for day in range(30)) == chart.total
    assert chart.ticks[-1] >= max(chart.day_total(day) for day in range(30))
    assert 1 <= len(chart.ticks) <= 4
    assert list(chart.ticks) == sorted(set(chart.ticks))
