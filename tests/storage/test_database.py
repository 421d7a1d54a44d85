"""Commits that are shared: durable before they are told, and no victim of a neighbour."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage.connection import Connection, DatabaseBroken, Error, connect
from wattfare_desktop.storage.database import BATCH_MAX, Database, LedgerClosed, LedgerUnavailable

_KEY = "ab" * 32


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "wallet.db", _KEY)
    yield opened
    opened.close()


def _put(connection: Connection, name: str) -> str:
    connection.execute("INSERT INTO preferences (name, content) VALUES (?, '')", (name,))
    return name


def _names(connection: Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM preferences").fetchall()
    return {row[0] for row in rows}


def _put_and_fail(connection: Connection, name: str) -> None:
    _put(connection, name)
    raise UserFacingError("No", "That was refused after something had been written.")


async def test_what_fails_takes_nothing_of_its_batch_along(database: Database) -> None:
    writes = [database.write(partial(_put, name=f"good {number}")) for number in range(10)]
    failing = database.write(partial(_put_and_fail, name="bad"))
    twice = database.write(partial(_put, name="good 3"))
    writes += [database.write(partial(_put, name=f"late {number}")) for number in range(10)]
    with pytest.raises(UserFacingError, match="No"):
        await failing
    with pytest.raises(LedgerUnavailable):
        await twice
    told = set(await asyncio.gather(*writes))
    assert told == await database.read(_names)
    assert len(told) == 20


async def test_more_than_a_batch_holds_is_all_written(database: Database) -> None:
    count = 3 * BATCH_MAX + 1
    await asyncio.gather(*(database.write(partial(_put, name=str(n))) for n in range(count)))
    assert len(await database.read(_names)) == count


async def test_what_is_told_is_in_the_file(database: Database, tmp_path: Path) -> None:
    """Another reader of the file, as after a crash, sees what the caller was told of."""
    await database.write(partial(_put, name="prompt"))
    await database.write_in_company(partial(_put, name="patient"))
    other = connect(tmp_path / "wallet.db", _KEY, read_only=True)
    assert _names(other) == {"prompt", "patient"}
    other.close()


async def test_company_goes_with_the_next_commit(database: Database) -> None:
    order: list[str] = []
    patient = database.write_in_company(partial(_put, name="patient"))
    patient.add_done_callback(lambda _: order.append("patient"))
    prompt = database.write(partial(_put, name="prompt"))
    prompt.add_done_callback(lambda _: order.append("prompt"))
    await prompt
    assert order == ["patient", "prompt"]


async def test_closing_finishes_what_is_queued(tmp_path: Path) -> None:
    database = Database(tmp_path / "wallet.db", _KEY)
    for number in range(5):
        database.write_in_company(partial(_put, name=str(number)))
    database.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        await database.write(partial(_put, name="late"))
    with pytest.raises(LedgerUnavailable, match="closed"):
        await database.read(_names)
    again = Database(tmp_path / "wallet.db", _KEY)
    assert await again.read(_names) == {"0", "1", "2", "3", "4"}
    again.close()


async def test_a_reader_writes_nothing(database: Database) -> None:
    with pytest.raises(LedgerUnavailable) as refused:
        await database.read(partial(_put, name="x"))
    assert isinstance(refused.value.__cause__, Error)
    assert await database.read(_names) == set()


async def test_a_damaged_page_is_called_damage(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    database = Database(path, _KEY)
    await asyncio.gather(
        *(database.write(partial(_put, name=f"{n} {'x' * 500}")) for n in range(200))
    )
    database.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)
    damaged = Database(path, _KEY)
    try:
        with pytest.raises(DatabaseBroken, match="damaged"):
            await damaged.read(_names)
    finally:
        damaged.close()


async def test_a_long_read_does_not_keep_the_file_from_closing(tmp_path: Path) -> None:
    opened = Database(tmp_path / "wallet.db", _KEY)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def count_for_ever(connection: Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT count(*) FROM n"
        ).fetchone()

    reading = opened.read(count_for_ever)
    await begun.wait()
    await asyncio.wait_for(asyncio.to_thread(opened.close), 10)
    with pytest.raises(LedgerClosed):
        await reading
