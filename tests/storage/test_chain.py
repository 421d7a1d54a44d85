"""One chain over journal, events and notes, that follows what is rolled back."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.ledger_worker import COST, GRANT, HOLD, KEY, NOW, admission, settlement
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.ledger.chain import BEGINNING, NoteKind
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.storage import calls, chain, grants
from wattfare_desktop.storage.connection import Connection, Error, connect
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import verify

CHAIN_KEY = b"c" * 32


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "wallet.db", KEY, chain_key=CHAIN_KEY)
    migrate(connection)
    yield connection
    connection.close()


def _call(connection: Connection, name: str) -> None:
    call = CallId(name)
    calls.admit(connection, admission(call))
    calls.settle(connection, settlement(call, HOLD, COST))


def test_all_that_is_written_is_one_chain(books: Connection) -> None:
    assert chain.head(books) == BEGINNING
    ledger_worker.prepare(books)
    _call(books, "call_1")
    grants.set_state(books, GRANT, GrantState.PAUSED, "pause", NOW)
    chain.add_digest(books, NOW, with_limits=True)
    places = books.execute(
        "SELECT seq FROM transfers UNION ALL SELECT seq FROM grant_events"
        " UNION ALL SELECT seq FROM chain_notes ORDER BY seq"
    ).fetchall()
    assert [row[0] for row in places] == list(range(1, len(places) + 1))
    assert chain.head(books).seq == len(places)
    assert verify(books) is None


def test_each_entry_is_found_by_its_place(books: Connection) -> None:
    ledger_worker.prepare(books)
    end = chain.head(books)
    assert chain.mac_at(books, 0) == BEGINNING.mac
    assert chain.mac_at(books, end.seq) == end.mac
    assert chain.mac_at(books, end.seq + 1) is None


@pytest.mark.parametrize("end", ["ROLLBACK", "COMMIT"])
def test_the_end_follows_what_is_rolled_back(books: Connection, end: str) -> None:
    ledger_worker.prepare(books)
    books.execute("BEGIN IMMEDIATE")
    _call(books, "call_1")
    books.execute(end)
    _call(books, "call_2")
    assert verify(books) is None


def test_an_entry_that_is_refused_is_no_part_of_it(books: Connection) -> None:
    ledger_worker.prepare(books)
    before = chain.head(books)
    with pytest.raises(Error):
        chain.add_transfer(books, ("x", "pending", "funding:funding_a", "spend:nobody") + (1,) * 5)
    assert chain.head(books) == before
    _call(books, "call_1")
    assert verify(books) is None


async def test_a_batch_that_fails_is_chained_anew(tmp_path: Path) -> None:
    database = Database(tmp_path / "wallet.db", KEY, CHAIN_KEY)
    await database.write(ledger_worker.prepare)

    def fail(connection: Connection) -> None:
        _call(connection, "call_bad")
        raise ZeroDivisionError

    writes = [database.write(partial(_call, name=f"call_{number}")) for number in range(8)]
    bad = database.write(fail)
    writes += [database.write(partial(_call, name=f"call_1{number}")) for number in range(8)]
    with pytest.raises(ZeroDivisionError):
        await bad
    for write in writes:
        await write
    assert await database.read(verify) is None
    assert await database.read(lambda cx: chain.head(cx).seq) == 3 + 2 * 16
    database.close()


def test_notes_never_change(books: Connection) -> None:
    chain.add_note(books, NoteKind.OPENED, [], NOW)
    for sql in ("UPDATE chain_notes SET at = 0", "DELETE FROM chain_notes"):
        with pytest.raises(Error):
            books.execute(sql)


def test_a_digest_tells_what_there_was(books: Connection) -> None:
    assert chain.latest_digest(books) is None
    ledger_worker.prepare(books)
    chain.add_digest(books, NOW, with_limits=False)
    chain.add_note(books, NoteKind.OPENED, [], NOW)
    told = chain.latest_digest(books)
    assert told is not None
    assert told.accounts == chain.accounts(books)
    assert told.grants == {GRANT: "active"}
    assert told.limits == ""
