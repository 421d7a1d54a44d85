"""What a durable hold costs: beside a bare commit, in company, and in a ledger of millions.

``python -m benchmarks.ledger [CALLS]``: CALLS are stored before the last comparison, a million
unless told otherwise. Ten million take some ten minutes and 11 GB of the temporary folder
(``TMPDIR``). What is compared is measured in turns, so that a busy machine is busy for all of it;
read the ratios.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import stored
from benchmarks.goals import Goals
from tests.support.ledger_worker import FUNDING, GRANT, HOLD, KEY, admission
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.storage import calls
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.database import Database

_HOLDS: Final = 1_500
_CALLERS: Final = 64
_ROUNDS: Final = 5
_MILLION: Final = 1_000_000
_MAC: Final = bytes(range(32))

_BARE_GOAL: Final = 1.5
_COMPANY_GOAL: Final = 5
_STORED_GOAL: Final = 1.3


def main(count: int) -> int:
    """Measure and print; return the exit status."""
    goals = Goals()
    with tempfile.TemporaryDirectory() as folder:
        small, large, bare = (Path(folder) / f"{name}.db" for name in ("small", "large", "bare"))
        for path in (small, large, bare):
            stored.make(path)
        _compare_with_bare(goals, small, bare)
        _compare_company(goals, small)
        _fill(large, count)
        _compare_with_stored(goals, small, large, count)
    return goals.status


def _compare_with_bare(goals: Goals, small: Path, bare: Path) -> None:
    awaited, held, commits = [], [], []
    with stored.without_triggers(bare, flushes=True) as connection:
        for _ in range(_ROUNDS):
            commits.append(_bare_commits(connection))
            held.append(_holds_of_its_own(small))
            awaited.append(asyncio.run(_holds(small, callers=1))[0])
    bare_ms = min(commits)
    print(f"one caller: a bare commit of a hold's rows {bare_ms:.3f} ms")
    print(f"  a hold awaited {min(awaited):.3f} ms: {min(awaited) / bare_ms:.2f} of that")
    goals.at_most("a hold committed, beside the bare commit", min(held) / bare_ms, _BARE_GOAL)


def _compare_company(goals: Goals, small: Path) -> None:
    rounds = [
        (asyncio.run(_holds(small, callers=1))[1], asyncio.run(_holds(small, callers=_CALLERS))[1])
        for _ in range(_ROUNDS)
    ]
    one, many = max(row[0] for row in rounds), max(row[1] for row in rounds)
    print(f"holds a second: {one:.0f} by one caller, {many:.0f} by {_CALLERS}")
    goals.at_least(f"{_CALLERS} callers beside one", many / one, _COMPANY_GOAL)


def _compare_with_stored(goals: Goals, small: Path, large: Path, count: int) -> None:
    rounds = [
        (asyncio.run(_holds(small, callers=1))[0], asyncio.run(_holds(large, callers=1))[0])
        for _ in range(_ROUNDS)
    ]
    empty, full = min(row[0] for row in rounds), min(row[1] for row in rounds)
    size_mb = large.stat().st_size / _MILLION
    print(f"p50 of a hold: {empty:.3f} ms, with {count:,} calls ({size_mb:.0f} MB) {full:.3f} ms")
    goals.at_most("a hold in the full ledger beside the empty", full / empty, _STORED_GOAL)


def _fill(path: Path, count: int) -> None:
    began_s = time.perf_counter()

    def told(done: int) -> None:
        took_s = time.perf_counter() - began_s
        print(f"\r  storing calls: {done:,} of {count:,}, {took_s:.0f} s", end="", flush=True)

    stored.fill(path, count, told)
    print()


_NUMBERS: Final = itertools.count()


def _names() -> Iterator[CallId]:
    """Yield names that sort after all that are stored, as the wallet's own do."""
    for number in _NUMBERS:
        yield CallId(f"call_{time.time_ns()}_{number}")


async def _holds(path: Path, *, callers: int) -> tuple[float, float]:
    """Return the median milliseconds of a hold, and holds a second."""
    database = Database(path, KEY, chain_key=bytes(32))
    took_s: list[float] = []

    async def call(count: int) -> None:
        for name in itertools.islice(_names(), count):
            asked = admission(name)
            began_s = time.perf_counter()
            fit = await database.write(partial(calls.admit, admission=asked))
            took_s.append(time.perf_counter() - began_s)
            assert isinstance(fit, Fit), fit

    began_s = time.perf_counter()
    await asyncio.gather(*(call(_HOLDS // callers) for _ in range(callers)))
    rate = len(took_s) / (time.perf_counter() - began_s)
    database.close()
    return _median_ms(took_s), rate


def _holds_of_its_own(path: Path) -> float:
    """Return the median milliseconds of a hold on the thread that makes it: nothing is awaited."""
    connection = connect(path, KEY, chain_key=bytes(32))
    took_s: list[float] = []
    for name in itertools.islice(_names(), _HOLDS):
        asked = admission(name)
        began_s = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        calls.admit(connection, asked)
        connection.execute("COMMIT")
        took_s.append(time.perf_counter() - began_s)
    connection.close()
    return _median_ms(took_s)


def _bare_commits(connection: Connection) -> float:
    """Return the median milliseconds of committing the rows that a hold writes."""
    rows = connection.execute(
        "SELECT window_id FROM budgets WHERE owner IN ('wallet', ?)", (f"grant:{GRANT}",)
    ).fetchall()
    assert len(rows) == stored.WINDOWS_OF_A_CALL
    took_s: list[float] = []
    for name in itertools.islice(_names(), _HOLDS):
        began_s = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        _write_bare(connection, name)
        for (window,) in rows:
            connection.execute(
                "INSERT INTO call_windows (call_seq, window_id)"
                " SELECT seq, ? FROM calls WHERE id = ?",
                (window, name),
            )
            connection.execute("UPDATE windows SET held = held + ? WHERE id = ?", (HOLD, window))
        connection.execute("COMMIT")
        took_s.append(time.perf_counter() - began_s)
    return _median_ms(took_s)


def _write_bare(connection: Connection, name: CallId) -> None:
    funding, spend = f"funding:{FUNDING}", f"spend:{GRANT}"
    connection.execute(
        "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, code, call_id,"
        " created_at, mac) VALUES (?, 'pending', ?, ?, ?, 'charge', ?, 0, ?)",
        (f"{name}.hold", funding, spend, HOLD, name, _MAC),
    )
    connection.execute(
        "UPDATE accounts SET debits_pending = debits_pending + ? WHERE id = ?", (HOLD, funding)
    )
    connection.execute(
        "UPDATE accounts SET credits_pending = credits_pending + ? WHERE id = ?", (HOLD, spend)
    )
    connection.execute(
        "INSERT INTO calls (id, grant_id, funding_id, provider, model, streamed, status, hold,"
        " price_version, started_at)"
        " VALUES (?, ?, ?, 'openai', 'gpt-5-mini', 0, 'running', ?, 'test', 0)",
        (name, GRANT, FUNDING, HOLD),
    )


def _median_ms(took_s: list[float]) -> float:
    return sorted(took_s)[len(took_s) // 2] * 1000


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else _MILLION))
