"""A damaged file is recovered whole or left as it is."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.ledger_worker import COST, HOLD, KEY, admission, settlement
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.storage import calls, chain
from wattfare_desktop.storage.backup import FileKeys
from wattfare_desktop.storage.connection import COMPANIONS, Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.recovery import Unrecovered, recover
from wattfare_desktop.storage.verification import verify

CHAIN_KEY = b"c" * 32
KEYS = FileKeys(database_key_hex=KEY, chain_key=CHAIN_KEY)
PAGE = 2_048


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a wallet's file with some calls in it."""
    place = tmp_path / "wallet.db"
    with closing(connect(place, KEY, chain_key=CHAIN_KEY)) as connection:
        migrate(connection)
        ledger_worker.prepare(connection)
        for number in range(20):
            _call(connection, number)
    return place


def _call(connection: Connection, number: int) -> None:
    call = CallId(f"call_{number}")
    calls.admit(connection, admission(call))
    calls.settle(connection, settlement(call, HOLD, COST))


def _head(path: Path) -> Head:
    with closing(connect(path, KEY, read_only=True)) as connection:
        return chain.head(connection)


def _files(path: Path) -> list[str]:
    names = {each.name for each in path.parent.iterdir()}
    return sorted(name for name in names if not name.endswith(COMPANIONS))


def _harm(path: Path, name: str) -> bytes:
    """Flip a byte in the first page of a table or an index; return the harmed file."""
    with closing(connect(path, KEY)) as connection:
        row = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)
        ).fetchone()
    assert row is not None
    harmed = bytearray(path.read_bytes())
    harmed[(row[0] - 1) * PAGE + 100] ^= 1
    path.write_bytes(harmed)
    return bytes(harmed)


def test_what_only_an_index_lost_is_recovered(path: Path) -> None:
    head, aside = _head(path), path.with_name("aside")
    harmed = _harm(path, "transfers_resolution")
    assert recover(path, KEYS, head, aside) is None
    assert aside.read_bytes() == harmed
    with closing(connect(path, KEY, chain_key=CHAIN_KEY)) as connection:
        assert verify(connection) is None
        assert chain.head(connection) == head
        _call(connection, 99)
        assert verify(connection) is None
    assert _files(path) == ["aside", "wallet.db"]


@pytest.mark.parametrize(
    "table", ["transfers", "calls", "windows", "accesses", "preferences", "grants"]
)
def test_without_a_table_it_is_left_as_it_is(path: Path, table: str) -> None:
    harmed = _harm(path, table)
    assert isinstance(recover(path, KEYS, None, path.with_name("aside")), Unrecovered)
    assert path.read_bytes() == harmed
    assert _files(path) == ["wallet.db"]


def test_what_does_not_reach_its_anchor_is_left_as_it_is(path: Path) -> None:
    harmed = _harm(path, "transfers_resolution")
    later = Head(seq=_head(path).seq + 1, mac=bytes(32))
    told = recover(path, KEYS, later, path.with_name("aside"))
    assert told == Unrecovered(why="its latest entries are not in it any more")
    assert path.read_bytes() == harmed


def test_what_was_altered_too_is_left_as_it_is(path: Path) -> None:
    with closing(connect(path, KEY)) as connection:
        connection.execute("UPDATE windows SET raised = 5")
    _harm(path, "transfers_resolution")
    told = recover(path, KEYS, None, path.with_name("aside"))
    assert told is not None
    assert "raised in grant:grant_a" in told.why


def test_what_stands_in_the_log_alone_is_recovered_with_it(path: Path, tmp_path: Path) -> None:
    """As a crash leaves it: and the log of the old file is not taken for the new one's."""
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    place = crashed / "wallet.db"
    _harm(path, "transfers_resolution")
    with closing(connect(path, KEY, chain_key=CHAIN_KEY)) as connection:
        grant_pause = ("grant_a", "pause", "", 5)
        chain.add_grant_event(connection, grant_pause)
        connection.execute("UPDATE grants SET state = 'paused'")
        head = chain.head(connection)
        for name in ("wallet.db", "wallet.db-wal"):
            shutil.copy(path.with_name(name), crashed / name)
    assert recover(place, KEYS, head, crashed / "aside") is None
    assert _head(place) == head
    assert (crashed / "aside-wal").stat().st_size > 0
