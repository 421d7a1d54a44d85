"""What the page of models asks for, done by a real wallet."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.gateway.listings import Listings
from wattfare_desktop.main.model_work import ModelWork
from wattfare_desktop.providers.dialect import ModelListing
from wattfare_desktop.ui.presentation.pricing import PriceWish
from wattfare_desktop.wallet.price_updates import PriceUpdates
from wattfare_desktop.wallet.routing import LiveFunding


class OneEach:
    """Lists one model of each provider that is asked, twice."""

    async def models(self, fundings: Sequence[LiveFunding]) -> list[ModelListing]:
        ids = [f"{funding.provider.id}/only" for funding in fundings]
        return [ModelListing(id=each, owned_by="") for each in (*ids, *ids)]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        yield made


@pytest.fixture(name="work")
def _work(house: WalletHouse) -> ModelWork:
    return ModelWork(
        wallet=house.wallet,
        updates=cast("PriceUpdates", None),
        listings=cast("Listings", OneEach()),
    )


async def test_names_are_kept_by_the_wallet_and_told(house: WalletHouse, work: ModelWork) -> None:
    await work.set_alias("fast", ("groq/a", "openai/b"))
    await work.set_at_cap("ollama/c")
    assert (await work.aliases()).models("fast") == ("groq/a", "openai/b")
    await house.wallet.lock()
    assert await work.known_models() == ()


async def test_a_price_goes_before_the_tables(work: ModelWork) -> None:
    usd = {UnitKind.INPUT: Decimal("0.05")}
    await work.set_price(PriceWish(model="openai/brand-new", usd=usd, max_output_tokens=8_192))
    (own,) = await work.own_prices()
    assert (own.provider, own.model, own.usd) == ("openai", "brand-new", usd)
    assert own.max_output_tokens == 8_192
    await work.remove_price("openai/brand-new")
    assert await work.own_prices() == ()


async def test_models_are_known_once_and_by_configured_providers(
    house: WalletHouse, work: ModelWork
) -> None:
    await house.fund()
    assert await work.known_models() == ("practice/only",)
    assert await work.known_models(only_free=True) == ()
