"""Whatever is altered behind the wallet's back is found, and said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.ledger_worker import COST, GRANT, HOLD, KEY, NOW, admission, settlement
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.storage import calls, chain, grants
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import Verification, look_over, verify

CHAIN_KEY = b"c" * 32


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Connection]:
    """A ledger closed in order, whose triggers no longer stand in a forger's way."""
    connection = connect(tmp_path / "wallet.db", KEY, chain_key=CHAIN_KEY)
    migrate(connection)
    ledger_worker.prepare(connection)
    for number in range(4):
        call = CallId(f"call_{number}")
        calls.admit(connection, admission(call))
        if number:
            calls.settle(connection, settlement(call, HOLD, COST))
    grants.set_state(connection, GRANT, GrantState.REVOKED, "revoke", NOW)
    chain.add_digest(connection, NOW, with_limits=True)
    assert verify(connection) is None
    assert not look_over(connection)
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in rows:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "UPDATE transfers SET amount = 1 WHERE id = 'call_1.hold'",
            "transfer call_1.hold, is not",
        ),
        ("UPDATE transfers SET call_id = NULL WHERE id = 'call_1.hold'", "call_1.hold, is not"),
        ("DELETE FROM transfers WHERE id = 'call_1.end.0'", "Entry 5 is missing"),
        ("DELETE FROM grant_events WHERE event = 'revoke'", "Entry 10 is missing"),
        ("UPDATE grant_events SET event = 'x' WHERE event = 'revoke'", "x of grant_a, is not"),
        ("UPDATE chain_notes SET at = 1", "a note (digest), is not"),
        ("UPDATE transfers SET mac = x'00' WHERE id = 'call_1.hold'", "call_1.hold, is not"),
        ("UPDATE accounts SET debits_posted = 0", "debits posted of funding:funding_a is 0"),
        ("UPDATE accounts SET credits_pending = 9 WHERE id = 'external'", "credits pending of ext"),
        ("DELETE FROM accounts WHERE id = 'spend:grant_a'", "of spend:grant_a is 0, its entries"),
        ("UPDATE grants SET state = 'active'", "grant_a is active, its events say revoked"),
        ("UPDATE windows SET spent = 0", "spent in grant:grant_a, day is 0, its calls say 2100"),
        ("UPDATE windows SET held = 5", "held in grant:grant_a, day is 5, its calls say 1000"),
        ("UPDATE daily_spend SET spent = 1", "spent on 2026-11-23, grant_a is 1, its calls say"),
        ("DELETE FROM daily_spend", "spent on 2026-11-23, grant_a is 0, its calls say 2100"),
        ("UPDATE calls SET cost = 699 WHERE id = 'call_1'", "call_1 has a hold of 1000 and a cost"),
    ],
)
def test_what_was_altered_is_told(books: Connection, sql: str, told: str) -> None:
    books.execute(sql)
    verification = Verification()
    while not verification.is_over:
        verification.step(books)
    assert any(told in each.what for each in verification.differences), verification.differences


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts SET debits_posted = 0",
        "UPDATE grants SET state = 'active'",
        "UPDATE windows SET spent = 0",
        "UPDATE budgets SET limit_nanos = limit_nanos + 1",
        "INSERT INTO call_limits VALUES ('wallet', 5)",
        'UPDATE chain_notes SET content = \'{"accounts":[],"grants":[],"limits":""}\'',
    ],
)
def test_a_start_sees_what_would_let_more_be_spent(books: Connection, sql: str) -> None:
    books.execute(sql)
    assert look_over(books)


@pytest.mark.parametrize(
    ("sql", "differs"),
    [
        (None, False),
        ("UPDATE accounts SET debits_posted = 0", True),
        ("UPDATE grants SET state = 'active'", True),
        ("DELETE FROM transfers WHERE id = 'call_9.hold'", True),
    ],
)
def test_after_a_crash_what_followed_the_digest_is_replayed(
    books: Connection, sql: str | None, *, differs: bool
) -> None:
    """The triggers are gone here, so what they do is done by hand."""
    chain.add_transfer(
        books,
        (
            "call_9.hold",
            "pending",
            "funding:funding_a",
            "spend:grant_a",
            7,
            "charge",
            None,
            None,
            1,
        ),
    )
    # It resolves what was held before the digest.
    chain.add_transfer(
        books,
        (
            *("call_0.end", "void_pending", "funding:funding_a", "spend:grant_a", 0, "charge"),
            *("call_0.hold", "call_0", 2),
        ),
    )
    books.execute("UPDATE accounts SET debits_pending = 7 WHERE id = 'funding:funding_a'")
    books.execute("UPDATE accounts SET credits_pending = 7 WHERE id = 'spend:grant_a'")
    if sql is not None:
        books.execute(sql)
    assert bool(look_over(books)) is differs


def test_another_key_fits_no_entry(books: Connection) -> None:
    books.chain.key = bytes(32)
    told = verify(books)
    assert told is not None
    assert told.seq == 1


def test_a_start_reads_only_the_end(books: Connection) -> None:
    """What a digest vouches for is not walked again; ``verify`` does that."""
    books.execute("UPDATE transfers SET created_at = 0 WHERE id = 'call_1.hold'")
    assert not look_over(books)
    assert verify(books) is not None
