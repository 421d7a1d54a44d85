"""Tests of ``wattfare_desktop.wallet.clock``."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.wallet import clock
from wattfare_desktop.wallet.clock import Clock

TONGA = timezone(timedelta(hours=13))
HAWAII = timezone(timedelta(hours=-10))


class Stopped(Clock):
    """A clock that stands still."""

    def __init__(self, at: datetime, zone: tzinfo) -> None:
        super().__init__(lambda: zone)
        self._at = Instant(round(at.timestamp() * 1000))

    def now(self) -> Instant:
        return self._at


def test_now_is_now_in_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    now = Clock(lambda: UTC).now()
    assert before <= now <= time.time_ns() // 1_000_000


@pytest.mark.parametrize(("zone", "day"), [(UTC, 23), (TONGA, 24), (HAWAII, 23)])
def test_today_is_the_date_on_the_users_wall(zone: tzinfo, day: int) -> None:
    stopped = Stopped(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), zone)
    assert stopped.today().isoformat() == f"2026-11-{day}"


def test_the_zone_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    zones = [UTC, TONGA, HAWAII]
    moving = Clock(lambda: zones.pop(0))
    assert [moving.zone for _ in range(5)] == [UTC] * 5
    monkeypatch.setattr(clock, "_ZONE_S", 0.0)
    moving._zone_until_s = 0.0
    assert [moving.zone, moving.zone] == [TONGA, HAWAII]


def test_names_are_unique_and_of_one_shape() -> None:
    steady = Clock(lambda: UTC)
    names = {steady.identifier("call") for _ in range(5_000)}
    assert len(names) == 5_000
    shape = re.compile(r"call_[0-9a-hjkmnp-tv-z]{19}")
    assert all(shape.fullmatch(name) for name in names)


def test_names_sort_by_their_time() -> None:
    moments = [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 0, 0, 1_000, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 0, 0, 2_000, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
        datetime(3000, 1, 1, tzinfo=UTC),
    ]
    names = [Stopped(moment, UTC).identifier("grant") for moment in moments]
    assert names == sorted(names)
    assert len({len(name) for name in names}) == 1


def test_names_of_one_millisecond_differ_in_every_place() -> None:
    stopped = Stopped(datetime(2026, 11, 23, tzinfo=UTC), UTC)
    tails = [stopped.identifier("x")[-10:] for _ in range(2_000)]
    assert len(set(tails)) == 2_000
    assert all(len({tail[place] for tail in tails}) == 32 for place in range(10))
