"""Tests of ``wattfare_desktop.wallet.preferences``."""

import asyncio

import pytest

from tests.support.wallet_house import PASSPHRASE, WalletHouse
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import LARGEST_AMOUNT, Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.preferences import Preferences


async def test_five_dollars_a_month_unless_decided_otherwise(house: WalletHouse) -> None:
    preferences = await house.wallet.preferences()
    assert preferences.default_cap == Cap(period=Period.MONTH, limit=parse_usd("5.00"))


@pytest.mark.parametrize("period", Period)
@pytest.mark.parametrize("limit", [Nanos(1), parse_usd("0.10"), LARGEST_AMOUNT])
async def test_what_was_decided_is_kept_to_the_nano(
    house: WalletHouse, period: Period, limit: Nanos
) -> None:
    chosen = Preferences(default_cap=Cap(period=period, limit=limit))
    house.changes.clear()
    await house.wallet.set_preferences(chosen)
    assert house.changes == [Changes(wallet=True)]
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    assert await house.wallet.preferences() == chosen


async def test_pausing_all_is_known_at_once_and_kept(house: WalletHouse) -> None:
    await house.wallet.pause_all()
    assert house.books.preferences.paused
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    assert house.books.preferences.paused
    assert (await house.wallet.overview()).paused
    await house.wallet.resume_all()
    assert not house.books.preferences.paused
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    assert not (await house.wallet.overview()).paused


async def test_a_disk_that_refuses_leaves_spending_paused(house: WalletHouse) -> None:
    shelf = house.books.preferences
    await asyncio.to_thread(house.books.database.close)
    with pytest.raises(UserFacingError):
        await house.wallet.pause_all()
    assert shelf.paused, "better too careful than too free"
    with pytest.raises(UserFacingError):
        await house.wallet.resume_all()
    assert shelf.paused
