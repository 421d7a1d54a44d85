"""Every limit is written into the chain, those of an older program once."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.altered_books import (
    CHAIN_KEY,
    TEN,
    TOMORROW,
    differences,
    disarm,
    lived_in_books,
    make_call,
)
from tests.support.ledger_worker import COST, HOLD, KEY, NOW, settlement
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.ledger.chain import BEGINNING, EntryKind, link
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import budgets, calls, chain
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import Verification


@pytest.fixture
def lived_in(tmp_path: Path) -> Iterator[Connection]:
    """A ledger with all that limits can be."""
    connection = lived_in_books(tmp_path / "wallet.db")
    yield connection
    connection.close()


def test_limits_that_change_meanwhile_are_no_difference(lived_in: Connection) -> None:
    """Each step reads the books as they then are; what is new in them is no alteration."""
    verification = Verification()
    verification.step(lived_in)
    year = Cap(period=Period.YEAR, limit=TEN)
    budgets.set_caps(lived_in, budgets.WALLET, [year], TOMORROW, UTC)
    make_call(lived_in, 7, TOMORROW)
    while not verification.is_over:
        verification.step(lived_in)
    assert verification.differences == ()


def test_what_settles_between_two_sums_is_no_difference(lived_in: Connection) -> None:
    """Each kind of sum is added up in a step of its own, and compared with the books of then."""
    verification = Verification()
    for _ in range(3):
        verification.step(lived_in)
    assert not verification.is_over
    assert calls.settle(lived_in, settlement(CallId("call_6"), HOLD, COST)) is not None
    while not verification.is_over:
        verification.step(lived_in)
    assert verification.differences == ()


def test_limits_of_an_older_program_are_written_once(tmp_path: Path) -> None:
    """What they were changed by after that is told."""
    connection = connect(tmp_path / "wallet.db", KEY, chain_key=CHAIN_KEY)
    migrate(connection)
    ledger_worker.prepare(connection)
    make_call(connection, 0, NOW)
    disarm(connection)
    # As it was left by a program that knew nothing of such notes.
    connection.execute("DELETE FROM chain_notes WHERE kind = 'limit'")
    for sql in (
        "UPDATE transfers SET seq = seq - 1 WHERE seq > 2",
        "UPDATE grant_events SET seq = seq - 1 WHERE seq > 2",
    ):
        connection.execute(sql)
    _forge_macs(connection)
    assert differences(connection) != []
    _take_back(connection)
    connection.execute("PRAGMA user_version = 8")
    migrate(connection)
    assert differences(connection) == []
    connection.execute("UPDATE budgets SET limit_nanos = 1")
    assert len(differences(connection)) == 1
    connection.close()


def _take_back(connection: Connection) -> None:
    """Undo what came after the eighth migration."""
    for sql in (
        "DROP TABLE call_rates",
        "DROP TABLE alerts",
        "ALTER TABLE calls DROP COLUMN program",
        "DROP TABLE grant_bindings",
        "DROP TABLE registered_clients",
        "DROP TABLE refresh_tokens",
        "DROP INDEX accesses_of_grant",
        "ALTER TABLE accesses DROP COLUMN expires_at",
        "ALTER TABLE authorization_codes DROP COLUMN offline",
        "DROP TABLE own_prices",
    ):
        connection.execute(sql)


def _forge_macs(connection: Connection) -> None:
    kinds = (EntryKind.TRANSFER, EntryKind.GRANT_EVENT)
    entries = sorted(
        (row[0], kind, row[1:])
        for kind in kinds
        for row in connection.execute(
            f"SELECT seq, {chain.COLUMNS[kind]} FROM {chain.TABLES[kind]}"  # noqa: S608 - our names
        ).fetchall()
    )
    end = BEGINNING
    for seq, kind, fields in entries:
        end = link(CHAIN_KEY, end, kind, fields)
        assert end.seq == seq
        connection.execute(
            f"UPDATE {chain.TABLES[kind]} SET mac = ? WHERE seq = ?",  # noqa: S608 - our names
            (end.mac, seq),
        )
    connection.chain.head = None
