"""Tests of ``wattfare_desktop.core.periods``: windows tile time, whatever a zone's clocks do."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from wattfare_desktop.core.periods import Period, Span, next_span, span_at

RENEWING = [Period.DAY, Period.WEEK, Period.MONTH, Period.YEAR]
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    # Half an hour of summer time, and clocks that are off by quarters of an hour.
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    # Midnight is skipped in spring, and comes twice or falls back into yesterday in autumn.
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Africa/Cairo",
    # Fell back at one minute past midnight.
    "America/St_Johns",
    # Left out a whole day.
    "Pacific/Apia",
    "Pacific/Kwajalein",
    # The ends of the world.
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    # Went to summer time backwards, and off for one month.
    "Europe/Dublin",
    "Africa/Casablanca",
]

zones = st.sampled_from(ZONES).map(ZoneInfo)
renewing = st.sampled_from(RENEWING)


def at(text: str, zone: tzinfo = UTC, fold: int = 0) -> Instant:
    wall = datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)
    return Instant(round(wall.timestamp() * 1000))


def local(instant: Instant | None, zone: tzinfo) -> datetime:
    assert instant is not None
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)


instants = st.integers(min_value=at("1970-02-01"), max_value=at("2100-01-01")).map(Instant)


def shown(span: Span, zone: tzinfo) -> tuple[str, str]:
    return (
        local(span.starts_at, zone).strftime("%Y-%m-%d %H:%M"),
        local(span.resets_at, zone).strftime("%Y-%m-%d %H:%M"),
    )


@pytest.mark.parametrize(
    ("period", "zone", "now", "starts", "resets"),
    [
        (Period.DAY, "UTC", "2026-11-23T00:00:00", "2026-11-23 00:00", "2026-11-24 00:00"),
        (Period.DAY, "UTC", "2026-11-23T23:59:59.999", "2026-11-23 00:00", "2026-11-24 00:00"),
        # A Monday is its own week's first day, a Sunday its last.
        (Period.WEEK, "UTC", "2026-11-23T00:00:00", "2026-11-23 00:00", "2026-11-30 00:00"),
        (Period.WEEK, "UTC", "2026-11-22T23:59:59", "2026-11-16 00:00", "2026-11-23 00:00"),
        # Over the turn of a year.
        (Period.WEEK, "UTC", "2027-01-01T12:00:00", "2026-12-28 00:00", "2027-01-04 00:00"),
        (Period.MONTH, "UTC", "2026-12-31T23:59:59", "2026-12-01 00:00", "2027-01-01 00:00"),
        (Period.MONTH, "UTC", "2026-01-31T12:00:00", "2026-01-01 00:00", "2026-02-01 00:00"),
        (Period.MONTH, "UTC", "2027-02-28T12:00:00", "2027-02-01 00:00", "2027-03-01 00:00"),
        # Leap days: a year that has one, and a hundredth that has none.
        (Period.DAY, "UTC", "2028-02-29T12:00:00", "2028-02-29 00:00", "2028-03-01 00:00"),
        (Period.MONTH, "UTC", "2028-02-29T12:00:00", "2028-02-01 00:00", "2028-03-01 00:00"),
        (Period.DAY, "UTC", "2100-02-28T12:00:00", "2100-02-28 00:00", "2100-03-01 00:00"),
        (Period.YEAR, "UTC", "2028-02-29T12:00:00", "2028-01-01 00:00", "2029-01-01 00:00"),
        (Period.YEAR, "UTC", "2026-12-31T23:59:59", "2026-01-01 00:00", "2027-01-01 00:00"),
        # Summer time begins and ends within each of these.
        (
            Period.DAY,
            "Europe/Berlin",
            "2026-03-29T12:00:00",
            "2026-03-29 00:00",
            "2026-03-30 00:00",
        ),
        (
            Period.MONTH,
            "Europe/Berlin",
            "2026-10-31T12:00:00",
            "2026-10-01 00:00",
            "2026-11-01 00:00",
        ),
        # There is no midnight on this day: it begins at one.
        (
            Period.DAY,
            "America/Havana",
            "2026-03-08T12:00:00",
            "2026-03-08 01:00",
            "2026-03-09 00:00",
        ),
        # Samoa had no 30 December 2011.
        (
            Period.DAY,
            "Pacific/Apia",
            "2011-12-29T12:00:00",
            "2011-12-29 00:00",
            "2011-12-31 00:00",
        ),
    ],
)
def test_windows_looked_up_in_a_calendar(
    period: Period, zone: str, now: str, starts: str, resets: str
) -> None:
    there = ZoneInfo(zone)
    assert shown(span_at(period, at(now, there), there), there) == (starts, resets)


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("Europe/Berlin", "2026-03-29", 23 * 60),
        ("Europe/Berlin", "2026-10-25", 25 * 60),
        ("Europe/Berlin", "2026-11-23", 24 * 60),
        ("Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30),
        ("Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30),
        # Both midnights of the day the clocks fall back to belong to it.
        ("America/Havana", "2026-11-01", 25 * 60),
    ],
)
def test_a_day_is_as_long_as_its_clocks_make_it(zone: str, day: str, minutes: int) -> None:
    there = ZoneInfo(zone)
    span = span_at(Period.DAY, at(f"{day}T12:00:00", there), there)
    assert span.resets_at is not None
    assert span.resets_at - span.starts_at == minutes * MINUTE_MS


@given(renewing, instants, zones)
# Fell back from one minute past midnight into yesterday: which is over already.
@example(Period.DAY, at("2010-11-07T03:15:00"), ZoneInfo("America/St_Johns"))
@example(Period.MONTH, at("2009-11-01T03:15:00"), ZoneInfo("America/St_Johns"))
def test_a_window_holds_its_instant(period: Period, now: Instant, zone: ZoneInfo) -> None:
    span = span_at(period, now, zone)
    assert span.resets_at is not None
    assert span.starts_at <= now < span.resets_at
    assert not span.is_over(now)
    assert span.is_over(span.resets_at)


@given(renewing, instants, zones)
@example(Period.DAY, at("2010-11-07T02:15:00"), ZoneInfo("America/St_Johns"))
@example(Period.DAY, at("2011-12-29T12:00:00"), ZoneInfo("Pacific/Apia"))
def test_windows_leave_no_gap_and_do_not_overlap(
    period: Period, now: Instant, zone: ZoneInfo
) -> None:
    span = span_at(period, now, zone)
    assert span.resets_at is not None
    after = span_at(period, span.resets_at, zone)
    before = span_at(period, Instant(span.starts_at - 1), zone)
    assert after.starts_at == span.resets_at
    assert before.resets_at == span.starts_at


@given(renewing, zones, instants, st.floats(min_value=0, max_value=1, exclude_max=True))
def test_every_instant_of_a_window_has_the_same_one(
    period: Period, zone: ZoneInfo, now: Instant, part: float
) -> None:
    span = span_at(period, now, zone)
    assert span.resets_at is not None
    inside = Instant(span.starts_at + int((span.resets_at - span.starts_at) * part))
    assert span_at(period, inside, zone) == span


@given(renewing, instants, zones)
def test_a_window_begins_as_the_wall_clock_reads_its_first_midnight(
    period: Period, now: Instant, zone: ZoneInfo
) -> None:
    starts_at = span_at(period, now, zone).starts_at
    first, just_before = local(starts_at, zone), local(Instant(starts_at - 1), zone)
    assert first.date() > just_before.date()
    if first.time() != datetime.min.time():
        # That midnight was skipped, and it is the instant the clocks jumped.
        assert first.utcoffset() != just_before.utcoffset()
    match period:
        case Period.WEEK:
            assert first.isocalendar()[:2] > just_before.isocalendar()[:2]
        case Period.MONTH:
            assert (first.year, first.month) > (just_before.year, just_before.month)
        case Period.YEAR:
            assert first.year > just_before.year
        case _:
            pass


@given(instants, zones)
def test_once_is_for_ever(now: Instant, zone: ZoneInfo) -> None:
    span = span_at(Period.ONCE, now, zone)
    assert span == Span(starts_at=Instant(0), resets_at=None)
    assert not span.is_over(now)
    assert next_span(Period.ONCE, span, now, zone) == span


def test_the_first_window_is_the_calendars() -> None:
    now = at("2026-11-23T12:00:00")
    assert next_span(Period.WEEK, None, now, UTC) == span_at(Period.WEEK, now, UTC)


def test_an_hour_without_calls_or_a_month_does_not_matter() -> None:
    latest = span_at(Period.DAY, at("2026-09-01T12:00:00"), UTC)
    now = at("2026-11-23T12:00:00")
    assert next_span(Period.DAY, latest, now, UTC) == span_at(Period.DAY, now, UTC)


@given(renewing, instants, zones, st.integers(min_value=1, max_value=400 * DAY_MS))
def test_a_clock_set_back_reopens_nothing(
    period: Period, now: Instant, zone: ZoneInfo, back_ms: int
) -> None:
    latest = span_at(period, now, zone)
    assert next_span(period, latest, Instant(now - back_ms), zone) == latest


def test_a_zone_moved_east_gains_no_second_day() -> None:
    berlin, tokyo = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
    now = at("2026-11-23T20:00:00", berlin)
    latest = span_at(Period.DAY, now, berlin)
    # It is the 24th in Tokyo already; the 23rd of Berlin lasts as long as it would have.
    assert next_span(Period.DAY, latest, now, tokyo) == latest
    then = at("2026-11-24T00:00:00", berlin)
    span = next_span(Period.DAY, latest, then, tokyo)
    assert span == Span(starts_at=then, resets_at=at("2026-11-25T00:00:00", tokyo))


fixed_zones = st.integers(min_value=-14 * 60, max_value=14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
steps = st.lists(
    st.tuples(
        st.integers(min_value=-3 * DAY_MS, max_value=40 * DAY_MS),
        st.one_of(zones, fixed_zones),
    ),
    max_size=12,
)


@given(renewing, instants, steps)
@example(
    Period.DAY,
    at("2010-11-06T12:00:00"),
    [(15 * HOUR_MS + 15 * MINUTE_MS, ZoneInfo("America/St_Johns"))],
)
def test_whatever_clock_and_zone_do_no_window_comes_again(
    period: Period, now: Instant, moved: list[tuple[int, tzinfo]]
) -> None:
    latest = next_span(period, None, now, UTC)
    for step_ms, zone in moved:
        now = Instant(max(0, now + step_ms))
        span = next_span(period, latest, now, zone)
        assert span.resets_at is not None
        assert now < span.resets_at
        if span == latest:
            continue
        assert latest.resets_at is not None
        assert latest.resets_at <= span.starts_at <= now
        latest = span
