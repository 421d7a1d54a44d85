"""Times and durations in words."""

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from wattfare_desktop.core.identifiers import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    Instant,
    later,
)
from wattfare_desktop.ui.presentation.moments import (
    ago_text,
    date_text,
    day_text,
    duration_text,
    moment_text,
    running_text,
)

NOON = Instant(1_795_435_200_000)


@pytest.mark.parametrize(
    ("past_ms", "words"),
    [
        (-5 * SECOND_MS, "just now"),
        (59 * SECOND_MS, "just now"),
        (MINUTE_MS, "1 min ago"),
        (HOUR_MS - 1, "59 min ago"),
        (23 * HOUR_MS, "23 h ago"),
        (DAY_MS, "1 day ago"),
        (30 * DAY_MS, "30 days ago"),
        (31 * DAY_MS, "23 Oct 2026"),
    ],
)
def test_how_long_ago(past_ms: int, words: str) -> None:
    assert ago_text(later(NOON, -past_ms), NOON, UTC) == words


@pytest.mark.parametrize(
    ("duration_ms", "words"),
    [(-1, "0 ms"), (340, "340 ms"), (12_449, "12.4 s"), (185_000, "3 min 05 s")],
)
def test_how_long_it_took(duration_ms: int, words: str) -> None:
    assert duration_text(duration_ms) == words


def test_what_runs_is_told_in_whole_seconds() -> None:
    assert running_text(NOON, later(NOON, 12_900)) == "12 s"
    assert running_text(NOON, later(NOON, 61_000)) == "1 min 01 s"
    assert running_text(later(NOON, 500), NOON) == "0 s"


def test_moments_are_told_on_the_users_clock() -> None:
    assert moment_text(NOON, UTC) == "23 Nov 2026, 12:00:00"
    assert date_text(later(NOON, 13 * HOUR_MS), ZoneInfo("Asia/Tokyo")) == "24 Nov 2026"
    assert day_text(date(2026, 1, 2)) == "2 Jan"
