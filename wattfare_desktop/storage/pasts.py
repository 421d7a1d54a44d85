"""What the calls of an app were like before the wallet was opened, for those who watch it."""

from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, GrantId, Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.watching.trail import Past, SpentMinute
from wattfare_desktop.storage.connection import Connection

_CALLS_MAX = 5000
"""The latest, of which what is usual is known: an app of a million is not read whole."""
_PRICES_MAX = 200
_DAYS_MS = 30 * DAY_MS


def past(connection: Connection, grant: GrantId, before: Instant) -> Past:
    """Return what is known of the calls of ``grant`` that ended before ``before``."""
    rows = connection.execute(
        "SELECT finished_at, cost, provider, model, input_tokens + output_tokens FROM calls"
        " WHERE grant_id = ? AND finished_at < ? AND started_at >= ? AND cost > 0"
        " ORDER BY seq DESC LIMIT ?",
        (grant, before, before - _DAYS_MS, _CALLS_MAX),
    ).fetchall()
    rows.reverse()
    minutes: dict[int, list[int]] = {}
    for finished_at, cost, *_ in rows:
        minutes.setdefault(finished_at // MINUTE_MS, []).append(cost)
    return Past(
        first_at=_first_at(connection, grant),
        calls=len(rows),
        minutes=[
            SpentMinute(at=Instant(number * MINUTE_MS), cost=Nanos(sum(costs)), calls=len(costs))
            for number, costs in sorted(minutes.items())
        ],
        latest=[(f"{row[2]}/{row[3]}", Nanos(row[1]), row[4]) for row in rows[-_PRICES_MAX:]],
        models=sorted({f"{row[2]}/{row[3]}" for row in rows}),
    )


def _first_at(connection: Connection, grant: GrantId) -> Instant | None:
    row = connection.execute(
        "SELECT started_at FROM calls WHERE grant_id = ? ORDER BY seq LIMIT 1", (grant,)
    ).fetchone()
    return None if row is None else Instant(row[0])
