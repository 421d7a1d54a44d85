"""Approved apps: their grants, the codes and accesses given for them, and blocked clients.

Codes and accesses are stored as SHA-256 digests only.
"""

import json
from dataclasses import dataclass

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.ledger.chart import spend_account
from wattfare_desktop.core.oauth.lifecycle import GrantEvent, GrantState
from wattfare_desktop.core.oauth.tokens import AuthorizationCode
from wattfare_desktop.core.reports import BlockedRow, GrantNote
from wattfare_desktop.storage import chain, ledger
from wattfare_desktop.storage.connection import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    """What was approved, for whom. ``models`` are patterns; none means every model.

    ``raise_allowed``: the user may be asked to raise the cap when a call does not fit it.
    """

    id: GrantId
    client_id: ClientId
    name: str
    verified: bool
    redirect_uri: str
    redirect_host: str
    state: GrantState
    models: tuple[str, ...]
    justification: str
    created_at: Instant
    expires_at: Instant | None
    raise_allowed: bool = False


_COLUMNS = (
    "id, client_id, name, verified, redirect_uri, redirect_host, state, models, justification,"
    " created_at, expires_at, raise_allowed"
)


def insert(connection: Connection, grant: GrantRecord) -> None:
    """Write a new grant and open the account that counts what it spends."""
    connection.execute(
        f"INSERT INTO grants ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            grant.id,
            grant.client_id,
            grant.name,
            int(grant.verified),
            grant.redirect_uri,
            grant.redirect_host,
            grant.state.value,
            json.dumps(grant.models),
            grant.justification,
            grant.created_at,
            grant.expires_at,
            int(grant.raise_allowed),
        ),
    )
    ledger.open_account(connection, spend_account(grant.id))
    record_event(connection, grant.id, "granted", "", grant.created_at)


def get(connection: Connection, grant: GrantId) -> GrantRecord | None:
    """Return the grant, or None."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM grants WHERE id = ?", (grant,)).fetchone()
    return None if row is None else _record(row)


def set_state(
    connection: Connection,
    grant: GrantId,
    state: GrantState,
    event: str,
    now: Instant,
    *,
    detail: str = "",
) -> None:
    """Move the grant to ``state`` and note ``event`` in its history."""
    connection.execute("UPDATE grants SET state = ? WHERE id = ?", (state.value, grant))
    record_event(connection, grant, event, detail, now)


def allow_raise(connection: Connection, grant: GrantId, *, allowed: bool, now: Instant) -> None:
    """Let the user be asked to raise the cap of ``grant``, or not; note it in its history."""
    connection.execute("UPDATE grants SET raise_allowed = ? WHERE id = ?", (int(allowed), grant))
    record_event(connection, grant, "raise_allowed" if allowed else "raise_disallowed", "", now)


def history(connection: Connection, grant: GrantId, limit: int) -> tuple[GrantNote, ...]:
    """Return the latest ``limit`` events of ``grant``, newest first."""
    rows = connection.execute(
        "SELECT event, detail, at FROM grant_events WHERE grant_id = ? ORDER BY seq DESC LIMIT ?",
        (grant, limit),
    ).fetchall()
    return tuple(GrantNote(event=row[0], detail=row[1], at=Instant(row[2])) for row in rows)


def record_event(
    connection: Connection, grant: GrantId, event: str, detail: str, now: Instant
) -> None:
    """Note something in the history of ``grant``, which is never changed afterwards."""
    chain.add_grant_event(connection, (grant, event, detail, now))


def insert_code(connection: Connection, code: AuthorizationCode) -> None:
    """Write an authorization code that has not been redeemed."""
    connection.execute(
        "INSERT INTO authorization_codes (digest, grant_id, client_id, redirect_uri,"
        " code_challenge, expires_at, offline) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            code.digest,
            code.grant_id,
            code.client_id,
            code.redirect_uri,
            code.code_challenge,
            code.expires_at,
            int(code.offline),
        ),
    )


def code(connection: Connection, digest: bytes) -> AuthorizationCode | None:
    """Return the code with this digest, redeemed or not, or None."""
    row = connection.execute(
        "SELECT grant_id, client_id, redirect_uri, code_challenge, expires_at, redeemed_at, offline"
        " FROM authorization_codes WHERE digest = ?",
        (digest,),
    ).fetchone()
    if row is None:
        return None
    grant, client, redirect_uri, code_challenge, expires_at, redeemed_at, offline = row
    return AuthorizationCode(
        digest=digest,
        grant_id=GrantId(grant),
        client_id=ClientId(client),
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
        expires_at=Instant(expires_at),
        redeemed_at=None if redeemed_at is None else Instant(redeemed_at),
        offline=bool(offline),
    )


def redeem_code(connection: Connection, digest: bytes, now: Instant) -> None:
    """Mark the code as redeemed, so that it never works again."""
    connection.execute(
        "UPDATE authorization_codes SET redeemed_at = ? WHERE digest = ?", (now, digest)
    )


def uncollected(connection: Connection, now: Instant) -> list[GrantId]:
    """Return the live grants whose code ran out before the app came for it."""
    rows = connection.execute(
        "SELECT grants.id FROM grants JOIN authorization_codes AS code ON code.grant_id = grants.id"
        " WHERE grants.state IN ('active', 'paused') AND code.redeemed_at IS NULL"
        " AND code.expires_at <= ?",
        (now,),
    ).fetchall()
    return [GrantId(row[0]) for row in rows]


def expire(connection: Connection, now: Instant) -> list[GrantId]:
    """Write down, of each live grant whose time is over, that it has expired; return which."""
    rows = connection.execute(
        "SELECT id FROM grants WHERE state IN ('active', 'paused') AND expires_at <= ? ORDER BY id",
        (now,),
    ).fetchall()
    expired = [GrantId(row[0]) for row in rows]
    for grant in expired:
        set_state(connection, grant, GrantState.EXPIRED, GrantEvent.EXPIRE.value, now)
    return expired


def next_expiry(connection: Connection) -> Instant | None:
    """Return when the next live grant runs out."""
    row = connection.execute(
        "SELECT min(expires_at) FROM grants WHERE state IN ('active', 'paused')"
    ).fetchone()
    assert row is not None
    return None if row[0] is None else Instant(row[0])


def insert_access(
    connection: Connection,
    digest: bytes,
    grant: GrantId,
    now: Instant,
    ends_at: Instant | None = None,
) -> None:
    """Write an access of ``grant`` by its digest; ``ends_at`` where it ends before the grant."""
    connection.execute(
        "INSERT INTO accesses (digest, grant_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
        (digest, grant, now, ends_at),
    )


def all_accesses(connection: Connection) -> list[tuple[bytes, GrantRecord]]:
    """Return every access with its grant, whatever the grant's state."""
    rows = connection.execute(
        f"SELECT digest, {', '.join('grants.' + name.strip() for name in _COLUMNS.split(','))}"
        " FROM accesses JOIN grants ON grants.id = accesses.grant_id"
    ).fetchall()
    return [(bytes(row[0]), _record(row[1:])) for row in rows]


def block_client(connection: Connection, client: ClientId, now: Instant) -> None:
    """Never ask for ``client`` again until the user unblocks it."""
    connection.execute(
        "INSERT INTO blocked_clients (client_id, blocked_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (client, now),
    )


def blocked_clients(connection: Connection) -> list[BlockedRow]:
    """Return the clients the user has blocked, latest last."""
    rows = connection.execute(
        "SELECT client_id, blocked_at FROM blocked_clients ORDER BY blocked_at, client_id"
    )
    return [BlockedRow(client=ClientId(row[0]), since=Instant(row[1])) for row in rows.fetchall()]


def was_approved(connection: Connection, redirect_host: str) -> bool:
    """Return whether a verified client that is answered at ``redirect_host`` ever had a grant."""
    row = connection.execute(
        "SELECT 1 FROM grants WHERE verified = 1 AND redirect_host = ? LIMIT 1", (redirect_host,)
    ).fetchone()
    return row is not None


def unblock_client(connection: Connection, client: ClientId) -> None:
    """Let ``client`` ask again."""
    connection.execute("DELETE FROM blocked_clients WHERE client_id = ?", (client,))


def _record(row: Row) -> GrantRecord:
    return GrantRecord(
        id=GrantId(row[0]),
        client_id=ClientId(row[1]),
        name=row[2],
        verified=bool(row[3]),
        redirect_uri=row[4],
        redirect_host=row[5],
        state=GrantState(row[6]),
        models=tuple(json.loads(row[7])),
        justification=row[8],
        created_at=Instant(row[9]),
        expires_at=None if row[10] is None else Instant(row[10]),
        raise_allowed=bool(row[11]),
    )
