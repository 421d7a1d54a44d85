"""Receipts through an open wallet: found, signed, known by its key."""

import json
from decimal import Decimal

import pytest

from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, GrantId
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.receipts import read_receipt, receipt_file
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.wallet.receipts import is_genuine
from wattfare_desktop.wallet.spending import HeldCall, Outcome

ITEMS = (Item(kind=UnitKind.OUTPUT, units=7, usd=Decimal("0.3")),)


@pytest.fixture
async def grant(house: WalletHouse) -> GrantId:
    await house.fund()
    await house.approve()
    return (await house.app()).id


async def charged(house: WalletHouse, held: HeldCall) -> CallId:
    outcome = Outcome(
        cost=Nanos(2_100),
        end=CallEnd.COMPLETE,
        basis=Basis.REPORTED,
        items=ITEMS,
        provider_request="req_7",
    )
    house.books.spending.settle(held, outcome)
    await house.drained()
    return held.id


async def test_a_receipt_tells_what_was_written_with_the_charge(
    house: WalletHouse, grant: GrantId
) -> None:
    call = await charged(house, await house.hold(grant, "0.10"))
    receipt = await house.books.receipts.find(call)
    assert (receipt.items, receipt.provider_request) == (ITEMS, "req_7")
    assert (receipt.call.call, receipt.call.cost) == (call, 2_100)
    assert receipt.rounding_usd == 0


async def test_the_beginning_of_a_name_is_enough_where_it_is_one_calls_alone(
    house: WalletHouse, grant: GrantId
) -> None:
    first = await charged(house, await house.hold(grant, "0.10"))
    receipts = house.books.receipts
    assert (await receipts.find(first[:8])).call.call == first
    assert (await receipts.find(first.removeprefix("call_")[:6])).call.call == first
    second = await charged(house, await house.hold(grant, "0.10"))
    with pytest.raises(UserFacingError, match="More than one call"):
        await receipts.find("call_")
    assert (await receipts.find(second)).call.call == second
    for name in ("call_zzzz", "", "call_%", "grant_1"):
        with pytest.raises(UserFacingError, match=r"no such call|More than one"):
            await receipts.find(name)


async def test_a_running_call_has_no_receipt_yet(house: WalletHouse, grant: GrantId) -> None:
    held = await house.hold(grant, "0.10")
    with pytest.raises(UserFacingError, match="still running"):
        await house.books.receipts.find(held.id)
    own = await house.books.receipts.of_app(held.id, grant)
    assert own is not None
    assert own.call.status is CallStatus.RUNNING


async def test_an_app_finds_its_own_calls_by_their_whole_name_alone(
    house: WalletHouse, grant: GrantId
) -> None:
    call = await charged(house, await house.hold(grant, "0.10"))
    receipts = house.books.receipts
    assert await receipts.of_app(call, grant) is not None
    assert await receipts.of_app(call, GrantId("grant_other")) is None
    assert await receipts.of_app(CallId(call[:-1]), grant) is None


async def test_a_signed_receipt_is_genuine_until_anything_in_it_is_changed(
    house: WalletHouse, grant: GrantId
) -> None:
    call = await charged(house, await house.hold(grant, "0.10"))
    receipts = house.books.receipts
    file = receipt_file(receipts.signed(await receipts.find(call)))
    found = read_receipt(file)
    assert is_genuine(found)
    assert found.key == receipts.key
    assert found.told["call"] == call
    # As others would print it: what is signed is what it says, not how it is spelled.
    assert is_genuine(read_receipt(json.dumps(json.loads(file)).encode()))
    for before, after in (
        (b'"0.000002100"', b'"0.000002000"'),
        (call.encode(), b"call_0"),
        (b'"reported"', b'"computed"'),
        (receipts.key.id.encode(), b"A" * 43),
    ):
        assert before in file
        assert not is_genuine(read_receipt(file.replace(before, after)))


async def test_a_wallet_signs_with_the_same_key_after_it_was_locked(
    house: WalletHouse, grant: GrantId
) -> None:
    assert grant
    before = house.books.receipts.key
    await house.wallet.lock()
    await house.opened()
    assert house.books.receipts.key == before
