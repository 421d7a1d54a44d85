"""Blocked apps over the control socket, against a real wallet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.blocked_operations import blocked_family
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import ClientId


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        for client in ("One", "https://two.example"):
            await opened.books.apps.block_client(ClientId(client))
        yield opened


async def ask(house: WalletHouse, command: str, **sent: Any) -> Any:
    return await blocked_family(house.wallet)[command](Arguments(sent))


async def test_one_is_taken_from_the_list_and_the_other_stays(house: WalletHouse) -> None:
    told = await ask(house, "blocked list")
    assert {row["client"] for row in told} == {"One", "https://two.example"}
    left = await ask(house, "blocked remove", client="https://two.example")
    assert [row["client"] for row in left] == ["One"]
    assert left[0]["since"].startswith("2026-11-23T12:")
    assert await ask(house, "blocked list") == left


async def test_who_is_not_blocked_cannot_be_unblocked(house: WalletHouse) -> None:
    with pytest.raises(UserFacingError, match="wattfare unblock"):
        await ask(house, "blocked remove", client="Three")
    assert len(await ask(house, "blocked list")) == 2
