"""Limits, and the windows they are counted in.

An owner is one grant or the wallet as a whole. A limit points at the window that rules now; what
was spent and is held stands in the window, so that a cap can change in the middle of one.
"""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final, NewType

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.ledger.model import Account
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.periods import Period, Span, next_span
from wattfare_desktop.core.policy import Budget, Cap, LimitKind
from wattfare_desktop.storage import limits, raises
from wattfare_desktop.storage.connection import Connection, Row
from wattfare_desktop.storage.owners import WALLET, Owner, owner_of

__all__ = [
    "WALLET",
    "Owner",
    "call_limit",
    "caps",
    "current",
    "latest",
    "of_balance",
    "of_call",
    "opened",
    "owner_of",
    "point_at",
    "set_call_limit",
    "set_caps",
]

WindowId = NewType("WindowId", int)

_BUDGETS: Final = (
    "SELECT b.owner AS owner, b.period, b.limit_nanos AS limit_nanos, w.resets_at, w.spent, w.held,"
    " w.raised, w.id, w.starts_at, CASE WHEN w.raised > 0 THEN (SELECT min(ends_at) FROM raises"
    " WHERE window_id = w.id AND ended_at IS NULL) END"
    " FROM budgets AS b JOIN windows AS w ON w.id = b.window_id WHERE b.owner IN (?, ?)"
    f" UNION ALL SELECT owner, '{limits.CALL}', limit_nanos, NULL, 0, 0, 0, 0, 0, NULL"
    " FROM call_limits WHERE owner IN (?, ?) ORDER BY owner, limit_nanos"
)


_BUDGET: Final = (
    "SELECT b.owner, b.period, b.limit_nanos, w.resets_at, w.spent, w.held, w.raised"
    " FROM budgets AS b JOIN windows AS w ON w.id = b.window_id WHERE b.owner = ? AND b.period = ?"
)
_BUDGETS_OF_CALL: Final = (
    "SELECT b.owner AS owner, b.period, b.limit_nanos AS limit_nanos, w.resets_at, w.spent, w.held,"
    " w.raised FROM call_windows AS cw JOIN windows AS w ON w.id = cw.window_id"
    " JOIN budgets AS b ON b.owner = w.owner AND b.period = w.period WHERE cw.call_seq = ?"
    f" UNION ALL SELECT l.owner, '{limits.CALL}', l.limit_nanos, NULL, 0, c.hold, 0 FROM calls AS c"
    " JOIN call_limits AS l ON l.owner IN ('wallet', 'grant:' || c.grant_id)"
    " WHERE c.seq = ? ORDER BY owner, limit_nanos"
)


def current(connection: Connection, grant: GrantId, now: Instant, zone: tzinfo) -> list[Budget]:
    """Return every limit on ``grant``, its own and the wallet's, opening windows that are due."""
    rows = connection.execute(_BUDGETS, (owner_of(grant), WALLET) * 2).fetchall()
    return [_renewed(connection, row, now, zone) for row in rows]


def of_call(connection: Connection, call_seq: int) -> list[Budget]:
    """Return every limit on the windows that a running call counts in, closed ones too."""
    rows = connection.execute(_BUDGETS_OF_CALL, (call_seq, call_seq)).fetchall()
    return [_budget(row) for row in rows]


def of_balance(funding: Account) -> Budget:
    """Return what lies in a funding as one more limit: nobody holds what is not there."""
    return Budget(
        kind=LimitKind.FUNDING,
        period=None,
        limit=Nanos(funding.credits_posted),
        spent=Nanos(funding.debits_posted),
        held=Nanos(funding.debits_pending),
        resets_at=None,
    )


def set_caps(
    connection: Connection, owner: Owner, caps: Sequence[Cap], now: Instant, zone: tzinfo
) -> None:
    """Replace the limits of ``owner``; at most one a period.

    A period that is new starts with what its window has already seen, so that adding a daily cap
    at noon counts the morning.
    """
    assert len({cap.period for cap in caps}) == len(caps), "one limit a period"
    kept = {cap.period for cap in caps}
    for (period,) in connection.execute(
        "SELECT period FROM budgets WHERE owner = ?", (owner,)
    ).fetchall():
        if Period(period) not in kept:
            raises.end(connection, owner, Period(period), now, unless=None)
            connection.execute(
                "DELETE FROM budgets WHERE owner = ? AND period = ?", (owner, period)
            )
            limits.note(connection, owner, period, now)
    for cap in caps:
        _set_cap(connection, owner, cap, now, zone)


def caps(connection: Connection, owner: Owner) -> list[Cap]:
    """Return the limits of ``owner``, the smallest first."""
    rows = connection.execute(
        "SELECT period, limit_nanos FROM budgets WHERE owner = ? ORDER BY limit_nanos", (owner,)
    ).fetchall()
    return [Cap(period=Period(row[0]), limit=Nanos(row[1])) for row in rows]


def call_limit(connection: Connection, owner: Owner) -> Nanos | None:
    """Return the most that one call of ``owner`` may cost; None: there is no such limit."""
    row = connection.execute(
        "SELECT limit_nanos FROM call_limits WHERE owner = ?", (owner,)
    ).fetchone()
    return None if row is None else Nanos(row[0])


def set_call_limit(connection: Connection, owner: Owner, limit: Nanos | None, now: Instant) -> None:
    """Set the most that one call of ``owner`` may cost, or take that limit away."""
    connection.execute("DELETE FROM call_limits WHERE owner = ?", (owner,))
    if limit is not None:
        connection.execute(
            "INSERT INTO call_limits (owner, limit_nanos) VALUES (?, ?)", (owner, limit)
        )
    limits.note_call_limit(connection, owner, limit, now)


def _set_cap(connection: Connection, owner: Owner, cap: Cap, now: Instant, zone: tzinfo) -> None:
    raises.end(connection, owner, cap.period, now, unless=cap.limit)
    updated = connection.execute(
        "UPDATE budgets SET limit_nanos = ? WHERE owner = ? AND period = ?",
        (cap.limit, owner, cap.period.value),
    )
    if updated.rowcount:
        limits.note(connection, owner, cap.period.value, now)
        return
    span = next_span(cap.period, latest(connection, owner, cap.period), now, zone)
    window = opened(connection, owner, cap.period, span)
    _count_the_past(connection, owner, window, span)
    connection.execute(
        "INSERT INTO budgets (owner, period, limit_nanos, window_id) VALUES (?, ?, ?, ?)",
        (owner, cap.period.value, cap.limit, window),
    )
    limits.note(connection, owner, cap.period.value, now, counts_past=True)


def latest(
    connection: Connection, owner: Owner, period: Period, until: Instant | None = None
) -> Span | None:
    """Return the window that was opened last, of those that had begun ``until`` then."""
    row = connection.execute(
        "SELECT starts_at, resets_at FROM windows WHERE owner = ? AND period = ?"
        " AND set_aside_at IS NULL AND starts_at <= coalesce(?, starts_at)"
        " ORDER BY starts_at DESC LIMIT 1",
        (owner, period.value, until),
    ).fetchone()
    return None if row is None else Span(starts_at=Instant(row[0]), resets_at=row[1])


def opened(connection: Connection, owner: Owner, period: Period, span: Span) -> WindowId:
    """Return the window of ``span``, opened where there is none.

    One that was set aside because its time had not come opens again, with what it counted then.
    """
    row = connection.execute(
        "INSERT INTO windows (owner, period, starts_at, resets_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET set_aside_at = NULL RETURNING id",
        (owner, period.value, span.starts_at, span.resets_at),
    ).fetchone()
    assert row is not None
    return WindowId(row[0])


def point_at(connection: Connection, owner: Owner, period: Period, window: WindowId) -> None:
    """Let the limit of ``period`` be counted in ``window`` from now on."""
    connection.execute(
        "UPDATE budgets SET window_id = ? WHERE owner = ? AND period = ?",
        (window, owner, period.value),
    )


def _count_the_past(connection: Connection, owner: Owner, window: WindowId, span: Span) -> None:
    """Let ``window`` count the calls admitted since it began that it does not count yet."""
    connection.execute(
        "INSERT INTO call_windows (call_seq, window_id) SELECT seq, ? FROM calls"
        " WHERE started_at >= ? AND (? = 'wallet' OR 'grant:' || grant_id = ?)"
        " ON CONFLICT DO NOTHING",
        (window, span.starts_at, owner, owner),
    )


def _renewed(connection: Connection, row: Row, now: Instant, zone: tzinfo) -> Budget:
    owner, period_name, resets_at = row[0], row[1], row[3]
    starts_at, raise_ends_at = row[8:]
    is_over = resets_at is not None and now >= resets_at
    is_raise_over = raise_ends_at is not None and now >= raise_ends_at
    if not is_over and not is_raise_over:
        return _budget(row[:7])
    if is_raise_over:
        raises.end_over(connection, now)
    if is_over:
        period = Period(period_name)
        span = next_span(period, Span(starts_at=starts_at, resets_at=resets_at), now, zone)
        point_at(connection, owner, period, opened(connection, owner, period, span))
        limits.note(connection, owner, period_name, now)
    renewed = connection.execute(_BUDGET, (owner, period_name)).fetchone()
    assert renewed is not None
    return _budget(renewed)


def _budget(row: Row) -> Budget:
    owner, period, limit, resets_at, spent, held, raised = row
    kind = LimitKind.WALLET if owner == WALLET else LimitKind.APP
    is_window = period != limits.CALL
    return Budget(
        kind=kind if is_window else LimitKind.CALL,
        period=Period(period) if is_window else None,
        limit=Nanos(limit + raised),
        spent=Nanos(spent),
        held=Nanos(held),
        resets_at=resets_at,
    )
