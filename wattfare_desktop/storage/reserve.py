"""What is set aside inside a funding: the service fee, the reserve, and what went past both.

Transfers of a call are named after it, so that none can be written twice.
"""

from dataclasses import dataclass

from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.identifiers import (
    AccountId,
    CallId,
    FundingId,
    GrantId,
    Instant,
    TransferId,
)
from wattfare_desktop.core.ledger.chart import (
    EXTERNAL,
    fee_account,
    funding_account,
    overrun_account,
    reserve_account,
    spend_account,
)
from wattfare_desktop.core.ledger.model import (
    Account,
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.storage import ledger
from wattfare_desktop.storage.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """A call that was just charged: whose it was and who paid."""

    call: CallId
    grant: GrantId
    funding: FundingId
    now: Instant

    def transfer(
        self,
        suffix: str,
        code: TransferCode,
        *,
        debit: AccountId,
        credit: AccountId,
        amount: Nanos,
    ) -> Transfer:
        """Return a transfer of this call, named after it."""
        return Transfer(
            id=TransferId(f"{self.call}.{suffix}"),
            kind=TransferKind.POSTED,
            debit_account=debit,
            credit_account=credit,
            amount=amount,
            code=code,
            created_at=self.now,
            call_id=self.call,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """What a provider billed above the cap: what the reserve paid, and what nothing did."""

    from_reserve: Nanos
    uncovered: Nanos


def open_accounts(connection: Connection, funding: FundingId) -> None:
    """Open what belongs to ``funding`` besides its balance, empty."""
    for account in (fee_account(funding), reserve_account(funding), overrun_account(funding)):
        ledger.open_account(connection, account)


def book_fee(connection: Connection, charged: Charged, amount: Nanos, fee: Fee) -> None:
    """Set aside the ``amount`` that was charged as ``fee``, and the reserve's share of it."""
    kept = fee_account(charged.funding)
    taken = charged.transfer(
        "fee",
        TransferCode.FEE,
        debit=spend_account(charged.grant),
        credit=kept,
        amount=amount,
    )
    _book(connection, taken)
    share = fee.reserve_share(amount)
    if share:
        fed = charged.transfer(
            "share",
            TransferCode.RESERVE,
            debit=kept,
            credit=reserve_account(charged.funding),
            amount=share,
        )
        _book(connection, fed)


def book_overrun(connection: Connection, charged: Charged, excess: Nanos) -> Overrun:
    """Book what the provider billed above the charge: from the reserve first.

    That money is gone already, so what the reserve lacks overdraws the funding if it must.
    """
    reserve = _account(connection, reserve_account(charged.funding))
    paid = Nanos(min(excess, reserve.debits_available))
    rest = Nanos(excess - paid)
    if paid:
        from_reserve = charged.transfer(
            "overrun.reserve",
            TransferCode.OVERRUN,
            debit=reserve.id,
            credit=EXTERNAL,
            amount=paid,
        )
        _book(connection, from_reserve)
    if rest:
        uncovered = charged.transfer(
            "overrun",
            TransferCode.OVERRUN,
            debit=funding_account(charged.funding),
            credit=overrun_account(charged.funding),
            amount=rest,
        )
        _book(connection, uncovered)
    return Overrun(from_reserve=paid, uncovered=rest)


def add(
    connection: Connection, funding: FundingId, amount: Nanos, transfer: TransferId, now: Instant
) -> TransferStatus:
    """Set ``amount`` of the balance aside; EXCEEDS_CREDITS where it is not there unheld."""
    return _between(connection, transfer, now, amount, _to_reserve(funding))


def take(
    connection: Connection, funding: FundingId, amount: Nanos, transfer: TransferId, now: Instant
) -> TransferStatus:
    """Give ``amount`` of the reserve back to the balance; EXCEEDS_CREDITS where it is less."""
    return _between(connection, transfer, now, amount, _from_reserve(funding))


def missing_for(connection: Connection, funding: FundingId, amount: Nanos) -> Nanos:
    """Return what the reserve lacks to pay ``amount``."""
    reserve = _account(connection, reserve_account(funding))
    return Nanos(max(0, amount - reserve.debits_available))


def credit(connection: Connection, charged: Charged, amount: Nanos) -> TransferStatus:
    """Give ``amount`` of a call back to the balance, out of the reserve, once."""
    source, target = _from_reserve(charged.funding)
    code = TransferCode.DISPUTE_CREDIT
    given = charged.transfer("credit", code, debit=source, credit=target, amount=amount)
    return ledger.apply(connection, given)


def reverse(connection: Connection, charged: Charged, amount: Nanos) -> TransferStatus:
    """Take a credit back into the reserve, once."""
    source, target = _to_reserve(charged.funding)
    code = TransferCode.DISPUTE_REVERSAL
    taken = charged.transfer("reversal", code, debit=source, credit=target, amount=amount)
    return ledger.apply(connection, taken)


def withdraw(
    connection: Connection, funding: FundingId, transfer: TransferId, now: Instant
) -> None:
    """Take what is set aside in a ``funding`` that is being removed out of the books."""
    for account in (fee_account(funding), reserve_account(funding)):
        amount = _account(connection, account).credit_balance
        if amount:
            withdrawal = Transfer(
                id=TransferId(f"{transfer}.{account.partition(':')[0]}"),
                kind=TransferKind.POSTED,
                debit_account=account,
                credit_account=EXTERNAL,
                amount=amount,
                code=TransferCode.WITHDRAWAL,
                created_at=now,
            )
            _book(connection, withdrawal)


def _to_reserve(funding: FundingId) -> tuple[AccountId, AccountId]:
    return funding_account(funding), reserve_account(funding)


def _from_reserve(funding: FundingId) -> tuple[AccountId, AccountId]:
    return reserve_account(funding), funding_account(funding)


def _account(connection: Connection, account: AccountId) -> Account:
    found = ledger.account(connection, account)
    assert found is not None, "a funding has its accounts"
    return found


def _book(connection: Connection, transfer: Transfer) -> None:
    status = ledger.apply(connection, transfer)
    assert status is TransferStatus.OK, status


def _between(
    connection: Connection,
    transfer: TransferId,
    now: Instant,
    amount: Nanos,
    sides: tuple[AccountId, AccountId],
) -> TransferStatus:
    return ledger.apply(
        connection,
        Transfer(
            id=transfer,
            kind=TransferKind.POSTED,
            debit_account=sides[0],
            credit_account=sides[1],
            amount=amount,
            code=TransferCode.RESERVE,
            created_at=now,
        ),
    )
