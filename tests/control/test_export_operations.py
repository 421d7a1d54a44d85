"""The export's commands against a real wallet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control import export_operations
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.export_operations import export_family
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.sheets import COLUMNS, Sheet


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        await made.fund("5.00")
        await made.approve()
        await made.spend((await made.app()).id, "0.10")
        yield made


async def _ask(house: WalletHouse, command: str, **arguments: str | int) -> Any:
    return await export_family(house.wallet)[command](Arguments(arguments))


async def _page(house: WalletHouse, sheet: str, after: int = 0) -> Any:
    head = await _ask(house, "ledger export")
    until = head["calls"] if sheet == Sheet.CALLS else head["entries"]
    return await _ask(
        house, "ledger export page", sheet=sheet, after=after, until=until, as_of=head["entries"]
    )


async def test_it_begins_with_what_is_small(house: WalletHouse) -> None:
    head = await _ask(house, "ledger export")
    assert head["calls"] == 1
    assert head["at"].endswith("Z")
    accounts = {each["account"].partition(":")[0]: each for each in head["accounts"]}
    assert accounts["funding"]["balance"] == "4.900000000"
    assert accounts["funding"]["currency"] == "PLAY", "the practice provider's"
    assert (accounts["spend"]["name"], accounts["spend"]["currency"]) == ("Notes AI", None)
    assert head["fundings"][0]["provider"] == "practice"
    assert list(head["apps"].values()) == ["Notes AI"]


@pytest.mark.parametrize("sheet", [each for each in Sheet if each is not Sheet.ACCOUNTS])
async def test_rows_have_the_columns_of_their_sheet(house: WalletHouse, sheet: Sheet) -> None:
    page = await _page(house, sheet)
    assert page["rows"]
    for row in page["rows"]:
        assert {*COLUMNS[sheet]} - {"app_name"} <= row.keys()


async def test_pages_are_bounded_and_go_on(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (await _page(house, Sheet.TRANSFERS))["rows"]
    monkeypatch.setattr(export_operations, "PAGE_ROWS", 2)
    rows, after, last = [], 0, whole[-1]["entry"]
    while after < last:
        page = await _page(house, Sheet.TRANSFERS, after)
        assert page["next"] <= after + 2
        rows += page["rows"]
        after = page["next"]
    assert rows == whole


async def test_a_sheet_that_there_is_not(house: WalletHouse) -> None:
    for sheet in ("keys", "accounts"):
        with pytest.raises(UserFacingError, match="cannot be understood"):
            await _page(house, sheet)
