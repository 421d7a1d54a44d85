"""Copies made beside the work, and looked through."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.ledger_worker import FUNDING, GRANT, NOW
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, Instant, TransferId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.storage import backup, calls, chain, fundings, grants
from wattfare_desktop.storage.backup import CopyUnsound, FileKeys
from wattfare_desktop.storage.connection import connect
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.verification import look_over, verify

KEYS = FileKeys(database_key_hex="cd" * 32, chain_key=b"k" * 32)
PAGE = 2_048


def quiet(_done: int, _of: int) -> None:
    return


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "wallet.db", KEYS.database_key_hex, KEYS.chain_key)
    await opened.write(ledger_worker.prepare)
    yield opened
    opened.close()


def _names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


async def _fill(database: Database, count: int) -> None:
    names = [CallId(f"call_{number}") for number in range(count)]
    await asyncio.gather(
        *(
            database.write(partial(calls.admit, admission=ledger_worker.admission(name)))
            for name in names
        )
    )


async def _copied(database: Database, path: Path) -> Path:
    await asyncio.to_thread(backup.copy, database.path, path, KEYS, quiet)
    return path


async def test_a_copy_is_the_file_as_it_was(database: Database, tmp_path: Path) -> None:
    await _fill(database, 20)
    head = await database.read(chain.head)
    copy = await _copied(database, tmp_path / "copy")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert backup.check(copy, KEYS, quiet) == head
    assert _names(tmp_path, "copy*") == ["copy"]
    with closing(connect(copy, KEYS.database_key_hex, chain_key=KEYS.chain_key)) as connection:
        assert chain.accounts(connection) == await database.read(chain.accounts)


async def test_writes_neither_wait_for_a_copy_nor_come_into_it(
    database: Database, tmp_path: Path
) -> None:
    """Each step of the copy is held up until a write beside it is durable."""
    await _fill(database, 4_000)
    head = await database.read(chain.head)
    loop, written, seen = asyncio.get_running_loop(), 0, []

    async def write() -> None:
        nonlocal written
        written += 1
        name = TransferId(f"beside_{written}")
        await database.write(
            partial(fundings.top_up, funding=FUNDING, amount=Nanos(1), transfer=name, now=NOW)
        )

    def on_progress(done: int, of: int) -> None:
        seen.append((done, of))
        asyncio.run_coroutine_threadsafe(write(), loop).result(timeout=10)

    path = tmp_path / "copy"
    await asyncio.to_thread(backup.copy, database.path, path, KEYS, on_progress)
    assert written >= 2
    assert seen[-1][0] == seen[-1][1] > seen[0][0]
    assert backup.check(path, KEYS, quiet) == head
    assert (await database.read(chain.head)).seq == head.seq + written


async def test_it_ends_where_its_listener_says_so(database: Database, tmp_path: Path) -> None:
    def stop(_done: int, _of: int) -> None:
        raise UserFacingError("It was stopped", "Nothing was changed.")

    with pytest.raises(UserFacingError, match="stopped"):
        await asyncio.to_thread(backup.copy, database.path, tmp_path / "copy", KEYS, stop)
    copy = await _copied(database, tmp_path / "again")
    with pytest.raises(UserFacingError, match="stopped"):
        backup.check(copy, KEYS, stop)


async def test_a_flipped_byte_of_any_page_is_found(database: Database, tmp_path: Path) -> None:
    copy = await _copied(database, tmp_path / "copy")
    sound = copy.read_bytes()
    for start in range(0, len(sound), PAGE):
        harmed = bytearray(sound)
        harmed[start + 700] ^= 1
        copy.write_bytes(harmed)
        with pytest.raises(CopyUnsound):
            backup.check(copy, KEYS, quiet)


async def test_a_copy_cut_short_is_found(database: Database, tmp_path: Path) -> None:
    copy = await _copied(database, tmp_path / "copy")
    sound = copy.read_bytes()
    for pages in (0, 1, len(sound) // PAGE // 2, len(sound) // PAGE - 1):
        copy.write_bytes(sound[: pages * PAGE])
        with pytest.raises(UserFacingError):
            backup.check(copy, KEYS, quiet)


async def test_books_that_do_not_add_up_are_no_backup(database: Database, tmp_path: Path) -> None:
    copy = await _copied(database, tmp_path / "copy")
    with closing(connect(copy, KEYS.database_key_hex)) as connection:
        connection.execute("UPDATE accounts SET credits_posted = credits_posted + 1")
    with pytest.raises(CopyUnsound, match="its entries say"):
        backup.check(copy, KEYS, quiet)


async def test_another_key_opens_nothing(database: Database, tmp_path: Path) -> None:
    copy = await _copied(database, tmp_path / "copy")
    other = FileKeys(database_key_hex="ab" * 32, chain_key=KEYS.chain_key)
    with pytest.raises(CopyUnsound, match="cannot be opened"):
        backup.check(copy, other, quiet)


async def test_a_damaged_wallet_gives_no_copy(database: Database, tmp_path: Path) -> None:
    await _fill(database, 200)
    database.close()
    harmed = bytearray(database.path.read_bytes())
    harmed[5 * PAGE + 100] ^= 1
    database.path.write_bytes(harmed)

    def copy_and_check() -> None:
        backup.copy(database.path, tmp_path / "copy", KEYS, quiet)
        backup.check(tmp_path / "copy", KEYS, quiet)

    with pytest.raises(UserFacingError):
        copy_and_check()


async def test_a_refitted_file_says_whose_word_it_was_and_its_apps_are_paused(
    database: Database, tmp_path: Path
) -> None:
    copy = await _copied(database, tmp_path / "copy")
    head = backup.check(copy, KEYS, quiet)
    done = backup.refit(copy, KEYS, {"why": "Restored."}, Instant(NOW + 1))
    assert done.paused == ("Notes AI",)
    assert done.head.seq == head.seq + 3, "accepted, paused, digest"
    with closing(connect(copy, KEYS.database_key_hex, chain_key=KEYS.chain_key)) as connection:
        record = grants.get(connection, GRANT)
        assert record is not None
        assert record.state is GrantState.PAUSED
        assert verify(connection) is None
        assert look_over(connection) == ()
        notes = connection.execute(
            "SELECT kind, content FROM chain_notes WHERE kind <> 'limit' ORDER BY seq"
        ).fetchall()
        assert notes[0] == ("accepted", '{"why":"Restored."}')
    assert (await database.read(partial(grants.get, grant=GRANT))) is not None


def test_keys_show_themselves_in_no_text() -> None:
    assert "cd" * 4 not in repr(KEYS)
    assert os.fsencode(repr(KEYS)).find(b"kkkk") < 0
