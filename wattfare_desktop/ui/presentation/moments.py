"""Times and durations as people say them; the clock and the zone are the caller's."""

from datetime import UTC, date, datetime, tzinfo
from typing import Final

from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant

# Not strftime's: those follow the process's locale, and the rest of the text does not.
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_DAYS_AGO_MAX: Final = 30


def local(instant: Instant, zone: tzinfo) -> datetime:
    """Return the wall clock of ``zone`` at ``instant``."""
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)


def day_text(day: date) -> str:
    """Return a day without its year: ``"23 Nov"``."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def date_text(instant: Instant, zone: tzinfo) -> str:
    """Return the date: ``"23 Nov 2026"``."""
    day = local(instant, zone)
    return f"{day_text(day)} {day.year}"


def moment_text(instant: Instant, zone: tzinfo) -> str:
    """Return date and time to the second: ``"23 Nov 2026, 14:05:09"``."""
    return f"{date_text(instant, zone)}, {local(instant, zone):%H:%M:%S}"


def ago_text(instant: Instant, now: Instant, zone: tzinfo) -> str:
    """Return how long ago ``instant`` was: ``"5 min ago"``; its date where that is long."""
    past_ms = now - instant
    if past_ms < MINUTE_MS:
        return "just now"
    if past_ms < HOUR_MS:
        return f"{past_ms // MINUTE_MS} min ago"
    if past_ms < DAY_MS:
        return f"{past_ms // HOUR_MS} h ago"
    days = past_ms // DAY_MS
    if days > _DAYS_AGO_MAX:
        return date_text(instant, zone)
    return "1 day ago" if days == 1 else f"{days} days ago"


def duration_text(duration_ms: int) -> str:
    """Return how long something took: ``"340 ms"``, ``"12.4 s"``, ``"3 min 05 s"``."""
    past_ms = max(0, duration_ms)
    if past_ms < SECOND_MS:
        return f"{past_ms} ms"
    if past_ms < MINUTE_MS:
        return f"{past_ms // 100 / 10:.1f} s"
    minutes, rest_ms = divmod(past_ms, MINUTE_MS)
    return f"{minutes} min {rest_ms // SECOND_MS:02d} s"


def running_text(started_at: Instant, now: Instant) -> str:
    """Return how long something has run, in whole seconds: ``"12 s"``."""
    past_ms = max(0, now - started_at)
    if past_ms < MINUTE_MS:
        return f"{past_ms // SECOND_MS} s"
    return duration_text(past_ms)
