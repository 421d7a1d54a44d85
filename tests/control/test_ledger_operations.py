"""The ledger's commands against a real wallet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, eventually, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.ledger_operations import ledger_family
from wattfare_desktop.core.errors import UserFacingError


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        yield made


async def _ask(house: WalletHouse, command: str) -> Any:
    return await ledger_family(house.wallet)[command](Arguments({}))


async def _ended(house: WalletHouse) -> Any:
    proof = house.wallet.proof()
    await eventually(lambda: proof.verification.is_over)
    return await _ask(house, "ledger verification")


async def test_a_verification_is_begun_and_asked_after(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    assert not (await _ask(house, "ledger verify"))["is_over"]
    report = await _ended(house)
    assert report["differences"] == []
    assert report["failure"] is None
    assert report["done"] == report["of"] > 2


async def test_what_differs_is_told(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    await house.settle(await house.hold(grant, "1.00"), "1.00")
    await house.books.database.write(lambda cx: cx.execute("UPDATE windows SET spent = 0"))
    await _ask(house, "ledger verify")
    report = await _ended(house)
    assert [each["entry"] for each in report["differences"]] == [None]
    assert "is 0, its calls say 1000000000" in report["differences"][0]["what"]


async def test_one_that_was_stopped_gives_no_verdict(house: WalletHouse) -> None:
    await _ask(house, "ledger verify")
    await _ask(house, "ledger verify stop")
    report = await _ended(house)
    assert report["failure"]["title"] == "The verification was stopped"


async def test_accepting_wants_a_doubt(house: WalletHouse) -> None:
    with pytest.raises(UserFacingError, match="Nothing is in doubt"):
        await _ask(house, "ledger accept")
