"""The price commands against a real wallet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.price_operations import price_family
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.wallet.price_updates import PriceState


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        yield opened


class Updates:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.daily = False

    async def update(self) -> PriceState:
        self.told.append("update")
        return PriceState(version="prices 2", daily=self.daily)

    async def set_daily(self, *, daily: bool) -> PriceState:
        self.told.append(f"daily {daily}")
        self.daily = daily
        return PriceState(version="prices 1", daily=daily)

    async def forget(self) -> PriceState:
        self.told.append("forget")
        return PriceState(version="prices 1", daily=self.daily)


async def ask(
    house: WalletHouse, command: str, updates: Updates | None = None, /, **arguments: JsonValue
) -> Any:
    family = price_family(house.wallet, updates or Updates())
    return await family[command](Arguments(arguments))


async def test_newer_prices_are_fetched_once_or_each_day(house: WalletHouse) -> None:
    updates = Updates()
    assert await ask(house, "price update", updates) == {"version": "prices 2", "daily": False}
    told = await ask(house, "price update", updates, daily="on")
    assert told == {"version": "prices 2", "daily": True}
    told = await ask(house, "price update", updates, daily="off")
    assert told == {"version": "prices 1", "daily": False}
    assert updates.told == ["update", "daily True", "update", "daily False"]
    await ask(house, "price forget", updates)
    assert updates.told[-1] == "forget"


async def test_a_price_is_set_listed_and_removed(house: WalletHouse) -> None:
    row = await ask(
        house,
        "price set",
        model="openai/brand-new",
        input="0.50",
        output="2",
        request="0.001",
        context_window=64_000,
    )
    assert row["usd"] == {"input": "0.50", "output": "2", "request": "0.001"}
    assert (row["context_window"], row["max_output"]) == (64_000, None)
    assert row["version"] == f"your price of {house.clock.today().isoformat()}"
    (listed,) = await ask(house, "price list")
    assert listed == row
    assert await ask(house, "price remove", model="openai/brand-new") == {
        "model": "openai/brand-new"
    }
    assert await ask(house, "price list") == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"model": "openai/m"},
        {"model": "openai/m", "input": "-1"},
        {"model": "openai/m", "input": "cheap"},
        {"model": "openai/m", "output": "1"},
        {"model": "openai/m", "stated": "1"},
        {"model": "openai/m", "input": "1", "context_window": 0},
        {"input": "1"},
    ],
)
async def test_what_is_no_price_is_refused(
    house: WalletHouse, arguments: dict[str, JsonValue]
) -> None:
    with pytest.raises(UserFacingError):
        await ask(house, "price set", **arguments)
    assert await ask(house, "price list") == []
