"""Accounts, transfers, and the statuses a transfer can come back with.

The words are TigerBeetle's: a transfer moves an amount from its debit account to its credit
account, either at once (posted) or in two phases (pending, then posted for its amount or less, or
voided). Transfers never change; balances are four counters an account.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from wattfare_desktop.core.identifiers import AccountId, CallId, Instant, TransferId
from wattfare_desktop.core.money import Nanos


class TransferKind(StrEnum):
    """The phase a transfer is in when it is written."""

    POSTED = "posted"
    PENDING = "pending"
    POST_PENDING = "post_pending"
    VOID_PENDING = "void_pending"


class TransferCode(StrEnum):
    """Why money moved."""

    TOP_UP = "top_up"
    WITHDRAWAL = "withdrawal"
    CHARGE = "charge"
    FEE = "fee"
    RESERVE = "reserve"
    OVERRUN = "overrun"
    DISPUTE_CREDIT = "dispute_credit"
    DISPUTE_REVERSAL = "dispute_reversal"
    RECONCILE = "reconcile"
    CORRECTION = "correction"


class Constraint(StrEnum):
    """What an account's own balance must obey.

    An account that is ``OVERDRAWN_BY_OVERRUNS_ALONE`` takes no other debit above its credits.
    """

    NONE = "none"
    OVERDRAWN_BY_OVERRUNS_ALONE = "overdrawn_by_overruns_alone"
    DEBITS_WITHIN_CREDITS = "debits_within_credits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account and its four counters, each in nano-dollars and never negative."""

    id: AccountId
    constraint: Constraint
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0

    def __post_init__(self) -> None:
        assert min(self.debits_pending, self.debits_posted) >= 0, self.id
        assert min(self.credits_pending, self.credits_posted) >= 0, self.id

    @property
    def credit_balance(self) -> Nanos:
        """Posted credits less posted debits: what a funding account holds."""
        return Nanos(self.credits_posted - self.debits_posted)

    @property
    def debits_available(self) -> Nanos:
        """What may still be debited where debits must stay within credits."""
        return Nanos(self.credits_posted - self.debits_posted - self.debits_pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One immutable line of the journal.

    ``pending_id`` names the hold that a POST_PENDING or VOID_PENDING resolves, and only there.
    """

    id: TransferId
    kind: TransferKind
    debit_account: AccountId
    credit_account: AccountId
    amount: Nanos
    code: TransferCode
    created_at: Instant
    pending_id: TransferId | None = None
    call_id: CallId | None = None


class TransferStatus(IntEnum):
    """What the judge says of a transfer; the first reason in this order wins.

    ``OK`` stands. The rest are expected refusals, returned as values: the caller decides what each
    means to the user.
    """

    OK = 0
    AMOUNT_NEGATIVE = 1
    AMOUNT_TOO_LARGE = 2
    VOID_AMOUNT_NOT_ZERO = 3
    ACCOUNTS_THE_SAME = 4
    DEBIT_ACCOUNT_NOT_FOUND = 5
    CREDIT_ACCOUNT_NOT_FOUND = 6
    PENDING_ID_MISPLACED = 7
    PENDING_TRANSFER_NOT_FOUND = 8
    PENDING_TRANSFER_NOT_PENDING = 9
    PENDING_TRANSFER_OF_OTHER_ACCOUNTS = 10
    PENDING_TRANSFER_RESOLVED = 11
    EXCEEDS_PENDING_AMOUNT = 12
    EXCEEDS_CREDITS = 13
