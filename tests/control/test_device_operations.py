"""A typed code over the control socket, against a real wallet."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.device_operations import device_family
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.oauth.device import read_device_request
from wattfare_desktop.wallet.devices import Begun


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        yield opened


async def test_a_typed_code_brings_up_the_question(house: WalletHouse) -> None:
    asked = {"client_id": "Backup"}
    begun = await house.wallet.devices.begin(partial(read_device_request, asked))
    assert isinstance(begun, Begun)
    approve = device_family(house.wallet)["approve"]
    assert await approve(Arguments({"code": begun.user_code.lower()})) == {"name": "Backup"}
    assert (await house.screen.ticket()).request.client.name == "Backup"
    for wrong in ("BBBB-BBBB", 3):
        with pytest.raises(UserFacingError):
            await approve(Arguments({"code": wrong}))
