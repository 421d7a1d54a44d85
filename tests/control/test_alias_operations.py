"""Names for models over the control socket, against a real wallet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.alias_operations import alias_family
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.core.errors import UserFacingError


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        yield opened


async def ask(house: WalletHouse, command: str, **sent: Any) -> Any:
    return await alias_family(house.wallet)[command](Arguments(sent))


async def test_names_are_set_listed_and_forgotten(house: WalletHouse) -> None:
    told = await ask(house, "model set", name="fast", models=["groq/a", "openai/b"])
    assert told == {"aliases": [{"name": "fast", "models": ["groq/a", "openai/b"]}], "at_cap": None}
    assert (await ask(house, "model at-cap", model="ollama/c"))["at_cap"] == "ollama/c"
    assert (await ask(house, "model at-cap", model=None))["at_cap"] is None
    assert (await ask(house, "model set", name="fast", models=[]))["aliases"] == []
    assert await ask(house, "model list") == {"aliases": [], "at_cap": None}


@pytest.mark.parametrize("models", [None, "groq/a", [3], [""], ["a", None]])
async def test_what_is_no_list_of_names_is_refused(house: WalletHouse, models: Any) -> None:
    with pytest.raises(UserFacingError):
        await ask(house, "model set", name="fast", models=models)
