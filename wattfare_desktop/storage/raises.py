"""Caps raised for a while, and the windows that their user was warned about.

A raise belongs to the window that ruled when it was given and ends with it, or at an end of its own
where that window never does. Beginning and end are events of its app's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.raises import RaiseKind, raise_end
from wattfare_desktop.storage import grants, limits
from wattfare_desktop.storage.connection import Connection, Parameter
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


def add(connection: Connection, wanted: Raise, now: Instant, zone: tzinfo) -> bool:
    """Raise the limit of the window of ``period`` that rules; False where there is none now.

    To be called where windows that are due have been opened. Its end is written down with it, in
    the words of ``zone``.
    """
    row = connection.execute(
        "SELECT b.window_id, b.limit_nanos, w.resets_at FROM budgets AS b"
        " JOIN windows AS w ON w.id = b.window_id WHERE b.owner = ? AND b.period = ?",
        (owner_of(wanted.grant), wanted.period.value),
    ).fetchone()
    if row is None:
        return False
    window, limit, resets_at = row
    ends_at = raise_end(resets_at, now)
    connection.execute(
        "INSERT INTO raises (grant_id, window_id, kind, amount, raised_at, ends_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (wanted.grant, window, wanted.kind.value, wanted.amount, now, ends_at),
    )
    end = datetime.fromtimestamp(ends_at / 1000, UTC).astimezone(zone)
    lasting = f"{'once, ' if wanted.kind is RaiseKind.ONCE else ''}until {end:%Y-%m-%d %H:%M}"
    told = f"+{display_usd(wanted.amount)} {lasting}, on {display_usd(limit)} {wanted.period.value}"
    grants.record_event(connection, wanted.grant, "raised", told, now)
    limits.note(connection, owner_of(wanted.grant), wanted.period.value, now)
    return True


def end(
    connection: Connection, owner: Owner, period: Period, now: Instant, *, unless: Nanos | None
) -> None:
    """End the raises on a cap that goes, or whose limit will be another; ``unless`` it is this."""
    where = (
        "r.window_id IN (SELECT window_id FROM budgets"
        " WHERE owner = ? AND period = ? AND limit_nanos IS DISTINCT FROM ?)"
    )
    _end(connection, where, (owner, period.value, unless), now, "its limit was changed")


def end_over(connection: Connection, now: Instant) -> tuple[GrantId, ...]:
    """End the raises whose time is over; return whose they were."""
    return _end(connection, "r.ends_at <= ?", (now,), now, None)


def end_in_window(connection: Connection, window: int, now: Instant) -> None:
    """End the raises of a window that is set aside before its time."""
    _end(connection, "r.window_id = ?", (window,), now, "its limit began anew")


def next_end(connection: Connection) -> Instant | None:
    """Return when the next raise ends by itself."""
    row = connection.execute("SELECT min(ends_at) FROM raises WHERE ended_at IS NULL").fetchone()
    assert row is not None
    return None if row[0] is None else Instant(row[0])


def _end(
    connection: Connection, where: str, values: Sequence[Parameter], now: Instant, why: str | None
) -> tuple[GrantId, ...]:
    """End what is raised ``where``, and tell each app's history; ``why`` None: time did it."""
    rows = connection.execute(
        "SELECT r.seq, r.grant_id, r.amount, r.ends_at, w.period, w.resets_at, w.owner, w.id"
        " FROM raises AS r"
        f" JOIN windows AS w ON w.id = r.window_id WHERE r.ended_at IS NULL AND {where}"
        " ORDER BY r.seq",
        values,
    ).fetchall()
    lowered: dict[tuple[str, str], set[int]] = {}
    for seq, grant, amount, ends_at, period, resets_at, owner, window in rows:
        connection.execute(
            "UPDATE raises SET ended_at = ? WHERE seq = ?", (ends_at if why is None else now, seq)
        )
        reason = why or ("its time was over" if resets_at is None else "its limit renewed")
        told = f"+{display_usd(Nanos(amount))} {period}: {reason}"
        grants.record_event(connection, GrantId(grant), "raise_ended", told, now)
        lowered.setdefault((owner, period), set()).add(window)
    for (owner, period), windows in lowered.items():
        limits.note(connection, owner, period, now, also=sorted(windows))
    return tuple(GrantId(row[1]) for row in rows)


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
