"""The user's time zone: days, weeks and months of a cap begin at their midnight."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal


def local_zone() -> tzinfo:
    """Return the zone set now (people travel); UTC where the system does not say."""
    try:
        return ZoneInfo(tzlocal.reload_localzone().key)
    except (ZoneInfoNotFoundError, ValueError, OSError, AttributeError):
        return UTC
