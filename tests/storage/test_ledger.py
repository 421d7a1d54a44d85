"""The journal's triggers beside the pure rules: the same transfers, the same books."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from wattfare_desktop.core.identifiers import AccountId, CallId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import EXTERNAL, constraint_of
from wattfare_desktop.core.ledger.model import (
    Account,
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.ledger.rules import Pending, applied, judge
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.storage import ledger
from wattfare_desktop.storage.connection import Connection, Error, connect
from wattfare_desktop.storage.migrate import migrate

FUNDING, SPEND, OTHER = AccountId("funding:1"), AccountId("spend:1"), AccountId("spend:2")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "wallet.db", "ab" * 32)
    migrate(connection)
    for account in (FUNDING, SPEND, OTHER):
        ledger.open_account(connection, account)
    yield connection
    connection.close()


def _transfer(number: int, kind: TransferKind, amount: int, **changed: AccountId) -> Transfer:
    return Transfer(
        id=TransferId(f"transfer_{number}"),
        kind=kind,
        debit_account=changed.get("debit", FUNDING),
        credit_account=changed.get("credit", SPEND),
        amount=Nanos(amount),
        code=TransferCode.CHARGE,
        created_at=Instant(number),
        call_id=CallId(f"call_{number}"),
    )


def _resolution(number: int, of: Transfer, amount: int) -> Transfer:
    return Transfer(
        id=TransferId(f"transfer_{number}"),
        kind=TransferKind.POST_PENDING if amount else TransferKind.VOID_PENDING,
        debit_account=of.debit_account,
        credit_account=of.credit_account,
        amount=Nanos(amount),
        code=of.code,
        created_at=Instant(number),
        pending_id=of.id,
    )


class Paper:
    """The same books kept by the rules alone."""

    def __init__(self) -> None:
        ids = (EXTERNAL, FUNDING, SPEND, OTHER)
        self.accounts = {each: Account(id=each, constraint=constraint_of(each)) for each in ids}
        self.journal: dict[TransferId, Transfer] = {}
        self.resolved: set[TransferId] = set()

    def write(self, asked: Transfer) -> TransferStatus:
        found = None
        if asked.pending_id is not None:
            resolved = asked.pending_id in self.resolved
            found = Pending(transfer=self.journal[asked.pending_id], resolved=resolved)
        sides = self.accounts[asked.debit_account], self.accounts[asked.credit_account]
        status = judge(asked, *sides, found)
        if status is TransferStatus.OK:
            for account in applied(asked, *sides, found):
                self.accounts[account.id] = account
            self.journal[asked.id] = asked
            if asked.pending_id is not None:
                self.resolved.add(asked.pending_id)
        return status


@pytest.mark.parametrize("seed", range(8))
def test_the_file_and_the_rules_keep_the_same_books(books: Connection, seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a repeatable draw
    paper = Paper()
    holds: list[Transfer] = []
    refused = 0
    for number in range(120):
        if holds and drawn.random() < 0.4:
            # Again and again the same hold too: it resolves once, in both books.
            asked = _resolution(number, drawn.choice(holds), drawn.choice([0, 1, 5, 40]))
        elif drawn.random() < 0.3:
            asked = _transfer(
                number, TransferKind.POSTED, drawn.randint(0, 60), debit=EXTERNAL, credit=FUNDING
            )
        else:
            kind = drawn.choice([TransferKind.PENDING, TransferKind.POSTED])
            credit = drawn.choice([SPEND, OTHER])
            asked = _transfer(number, kind, drawn.randint(0, 40), credit=credit)
        status = ledger.apply(books, asked)
        assert status is paper.write(asked), asked
        if status is not TransferStatus.OK:
            refused += 1
        elif asked.kind is TransferKind.PENDING:
            holds.append(asked)
        kept = {each: ledger.account(books, each) for each in paper.accounts}
        assert kept == paper.accounts, asked
    assert refused, "nothing was ever refused: the draw is too tame"
    assert ledger.trial_balance(books).balances


@pytest.mark.parametrize(
    "line",
    [
        ("pending", FUNDING, SPEND, 21, None),
        ("post_pending", FUNDING, SPEND, 31, "transfer_2"),
        ("post_pending", FUNDING, OTHER, 1, "transfer_2"),
        ("post_pending", FUNDING, SPEND, 1, None),
        ("void_pending", FUNDING, SPEND, 1, "transfer_2"),
        ("post_pending", FUNDING, SPEND, 1, "transfer_1"),
        ("void_pending", FUNDING, SPEND, 0, "transfer_3"),
        ("posted", FUNDING, FUNDING, 1, None),
        ("posted", FUNDING, "nobody", 1, None),
        ("posted", FUNDING, SPEND, -1, None),
    ],
)
def test_nobody_writes_what_the_rules_refuse(
    books: Connection, line: tuple[str, str, str, int, str | None]
) -> None:
    """The statement alone, as a bug that skips the rules would send it."""
    top_up = _transfer(1, TransferKind.POSTED, 50, debit=EXTERNAL, credit=FUNDING)
    hold = _transfer(2, TransferKind.PENDING, 30)
    resolved = _transfer(3, TransferKind.PENDING, 0)
    for good in (top_up, hold, resolved, _resolution(4, resolved, 0)):
        assert ledger.apply(books, good) is TransferStatus.OK
    with pytest.raises(Error):
        books.execute(
            "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, code,"
            " pending_id, created_at) VALUES ('x', ?, ?, ?, ?, 'charge', ?, 0)",
            line,
        )
    assert ledger.account(books, FUNDING) == Account(
        id=FUNDING, constraint=constraint_of(FUNDING), debits_pending=30, credits_posted=50
    )


@pytest.mark.parametrize("change", ["UPDATE transfers SET amount = 1", "DELETE FROM transfers"])
def test_the_journal_never_changes(books: Connection, change: str) -> None:
    assert ledger.apply(books, _transfer(1, TransferKind.POSTED, 0)) is TransferStatus.OK
    with pytest.raises(Error, match="never"):
        books.execute(change)
