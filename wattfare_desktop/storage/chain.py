"""Writing the chain's entries: each with its number and its mac, in the row that it vouches for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import (
    BEGINNING,
    EntryKind,
    Field,
    Head,
    NoteKind,
    digest,
    link,
    spelled,
)
from wattfare_desktop.storage.connection import Connection

COLUMNS: Final = {
    EntryKind.TRANSFER: "id, kind, debit_account, credit_account, amount, code, pending_id,"
    " call_id, created_at",
    EntryKind.GRANT_EVENT: "grant_id, event, detail, at",
    EntryKind.NOTE: "kind, content, at",
}
"""What an entry says, in the order in which its mac is made."""

TABLES: Final = {
    EntryKind.TRANSFER: "transfers",
    EntryKind.GRANT_EVENT: "grant_events",
    EntryKind.NOTE: "chain_notes",
}

_INSERT: Final = {
    kind: f"INSERT INTO {TABLES[kind]} (seq, mac, {COLUMNS[kind]})"
    f" VALUES (?, ?{', ?' * len(COLUMNS[kind].split(','))})"
    for kind in EntryKind
}
_LAST: Final = " UNION ALL ".join(
    f"SELECT * FROM (SELECT seq, mac FROM {table} ORDER BY seq DESC LIMIT 1)"
    for table in TABLES.values()
)
_AT: Final = " UNION ALL ".join(
    f"SELECT mac FROM {table} WHERE seq = ?" for table in TABLES.values()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a digest in the chain says: accounts and grants whole, all that limits by name only.

    ``limits`` is "" where more may have changed by the time of the next start.
    """

    head: Head
    accounts: dict[str, tuple[int, int, int, int]]
    grants: dict[str, str]
    limits: str


def head(connection: Connection) -> Head:
    """Return where the chain ends in the file."""
    row = connection.execute(f"{_LAST} ORDER BY 1 DESC LIMIT 1").fetchone()
    return BEGINNING if row is None else Head(seq=row[0], mac=bytes(row[1]))


def mac_at(connection: Connection, seq: int) -> bytes | None:
    """Return the mac that is stored with entry ``seq``; None where there is none."""
    if seq == BEGINNING.seq:
        return BEGINNING.mac
    row = connection.execute(_AT, (seq,) * len(TABLES)).fetchone()
    return None if row is None else bytes(row[0])


def add_transfer(connection: Connection, fields: Sequence[Field]) -> None:
    """Write a line of the journal; ``fields`` as in COLUMNS."""
    _add(connection, EntryKind.TRANSFER, fields)


def add_grant_event(connection: Connection, fields: Sequence[Field]) -> None:
    """Write what happened to a grant; ``fields`` as in COLUMNS."""
    _add(connection, EntryKind.GRANT_EVENT, fields)


def add_note(connection: Connection, kind: NoteKind, content: object, now: Instant) -> Head:
    """Write a note; return its place."""
    return _add(connection, EntryKind.NOTE, (kind.value, spelled(content), now))


def add_digest(connection: Connection, now: Instant, *, with_limits: bool) -> None:
    """Write what balances and grants have come to, with limits where nothing follows."""
    content = {
        "accounts": [[name, *counters] for name, counters in accounts(connection).items()],
        "grants": [[name, state] for name, state in grant_states(connection).items()],
        "limits": limits(connection) if with_limits else "",
    }
    add_note(connection, NoteKind.DIGEST, content, now)


def latest_digest(connection: Connection) -> Digest | None:
    """Return the last digest there is."""
    row = connection.execute(
        "SELECT seq, mac, content FROM chain_notes WHERE kind = 'digest' ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    return read_digest(Head(seq=row[0], mac=bytes(row[1])), row[2])


def read_digest(at: Head, content: str) -> Digest:
    """Return what the digest at ``at`` says; its mac has to be judged by the caller."""
    told: dict[str, Any] = json.loads(content)
    return Digest(
        head=at,
        accounts={name: (a, b, c, d) for name, a, b, c, d in told["accounts"]},
        grants=dict(told["grants"]),
        limits=told["limits"],
    )


def accounts(connection: Connection) -> dict[str, tuple[int, int, int, int]]:
    """Return the four counters of each account, pending before posted, debits first."""
    rows = connection.execute(
        "SELECT id, debits_pending, debits_posted, credits_pending, credits_posted FROM accounts"
        " ORDER BY id"
    ).fetchall()
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def grant_states(connection: Connection) -> dict[str, str]:
    """Return the state of each grant."""
    return dict(connection.execute("SELECT id, state FROM grants ORDER BY id").fetchall())


def limits(connection: Connection) -> str:
    """Return a name of exactly the limits and windows there are now."""
    told = [connection.execute(sql).fetchall() for sql in _LIMITS]
    return digest([row for rows in told for row in rows])


_LIMITS: Final = (
    "SELECT owner, period, limit_nanos, window_id FROM budgets ORDER BY owner, period",
    "SELECT owner, limit_nanos FROM call_limits ORDER BY owner",
    "SELECT id, owner, period, starts_at, resets_at, spent, held, raised FROM windows ORDER BY id",
    "SELECT id, set_aside_at FROM windows WHERE set_aside_at IS NOT NULL ORDER BY id",
)


def _add(connection: Connection, kind: EntryKind, fields: Sequence[Field]) -> Head:
    end = connection.chain
    placed = link(end.key, end.head or head(connection), kind, fields)
    connection.execute(_INSERT[kind], (placed.seq, placed.mac, *fields))
    end.head = placed
    return placed
