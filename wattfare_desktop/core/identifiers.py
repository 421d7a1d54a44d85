"""Names for the things the wallet keeps, and its unit of time.

Identifiers are short texts with a prefix that says what they name (``grant_…``, ``call_…``), so
that one pasted in the wrong place is recognised by eye. Their random part comes from the wallet's
clock module: nothing here is drawn.
"""

from typing import NewType

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00Z."""

GrantId = NewType("GrantId", str)
ClientId = NewType("ClientId", str)
CallId = NewType("CallId", str)
FundingId = NewType("FundingId", str)
AccountId = NewType("AccountId", str)
TransferId = NewType("TransferId", str)
TicketId = NewType("TicketId", str)

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def later(instant: Instant, duration_ms: int) -> Instant:
    """Return the instant ``duration_ms`` after ``instant``."""
    return Instant(instant + duration_ms)
