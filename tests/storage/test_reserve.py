"""Fee, reserve and overrun on a real SQLCipher file."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date
from functools import partial
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.ledger_worker import FUNDING, KEY
from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.holds import Exactly, Fit, WithFee
from wattfare_desktop.core.identifiers import AccountId, CallId, GrantId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import (
    EXTERNAL,
    fee_account,
    funding_account,
    overrun_account,
    reserve_account,
)
from wattfare_desktop.core.ledger.model import (
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.policy import BudgetRefusal
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import calls, chain, fundings, ledger, reserve
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database, LedgerUnavailable
from wattfare_desktop.storage.verification import verify

NOW = Instant(1_795_003_200_000)
GRANT = GrantId("grant_a")
CALL = CallId("call_1")
CAP = parse_usd("50.00")
TOPPED_UP = parse_usd("100.00")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "wallet.db", KEY)
    await opened.write(ledger_worker.prepare)
    yield opened
    assert await opened.read(verify) is None
    await asyncio.to_thread(opened.close)


def balance(connection: Connection, account: AccountId) -> int:
    found = ledger.account(connection, account)
    assert found is not None
    return found.credit_balance


def call(
    connection: Connection, hold: int, billed: int, fee: Fee = NO_FEE, name: CallId = CALL
) -> calls.Settled:
    wish = WithFee(wish=Exactly(amount=Nanos(hold)), fee=fee)
    admission = calls.Admission(
        call=name,
        hold=TransferId(f"{name}.hold"),
        grant=GRANT,
        funding=FUNDING,
        provider="openai",
        model="gpt-5-mini",
        streamed=False,
        wish=wish,
        price_version="test",
        now=NOW,
        zone=UTC,
    )
    fit = calls.admit(connection, admission)
    assert isinstance(fit, Fit), fit
    settled = calls.settle(connection, settlement(fit.amount, billed, fee, name))
    assert settled is not None
    return settled


def settlement(held: Nanos, billed: int, fee: Fee, name: CallId) -> calls.Settlement:
    return calls.Settlement(
        call=name,
        held=held,
        transfer_prefix=TransferId(f"{name}.end"),
        cost=Nanos(billed),
        tokens=calls.TokenCounts(),
        basis=Basis.REPORTED,
        end=CallEnd.COMPLETE,
        status=CallStatus.SETTLED,
        first_byte_at=None,
        now=NOW,
        day=date(2026, 11, 23),
        fee=fee,
    )


async def test_a_fee_is_held_charged_and_set_aside(database: Database) -> None:
    fee = Fee(basis_points=300, reserve_percent=50)

    def spend(connection: Connection) -> None:
        settled = call(connection, 1_000, 800, fee)
        assert (settled.hold, settled.cost, settled.fee) == (1_030, 824, 24)
        assert settled.overrun is None

    await database.write(spend)

    def look(connection: Connection) -> None:
        assert balance(connection, fee_account(FUNDING)) == 12
        assert balance(connection, reserve_account(FUNDING)) == 12
        inside = balance(connection, funding_account(FUNDING)) + 24
        assert inside == TOPPED_UP - 800, "what the provider's page shows"
        row = connection.execute("SELECT cost, fee, provider_cost FROM calls").fetchone()
        assert row == (824, 24, 800)

    await database.read(look)


async def test_the_provider_is_paid_before_a_fee_is_taken(database: Database) -> None:
    """Above the hold and without room for more, the fee shrinks first."""
    fee = Fee(basis_points=1_000)

    def spend(connection: Connection) -> None:
        settled = call(connection, fee.within(CAP), CAP - 3, fee)
        assert (settled.cost, settled.fee) == (CAP, 3)
        assert settled.overrun is None

    await database.write(spend)


async def test_an_overrun_is_paid_by_the_reserve_and_then_the_funding(database: Database) -> None:

    def spend(connection: Connection) -> None:
        aside = reserve.add(connection, FUNDING, Nanos(40), TransferId("aside"), NOW)
        assert aside is TransferStatus.OK
        settled = call(connection, CAP, CAP + 100)
        assert settled.cost == CAP
        assert settled.overrun == reserve.Overrun(from_reserve=Nanos(40), uncovered=Nanos(60))
        assert balance(connection, reserve_account(FUNDING)) == 0
        assert balance(connection, overrun_account(FUNDING)) == 60
        assert balance(connection, funding_account(FUNDING)) == TOPPED_UP - CAP - 100
        assert connection.execute("SELECT cost, provider_cost FROM calls").fetchone() == (
            CAP,
            CAP + 100,
        )

    await database.write(spend)


async def test_an_overrun_alone_takes_a_funding_below_zero(database: Database) -> None:
    def spend(connection: Connection) -> None:
        call(connection, CAP, TOPPED_UP + 7)
        assert balance(connection, funding_account(FUNDING)) == -7

    await database.write(spend)

    def again(connection: Connection) -> calls.Refused | Fit | calls.Settled:
        wish = Exactly(amount=Nanos(0))
        admission = calls.Admission(
            call=CallId("call_2"),
            hold=TransferId("call_2.hold"),
            grant=GRANT,
            funding=FUNDING,
            provider="openai",
            model="gpt-5-mini",
            streamed=False,
            wish=wish,
            price_version="test",
            now=NOW,
            zone=UTC,
        )
        return calls.admit(connection, admission)

    assert isinstance(await database.write(again), BudgetRefusal)


async def test_holds_of_other_calls_still_settle_on_an_overdrawn_funding(
    database: Database,
) -> None:
    def spend(connection: Connection) -> None:
        other, hold = CallId("call_2"), Nanos(50)
        admission = calls.Admission(
            call=other,
            hold=TransferId("call_2.hold"),
            grant=GRANT,
            funding=FUNDING,
            provider="openai",
            model="gpt-5-mini",
            streamed=False,
            wish=Exactly(amount=hold),
            price_version="test",
            now=NOW,
            zone=UTC,
        )
        assert isinstance(calls.admit(connection, admission), Fit)
        call(connection, 100, TOPPED_UP * 2)
        settled = calls.settle(connection, settlement(hold, 50, NO_FEE, other))
        assert settled is not None
        assert settled.cost == 50

    await database.write(spend)


async def test_the_file_refuses_what_the_rules_would(database: Database) -> None:
    """Written past the judge, a debit above a funding or its reserve is refused all the same."""

    def overdraw(connection: Connection, source: AccountId, code: TransferCode) -> None:
        transfer = Transfer(
            id=TransferId("forged"),
            kind=TransferKind.POSTED,
            debit_account=source,
            credit_account=EXTERNAL,
            amount=Nanos(TOPPED_UP + 1),
            code=code,
            created_at=NOW,
        )
        assert ledger.apply(connection, transfer) is TransferStatus.EXCEEDS_CREDITS
        ledger._write(connection, transfer)

    for source, code in (
        (funding_account(FUNDING), TransferCode.RECONCILE),
        (reserve_account(FUNDING), TransferCode.OVERRUN),
        (fee_account(FUNDING), TransferCode.RESERVE),
    ):
        with pytest.raises(LedgerUnavailable, match=r"overdraw|CHECK"):
            await database.write(partial(overdraw, source=source, code=code))


async def test_the_reserve_gives_back_no_more_than_it_has(database: Database) -> None:
    def move(connection: Connection) -> None:
        everything = reserve.add(connection, FUNDING, TOPPED_UP, TransferId("a"), NOW)
        assert everything is TransferStatus.OK
        more = reserve.add(connection, FUNDING, Nanos(1), TransferId("b"), NOW)
        assert more is TransferStatus.EXCEEDS_CREDITS
        assert reserve.take(connection, FUNDING, TOPPED_UP, TransferId("c"), NOW) is more.OK
        assert reserve.take(connection, FUNDING, Nanos(1), TransferId("d"), NOW) is more
        assert reserve.missing_for(connection, FUNDING, Nanos(9)) == 9

    await database.write(move)


async def test_what_was_set_aside_leaves_with_its_funding(database: Database) -> None:
    def remove(connection: Connection) -> None:
        call(connection, 1_000, 800, Fee(basis_points=1_000, reserve_percent=50))
        assert fundings.remove(connection, FUNDING, TransferId("gone"), NOW)
        for name, counters in chain.accounts(connection).items():
            if name.endswith(FUNDING) and not name.startswith("overrun"):
                assert counters[1] == counters[3], name

    await database.write(remove)
