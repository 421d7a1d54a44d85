"""The receipts' commands against a real wallet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import answer_line, read_answer
from wattfare_desktop.control.receipt_operations import receipt_family
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.receipts import read_receipt, receipt_file
from wattfare_desktop.wallet.receipts import is_genuine


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        yield made


async def _ask(house: WalletHouse, command: str, **arguments: str) -> Any:
    answered = await receipt_family(house.wallet)[command](Arguments(arguments))
    return read_answer(answer_line(answered))


async def test_a_receipt_comes_signed_by_the_key_that_is_told(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    held = await house.hold((await house.app()).id, "0.10")
    await house.settle(held, "0.07")
    signed = await _ask(house, "receipt", call=held.id[:-2])
    found = read_receipt(receipt_file(signed))
    assert is_genuine(found)
    assert found.told["call"] == held.id
    told = await _ask(house, "receipt key")
    assert told == {"algorithm": "Ed25519", "id": found.key.id, "public": found.key.public}


async def test_an_unknown_call_has_none(house: WalletHouse) -> None:
    with pytest.raises(UserFacingError, match="no such call"):
        await _ask(house, "receipt", call="call_zz")
