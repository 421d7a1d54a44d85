"""Refresh tokens and accesses that end, by their SHA-256 digests; what a token is worth."""

from dataclasses import dataclass

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.refreshing import RefreshToken
from wattfare_desktop.storage.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToken:
    """A token that may still work: ``ends_at`` is its own end, whatever its grant's is."""

    grant: GrantId
    issued_at: Instant
    ends_at: Instant | None
    is_refresh: bool


def insert_refresh(connection: Connection, digest: bytes, grant: GrantId, now: Instant) -> None:
    """Write a refresh token; the one before it must have been used."""
    connection.execute(
        "INSERT INTO refresh_tokens (digest, grant_id, issued_at) VALUES (?, ?, ?)",
        (digest, grant, now),
    )


def refresh_token(connection: Connection, digest: bytes) -> RefreshToken | None:
    """Return the refresh token with this digest, used or not, or None."""
    row = connection.execute(
        "SELECT grant_id, client_id, issued_at, used_at FROM refresh_tokens"
        " JOIN grants ON grants.id = grant_id WHERE digest = ?",
        (digest,),
    ).fetchone()
    if row is None:
        return None
    return RefreshToken(
        digest=digest,
        grant_id=GrantId(row[0]),
        client_id=ClientId(row[1]),
        issued_at=Instant(row[2]),
        used_at=None if row[3] is None else Instant(row[3]),
    )


def use_refresh(connection: Connection, digest: bytes, now: Instant) -> None:
    """Mark the refresh token as used, so that it never works again."""
    connection.execute("UPDATE refresh_tokens SET used_at = ? WHERE digest = ?", (now, digest))


def access_ends(connection: Connection) -> dict[bytes, Instant]:
    """Return when each access ends that does before its grant."""
    rows = connection.execute("SELECT digest, expires_at FROM accesses WHERE expires_at NOT NULL")
    return {bytes(row[0]): Instant(row[1]) for row in rows.fetchall()}


def forget_ended_accesses(connection: Connection, grant: GrantId, now: Instant) -> list[bytes]:
    """Delete the accesses of ``grant`` that have ended; return their digests."""
    rows = connection.execute(
        "DELETE FROM accesses WHERE grant_id = ? AND expires_at <= ? RETURNING digest",
        (grant, now),
    ).fetchall()
    return [bytes(row[0]) for row in rows]


def known(connection: Connection, digest: bytes) -> KnownToken | None:
    """Return the access or unused refresh token with this digest, or None."""
    row = connection.execute(
        "SELECT grant_id, created_at, expires_at, 0 FROM accesses WHERE digest = ?"
        " UNION ALL SELECT grant_id, issued_at, NULL, 1 FROM refresh_tokens"
        " WHERE digest = ? AND used_at IS NULL",
        (digest, digest),
    ).fetchone()
    if row is None:
        return None
    return KnownToken(
        grant=GrantId(row[0]),
        issued_at=Instant(row[1]),
        ends_at=None if row[2] is None else Instant(row[2]),
        is_refresh=bool(row[3]),
    )
