"""Accounts and the journal, written exactly as ``core.ledger.rules`` judged."""

from dataclasses import dataclass

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
from wattfare_desktop.core.ledger.rules import Pending, judge
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.storage.connection import Connection, Row

_TRANSFER = (
    "SELECT id, kind, debit_account, credit_account, amount, code, created_at, pending_id, call_id"
    " FROM transfers "
)


def open_account(connection: Connection, account: AccountId) -> None:
    """Create ``account`` with its constraint from the chart, unless it is there already."""
    bound = constraint_of(account) is Constraint.DEBITS_WITHIN_CREDITS
    connection.execute(
        "INSERT INTO accounts (id, debits_within_credits) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (account, int(bound)),
    )


def account(connection: Connection, account_id: AccountId) -> Account | None:
    """Return the account and its counters, or None."""
    row = connection.execute(
        "SELECT debits_within_credits, debits_pending, debits_posted, credits_pending,"
        " credits_posted FROM accounts WHERE id = ?",
        (account_id,),
    ).fetchone()
    if row is None:
        return None
    bound, debits_pending, debits_posted, credits_pending, credits_posted = row
    return Account(
        id=account_id,
        constraint=Constraint.DEBITS_WITHIN_CREDITS if bound else Constraint.NONE,
        debits_pending=debits_pending,
        debits_posted=debits_posted,
        credits_pending=credits_pending,
        credits_posted=credits_posted,
    )


def apply(
    connection: Connection, transfer: Transfer, *, pending: Transfer | None = None
) -> TransferStatus:
    """Judge ``transfer`` and, where it stands, write it and both balances.

    ``pending`` spares the look-up where the caller has just read the hold, unresolved, in the same
    transaction.
    """
    hold = Pending(transfer=pending, resolved=False) if pending else _pending(connection, transfer)
    judgement = judge(
        transfer,
        account(connection, transfer.debit_account),
        account(connection, transfer.credit_account),
        hold,
    )
    if judgement.status is TransferStatus.OK:
        assert judgement.debit is not None
        assert judgement.credit is not None
        _write(connection, transfer, judgement.debit, judgement.credit)
    return judgement.status


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


def _write(connection: Connection, transfer: Transfer, debit: Account, credit: Account) -> None:
    connection.execute(
        "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, code, pending_id,"
        " call_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    for side in (debit, credit):
        connection.execute(
            "UPDATE accounts SET debits_pending = ?, debits_posted = ?, credits_pending = ?,"
            " credits_posted = ? WHERE id = ?",
            (
                side.debits_pending,
                side.debits_posted,
                side.credits_pending,
                side.credits_posted,
                side.id,
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
