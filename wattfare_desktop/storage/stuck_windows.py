"""Windows that a wrong clock opened in the future, and that would rule until their end comes.

The latest window of a limit stays until its own end, so that setting the clock back gains nothing.
One that has not even begun can only be a clock's fault. Its user may set it aside, which is a note
in the chain; all that it counts is counted in the window that takes its place.
"""

from dataclasses import dataclass
from datetime import tzinfo

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.ledger.chain import NoteKind
from wattfare_desktop.core.periods import Period, Span, next_span
from wattfare_desktop.core.reports import StuckWindow
from wattfare_desktop.storage import budgets, chain, limits, raises
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.owners import WALLET, Owner

_EVERYTHING = "All apps together"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    owner: Owner
    period: Period
    span: Span
    stuck: tuple[int, ...]


def stuck(connection: Connection, now: Instant) -> tuple[StuckWindow, ...]:
    """Return the windows that rule and have not begun ``now``, of apps that may spend."""
    rows = connection.execute(
        "SELECT g.id, coalesce(g.name, ?), b.period, w.starts_at, w.resets_at FROM budgets AS b"
        " JOIN windows AS w ON w.id = b.window_id LEFT JOIN grants AS g"
        " ON b.owner = 'grant:' || g.id WHERE w.starts_at > ?"
        " AND (b.owner = 'wallet' OR g.state IN ('active', 'paused'))"
        " ORDER BY b.owner <> 'wallet', b.owner, w.starts_at",
        (_EVERYTHING, now),
    ).fetchall()
    return tuple(
        StuckWindow(
            app=None if grant is None else GrantId(grant),
            name=name,
            period=Period(period),
            starts_at=Instant(starts_at),
            resets_at=Instant(resets_at),
        )
        for grant, name, period, starts_at, resets_at in rows
    )


def reset(connection: Connection, now: Instant, zone: tzinfo) -> tuple[StuckWindow, ...]:
    """Let the windows of this time rule again; return those that were stuck, none where none was.

    Those that lie in the future are set aside. Should their time come, they go on as they were.
    """
    found = stuck(connection, now)
    if found:
        moves = [_move(connection, each, now, zone) for each in found]
        told = [
            [move.owner, move.period.value, each.starts_at, move.span.starts_at]
            for move, each in zip(moves, found, strict=True)
        ]
        chain.add_note(connection, NoteKind.WINDOWS_RESET, {"windows": told}, now)
        for move in moves:
            _apply(connection, move, now)
    return found


def _move(connection: Connection, found: StuckWindow, now: Instant, zone: tzinfo) -> _Move:
    owner = WALLET if found.app is None else budgets.owner_of(found.app)
    rows = connection.execute(
        "SELECT id FROM windows WHERE owner = ? AND period = ? AND starts_at > ?"
        " AND set_aside_at IS NULL",
        (owner, found.period.value, now),
    ).fetchall()
    before = budgets.latest(connection, owner, found.period, until=now)
    return _Move(
        owner=owner,
        period=found.period,
        span=next_span(found.period, before, now, zone),
        stuck=tuple(row[0] for row in rows),
    )


def _apply(connection: Connection, move: _Move, now: Instant) -> None:
    ruling = budgets.opened(connection, move.owner, move.period, move.span)
    for window in move.stuck:
        # Counted before the limit points there: what is spent may be more than it allows.
        connection.execute(
            "INSERT INTO call_windows (call_seq, window_id) SELECT call_seq, ? FROM call_windows"
            " WHERE window_id = ? ON CONFLICT DO NOTHING",
            (ruling, window),
        )
        raises.end_in_window(connection, window, now)
        connection.execute("UPDATE windows SET set_aside_at = ? WHERE id = ?", (now, window))
    budgets.point_at(connection, move.owner, move.period, ruling)
    limits.note(connection, move.owner, move.period.value, now, also=move.stuck, counts_past=True)
