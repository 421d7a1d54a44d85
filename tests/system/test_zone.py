"""Tests of ``wattfare_desktop.system.zone``."""

from datetime import UTC, datetime, timedelta

import pytest

from wattfare_desktop.system.zone import local_zone


def test_the_zone_is_the_one_that_is_set_now(monkeypatch: pytest.MonkeyPatch) -> None:
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    for name, offset_h in (("Asia/Tokyo", 9), ("America/New_York", -4), ("Etc/UTC", 0)):
        monkeypatch.setenv("TZ", name)
        assert summer.astimezone(local_zone()).utcoffset() == timedelta(hours=offset_h)


@pytest.mark.parametrize("name", ["No/Such_Zone", "../../etc/passwd"])
def test_nonsense_is_utc(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TZ", name)
    assert datetime.now(local_zone()).utcoffset() == timedelta(0)
