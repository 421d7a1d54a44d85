"""Caps raised for a while, and the windows that their user was warned about.

A raise belongs to the window that ruled when it was given, so it ends with that window unasked.
"""

from dataclasses import dataclass

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.storage import grants, limits
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.owners import Owner, owner_of

_WARN_PERCENT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class WarnedWindow:
    """A window that has just come to 80 % of its limit."""

    owner: Owner
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """A cap of ``grant``, the one of ``period``, raised by ``amount`` for as long as ``kind``."""

    grant: GrantId
    period: Period
    amount: Nanos
    kind: RaiseKind


def add(connection: Connection, wanted: Raise, now: Instant) -> bool:
    """Raise the limit of the window of ``period`` that rules; False where there is none now.

    To be called where windows that are due have been opened.
    """
    row = connection.execute(
        "SELECT b.window_id, b.limit_nanos FROM budgets AS b WHERE b.owner = ? AND b.period = ?",
        (owner_of(wanted.grant), wanted.period.value),
    ).fetchone()
    if row is None:
        return False
    window, limit = row
    connection.execute(
        "INSERT INTO raises (grant_id, window_id, kind, amount, raised_at) VALUES (?, ?, ?, ?, ?)",
        (wanted.grant, window, wanted.kind.value, wanted.amount, now),
    )
    lasting = "once" if wanted.kind is RaiseKind.ONCE else "until it renews"
    told = f"+{display_usd(wanted.amount)} {lasting}, on {display_usd(limit)} {wanted.period.value}"
    grants.record_event(connection, wanted.grant, "raised", told, now)
    limits.note(connection, owner_of(wanted.grant), wanted.period.value, now)
    return True


def end(
    connection: Connection, owner: Owner, period: Period, now: Instant, *, unless: Nanos | None
) -> None:
    """End the raises on a cap that goes, or whose limit will be another; ``unless`` it is this."""
    connection.execute(
        "UPDATE raises SET ended_at = ? WHERE ended_at IS NULL AND window_id IN (SELECT window_id"
        " FROM budgets WHERE owner = ? AND period = ? AND limit_nanos IS DISTINCT FROM ?)",
        (now, owner, period.value, unless),
    )


def due_warnings(connection: Connection, now: Instant) -> bool:
    """Return whether some window has come to 80 % of its limit, and nobody was warned yet."""
    return connection.execute(f"SELECT 1 {_DUE} LIMIT 1", (now,)).fetchone() is not None


def warn(connection: Connection, now: Instant) -> list[WarnedWindow]:
    """Note, once for each window, that its user is warned; return those windows."""
    rows = connection.execute(f"SELECT w.id, w.owner, w.period {_DUE}", (now,)).fetchall()
    for window, _owner, _period in rows:
        connection.execute("UPDATE windows SET warned_at = ? WHERE id = ?", (now, window))
    return [WarnedWindow(owner=Owner(owner), period=Period(period)) for _, owner, period in rows]


# Only windows that rule: what is over needs no warning.
_DUE = (
    "FROM budgets AS b JOIN windows AS w ON w.id = b.window_id WHERE w.warned_at IS NULL"
    f" AND b.limit_nanos > 0 AND w.spent * 100 >= (b.limit_nanos + w.raised) * {_WARN_PERCENT}"
    " AND (w.resets_at IS NULL OR w.resets_at > ?)"
)
