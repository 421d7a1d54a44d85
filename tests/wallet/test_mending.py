"""What a crash left, set right through an open wallet."""

import pytest

from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, CallId, FundingId, GrantId
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import ActivityQuery, CallStatus
from wattfare_desktop.storage import chain
from wattfare_desktop.wallet.changes import Changes


@pytest.fixture
async def funding(house: WalletHouse) -> FundingId:
    return await house.fund()


@pytest.fixture
async def grant(house: WalletHouse, funding: FundingId) -> GrantId:
    assert funding
    await house.approve()
    return (await house.app()).id


async def crashed(house: WalletHouse, grant: GrantId, *amounts: str) -> list[CallId]:
    """Hold these amounts and die."""
    held = [await house.hold(grant, amount) for amount in amounts]
    await house.crash()
    return [each.id for each in held]


async def test_a_start_tells_of_the_calls_it_charged_in_full(
    house: WalletHouse, grant: GrantId
) -> None:
    await crashed(house, grant, "0.50", "0.25", "0.25")
    house.changes.clear()
    await house.opened()
    (told,) = [changes for changes in house.changes if changes.unsettled]
    assert (told.unsettled, told.calls) == (3, True)
    assert told.grants == {grant}
    assert (await house.wallet.overview()).unsettled == 3
    assert len(await house.wallet.activity(ActivityQuery(only_unsettled=True))) == 3
    await house.wallet.lock()
    house.changes.clear()
    await house.opened()
    assert not any(changes.unsettled for changes in house.changes), "told once"


async def test_its_user_says_what_was_billed(
    house: WalletHouse, grant: GrantId, funding: FundingId
) -> None:
    (call,) = await crashed(house, grant, "0.50")
    await house.opened()
    assert (await house.app()).windows[0].spent == parse_usd("0.50")
    house.changes.clear()
    found = await house.wallet.mending().settle(call, parse_usd("0.12"))
    assert found.returned == parse_usd("0.38")
    (told,) = house.changes
    assert told.calls
    assert (*told.grants, *told.fundings) == (grant, funding)
    assert (await house.app()).windows[0].spent == parse_usd("0.12")
    (row,) = await house.wallet.fundings()
    assert (row.balance, row.spent) == (parse_usd("99.88"), parse_usd("0.12"))
    overview = await house.wallet.overview()
    assert (overview.unsettled, overview.today) == (0, parse_usd("0.12"))
    (shown,) = await house.wallet.activity(ActivityQuery())
    assert (shown.status, shown.basis) == (CallStatus.SETTLED, Basis.TOLD)
    receipt = await house.wallet.receipts().find(call)
    assert (receipt.call.cost, receipt.call.corrected) == (parse_usd("0.12"), -parse_usd("0.38"))


async def test_what_is_above_the_cap_is_an_alert(house: WalletHouse, grant: GrantId) -> None:
    (call,) = await crashed(house, grant, "0.50")
    await house.opened()
    house.changes.clear()
    found = await house.wallet.mending().settle(call, parse_usd("50.00"))
    (alert,) = [each for changes in house.changes for each in changes.overruns]
    assert alert.call == call
    assert alert.uncovered == found.uncovered == parse_usd("50.00") - found.cost


async def test_refusals_are_told_in_words(house: WalletHouse, grant: GrantId) -> None:
    mending = house.wallet.mending()
    with pytest.raises(UserFacingError, match="no such call"):
        await mending.settle(CallId("call_none"), Nanos(0))
    held = await house.hold(grant, "0.10")
    with pytest.raises(UserFacingError, match="still running"):
        await mending.settle(held.id, Nanos(0))
    await house.settle(held, "0.10")
    with pytest.raises(UserFacingError, match="Dispute the charge"):
        await mending.settle(held.id, Nanos(0))
    (call,) = await crashed(house, grant, "0.50")
    await house.opened()
    await house.wallet.mending().settle(call, Nanos(0))
    with pytest.raises(UserFacingError, match="settled before"):
        await house.wallet.mending().settle(call, Nanos(0))


async def test_a_doubted_file_is_not_written_before_it_is_accepted(
    house: WalletHouse, grant: GrantId
) -> None:
    (call,) = await crashed(house, grant, "0.50")
    (house.paths.home / "anchor").write_text("nonsense")
    house.changes.clear()
    await house.opened()
    assert house.wallet.trouble is not None
    left = await house.books.database.read(chain.head)
    (shown,) = await house.wallet.activity(ActivityQuery())
    assert (shown.call, shown.status) == (call, CallStatus.RUNNING)
    assert not any(changes.unsettled for changes in house.changes)
    await house.wallet.lock()
    await house.opened()
    assert await house.books.database.read(chain.head) == left
    await house.wallet.accept_ledger()
    (shown,) = await house.wallet.activity(ActivityQuery())
    assert (shown.status, shown.cost) == (CallStatus.UNSETTLED, parse_usd("0.50"))
    assert sum(changes.unsettled for changes in house.changes) == 1
    await house.spend(grant, "0.10")


async def test_a_limit_that_a_wrong_clock_left_stuck_renews_again(
    house: WalletHouse, grant: GrantId
) -> None:
    house.clock.ahead_ms = 4 * 366 * DAY_MS
    await house.spend(grant, "0.50")
    house.clock.ahead_ms = 0
    overview = await house.wallet.overview()
    (stuck,) = overview.stuck
    assert (stuck.app, stuck.name) == (grant, "Notes AI")
    house.changes.clear()
    assert await house.wallet.mending().reset_windows() == (stuck,)
    assert house.changes == [Changes(grants=frozenset({grant}), wallet=True)]
    (window,) = (await house.app()).windows
    assert window.spent == parse_usd("0.50")
    assert window.resets_at is not None
    assert window.resets_at < stuck.starts_at
    assert (await house.wallet.overview()).stuck == ()
    with pytest.raises(UserFacingError, match="No limit is stuck"):
        await house.wallet.mending().reset_windows()
