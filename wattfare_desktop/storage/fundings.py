"""Provider credentials, sealed, and the prepaid balances behind them."""

from dataclasses import dataclass, replace

from wattfare_desktop.core.identifiers import FundingId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import (
    EXTERNAL,
    fee_account,
    funding_account,
    reserve_account,
)
from wattfare_desktop.core.ledger.model import (
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.storage import ledger, reserve
from wattfare_desktop.storage.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRecord:
    """A provider credential. ``base_url`` None: the catalogue's own; no key: none is needed."""

    id: FundingId
    provider: str
    base_url: str | None
    key_sealed: bytes | None
    key_hint: str
    added_at: Instant


def insert(connection: Connection, funding: FundingRecord) -> None:
    """Write the credential and open its accounts, empty."""
    connection.execute(
        "INSERT INTO fundings (id, provider, base_url, key_sealed, key_hint, added_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            funding.id,
            funding.provider,
            funding.base_url,
            funding.key_sealed,
            funding.key_hint,
            funding.added_at,
        ),
    )
    ledger.open_account(connection, funding_account(funding.id))
    reserve.open_accounts(connection, funding.id)


def live(connection: Connection) -> list[FundingRecord]:
    """Return the credentials that have not been removed, oldest first."""
    rows = connection.execute(
        "SELECT id, provider, base_url, key_sealed, key_hint, added_at FROM fundings"
        " WHERE removed_at IS NULL ORDER BY added_at, id"
    ).fetchall()
    return [
        FundingRecord(
            id=FundingId(row[0]),
            provider=row[1],
            base_url=row[2],
            key_sealed=None if row[3] is None else bytes(row[3]),
            key_hint=row[4],
            added_at=Instant(row[5]),
        )
        for row in rows
    ]


def top_up(
    connection: Connection,
    funding: FundingId,
    amount: Nanos,
    transfer: TransferId,
    now: Instant,
) -> TransferStatus:
    """Add ``amount`` to the balance of ``funding``."""
    return ledger.apply(
        connection,
        Transfer(
            id=transfer,
            kind=TransferKind.POSTED,
            debit_account=EXTERNAL,
            credit_account=funding_account(funding),
            amount=amount,
            code=TransferCode.TOP_UP,
            created_at=now,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A balance compared with the provider's page: ``drift`` is what the page shows more.

    ``is_booked`` False where the page shows less than what is held or set aside, or nothing
    differs.
    """

    expected: Nanos
    drift: Nanos
    is_booked: bool


def compare(connection: Connection, funding: FundingId, told: Nanos) -> Reconciled:
    """Return how what the provider's page shows differs from the books."""
    total = 0
    for name in (funding_account(funding), fee_account(funding), reserve_account(funding)):
        found = ledger.account(connection, name)
        assert found is not None, "a funding has its accounts"
        total += found.credit_balance
    return Reconciled(expected=Nanos(total), drift=Nanos(told - total), is_booked=False)


def reconcile(
    connection: Connection, funding: FundingId, told: Nanos, transfer: TransferId, now: Instant
) -> Reconciled:
    """Book the difference to what the provider's page shows."""
    found = compare(connection, funding, told)
    if not found.drift:
        return found
    mine, is_more = funding_account(funding), found.drift > 0
    status = ledger.apply(
        connection,
        Transfer(
            id=transfer,
            kind=TransferKind.POSTED,
            debit_account=EXTERNAL if is_more else mine,
            credit_account=mine if is_more else EXTERNAL,
            amount=Nanos(abs(found.drift)),
            code=TransferCode.RECONCILE,
            created_at=now,
        ),
    )
    return replace(found, is_booked=status is TransferStatus.OK)


def remove(connection: Connection, funding: FundingId, transfer: TransferId, now: Instant) -> bool:
    """Forget the key and take the balance out of the books; False while calls are held on it."""
    account = ledger.account(connection, funding_account(funding))
    assert account is not None, "a funding has an account"
    if account.debits_pending:
        return False
    if account.credit_balance > 0:
        status = ledger.apply(
            connection,
            Transfer(
                id=transfer,
                kind=TransferKind.POSTED,
                debit_account=account.id,
                credit_account=EXTERNAL,
                amount=account.credit_balance,
                code=TransferCode.WITHDRAWAL,
                created_at=now,
            ),
        )
        assert status is TransferStatus.OK, status
    reserve.withdraw(connection, funding, transfer, now)
    connection.execute(
        "UPDATE fundings SET removed_at = ?, key_sealed = NULL WHERE id = ?", (now, funding)
    )
    return True
