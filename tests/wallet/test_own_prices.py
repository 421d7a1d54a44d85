"""The user's prices in a wallet that is open, and in one that is not any more."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.wallet_house import PASSPHRASE, WalletHouse, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.prices import PricedModel
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.wallet.changes import Changes

DOLLARS = {UnitKind.INPUT: Decimal("0.5"), UnitKind.OUTPUT: Decimal(2)}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        yield opened


async def price_of(house: WalletHouse, model: str) -> PricedModel | None:
    book = await house.wallet._prices.book()
    return book.price("openai", model, house.clock.now())


async def test_a_price_holds_from_the_moment_it_is_set(house: WalletHouse) -> None:
    assert await price_of(house, "brand-new") is None
    told: list[Changes] = []
    house.wallet.subscribe(told.append)
    own = await house.wallet.own_prices().set("openai/Brand-New", DOLLARS)
    assert [change.wallet for change in told] == [True]
    priced = await price_of(house, "brand-new")
    assert priced is not None
    assert priced.price.input.usd_per_mtok == Decimal("0.5")
    today = house.clock.today().isoformat()
    assert priced.version == house.wallet.own_prices().version(own) == f"your price of {today}"
    await house.wallet.own_prices().remove("openai/Brand-New")
    assert await price_of(house, "brand-new") is None


async def test_a_price_outlives_a_lock_and_is_unknown_meanwhile(house: WalletHouse) -> None:
    await house.wallet.own_prices().set("openai/brand-new", DOLLARS)
    await house.wallet.lock()
    assert await price_of(house, "brand-new") is None
    await house.wallet.unlock(PASSPHRASE)
    assert await price_of(house, "brand-new") is not None
    assert [own.model for own in await house.wallet.own_prices().listed()] == ["brand-new"]


async def test_a_price_goes_before_the_tables(house: WalletHouse) -> None:
    await house.wallet.own_prices().set("openai/gpt-5-mini", DOLLARS)
    priced = await price_of(house, "gpt-5-mini")
    assert priced is not None
    assert priced.price.input.usd_per_mtok == Decimal("0.5")
    assert priced.context_window_tokens == 400_000


@pytest.mark.parametrize("name", ["gpt-5", "openai/", "/gpt-5", "nobody/gpt-5", "openai/a\nb"])
async def test_a_name_that_is_none_is_refused(house: WalletHouse, name: str) -> None:
    with pytest.raises(UserFacingError):
        await house.wallet.own_prices().set(name, DOLLARS)


async def test_half_a_price_and_none_are_refused(house: WalletHouse) -> None:
    with pytest.raises(UserFacingError, match="cannot be kept"):
        await house.wallet.own_prices().set("openai/m", {UnitKind.OUTPUT: Decimal(1)})
    with pytest.raises(UserFacingError, match="You set no price"):
        await house.wallet.own_prices().remove("openai/m")
