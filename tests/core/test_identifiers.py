"""Tests of ``wattfare_desktop.core.identifiers``."""

from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    Instant,
    later,
)

instants = st.integers(min_value=0, max_value=2**45).map(Instant)
durations = st.integers(min_value=-(2**40), max_value=2**40)


def test_units_of_time_are_milliseconds() -> None:
    assert (SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS) == (1_000, 60_000, 3_600_000, 86_400_000)


@given(instants, durations, durations)
def test_later_adds_up(now: Instant, one: int, other: int) -> None:
    assert later(later(now, one), other) == later(now, one + other)
    assert later(now, 0) == now
    assert (later(now, one) > now) == (one > 0)
