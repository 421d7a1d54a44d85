"""Whatever is altered behind the wallet's back is found, and said."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.altered_books import (
    CHAIN_KEY,
    differences,
    disarm,
    lived_in_books,
    mended_books,
)
from tests.support.ledger_worker import (
    COST,
    GRANT,
    HOLD,
    KEY,
    NOW,
    admission,
    settlement,
)
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.storage import (
    calls,
    chain,
    grants,
)
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import Verification, look_over, verify


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
    disarm(connection)
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
        ("DELETE FROM transfers WHERE id = 'call_1.end.0'", "Entry 6 is missing"),
        ("DELETE FROM grant_events WHERE event = 'revoke'", "Entry 11 is missing"),
        ("UPDATE grant_events SET event = 'x' WHERE event = 'revoke'", "x of grant_a, is not"),
        ("UPDATE chain_notes SET at = 1", "a note (digest), is not"),
        ("UPDATE transfers SET mac = x'00' WHERE id = 'call_1.hold'", "call_1.hold, is not"),
        ("UPDATE accounts SET debits_posted = 0", "debits posted of funding:funding_a is 0"),
        ("UPDATE accounts SET credits_pending = 9 WHERE id = 'external'", "credits pending of ext"),
        ("DELETE FROM accounts WHERE id = 'spend:grant_a'", "of spend:grant_a is 0, its entries"),
        ("UPDATE grants SET state = 'active'", "grant_a is active, its events say revoked"),
        (
            "UPDATE windows SET spent = 0",
            "spent in grant:grant_a, day from 2026-11-18 00:00:00Z is 0, its calls say 2100",
        ),
        (
            "UPDATE windows SET held = 5",
            "held in grant:grant_a, day from 2026-11-18 00:00:00Z is 5, its calls say 1000",
        ),
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


@pytest.fixture
def lived_in(tmp_path: Path) -> Iterator[Connection]:
    """A ledger with all that limits can be."""
    connection = lived_in_books(tmp_path / "wallet.db")
    yield connection
    connection.close()


_TODAYS = "(SELECT window_id FROM budgets WHERE owner = 'grant:grant_a' AND period = 'day')"
_WALLETS = "(SELECT window_id FROM budgets WHERE owner = 'wallet')"
_COUNTING = (
    "id IN (SELECT window_id FROM call_windows JOIN calls ON seq = call_seq WHERE calls.id = "
)


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["UPDATE windows SET raised = raised + 5 WHERE raised > 0"], "is raised by"),
        (["UPDATE raises SET amount = 5"], "2000, its raises say 5"),
        (["DELETE FROM raises"], "2000, its raises say 0"),
        (
            ["UPDATE windows SET raised = 0"],
            "is raised by 0 until 2026-11-20 00:00:00Z; its notes say",
        ),
        (["UPDATE windows SET resets_at = resets_at + 1000"], "its notes say that it ends"),
        (["UPDATE windows SET resets_at = NULL"], "never ends"),
        (
            ["DELETE FROM windows WHERE period = 'day' AND id <> TODAYS"],
            "is not there; its notes say",
        ),
        (
            ["INSERT INTO windows (owner, period, starts_at) VALUES ('wallet', 'year', 5)"],
            "its notes say that it is not there",
        ),
        (["UPDATE budgets SET limit_nanos = limit_nanos + 1"], "the limit of wallet, month, is"),
        (["DELETE FROM budgets WHERE owner = 'wallet'"], "wallet, month, is none; its notes say"),
        (
            ["UPDATE budgets SET window_id = (SELECT min(id) FROM windows WHERE period = 'day')"],
            "the limit of grant:grant_a, day, is 10000",
        ),
        (["UPDATE call_limits SET limit_nanos = 1"], "the limit of wallet, call, is 1"),
        (["DELETE FROM call_limits"], "the limit of wallet, call, is none"),
        (
            [
                "UPDATE calls SET hold = 400 WHERE id = 'call_6'",
                "UPDATE windows SET held = held - 600 WHERE COUNTING 'call_6')",
            ],
            "call_6 has a hold of 400 and a cost of 0, its transfers say a hold of 1000",
        ),
        (
            [
                "UPDATE calls SET status = 'voided' WHERE id = 'call_6'",
                "UPDATE windows SET held = held - 1000 WHERE COUNTING 'call_6')",
            ],
            "call_6 is voided, and 0 of its 1 holds are resolved",
        ),
        (
            [
                "UPDATE calls SET credited = 700 WHERE id = 'call_1'",
                "UPDATE windows SET spent = spent - 700 WHERE COUNTING 'call_1')",
                "UPDATE daily_spend SET spent = spent - 700",
            ],
            "call_1 was credited 700, its transfers say 0",
        ),
        (
            [
                "UPDATE calls SET credited = 0 WHERE id = 'call_0'",
                "UPDATE windows SET spent = spent + 300 WHERE COUNTING 'call_0')",
                "UPDATE daily_spend SET spent = spent + 300",
            ],
            "call_0 was credited 0, its transfers say 300",
        ),
        (
            [
                "DELETE FROM call_windows WHERE call_seq = 5 AND window_id = TODAYS",
                "UPDATE windows SET spent = spent - 700 WHERE id = TODAYS",
            ],
            "does not count call_4, which was admitted in it",
        ),
        (
            [
                "DELETE FROM call_windows WHERE call_seq = 2 AND window_id = WALLETS",
                "UPDATE windows SET spent = spent - 700 WHERE owner = 'wallet'",
            ],
            "wallet, month from 2026-11-01 00:00:00Z counts 2 calls from before its limit was set",
        ),
        (
            [
                "INSERT INTO call_windows VALUES (1, TODAYS)",
                "UPDATE windows SET spent = spent + 400 WHERE id = TODAYS",
            ],
            "counts call_0, which was not admitted in it",
        ),
        (["UPDATE calls SET fee = 10 WHERE id = 'call_1'"], "call_1 has a fee of 10"),
        (["UPDATE calls SET grant_id = 'grant_b' WHERE id = 'call_1'"], "call_1 is of grant_b"),
        (
            [
                "DELETE FROM calls WHERE id = 'call_6'",
                "DELETE FROM call_windows WHERE call_seq = 7",
                "UPDATE windows SET held = 0",
            ],
            "the number of calls is 6, its holds say 7",
        ),
    ],
)
def test_what_the_chain_does_not_say_is_told(
    lived_in: Connection, statements: list[str], told: str
) -> None:
    """Each is altered along with the sums that would give it away."""
    disarm(lived_in)
    for sql in statements:
        lived_in.execute(
            sql.replace("TODAYS", _TODAYS)
            .replace("COUNTING", _COUNTING)
            .replace("WALLETS", _WALLETS)
        )
    found = differences(lived_in)
    assert any(told in each for each in found), found
    assert len(found) <= 8, found


@pytest.fixture
def mended(tmp_path: Path) -> Iterator[Connection]:
    """A ledger in which its user set right what only a user can."""
    connection = mended_books(tmp_path / "wallet.db")
    yield connection
    connection.close()


_CORRECTED = (
    "UPDATE calls SET corrected = corrected - 100 WHERE id = 'call_1001'",
    "UPDATE windows SET spent = spent - 100 WHERE COUNTING 'call_1001')",
    "UPDATE daily_spend SET spent = spent - 100",
)


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (_CORRECTED, "call_1001 was corrected by -700, by its user 1 times, its transfers say"),
        (
            ["UPDATE calls SET basis = 'reported' WHERE id = 'call_1001'"],
            "by its user 0 times, its transfers say by -600, 1 times",
        ),
        (
            ["UPDATE calls SET basis = 'told' WHERE id = 'call_4'"],
            "call_4 was corrected by 0, by its user 1 times, its transfers say by 0, 0 times",
        ),
        (
            ["UPDATE windows SET set_aside_at = NULL WHERE set_aside_at IS NOT NULL"],
            "; its notes say that it ends at 2031-07-01 00:00:00Z and is raised by 0 and was set",
        ),
        (
            ["UPDATE windows SET set_aside_at = set_aside_at + 1000 WHERE set_aside_at > 0"],
            "was set aside at 2026-11-19 11:06:41Z; its notes say",
        ),
        (
            ["UPDATE windows SET set_aside_at = 5 WHERE id = TODAYS"],
            "was set aside at 1970-01-01 00:00:00Z; its notes say",
        ),
        (
            ["UPDATE raises SET ends_at = ends_at + 1000 WHERE ended_at IS NULL"],
            "raised by 2000 until 2026-11-20 00:00:01Z; its notes say",
        ),
        (
            ["UPDATE raises SET ended_at = NULL WHERE ended_at IS NOT NULL"],
            "its raises say",
        ),
        (
            [
                "DELETE FROM call_windows WHERE call_seq = 8 AND window_id = TODAYS",
                "UPDATE windows SET spent = spent - 700 WHERE id = TODAYS",
            ],
            "grant:grant_a, day from 2026-11-19 00:00:00Z counts 4 calls from before its limit",
        ),
        (
            [
                "DELETE FROM call_windows WHERE call_seq = 8 AND window_id <> TODAYS",
                "UPDATE windows SET spent = 0 WHERE set_aside_at > 0",
            ],
            "does not count call_1000, which was admitted in it",
        ),
    ],
)
def test_what_was_mended_stays_as_it_was(
    mended: Connection, statements: Sequence[str], told: str
) -> None:
    test_what_the_chain_does_not_say_is_told(mended, list(statements), told)
