"""Keys of calls in the ledger: taken with the hold, kept with the settlement, gone after a day."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.storage.test_calls import _HELD, _KEY, _admission, _prepare, _used
from wattfare_desktop.core.identifiers import CallId, GrantId, Instant, TransferId, later
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import calls, grants, kept_results
from wattfare_desktop.storage.connection import Connection, Error, connect
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.kept_results import KEPT_MS, CallKey, Result, Taken
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import HeldCall, Outcome, Spending
from wattfare_desktop.wallet.tasks import Tasks

_HOLDER: Final = """
import asyncio, sys
from functools import partial
from pathlib import Path
from tests.storage.test_calls import _KEY, _admission
from tests.storage.test_kept_results import key
from wattfare_desktop.storage import kept_results
from wattfare_desktop.storage.database import Database

async def main():
    database = Database(Path(sys.argv[1]), _KEY)
    await database.write(partial(kept_results.admit, admission=_admission(1), key=key()))
    print("held", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def key(name: bytes = b"k", request: bytes = b"r") -> CallKey:
    return CallKey(grant=_admission(1).grant, key=name * 32, request=request * 32)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with closing(connect(tmp_path / "wallet.db", _KEY)) as connection:
        migrate(connection)
        _prepare(connection)
        yield connection


def _settle(connection: Connection, cost: int | None, result: Result, number: int = 1) -> None:
    admission = _admission(number)
    kept_results.settle(
        connection,
        calls.Settlement(
            call=admission.call,
            held=calls.hold_of(connection, admission.call),
            transfer_prefix=TransferId(f"{admission.call}.end"),
            cost=None if cost is None else Nanos(cost),
            tokens=calls.TokenCounts(),
            basis=None,
            end=CallEnd.COMPLETE,
            status=CallStatus.VOIDED if cost is None else CallStatus.SETTLED,
            first_byte_at=None,
            now=admission.now,
            day=Clock(lambda: UTC).today(),
        ),
        result,
    )


def test_a_key_is_taken_with_the_hold(connection: Connection) -> None:
    admission = _admission(1)
    assert kept_results.find(connection, key(), admission.now) is None
    assert kept_results.admit(connection, admission, key()) == _HELD
    taken = kept_results.admit(connection, _admission(2), key())
    assert isinstance(taken, Taken)
    assert (taken.call, taken.status, taken.result_sealed) == (
        admission.call,
        CallStatus.RUNNING,
        None,
    )
    assert calls.running(connection) == [admission.call]


def test_the_schema_refuses_two_calls_of_one_key(connection: Connection) -> None:
    kept_results.admit(connection, _admission(1), key())
    calls.admit(connection, _admission(2))
    with pytest.raises(Error):
        connection.execute(
            "INSERT INTO kept_results SELECT ?, grant_id, key_digest, request_digest, expires_at,"
            " NULL, 0 FROM kept_results",
            (_admission(2).call,),
        )


def test_the_result_is_kept_with_the_settlement_and_never_changes(connection: Connection) -> None:
    kept_results.admit(connection, _admission(1), key())
    _settle(connection, 1, Result(sealed=b"first"))
    _settle(connection, 1, Result(sealed=b"second"))
    taken = kept_results.find(connection, key(), _admission(1).now)
    assert taken is not None
    assert (taken.status, taken.result_sealed) == (CallStatus.SETTLED, b"first")
    with pytest.raises(Error):
        connection.execute("UPDATE kept_results SET result_sealed = x'00'")


def test_a_call_that_cost_nothing_frees_its_key(connection: Connection) -> None:
    kept_results.admit(connection, _admission(1), key())
    _settle(connection, None, Result())
    assert kept_results.admit(connection, _admission(2), key()) == _HELD


def test_a_day_later_a_key_is_free_but_not_while_its_call_runs(connection: Connection) -> None:
    first = _admission(1)
    kept_results.admit(connection, first, key())
    over: Instant = later(first.now, KEPT_MS)
    kept_results.sweep(connection, over)
    assert kept_results.find(connection, key(), over) is not None
    _settle(connection, 1, Result(sealed=b"first"))
    assert kept_results.find(connection, key(), Instant(over - 1)) is not None
    assert kept_results.find(connection, key(), over) is None
    second = replace(_admission(2), now=over)
    assert not isinstance(kept_results.admit(connection, second, key()), Taken)
    assert _rows(connection) == [second.call]


def test_an_end_of_the_access_deletes_what_was_kept(connection: Connection) -> None:
    admission = _admission(1)
    kept_results.admit(connection, admission, key())
    grants.set_state(connection, admission.grant, GrantState.REVOKED, "revoke", admission.now)
    assert _rows(connection) == []
    # The call still runs then, and leaves nothing behind.
    _settle(connection, 1, Result(sealed=b"late"))
    assert _rows(connection) == []


async def test_a_killed_wallet_says_what_came_of_the_call_and_makes_no_other(
    tmp_path: Path,
) -> None:
    path = tmp_path / "wallet.db"
    made = Database(path, _KEY)
    await made.write(_prepare)
    made.close()
    _begin_and_die(path)
    database = Database(path, _KEY)
    try:
        spending = Spending(database, Clock(lambda: UTC), Tasks(), print)
        assert await spending.recover() == 1
        used = await database.read(_used)
        again = partial(kept_results.admit, admission=_admission(2), key=key())
        taken = await database.write(again)
        assert isinstance(taken, Taken)
        assert (taken.call, taken.status) == (_admission(1).call, CallStatus.UNSETTLED)
        assert taken.result_sealed is None
        assert await database.read(_used) == used
    finally:
        database.close()


async def test_a_settlement_of_a_call_with_a_key_keeps_what_it_was_given(tmp_path: Path) -> None:
    database, tasks = Database(tmp_path / "wallet.db", _KEY), Tasks()
    try:
        await database.write(_prepare)
        admission = _admission(1)
        await database.write(partial(kept_results.admit, admission=admission, key=key()))
        spending = Spending(database, Clock(lambda: UTC), tasks, print)
        held = HeldCall(
            id=CallId(admission.call),
            grant=GrantId(admission.grant),
            funding=admission.funding,
            fit=_HELD,
            amount=_HELD.amount,
            has_key=True,
            result=Result(is_too_large=True),
        )
        spending.settle(held, Outcome(cost=Nanos(1), end=CallEnd.COMPLETE))
        assert await tasks.drain(5)
        taken = await database.read(partial(kept_results.find, key=key(), now=admission.now))
        assert taken is not None
        assert taken.is_too_large
    finally:
        database.close()


def _begin_and_die(path: Path) -> None:
    """Hold a call's money under a key in a process of its own, and kill -9 that."""
    argv = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()


def _rows(connection: Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT call_id FROM kept_results").fetchall()]
