"""What a durable hold costs: beside a bare commit, in company, and in a ledger of millions.

``python -m benchmarks.ledger [CALLS]``: CALLS are stored before the last comparison, a million
unless told otherwise. The three figures are ratios within one run.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from tests.support import ledger_worker
from tests.support.ledger_worker import KEY, admission
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.storage import calls
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.migrate import migrate

_HOLDS: Final = 1_500
_CALLERS: Final = 64
_ROUNDS: Final = 3
_MILLION: Final = 1_000_000
_STEP: Final = 250_000


def main(stored: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        small, large, bare = (Path(folder) / f"{name}.db" for name in ("small", "large", "bare"))
        for path in (small, large, bare):
            _make(path)
        with _bare(bare) as connection:
            alone = min(_bare_commits(connection) for _ in range(_ROUNDS))
        one = min(asyncio.run(_holds(small, callers=1))[0] for _ in range(_ROUNDS))
        print(f"one caller: a hold {one:.3f} ms, a bare commit of its rows {alone:.3f} ms")
        print(f"  {one / alone:.2f} of the bare commit")
        _, rate = min(asyncio.run(_holds(small, callers=1)) for _ in range(_ROUNDS))
        many = max(asyncio.run(_holds(small, callers=_CALLERS))[1] for _ in range(_ROUNDS))
        print(f"holds a second: {rate:.0f} by one caller, {many:.0f} by {_CALLERS}")
        print(f"  {many / rate:.1f} of one caller's")
        _fill(large, stored)
        pairs = [
            (asyncio.run(_holds(small, callers=1))[0], asyncio.run(_holds(large, callers=1))[0])
            for _ in range(_ROUNDS)
        ]
        empty, full = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
        size_mb = large.stat().st_size / _MILLION
        print(f"p50 of a hold: {empty:.3f} ms, with {stored:,} calls ({size_mb:.0f} MB) {full:.3f}")
        print(f"  {full / empty:.2f} of the empty ledger's")


def _make(path: Path) -> None:
    connection = connect(path, KEY)
    migrate(connection)
    ledger_worker.prepare(connection)
    connection.close()


_NUMBERS: Final = itertools.count()


async def _holds(path: Path, *, callers: int) -> tuple[float, float]:
    """Return the median milliseconds of a hold, and holds a second."""
    database = Database(path, KEY)
    took_s: list[float] = []

    async def call(count: int) -> None:
        for _ in range(count):
            asked = admission(CallId(f"call_{time.time_ns()}_{next(_NUMBERS)}"))
            began_s = time.perf_counter()
            await database.write(partial(calls.admit, admission=asked))
            took_s.append(time.perf_counter() - began_s)

    began_s = time.perf_counter()
    await asyncio.gather(*(call(_HOLDS // callers) for _ in range(callers)))
    rate = len(took_s) / (time.perf_counter() - began_s)
    database.close()
    took_s.sort()
    return took_s[len(took_s) // 2] * 1000, rate


@contextmanager
def _bare(path: Path) -> Iterator[Connection]:
    """Open a file whose tables are the wallet's, with nobody to judge or count."""
    connection = connect(path, KEY)
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    connection.close()


def _bare_commits(connection: Connection) -> float:
    """Return the median milliseconds of committing the rows that a hold writes."""
    took_s: list[float] = []
    for _ in range(_HOLDS):
        call = f"call_{time.time_ns()}_{next(_NUMBERS)}"
        began_s = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, code, call_id,"
            " created_at) VALUES (?, 'pending', 'funding:funding_a', 'spend:grant_a', 1000,"
            " 'charge', ?, 0)",
            (f"{call}.hold", call),
        )
        connection.execute(
            "UPDATE accounts SET debits_pending = debits_pending + 1000"
            " WHERE id = 'funding:funding_a'"
        )
        connection.execute(
            "UPDATE accounts SET credits_pending = credits_pending + 1000"
            " WHERE id = 'spend:grant_a'"
        )
        connection.execute(
            "INSERT INTO calls (id, grant_id, funding_id, provider, model, streamed, status, hold,"
            " price_version, started_at) VALUES (?, 'grant_a', 'funding_a', 'openai', 'gpt-5-mini',"
            " 0, 'running', 1000, 'test', 0)",
            (call,),
        )
        connection.execute(
            "INSERT INTO call_windows (call_seq, window_id) SELECT seq, 1 FROM calls WHERE id = ?",
            (call,),
        )
        connection.execute("UPDATE windows SET held = held + 1000 WHERE id = 1")
        connection.execute("COMMIT")
        took_s.append(time.perf_counter() - began_s)
    took_s.sort()
    return took_s[len(took_s) // 2] * 1000


def _fill(path: Path, count: int) -> None:
    """Store ``count`` settled calls and their transfers, as years of use would."""
    with _bare_triggers_kept(path) as connection:
        for begin in range(0, count, _STEP):
            end = min(begin + _STEP, count)
            print(f"\r  storing calls: {end:,} of {count:,}", end="", flush=True)
            connection.execute("BEGIN IMMEDIATE")
            for sql in _FILLING:
                connection.execute(sql, (begin, end))
            connection.execute("COMMIT")
        print()


_FILLING: Final = (
    """
    WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)
    INSERT INTO calls (id, grant_id, funding_id, provider, model, streamed, status, ended,
        input_tokens, output_tokens, hold, cost, basis, price_version, started_at, finished_at)
    SELECT printf('call_0%012d', i), 'grant_a', 'funding_a', 'openai', 'gpt-5-mini', 0, 'settled',
        'complete', 100, 50, 0, 0, 'reported', 'test', i, i
    FROM n
    """,
    """
    WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)
    INSERT INTO transfers (id, kind, debit_account, credit_account, amount, code, call_id,
        created_at)
    SELECT printf('call_0%012d.hold', i), 'pending', 'funding:funding_a', 'spend:grant_a', 0,
        'charge', printf('call_0%012d', i), i
    FROM n
    """,
    """
    WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)
    INSERT INTO transfers (id, kind, debit_account, credit_account, amount, code, pending_id,
        call_id, created_at)
    SELECT printf('call_0%012d.end', i), 'void_pending', 'funding:funding_a', 'spend:grant_a', 0,
        'charge', printf('call_0%012d.hold', i), printf('call_0%012d', i), i
    FROM n
    """,
)


@contextmanager
def _bare_triggers_kept(path: Path) -> Iterator[Connection]:
    """Open a file without its triggers, and put them back at the end."""
    connection = connect(path, KEY)
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    connection.execute("PRAGMA foreign_keys = OFF")
    for name, _sql in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    for _name, sql in triggers:
        connection.execute(sql)
    connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else _MILLION)
