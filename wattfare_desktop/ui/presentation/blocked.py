"""What is said of apps that may not ask."""

from datetime import tzinfo

from wattfare_desktop.core.identifiers import DAY_MS, Instant
from wattfare_desktop.core.reports import BlockedRow
from wattfare_desktop.ui.presentation.moments import ago_text, date_text


def kind_text(blocked: BlockedRow) -> str:
    """Return what it is that is blocked: a site, or whoever uses a name."""
    return "web app" if "://" in blocked.client else "any app of this name"


def since_text(blocked: BlockedRow, now: Instant, zone: tzinfo) -> str:
    """Return since when: how long ago within a day, then the date."""
    if now - blocked.since < DAY_MS:
        return f"blocked {ago_text(blocked.since, now, zone)}"
    return f"blocked since {date_text(blocked.since, zone)}"


def count_text(count: int) -> str:
    """Return what opens the list of ``count`` of them."""
    return f"Blocked apps ({count:,})"
