"""Holds that nobody waits for any more, and settlements the file refuses."""

import asyncio
from contextlib import suppress

import pytest

from tests.support.wallet_house import WalletHouse, outcome
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import ActivityQuery, CallEnd, CallStatus
from wattfare_desktop.storage import ledger
from wattfare_desktop.storage.database import LedgerUnavailable
from wattfare_desktop.wallet.spending import GrantClosed, Outcome


@pytest.fixture
async def grant(house: WalletHouse) -> GrantId:
    await house.fund()
    await house.approve()
    return (await house.app()).id


async def test_a_hold_whose_caller_left_is_given_back(house: WalletHouse, grant: GrantId) -> None:
    spending = house.books.spending
    asking = asyncio.create_task(spending.reserve(house.wanted(grant, parse_usd("1.00"))))
    # One turn: the hold is on its way to the ledger, and its answer cannot have come back yet.
    await asyncio.sleep(0)
    assert spending.running_count == 1
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    await house.drained()
    (call,) = await house.wallet.activity(ActivityQuery())
    assert (call.status, call.end, call.cost) == (CallStatus.VOIDED, CallEnd.CLIENT_LEFT, 0)
    assert (await house.app()).windows[0].held == 0


async def test_a_disk_that_refuses_is_tried_again(
    house: WalletHouse, grant: GrantId, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await house.hold(grant, "1.00")
    spending = house.books.spending
    monkeypatch.setattr("wattfare_desktop.wallet.spending._RETRY_S", 0.01)
    database = spending._database
    real = database.write_in_company
    refused: list[object] = []

    def refuse_twice(operation: object) -> "asyncio.Future[object]":
        if len(refused) < 2:
            future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
            future.set_exception(LedgerUnavailable("The disk is full", "Make room."))
            refused.append(operation)
            return future
        return real(operation)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "write_in_company", refuse_twice)
    await house.settle(held, "0.25")
    assert len(refused) == 2
    assert (await house.app()).windows[0].spent == parse_usd("0.25")
    assert (await house.app()).windows[0].held == 0


async def test_a_closed_wallet_is_not_tried_again(house: WalletHouse, grant: GrantId) -> None:
    held = await house.hold(grant, "1.00")
    spending = house.books.spending
    spending._database.close()
    spending.settle(held, outcome("0.25"))
    await house.drained()
    assert await house.tasks.drain(1.0)


async def test_whoever_asks_while_it_closes_is_refused(house: WalletHouse, grant: GrantId) -> None:
    house.books.spending.close_to_new()
    refused = await house.books.spending.reserve(house.wanted(grant, Nanos(1)))
    assert isinstance(refused, GrantClosed)


async def test_a_settlement_is_booked_once(house: WalletHouse, grant: GrantId) -> None:
    held = await house.hold(grant, "1.00")
    for cost in ("0.40", "0.90"):
        house.books.spending.settle(held, outcome(cost))
    house.books.spending.settle(held, Outcome(cost=None, end=CallEnd.FAILED))
    await house.drained()
    assert (await house.app()).windows[0].spent == parse_usd("0.40")
    assert (await house.books.spending._database.read(ledger.trial_balance)).balances
