"""A verified client's new grant in place of its old ones.

What was spent before counts on, so that asking again never refills a cap. Whoever is verified is
known by a host, the one its answers go to or the one that describes it.
"""

from collections.abc import Sequence
from datetime import tzinfo
from urllib.parse import urlsplit

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.oauth.lifecycle import GrantEvent, GrantState, next_grant_state
from wattfare_desktop.core.periods import Period, Span, next_span
from wattfare_desktop.storage import grants
from wattfare_desktop.storage.budgets import Owner, owner_of
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.grants import GrantRecord

_REPLACED = "replaced"


def take_over(
    connection: Connection, heir: GrantRecord, period: Period, now: Instant, zone: tzinfo
) -> list[GrantId]:
    """End the other live grants of the client of ``heir``; return which.

    Opens the window in which the cap of ``period`` will be counted. To be called before that cap is
    set, so that one below what was spent is no contradiction.
    """
    assert heir.verified, "a bare name touches nobody else's grant"
    replaced = _live_others(connection, heir)
    for old in replaced:
        assert next_grant_state(old.state, GrantEvent.REVOKE) is GrantState.REVOKED
        grants.set_state(connection, old.id, GrantState.REVOKED, _REPLACED, now, detail=heir.id)
    open_window(connection, heir, period, now, zone)
    return [old.id for old in replaced]


def open_window(
    connection: Connection, heir: GrantRecord, period: Period, now: Instant, zone: tzinfo
) -> None:
    """Open the window of ``period`` for ``heir``, counting what its client spent in it before.

    A window of that period which ``heir`` has had already goes on as it is.
    """
    owner = owner_of(heir.id)
    if _latest_span(connection, [owner], period) is not None:
        return
    line = _line(connection, heir)
    owners = [owner_of(grant) for grant in line]
    span = next_span(period, _latest_span(connection, owners, period), now, zone)
    window = _open(connection, owner, period, span)
    # Ended grants too: giving one back refills nothing.
    everything = [each.id for each in _of_client(connection, heir)]
    counted = line if period is Period.ONCE else everything
    _count_calls(connection, window, span.starts_at, counted)
    _count_what_counted(connection, window, owners)


def _live_others(connection: Connection, heir: GrantRecord) -> list[GrantRecord]:
    live = {GrantState.ACTIVE, GrantState.PAUSED}
    return [
        each for each in _of_client(connection, heir) if each.id != heir.id and each.state in live
    ]


def _of_client(connection: Connection, heir: GrantRecord) -> list[GrantRecord]:
    """Return every grant of the client, the oldest first, ended ones too."""
    rows = connection.execute(
        "SELECT id FROM grants WHERE verified = 1 AND redirect_host = ? ORDER BY created_at, id",
        (heir.redirect_host,),
    ).fetchall()
    found = [grants.get(connection, GrantId(row[0])) for row in rows]
    return [each for each in found if each is not None and _is_same_client(each, heir)]


def _is_same_client(one: GrantRecord, other: GrantRecord) -> bool:
    """Return whether two grants known by one host are of one client.

    A host may describe several (client ID metadata documents), a tenant's of it among them: then
    whose page gets the answers tells them apart. Nobody ends another's grant by sharing his host.
    """
    answered = {urlsplit(each.redirect_uri).netloc for each in (one, other)}
    return one.client_id == other.client_id or len(answered) == 1


def _latest_span(connection: Connection, owners: Sequence[Owner], period: Period) -> Span | None:
    """Return the window that was opened last: a clock set back must not open another instead."""
    row = connection.execute(
        f"SELECT starts_at, resets_at FROM windows WHERE owner IN ({_places(owners)})"
        " AND period = ? AND set_aside_at IS NULL ORDER BY starts_at DESC LIMIT 1",
        (*owners, period.value),
    ).fetchone()
    return None if row is None else Span(starts_at=Instant(row[0]), resets_at=row[1])


def _line(connection: Connection, heir: GrantRecord) -> list[GrantId]:
    """Return the grants that ``heir`` replaced, those that they replaced, and so on.

    A limit that never renews would otherwise count for ever what a grant spent that has ended.
    """
    rows = connection.execute(
        "WITH RECURSIVE line (id) AS (SELECT ? UNION SELECT grant_id FROM grant_events"
        " JOIN line ON detail = line.id WHERE event = ?) SELECT id FROM line",
        (heir.id, _REPLACED),
    ).fetchall()
    return [GrantId(row[0]) for row in rows]


def _open(connection: Connection, owner: Owner, period: Period, span: Span) -> int:
    row = connection.execute(
        "INSERT INTO windows (owner, period, starts_at, resets_at) VALUES (?, ?, ?, ?)"
        " RETURNING id",
        (owner, period.value, span.starts_at, span.resets_at),
    ).fetchone()
    assert row is not None
    return int(row[0])


def _count_calls(
    connection: Connection, window: int, since: Instant, of: Sequence[GrantId]
) -> None:
    """Let ``window`` count the calls of these grants ``since`` then, running ones too."""
    connection.execute(
        "INSERT INTO call_windows (call_seq, window_id) SELECT seq, ? FROM calls"
        f" WHERE started_at >= ? AND grant_id IN ({_places(of)})",
        (window, since, *of),
    )


def _count_what_counted(connection: Connection, window: int, owners: Sequence[Owner]) -> None:
    """Let ``window`` count what the same window of ``owners`` does, whenever the clock says it was.

    Where the clock was set back, a window holds calls that seem older than itself.
    """
    connection.execute(
        "INSERT INTO call_windows (call_seq, window_id) SELECT DISTINCT counted.call_seq, new.id"
        " FROM windows AS new"
        " JOIN windows AS old ON old.period = new.period AND old.starts_at = new.starts_at"
        " JOIN call_windows AS counted ON counted.window_id = old.id"
        f" WHERE new.id = ? AND old.owner IN ({_places(owners)}) ON CONFLICT DO NOTHING",
        (window, *owners),
    )


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
