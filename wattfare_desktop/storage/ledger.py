"""Accounts and the journal: a transfer is written only where ``core.ledger.rules`` lets it stand.

Balances are moved by a trigger on the journal, which comes to what the rules' judgement says.
"""

from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import AccountId, CallId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import constraint_of
from wattfare_desktop.core.ledger.model import (
    Account,
    Constraint,
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.ledger.rules import Pending, judge, judge_resolution
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.connection import Connection, Row

ACCOUNT_COLUMNS: Final = (
    "accounts.id, debits_within_credits + 2 * overruns_alone_overdraw, debits_pending,"
    " debits_posted, credits_pending, credits_posted"
)
_CONSTRAINTS: Final = (
    Constraint.NONE,
    Constraint.DEBITS_WITHIN_CREDITS,
    Constraint.OVERDRAWN_BY_OVERRUNS_ALONE,
)
_TRANSFER: Final = (
    "SELECT id, kind, debit_account, credit_account, amount, code, created_at, pending_id, call_id"
    " FROM transfers "
)


def open_account(connection: Connection, account: AccountId) -> None:
    """Create ``account`` with its constraint from the chart, unless it is there already."""
    constraint = constraint_of(account)
    connection.execute(
        "INSERT INTO accounts (id, debits_within_credits, overruns_alone_overdraw)"
        " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (
            account,
            int(constraint is Constraint.DEBITS_WITHIN_CREDITS),
            int(constraint is Constraint.OVERDRAWN_BY_OVERRUNS_ALONE),
        ),
    )


def account(connection: Connection, account_id: AccountId) -> Account | None:
    """Return the account and its counters, or None."""
    return _accounts(connection, account_id, account_id).get(account_id)


def apply(connection: Connection, transfer: Transfer) -> TransferStatus:
    """Judge ``transfer`` and, where it stands, write it."""
    sides = _accounts(connection, transfer.debit_account, transfer.credit_account)
    status = judge(
        transfer,
        sides.get(transfer.debit_account),
        sides.get(transfer.credit_account),
        _pending(connection, transfer),
    )
    if status is TransferStatus.OK:
        _write(connection, transfer)
    return status


def hold(connection: Connection, transfer: Transfer, debit: Account, credit: Account) -> None:
    """Write a hold that was decided on these accounts, just read in the same transaction."""
    status = judge(transfer, debit, credit)
    assert status is TransferStatus.OK, f"decided, yet the ledger says {status.name}"
    _write(connection, transfer)


def resolve(connection: Connection, transfer: Transfer, hold: Transfer) -> None:
    """Write what resolves ``hold``, just read, unresolved, in the same transaction."""
    status = judge_resolution(transfer, Pending(transfer=hold, resolved=False))
    assert status is TransferStatus.OK, f"an open hold cannot be resolved: {status.name}"
    _write(connection, transfer)


def open_holds(connection: Connection, call: CallId) -> list[Transfer]:
    """Return the pending transfers of ``call`` that nothing has resolved, oldest first."""
    rows = connection.execute(
        f"{_TRANSFER} WHERE call_id = ? AND kind = 'pending' AND NOT EXISTS"
        " (SELECT 1 FROM transfers AS answer WHERE answer.pending_id = transfers.id) ORDER BY seq",
        (call,),
    ).fetchall()
    return [_transfer(row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    """The four sums over all accounts; debits equal credits, or the books are broken."""

    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int

    @property
    def balances(self) -> bool:
        """Return whether every debit has its credit."""
        return (self.debits_pending, self.debits_posted) == (
            self.credits_pending,
            self.credits_posted,
        )


def trial_balance(connection: Connection) -> TrialBalance:
    """Return the sums of all four counters over all accounts."""
    row = connection.execute(
        "SELECT coalesce(sum(debits_pending), 0), coalesce(sum(debits_posted), 0),"
        " coalesce(sum(credits_pending), 0), coalesce(sum(credits_posted), 0) FROM accounts"
    ).fetchone()
    assert row is not None
    return TrialBalance(
        debits_pending=row[0], debits_posted=row[1], credits_pending=row[2], credits_posted=row[3]
    )


def _accounts(
    connection: Connection, debit: AccountId, credit: AccountId
) -> dict[AccountId, Account]:
    rows = connection.execute(
        f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE id IN (?, ?)", (debit, credit)
    ).fetchall()
    return {AccountId(row[0]): account_in(row) for row in rows}


def account_in(row: Row) -> Account:
    """Return the account whose ACCOUNT_COLUMNS are ``row``."""
    account_id, constraint, debits_pending, debits_posted, credits_pending, credits_posted = row
    return Account(
        id=AccountId(account_id),
        constraint=_CONSTRAINTS[constraint],
        debits_pending=debits_pending,
        debits_posted=debits_posted,
        credits_pending=credits_pending,
        credits_posted=credits_posted,
    )


def _pending(connection: Connection, transfer: Transfer) -> Pending | None:
    if transfer.pending_id is None:
        return None
    row = connection.execute(f"{_TRANSFER} WHERE id = ?", (transfer.pending_id,)).fetchone()
    if row is None:
        return None
    answer = connection.execute(
        "SELECT 1 FROM transfers WHERE pending_id = ?", (transfer.pending_id,)
    ).fetchone()
    return Pending(transfer=_transfer(row), resolved=answer is not None)


def _write(connection: Connection, transfer: Transfer) -> None:
    chain.add_transfer(
        connection,
        (
            transfer.id,
            transfer.kind.value,
            transfer.debit_account,
            transfer.credit_account,
            transfer.amount,
            transfer.code.value,
            transfer.pending_id,
            transfer.call_id,
            transfer.created_at,
        ),
    )


def _transfer(row: Row) -> Transfer:
    transfer_id, kind, debit, credit, amount, code, created_at, pending_id, call_id = row
    return Transfer(
        id=TransferId(transfer_id),
        kind=TransferKind(kind),
        debit_account=AccountId(debit),
        credit_account=AccountId(credit),
        amount=Nanos(amount),
        code=TransferCode(code),
        created_at=Instant(created_at),
        pending_id=None if pending_id is None else TransferId(pending_id),
        call_id=None if call_id is None else CallId(call_id),
    )
