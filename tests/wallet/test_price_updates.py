"""Newer prices in a wallet: fetched on its user's word, judged, kept, and gone back from."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.price_file import model_row, price_file
from tests.support.wallet_house import WalletHouse, eventually, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.system.newer_prices import KeptPrices, PriceFile
from wattfare_desktop.system.prices import bundled_tables, bundled_version
from wattfare_desktop.wallet.price_updates import PriceNews, PriceUpdates, load_prices

TABLES: Final = bundled_tables()
FEW: Final = frozenset({"openai", "deepseek", "practice"})


def _dearer(rows: list[dict[str, Any]]) -> None:
    model_row(rows, "openai", "gpt-5-mini")["prices"]["input_mtok"] = 0.75


def _cheap(rows: list[dict[str, Any]]) -> None:
    model_row(rows, "openai", "gpt-5-mini")["prices"]["input_mtok"] = 0.001


def _gone(rows: list[dict[str, Any]]) -> None:
    provider = next(row for row in rows if row["id"] == "openai")
    provider["models"] = [row for row in provider["models"] if row["id"] != "gpt-5-mini"]


class Source:
    """Gives out one file, and counts how often it was asked for."""

    def __init__(self) -> None:
        self.content = price_file(_dearer)
        self.asked = 0

    async def fetch(self) -> bytes:
        self.asked += 1
        return self.content


class House:
    """A wallet, and who updates its prices."""

    def __init__(self, wallet: WalletHouse) -> None:
        self.wallet = wallet
        self.source = Source()
        self.file = PriceFile(wallet.paths.prices)
        self.updates = PriceUpdates(
            file=self.file,
            tables=TABLES,
            source=self.source,
            prices=wallet.prices,
            clock=wallet.clock,
            # Few of them, since each one's prices are looked through.
            catalogue=Catalogue([row for row in wallet.wallet.catalogue if row.id in FEW]),
            open_books=lambda: wallet.wallet.books,
        )

    async def input_usd(self) -> str:
        book = await self.wallet.prices.book()
        priced = book.price("openai", "gpt-5-mini", self.wallet.clock.now())
        assert priced is not None
        return str(priced.price.input.usd_per_mtok)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with wallet_house(tmp_path) as opened:
        yield House(opened)


async def test_newer_prices_are_taken_kept_and_named(house: House) -> None:
    assert await house.input_usd() == "0.25"
    state = await house.updates.update()
    assert await house.input_usd() == "0.75"
    assert state.version.startswith(f"genai-prices of {house.wallet.clock.today().isoformat()} (")
    assert not state.daily
    assert state.fetched_on == house.wallet.clock.today().isoformat()
    assert state.news == PriceNews(changed=1, added=0)
    assert (await house.updates.update()).news == PriceNews(changed=0, added=0)
    again = load_prices(house.file, TABLES)
    assert again.version == state.version


async def test_bad_prices_are_refused_and_leave_no_trace(house: House) -> None:
    house.source.content = price_file(_cheap)
    with pytest.raises(UserFacingError, match="not taken") as refused:
        await house.updates.update()
    assert "openai/gpt-5-mini" in refused.value.detail
    assert await house.input_usd() == "0.25"
    assert house.file.load() is None
    house.source.content = b"<html>"
    with pytest.raises(UserFacingError, match="not taken"):
        await house.updates.update()


async def test_a_model_that_was_called_does_not_disappear(house: House) -> None:
    house.source.content = price_file(_gone)
    await house.wallet.fund()
    await house.wallet.approve()
    await house.wallet.spend((await house.wallet.app()).id, "0.10")
    with pytest.raises(UserFacingError) as refused:
        await house.updates.update()
    assert "which your apps use" in refused.value.detail


async def test_prices_are_compared_with_those_in_use(house: House) -> None:
    """Small steps stay possible, and a large one is large from wherever it starts."""
    await house.updates.update()

    def back(rows: list[dict[str, Any]]) -> None:
        model_row(rows, "openai", "gpt-5-mini")["prices"]["input_mtok"] = 0.07

    house.source.content = price_file(back)
    with pytest.raises(UserFacingError):
        await house.updates.update()
    assert await house.input_usd() == "0.75"


async def test_there_is_a_way_back(house: House) -> None:
    await house.updates.update()
    state = await house.updates.forget()
    assert state.version == f"genai-prices {bundled_version()}"
    assert (state.fetched_on, state.news) == (None, None)
    assert await house.input_usd() == "0.25"
    assert house.file.load() is None


async def test_a_locked_wallet_fetches_nothing(house: House) -> None:
    await house.wallet.wallet.lock()
    for ask in (house.updates.update, house.updates.state, house.updates.forget):
        with pytest.raises(UserFacingError, match="locked"):
            await ask()
    assert house.source.asked == 0


async def test_nothing_is_fetched_until_the_user_wants_it(house: House) -> None:
    watching = asyncio.create_task(house.updates.watch())
    await asyncio.sleep(0)
    await house.updates.state()
    assert house.source.asked == 0
    watching.cancel()
    await house.updates.set_daily(daily=True)
    watching = asyncio.create_task(house.updates.watch())
    await eventually(lambda: house.file.load() is not None)
    watching.cancel()
    assert house.source.asked == 1
    # Once a day.
    await house.updates._update_if_due()
    assert house.source.asked == 1
    assert not (await house.updates.set_daily(daily=False)).daily


async def test_a_refusal_does_not_end_the_watch(house: House) -> None:
    await house.updates.set_daily(daily=True)
    house.source.content = price_file(_cheap)
    await house.updates._update_if_due()
    assert house.source.asked == 1
    house.source.content = price_file(_dearer)
    await house.updates._update_if_due()
    assert await house.input_usd() == "0.75"


@pytest.mark.parametrize("beside", ["0.0.1", bundled_version()])
async def test_spoilt_or_old_prices_are_passed_over(house: House, beside: str) -> None:
    content = b"spoilt" if beside == bundled_version() else price_file(_dearer)
    house.file.save(KeptPrices(content=content, fetched_on="2026-11-01", beside=beside))
    assert load_prices(house.file, TABLES).version == f"genai-prices {bundled_version()}"
