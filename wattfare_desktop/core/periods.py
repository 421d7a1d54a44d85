"""Windows in time: when a budget's day, week, month or year begins and ends.

Windows follow the user's time zone, so a day may last 23 or 25 hours. Each is cut by a pure
function of a passed-in instant; :func:`next_span` adds the rule that a window once opened is never
opened again, whatever the clock or the zone is set to.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.identifiers import Instant


class Period(StrEnum):
    """How often a limit renews; ``ONCE`` never does."""

    ONCE = "once"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One window's time: ``starts_at`` included, ``resets_at`` excluded (None: it never resets)."""

    starts_at: Instant
    resets_at: Instant | None

    def is_over(self, now: Instant) -> bool:
        """Return whether ``now`` lies behind this window."""
        return self.resets_at is not None and now >= self.resets_at


_FOREVER: Final = Span(starts_at=Instant(0), resets_at=None)


def span_at(period: Period, now: Instant, zone: tzinfo) -> Span:
    """Return the window of ``period`` that holds ``now`` on the wall clock of ``zone``."""
    if period is Period.ONCE:
        return _FOREVER
    first = _first_midnight(period, _local(now, zone))
    starts_at, last = _instant(first, zone), _midnight_after(period, first)
    resets_at = _instant(last, zone)
    if now >= resets_at:
        # Past midnight the clocks fell back into yesterday, whose window is over and stays so.
        last = _midnight_after(period, last)
        starts_at, resets_at = resets_at, _instant(last, zone)
    return Span(starts_at=starts_at, resets_at=resets_at)


def next_span(period: Period, latest: Span | None, now: Instant, zone: tzinfo) -> Span:
    """Return the window that rules at ``now``, given the ``latest`` one ever opened.

    The latest stays until its own end: a clock set back, or a zone moved east, gains nothing. The
    one after it begins no earlier than that end.
    """
    if latest is not None and not latest.is_over(now):
        return latest
    span = span_at(period, now, zone)
    if latest is None or latest.resets_at is None:
        return span
    return Span(starts_at=Instant(max(span.starts_at, latest.resets_at)), resets_at=span.resets_at)


def _local(now: Instant, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)


def _first_midnight(period: Period, local: datetime) -> datetime:
    midnight = datetime(local.year, local.month, local.day)  # noqa: DTZ001 - a wall clock, zone added in _instant
    match period:
        case Period.WEEK:
            return midnight - timedelta(days=midnight.weekday())
        case Period.MONTH:
            return midnight.replace(day=1)
        case Period.YEAR:
            return midnight.replace(month=1, day=1)
        case _:
            return midnight


def _midnight_after(period: Period, first: datetime) -> datetime:
    match period:
        case Period.WEEK:
            return first + timedelta(days=7)
        case Period.MONTH:
            return (first + timedelta(days=32)).replace(day=1)
        case Period.YEAR:
            return first.replace(year=first.year + 1)
        case _:
            return first + timedelta(days=1)


def _instant(wall: datetime, zone: tzinfo) -> Instant:
    """Return the first instant at which the wall clock of ``zone`` reads ``wall`` or later.

    Where midnight falls into a spring-forward gap, ``fold=0`` resolves it with the offset from
    before the gap, which is the very instant the clocks jump.
    """
    return Instant(round(wall.replace(tzinfo=zone).timestamp() * 1000))
