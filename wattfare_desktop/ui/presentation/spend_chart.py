"""Spending by app and day, ready to be drawn or read: the largest apps, and all others as one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos, display_usd
from wattfare_desktop.core.reports import DaySpend
from wattfare_desktop.ui.presentation.moments import day_text

SERIES_MAX: Final = 5
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One app's spending, a figure a day. ``colour`` is the place of its colour in the look."""

    name: str
    colour: int
    amounts: tuple[Nanos, ...]

    @property
    def total(self) -> Nanos:
        """What the app spent in all the days."""
        return Nanos(sum(self.amounts))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendChart:
    """Days from the oldest on, and series from the largest on. ``ticks`` begin above zero."""

    days: tuple[date, ...]
    series: tuple[Series, ...]
    ticks: tuple[Nanos, ...]

    @property
    def total(self) -> Nanos:
        """What all apps spent in all the days."""
        return Nanos(sum(series.total for series in self.series))

    def day_total(self, day: int) -> Nanos:
        """Return what all apps spent on the day at place ``day``."""
        return Nanos(sum(series.amounts[day] for series in self.series))


def spend_chart(rows: Sequence[DaySpend], last: date, day_count: int) -> SpendChart:
    """Return the chart of the ``day_count`` days that end with ``last``."""
    days = tuple(last - timedelta(days=back) for back in reversed(range(day_count)))
    names = {row.app: row.app_name for row in rows}
    amounts = _amounts(rows, days)
    largest = sorted(
        (app for app in amounts if sum(amounts[app])), key=lambda app: (-sum(amounts[app]), app)
    )
    series = [
        Series(name=names[app], colour=place, amounts=amounts[app])
        for place, app in enumerate(largest[:SERIES_MAX])
    ]
    if rest := largest[SERIES_MAX:]:
        sums = tuple(Nanos(sum(each)) for each in zip(*(amounts[app] for app in rest), strict=True))
        series.append(Series(name=f"{len(rest)} others", colour=SERIES_MAX, amounts=sums))
    top = max((sum(each) for each in zip(*(s.amounts for s in series), strict=True)), default=0)
    return SpendChart(days=days, series=tuple(series), ticks=_ticks(top))


def summary(chart: SpendChart) -> str:
    """Return the chart in a sentence."""
    if not chart.series:
        return f"Nothing was spent in the last {len(chart.days)} days."
    parts = ", ".join(f"{series.name} {display_usd(series.total)}" for series in chart.series)
    return f"{display_usd(chart.total)} in the last {len(chart.days)} days: {parts}."


def day_summary(chart: SpendChart, day: int) -> str:
    """Return one day, a line an app."""
    lines = [f"{day_text(chart.days[day])}: {display_usd(chart.day_total(day))}"]
    lines += [
        f"{series.name}: {display_usd(series.amounts[day])}"
        for series in chart.series
        if series.amounts[day]
    ]
    return "\n".join(lines)


def table_heads(chart: SpendChart) -> tuple[str, ...]:
    """Return the heads of the chart as a table."""
    return ("Day", *(series.name for series in chart.series), "All apps")


def table_rows(chart: SpendChart) -> tuple[tuple[str, ...], ...]:
    """Return the chart as a table, the newest day first, days without spending left out."""
    return tuple(
        (
            day_text(chart.days[day]),
            *(display_usd(series.amounts[day]) for series in chart.series),
            display_usd(chart.day_total(day)),
        )
        for day in reversed(range(len(chart.days)))
        if chart.day_total(day)
    )


def _amounts(rows: Sequence[DaySpend], days: Sequence[date]) -> dict[GrantId, tuple[Nanos, ...]]:
    """Return what each app spent on each of ``days``."""
    spent: dict[tuple[GrantId, date], int] = defaultdict(int)
    for row in rows:
        spent[row.app, row.day] += row.spent
    apps = {row.app for row in rows}
    return {app: tuple(Nanos(spent[app, day]) for day in days) for app in apps}


def _ticks(top: int) -> tuple[Nanos, ...]:
    """Return two to four round amounts that reach up to ``top`` or above."""
    if top <= 0:
        return (Nanos(NANOS_PER_USD),)
    step = _round_step(-(-top // 3))
    count = -(-top // step)
    return tuple(Nanos(step * place) for place in range(1, count + 1))


def _round_step(least: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, … that is not below ``least``."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size >= least:
                return step * size
        size *= 10
