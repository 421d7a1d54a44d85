"""Processes killed at a hundred random moments under load."""

import random
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest

from tests.support.ledger_worker import KEY, prepare
from wattfare_desktop.storage import ledger
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import verify
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import Spending
from wattfare_desktop.wallet.tasks import Tasks

KILLS = 100


def _fresh(folder: Path) -> Path:
    path = folder / "wallet.db"
    connection = connect(path, KEY)
    migrate(connection)
    prepare(connection)
    connection.close()
    return path


def _worker(path: Path) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-m", "tests.support.ledger_worker", str(path)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)


def _require_kept(connection: Connection, told: list[str]) -> None:
    """Assert that all a worker was told of is there, and that the books agree with themselves."""
    for line in told:
        match line.split():
            case ["A", call]:
                found = _one(connection, "SELECT count(*) FROM calls WHERE id = ?", call)
                assert found == 1, line
            case ["E", hold]:
                found = _one(connection, "SELECT count(*) FROM transfers WHERE id = ?", hold)
                assert found == 1, line
            case ["S", call, cost]:
                sql = "SELECT count(*) FROM calls WHERE id = ? AND status <> 'running' AND cost = ?"
                assert _one(connection, sql, call, int(cost)) == 1, line
            case _:
                pytest.fail(f"a worker said {line!r}")
    assert verify(connection) is None
    assert ledger.trial_balance(connection).balances
    for sql in (
        "SELECT spent FROM windows",
        "SELECT sum(cost) FROM calls",
        "SELECT sum(spent) FROM daily_spend",
        "SELECT credits_posted FROM accounts WHERE id = 'spend:grant_a'",
    ):
        settled = "SELECT coalesce(sum(cost), 0) FROM calls WHERE status <> 'running'"
        assert (_one(connection, sql) or 0) == _one(connection, settled), sql
    for sql in (
        "SELECT held FROM windows",
        "SELECT debits_pending FROM accounts WHERE id = 'funding:funding_a'",
    ):
        running = "SELECT coalesce(sum(hold), 0) FROM calls WHERE status = 'running'"
        assert _one(connection, sql) == _one(connection, running), sql
    twice = "SELECT count(*) FROM transfers WHERE pending_id IS NOT NULL GROUP BY pending_id"
    assert (_one(connection, f"{twice} HAVING count(*) > 1") or 0) == 0


def _one(connection: Connection, sql: str, *parameters: str | int) -> int | None:
    row = connection.execute(sql, parameters).fetchone()
    return None if row is None else row[0]


async def _require_recovered(path: Path) -> None:
    """Open as after a crash: what was left held is charged in full and marked."""
    database = Database(path, KEY)
    try:
        held = await database.read(
            lambda cx: _one(cx, "SELECT coalesce(sum(hold), 0) FROM calls WHERE status = 'running'")
        )
        spent = await database.read(lambda cx: _one(cx, "SELECT spent FROM windows"))
        spending = Spending(database, Clock(lambda: UTC), Tasks(), lambda _changes: None)
        await spending.recover()
        assert held is not None
        assert spent is not None
        assert await database.read(lambda cx: _one(cx, "SELECT spent FROM windows")) == spent + held
        await database.read(lambda cx: _require_kept(cx, []))
        assert await spending.recover() == 0
    finally:
        database.close()


async def test_a_hundred_kills_under_load(tmp_path: Path) -> None:
    """One file goes through all of them: each worker begins where the last was killed."""
    path = _fresh(tmp_path)
    drawn = random.Random(8402)  # noqa: S311 - a repeatable draw
    for _ in range(KILLS):
        with _worker(path) as worker:
            assert worker.stdout is not None
            told = [worker.stdout.readline() for _ in range(drawn.randint(1, 60))]
            worker.kill()
            told += worker.stdout.read().splitlines()
        connection = connect(path, KEY)
        _require_kept(connection, told)
        connection.close()
    await _require_recovered(path)
