"""The only judge of a transfer.

:func:`judge` says whether a transfer stands, :func:`applied` what its two accounts are afterwards.
The storage layer repeats both as CHECKs and triggers, so that a mistake in either place is caught
by the other.
"""

from dataclasses import dataclass, replace
from typing import Final

from wattfare_desktop.core.ledger.model import (
    Account,
    Constraint,
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)

AMOUNT_MAX: Final = 2**62
"""Counters are int64; a single amount stays far enough below that no sum of two overflows."""

_RESOLVING: Final = frozenset({TransferKind.POST_PENDING, TransferKind.VOID_PENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The hold that a resolving transfer names, and whether it has been resolved already."""

    transfer: Transfer
    resolved: bool


def judge(
    transfer: Transfer,
    debit: Account | None,
    credit: Account | None,
    pending: Pending | None = None,
) -> TransferStatus:
    """Return whether ``transfer`` stands against its accounts and the hold it may resolve."""
    return (
        _judge_amount(transfer)
        or _judge_accounts(transfer, debit, credit)
        or _judge_pending(transfer, pending)
        or _judge_balance(transfer, debit)
    )


def judge_resolution(transfer: Transfer, pending: Pending) -> TransferStatus:
    """Return whether ``transfer`` may resolve ``pending``, as ``judge`` would.

    Its accounts need not be looked at: what it moves was set aside on them when the hold stood.
    """
    return _judge_amount(transfer) or _judge_pending(transfer, pending)


def applied(
    transfer: Transfer, debit: Account, credit: Account, pending: Pending | None = None
) -> tuple[Account, Account]:
    """Return the debit and the credit account as they are after a ``transfer`` that stands."""
    released = pending.transfer.amount if pending is not None else 0
    held = transfer.amount if transfer.kind is TransferKind.PENDING else 0
    posts = transfer.kind in {TransferKind.POSTED, TransferKind.POST_PENDING}
    posted = transfer.amount if posts else 0
    return (
        replace(
            debit,
            debits_pending=debit.debits_pending + held - released,
            debits_posted=debit.debits_posted + posted,
        ),
        replace(
            credit,
            credits_pending=credit.credits_pending + held - released,
            credits_posted=credit.credits_posted + posted,
        ),
    )


def _judge_amount(transfer: Transfer) -> TransferStatus:
    if transfer.amount < 0:
        return TransferStatus.AMOUNT_NEGATIVE
    if transfer.amount > AMOUNT_MAX:
        return TransferStatus.AMOUNT_TOO_LARGE
    if transfer.kind is TransferKind.VOID_PENDING and transfer.amount:
        return TransferStatus.VOID_AMOUNT_NOT_ZERO
    return TransferStatus.OK


def _judge_accounts(
    transfer: Transfer, debit: Account | None, credit: Account | None
) -> TransferStatus:
    if transfer.debit_account == transfer.credit_account:
        return TransferStatus.ACCOUNTS_THE_SAME
    if debit is None:
        return TransferStatus.DEBIT_ACCOUNT_NOT_FOUND
    if credit is None:
        return TransferStatus.CREDIT_ACCOUNT_NOT_FOUND
    assert (debit.id, credit.id) == (transfer.debit_account, transfer.credit_account)
    return TransferStatus.OK


def _judge_pending(transfer: Transfer, pending: Pending | None) -> TransferStatus:
    if (transfer.kind in _RESOLVING) != (transfer.pending_id is not None):
        return TransferStatus.PENDING_ID_MISPLACED
    if transfer.pending_id is None:
        return TransferStatus.OK
    if pending is None:
        return TransferStatus.PENDING_TRANSFER_NOT_FOUND
    assert pending.transfer.id == transfer.pending_id
    return _judge_hold(transfer, pending)


def _judge_hold(transfer: Transfer, pending: Pending) -> TransferStatus:
    hold = pending.transfer
    if hold.kind is not TransferKind.PENDING:
        return TransferStatus.PENDING_TRANSFER_NOT_PENDING
    if (hold.debit_account, hold.credit_account) != (
        transfer.debit_account,
        transfer.credit_account,
    ):
        return TransferStatus.PENDING_TRANSFER_OF_OTHER_ACCOUNTS
    if pending.resolved:
        return TransferStatus.PENDING_TRANSFER_RESOLVED
    if transfer.amount > hold.amount:
        return TransferStatus.EXCEEDS_PENDING_AMOUNT
    return TransferStatus.OK


def _judge_balance(transfer: Transfer, debit: Account | None) -> TransferStatus:
    assert debit is not None
    if transfer.kind in _RESOLVING or debit.constraint is Constraint.NONE:
        return TransferStatus.OK
    may_overdraw = debit.constraint is Constraint.OVERDRAWN_BY_OVERRUNS_ALONE
    if may_overdraw and transfer.code is TransferCode.OVERRUN:
        return TransferStatus.OK
    if transfer.amount > debit.debits_available:
        return TransferStatus.EXCEEDS_CREDITS
    return TransferStatus.OK
