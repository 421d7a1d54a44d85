"""Calls count in the windows that ruled, and in those that count the past."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.altered_books import (
    CHAIN_KEY,
    TEN,
    differences,
    disarm,
    make_call,
)
from tests.support.ledger_worker import GRANT, KEY, NOW, admission
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import CallId, GrantId
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import budgets, calls, grants, succession
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import verify


def test_what_a_client_spent_before_is_counted_on(books_of_a_client: Connection) -> None:
    """A new approval's windows count calls of the one it replaced, and the notes say so."""
    assert verify(books_of_a_client) is None
    disarm(books_of_a_client)
    books_of_a_client.execute(
        "DELETE FROM call_windows WHERE call_seq = 1 AND window_id ="
        " (SELECT window_id FROM budgets WHERE owner = 'grant:heir')"
    )
    told = differences(books_of_a_client)
    assert any("grant:heir, day from 2026-11-18 00:00:00Z counts 1 calls" in each for each in told)


@pytest.fixture
def books_of_a_client(tmp_path: Path) -> Iterator[Connection]:
    """Two calls of an approval, one more of the approval that took its place."""
    connection = connect(tmp_path / "wallet.db", KEY, chain_key=CHAIN_KEY)
    migrate(connection)
    ledger_worker.prepare(connection)
    connection.execute("UPDATE grants SET verified = 1")
    first = grants.get(connection, GRANT)
    assert first is not None
    for number in range(2):
        make_call(connection, number, NOW)
    heir = replace(first, id=GrantId("heir"))
    grants.insert(connection, heir)
    assert succession.take_over(connection, heir, Period.DAY, NOW, UTC) == [GRANT]
    day = Cap(period=Period.DAY, limit=TEN)
    budgets.set_caps(connection, budgets.owner_of(heir.id), [day], NOW, UTC)
    admitted = replace(admission(CallId("call_2")), grant=heir.id)
    assert isinstance(calls.admit(connection, admitted), Fit)
    yield connection
    connection.close()
