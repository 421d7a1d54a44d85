"""The audit finds what it is there to find."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from tests.support.audit import audit
from tests.support.ledger_worker import COST, FUNDING, GRANT, HOLD, KEY, NOW, admission, prepare
from tests.support.ledger_worker import settlement as ending
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.identifiers import CallId, TransferId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.storage import budgets, calls, fundings, raises
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate

WINDOW = f"grant:{GRANT} day"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """One call that held ``HOLD`` and cost ``COST``, and one that runs."""
    made = connect(tmp_path / "wallet.db", KEY, chain_key=bytes(32))
    migrate(made)
    prepare(made)
    calls.admit(made, admission(CallId("call_1")))
    calls.settle(made, ending(CallId("call_1"), HOLD, COST))
    calls.admit(made, admission(CallId("call_2")))
    yield made
    made.close()


def test_what_is_used_is_what_was_charged_and_is_held(connection: Connection) -> None:
    found = audit(connection)
    assert found.passed == []
    assert found.used[WINDOW] == COST + HOLD
    assert (found.used["call:call_1"], found.used["call:call_2"]) == (COST, HOLD)
    assert found.used[f"funding:{FUNDING}"] == COST + HOLD


@pytest.mark.parametrize(
    ("change", "limit", "named"),
    [
        ("UPDATE budgets SET limit_nanos = ?", COST + HOLD - 1, WINDOW),
        ("INSERT INTO call_limits VALUES ('wallet', ?)", HOLD - 1, "call:call_1"),
        ("INSERT INTO call_limits VALUES ('grant:grant_a', ?)", HOLD - 1, "call:call_1"),
    ],
)
def test_a_limit_that_was_passed_is_named(
    connection: Connection, change: str, limit: int, named: str
) -> None:
    connection.execute(change, (limit,))
    assert any(each.startswith(f"{named}: ") for each in audit(connection).passed)


def test_a_balance_that_was_passed_is_named(tmp_path: Path) -> None:
    connection = connect(tmp_path / "wallet.db", KEY, chain_key=bytes(32))
    migrate(connection)
    prepare(connection)
    calls.admit(connection, admission(CallId("call_1")))
    connection.execute("DROP TRIGGER transfers_are_immutable")
    connection.execute("UPDATE transfers SET amount = ? WHERE code = 'top_up'", (HOLD - 1,))
    assert [each.split(":")[0] for each in audit(connection).passed] == ["funding"]
    connection.close()


def test_a_raise_counts_from_when_it_was_given(connection: Connection) -> None:
    lower = Nanos(COST + HOLD)
    connection.execute("UPDATE budgets SET limit_nanos = ?", (lower,))
    given = raises.Raise(grant=GRANT, period=Period.DAY, amount=HOLD, kind=RaiseKind.WINDOW)
    assert raises.add(connection, given, NOW, UTC)
    calls.admit(connection, admission(CallId("call_3")))
    found = audit(connection)
    assert (found.passed, found.raised, found.used[WINDOW]) == ([], 1, lower + HOLD)
    connection.execute("UPDATE budgets SET limit_nanos = ?", (lower - 1,))
    # What was spent before the raise had not its room.
    assert len(audit(connection).passed) == 2


def test_a_fee_is_part_of_what_a_window_counts(connection: Connection) -> None:
    settled = calls.settle(
        connection,
        replace(ending(CallId("call_2"), HOLD, COST), fee=Fee(basis_points=1_000)),
    )
    assert settled is not None
    assert settled.fee > 0
    assert audit(connection).used[WINDOW] == COST + settled.cost


def test_an_overrun_leaves_the_balance_less_room(connection: Connection) -> None:
    fundings.top_up(connection, FUNDING, Nanos(1), TransferId("transfer_b"), NOW)
    connection.execute("UPDATE budgets SET limit_nanos = ?", (COST + HOLD,))
    calls.settle(connection, ending(CallId("call_2"), HOLD, Nanos(5 * HOLD)))
    found = audit(connection)
    assert found.passed == []
    assert found.used[f"funding:{FUNDING}"] == COST + HOLD
    assert budgets.caps(connection, budgets.owner_of(GRANT))[0].limit == COST + HOLD
