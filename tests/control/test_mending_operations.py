"""What a crash left, as a command line has a real wallet set it right."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.mending_operations import mending_family
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.shapes import overview_shape
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        await opened.fund()
        await opened.approve()
        yield opened


async def ask(house: WalletHouse, command: str, **arguments: JsonValue) -> Any:
    return await mending_family(house.wallet)[command](Arguments(arguments))


async def crashed(house: WalletHouse) -> str:
    held = await house.hold((await house.app()).id, "0.50")
    await house.crash()
    await house.opened()
    return held.id


async def test_a_call_is_settled_by_its_users_word(house: WalletHouse) -> None:
    call = await crashed(house)
    told = await ask(house, "settle", call=call, amount="0.12")
    assert (told["charged"], told["billed"], told["cost"], told["returned"]) == (
        "0.500000000",
        "0.120000000",
        "0.120000000",
        "0.380000000",
    )
    assert (told["from_reserve"], told["uncovered"]) == ("0.000000000", "0.000000000")
    with pytest.raises(UserFacingError, match="settled before"):
        await ask(house, "settle", call=call, amount="0.12")


async def test_nothing_is_a_word_only_where_it_is_said(house: WalletHouse) -> None:
    call = await crashed(house)
    with pytest.raises(UserFacingError, match="amount is missing"):
        await ask(house, "settle", call=call)
    assert (await ask(house, "settle", call=call, amount="0"))["returned"] == "0.500000000"


async def test_a_stuck_limit_is_told_and_set_aside(house: WalletHouse) -> None:
    app = await house.app()
    house.clock.ahead_ms = 4 * 366 * DAY_MS
    await house.spend(app.id, "0.10")
    house.clock.ahead_ms = 0
    shape: dict[str, Any] = overview_shape(await house.wallet.overview())
    (told,) = shape["stuck_windows"]
    (window,) = await ask(house, "windows reset")
    assert window == told
    assert (window["app"], window["name"]) == (app.id, "Notes AI")
    assert window["starts_at"] > "2030-01-01"
    assert overview_shape(await house.wallet.overview())["stuck_windows"] == []
    with pytest.raises(UserFacingError, match="No limit is stuck"):
        await ask(house, "windows reset")
