"""What the windows ask for, done to a real wallet."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, ClientId
from wattfare_desktop.core.receipts import read_receipt
from wattfare_desktop.main.acts import Acts
from wattfare_desktop.wallet.receipts import is_genuine


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        yield made


async def _call(house: WalletHouse) -> CallId:
    await house.fund()
    await house.approve()
    held = await house.hold((await house.app()).id, "0.10")
    await house.settle(held, "0.07")
    return held.id


async def test_a_receipt_becomes_a_private_file_that_proves_itself(
    house: WalletHouse, tmp_path: Path
) -> None:
    call, acts = await _call(house), Acts(house.wallet, house.clock)
    path = tmp_path / "receipt.json"
    path.write_text("what was there before")
    await acts.save_receipt(call, path)
    found = read_receipt(path.read_bytes())
    assert is_genuine(found)
    assert found.told["call"] == (await acts.receipt(call)).call.call == call
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_where_it_cannot_be_written_nothing_is_left_behind(
    house: WalletHouse, tmp_path: Path
) -> None:
    call, acts = await _call(house), Acts(house.wallet, house.clock)
    with pytest.raises(UserFacingError, match="could not be saved"):
        await acts.save_receipt(call, tmp_path / "no such folder" / "receipt.json")
    assert not any(
        name.startswith(".receipt") for name in await asyncio.to_thread(os.listdir, tmp_path)
    )


async def test_who_is_blocked_is_told_with_the_time_and_let_ask_again(house: WalletHouse) -> None:
    acts = Acts(house.wallet, house.clock)
    before = house.clock.now()
    await house.books.apps.block_client(ClientId("Notes AI"))
    (blocked,) = await acts.blocked_apps()
    assert blocked.client == "Notes AI"
    assert before <= blocked.since <= house.clock.now()
    await acts.unblock(blocked.client)
    assert list(await acts.blocked_apps()) == []
