"""What apps did, as a command line has a real wallet tell it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.alert_operations import alert_family
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.errors import UserFacingError


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        await opened.fund()
        await opened.approve()
        yield opened


async def ask(house: WalletHouse, command: str, **arguments: JsonValue) -> Any:
    return await alert_family(house.wallet)[command](Arguments(arguments))


async def test_a_big_call_is_listed_seen_and_said_to_be_mine(house: WalletHouse) -> None:
    app = await house.app()
    assert await ask(house, "alerts", see=True) == []
    held = await house.hold(app.id, "2.00")
    await house.books.watch.look()
    (alert,) = await ask(house, "alerts")
    assert (alert["app"], alert["rule"], alert["action"], alert["state"], alert["paused"]) == (
        app.id,
        "big_call",
        "notify",
        "new",
        False,
    )
    assert alert["what"] == "A single call of it could cost $2.00; its cap is $5.00."
    assert (await ask(house, "alerts", see=True))[0]["state"] == "new"
    assert (await ask(house, "alerts"))[0]["state"] == "seen"
    assert (await ask(house, "alerts mine", id=alert["id"]))["state"] == "mine"
    with pytest.raises(UserFacingError, match="No such alert"):
        await ask(house, "alerts mine", id=99)
    with pytest.raises(UserFacingError, match="id is missing"):
        await ask(house, "alerts mine")
    await house.settle(held, "0.01")


async def test_a_rate_is_told_and_changed_in_part(house: WalletHouse) -> None:
    app = await house.app()
    usual = {"app": app.id, "name": app.name, "per_s": 50, "burst": 200, "in_flight": 64}
    assert await ask(house, "rate", app=app.id) == usual
    changed = {**usual, "in_flight": 3}
    assert await ask(house, "rate", app=app.id, in_flight=3) == changed
    changed |= {"per_s": 5, "burst": 20}
    assert await ask(house, "rate", app=app.id, per_s=5) == changed
    assert await ask(house, "rate", app=app.id) == changed
    with pytest.raises(UserFacingError, match="no rate"):
        await ask(house, "rate", app=app.id, per_s=0)
