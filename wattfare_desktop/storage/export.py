"""The journal read for an export: in pieces, and as it was at the entry where the export began.

Entries never change, so those up to that one are the same whenever they are read. Of calls, what
came later is taken back out, so that all pieces fit each other without a long transaction.
"""

from dataclasses import dataclass, replace
from typing import Final

from wattfare_desktop.core.identifiers import FundingId, GrantId, Instant
from wattfare_desktop.core.ledger.chain import EntryKind, Head
from wattfare_desktop.core.ledger.model import Account
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallRow, CallStatus
from wattfare_desktop.storage import chain, ledger, reports
from wattfare_desktop.storage.connection import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFunding:
    """A provider credential that is or was there; of its key nothing."""

    id: FundingId
    provider: str
    base_url: str | None
    added_at: Instant
    removed_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportStart:
    """The books at one instant: what is small of them, and how far the rest goes.

    ``last_call`` is the number of the last call; ``running`` are those that were under way.
    """

    head: Head
    last_call: int
    accounts: tuple[Account, ...]
    apps: tuple[tuple[GrantId, str], ...]
    fundings: tuple[ExportedFunding, ...]
    running: tuple[CallRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEntry:
    """An entry of the chain: its ``fields`` in the order of ``storage.chain.COLUMNS``.

    ``spent_by``: app, provider and model of the call behind a transfer.
    """

    seq: int
    mac: bytes
    fields: Row
    spent_by: tuple[str | None, str | None, str | None] = (None, None, None)


_TRANSFERS: Final = (
    "SELECT t.seq, t.mac, c.grant_id, c.provider, c.model, "
    + ", ".join(f"t.{name.strip()}" for name in chain.COLUMNS[EntryKind.TRANSFER].split(","))
    + " FROM transfers AS t LEFT JOIN calls AS c ON c.id = t.call_id"
    " WHERE t.seq > ? AND t.seq <= ? ORDER BY t.seq"
)


def start(connection: Connection) -> ExportStart:
    """Return the books as they are now."""
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM calls").fetchone()
    assert last is not None
    accounts = connection.execute(f"SELECT {ledger.ACCOUNT_COLUMNS} FROM accounts ORDER BY id")
    apps = connection.execute("SELECT id, name FROM grants ORDER BY id")
    fundings = connection.execute(
        "SELECT id, provider, base_url, added_at, removed_at FROM fundings ORDER BY id"
    )
    return ExportStart(
        head=chain.head(connection),
        last_call=int(last[0]),
        accounts=tuple(ledger.account_in(row) for row in accounts.fetchall()),
        apps=tuple((GrantId(row[0]), row[1]) for row in apps.fetchall()),
        fundings=tuple(
            ExportedFunding(
                id=FundingId(row[0]),
                provider=row[1],
                base_url=row[2],
                added_at=Instant(row[3]),
                removed_at=None if row[4] is None else Instant(row[4]),
            )
            for row in fundings.fetchall()
        ),
        running=reports.running_calls(connection),
    )


def entries(
    connection: Connection, kind: EntryKind, after: int, until: int
) -> tuple[ExportedEntry, ...]:
    """Return the entries of ``kind`` after the one and up to the other, in their order."""
    if kind is EntryKind.TRANSFER:
        return tuple(
            ExportedEntry(seq=row[0], mac=bytes(row[1]), fields=row[5:], spent_by=row[2:5])
            for row in connection.execute(_TRANSFERS, (after, until)).fetchall()
        )
    rows = connection.execute(
        f"SELECT seq, mac, {chain.COLUMNS[kind]} FROM {chain.TABLES[kind]}"
        " WHERE seq > ? AND seq <= ? ORDER BY seq",
        (after, until),
    ).fetchall()
    return tuple(ExportedEntry(seq=row[0], mac=bytes(row[1]), fields=row[2:]) for row in rows)


def calls(connection: Connection, after: int, until: int, as_of: int) -> tuple[CallRow, ...]:
    """Return the calls with numbers between these, charged as they were at entry ``as_of``.

    Those that ran by then are as they are now: the export has them from its start.
    """
    rows = reports.calls_between(connection, after, until)
    since = {call: bool(told) for call, told in _mended_after(connection, as_of)}
    return tuple(
        _as_it_was(connection, row, as_of, uncorrected=since[row.call])
        if row.call in since
        else row
        for row in rows
    )


def _as_it_was(connection: Connection, call: CallRow, as_of: int, *, uncorrected: bool) -> CallRow:
    if uncorrected:
        # As a start after a crash wrote it: charged and billed are the whole hold, by a guess.
        cost = call.charged_at_first
        return replace(
            call,
            status=CallStatus.UNSETTLED,
            basis=Basis.ESTIMATED,
            cost=cost,
            provider_cost=cost,
            corrected=Nanos(0),
        )
    return replace(call, credited=_credited(connection, call, as_of))


def _mended_after(connection: Connection, as_of: int) -> list[Row]:
    """Return the calls that were credited or corrected since, and whether it was the latter."""
    return connection.execute(
        "SELECT call_id, max(code = 'correction') FROM transfers WHERE seq > ?"
        " AND code IN ('correction', 'dispute_credit', 'dispute_reversal') GROUP BY call_id",
        (as_of,),
    ).fetchall()


def _credited(connection: Connection, call: CallRow, as_of: int) -> Nanos:
    row = connection.execute(
        "SELECT coalesce(sum(CASE WHEN code = 'dispute_credit' THEN amount ELSE -amount END), 0)"
        " FROM transfers"
        " WHERE id IN (?, ?) AND seq <= ?",
        (f"{call.call}.credit", f"{call.call}.reversal", as_of),
    ).fetchone()
    assert row is not None
    return Nanos(row[0])
