"""Where an access may be used, over the control socket, against a real wallet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.binding_operations import binding_family
from wattfare_desktop.core.errors import UserFacingError


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        await opened.approve()
        yield opened


async def allow(house: WalletHouse, **sent: Any) -> Any:
    asked = Arguments({"app": "Notes AI", **sent})
    return await binding_family(house.wallet)["apps allow"](asked)


async def test_what_is_not_sent_stays_as_it_is(house: WalletHouse) -> None:
    told = await allow(house, programs=["/usr/bin/notes"], cidrs=["127.0.0.1"])
    assert (told["programs"], told["cidrs"]) == (["/usr/bin/notes"], ["127.0.0.1/32"])
    told = await allow(house, origins=["https://Notes.example/"], cidrs=[])
    assert told["programs"] == ["/usr/bin/notes"]
    assert (told["origins"], told["cidrs"]) == (["https://notes.example"], [])
    assert (told["signs"], told["must_sign"], told["asked_by"]) == (False, False, None)


async def test_signing_is_required_for_good(house: WalletHouse) -> None:
    assert (await allow(house, must_sign=True))["must_sign"] is True
    assert (await allow(house, cidrs=["::1"], must_sign=False))["must_sign"] is True
    (app,) = await house.wallet.apps()
    events = [note.event for note in await house.wallet.history(app.id)]
    assert events == ["bindings_changed", "must_sign", "granted"]


@pytest.mark.parametrize(
    "sent",
    [
        {"programs": ["/usr/bin/python3"]},
        {"programs": "notes"},
        {"origins": ["null"]},
        {"cidrs": ["everywhere"]},
        {"app": "Unknown", "cidrs": []},
    ],
)
async def test_what_binds_to_nothing_is_refused(house: WalletHouse, sent: dict[str, Any]) -> None:
    with pytest.raises(UserFacingError):
        await allow(house, **sent)
