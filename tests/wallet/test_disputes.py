"""Disputes, the reserve, the fee and reconciling through an open wallet."""

import pytest

from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.disputes import DisputeReason, DisputeState
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import ActivityQuery, CallEnd
from wattfare_desktop.storage.calls import TokenCounts
from wattfare_desktop.wallet.spending import Outcome


@pytest.fixture
async def funding(house: WalletHouse) -> FundingId:
    return await house.fund()


@pytest.fixture
async def grant(house: WalletHouse, funding: FundingId) -> GrantId:
    assert funding
    await house.approve()
    return (await house.app()).id


async def broken_off(house: WalletHouse, grant: GrantId, cost: str) -> CallId:
    held = await house.hold(grant, cost)
    outcome = Outcome(
        cost=parse_usd(cost),
        end=CallEnd.FAILED,
        tokens=TokenCounts(input_tokens=10, output_tokens=5),
        basis=Basis.REPORTED,
    )
    house.books.spending.settle(held, outcome)
    await house.drained()
    return held.id


async def test_a_credit_comes_from_the_reserve_and_frees_the_cap(
    house: WalletHouse, grant: GrantId, funding: FundingId
) -> None:
    call = await broken_off(house, grant, "0.50")
    before = (await house.wallet.add_to_reserve(funding, parse_usd("2.00"))).on_page
    house.changes.clear()
    found = await house.wallet.disputes().dispute(call, DisputeReason.EARLY)
    assert found.state is DisputeState.CREDITED
    assert any(changes.calls and funding in changes.fundings for changes in house.changes)
    app = await house.app()
    assert (app.windows[0].spent, app.spent_total) == (0, 0)
    (row,) = await house.wallet.fundings()
    assert (row.reserve, row.on_page) == (parse_usd("1.50"), before)
    assert row.spent == parse_usd("0.50"), "what was set aside was not spent"
    (shown,) = await house.wallet.activity(ActivityQuery())
    assert (shown.cost, shown.credited) == (parse_usd("0.50"), parse_usd("0.50"))
    assert await house.wallet.disputes().find(call) == found
    reversed_ = await house.wallet.disputes().reverse(call)
    assert reversed_.state is DisputeState.REVERSED
    assert (await house.app()).spent_total == parse_usd("0.50")


async def test_money_for_the_reserve_pays_what_waited(
    house: WalletHouse, grant: GrantId, funding: FundingId
) -> None:
    call = await broken_off(house, grant, "0.50")
    waiting = await house.wallet.disputes().dispute(call, DisputeReason.EARLY)
    assert (waiting.state, waiting.missing) == (DisputeState.OPEN, parse_usd("0.50"))
    await house.wallet.add_to_reserve(funding, parse_usd("0.50"))
    (paid,) = await house.wallet.disputes().listed()
    assert paid.state is DisputeState.CREDITED


async def test_refusals_are_told_in_words(
    house: WalletHouse, grant: GrantId, funding: FundingId
) -> None:
    disputes = house.wallet.disputes()
    with pytest.raises(UserFacingError, match="No such call"):
        await disputes.dispute(CallId("call_none"), DisputeReason.EMPTY)
    call = await broken_off(house, grant, "0.50")
    with pytest.raises(UserFacingError, match="not disputed"):
        await disputes.accept(call)
    await disputes.dispute(call, DisputeReason.NOT_ME)
    assert (await disputes.withdraw(call)).state is DisputeState.WITHDRAWN
    await disputes.dispute(call, DisputeReason.PRICE)
    assert (await disputes.accept(call)).state is DisputeState.REJECTED
    with pytest.raises(UserFacingError, match="in another state"):
        await disputes.dispute(call, DisputeReason.EARLY)
    with pytest.raises(UserFacingError, match="reserve is less"):
        await house.wallet.take_from_reserve(funding, Nanos(1))
    with pytest.raises(UserFacingError, match="balance is less"):
        await house.wallet.add_to_reserve(funding, parse_usd("1000.00"))
    with pytest.raises(UserFacingError, match="Nothing to move"):
        await house.wallet.add_to_reserve(funding, Nanos(0))


async def test_the_fee_is_inside_hold_and_cap_and_outlives_a_restart(
    house: WalletHouse, grant: GrantId, funding: FundingId
) -> None:
    await house.wallet.set_fee(Fee(basis_points=500, reserve_percent=40))
    await house.wallet.lock()
    await house.opened()
    assert house.wallet.fee == Fee(basis_points=500, reserve_percent=40)
    held = await house.hold(grant, "1.00")
    assert held.amount == parse_usd("1.05")
    assert await house.books.spending.extend(held, parse_usd("1.00")) is None
    assert held.amount == parse_usd("2.10")
    # What runs keeps the fee it began with.
    await house.wallet.set_fee(Fee())
    await house.settle(held, "2.00")
    (call,) = await house.wallet.activity(ActivityQuery())
    assert (call.cost, call.fee) == (parse_usd("2.10"), parse_usd("0.10"))
    assert call.overrun == 0
    (row,) = await house.wallet.fundings()
    assert (row.id, row.fee, row.reserve) == (funding, parse_usd("0.06"), parse_usd("0.04"))
    assert row.on_page == parse_usd("98.00")


async def test_an_overrun_is_told_once(house: WalletHouse, grant: GrantId) -> None:
    held = await house.hold(grant, "1.00")
    await house.settle(held, "50.00")
    (alert,) = [each for changes in house.changes for each in changes.overruns]
    (row,) = await house.wallet.fundings()
    (call,) = await house.wallet.activity(ActivityQuery())
    assert alert.call == call.call
    assert alert.uncovered == row.overrun == call.overrun > 0
    assert call.cost + call.overrun == parse_usd("50.00")


async def test_the_providers_page_sets_the_books_right(
    house: WalletHouse, funding: FundingId
) -> None:
    await house.wallet.add_to_reserve(funding, parse_usd("10.00"))
    row, found = await house.wallet.reconcile(funding, parse_usd("97.00"), is_booked=False)
    assert (found.drift, found.is_booked) == (-parse_usd("3.00"), False)
    assert row.on_page == parse_usd("100.00")
    row, found = await house.wallet.reconcile(funding, parse_usd("97.00"))
    assert (row.on_page, row.reserve, found.is_booked) == (
        parse_usd("97.00"),
        parse_usd("10.00"),
        True,
    )
    row, _ = await house.wallet.reconcile(funding, parse_usd("120.00"))
    assert row.balance == parse_usd("110.00")
    _, found = await house.wallet.reconcile(funding, parse_usd("120.00"))
    assert (found.drift, found.is_booked) == (0, False)
    with pytest.raises(UserFacingError, match="less than what is held"):
        await house.wallet.reconcile(funding, parse_usd("9.00"))
