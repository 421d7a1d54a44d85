"""Disputes, reserve, fee and reconciling, as a command line asks a real wallet for them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.dispute_operations import dispute_family
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.wallet.spending import Outcome


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as opened:
        await opened.fund()
        await opened.approve()
        yield opened


async def ask(house: WalletHouse, command: str, **arguments: JsonValue) -> Any:
    return await dispute_family(house.wallet)[command](Arguments(arguments))


async def broken_off(house: WalletHouse) -> str:
    held = await house.hold((await house.app()).id, "0.50")
    outcome = Outcome(cost=parse_usd("0.50"), end=CallEnd.FAILED, basis=Basis.REPORTED)
    house.books.spending.settle(held, outcome)
    await house.drained()
    return held.id


async def test_a_dispute_from_its_opening_to_its_reversal(house: WalletHouse) -> None:
    call = await broken_off(house)
    opened = await ask(house, "dispute", call=call, reason="early")
    assert (opened["state"], opened["missing"]) == ("open", "0.500000000")
    row = await ask(house, "funding reserve add", funding="practice", amount="2.00")
    assert (row["reserve"], row["balance"]) == ("1.500000000", "98.000000000")
    assert row["on_page"] == "99.500000000"
    (listed,) = await ask(house, "disputes")
    assert (listed["call"], listed["state"], listed["amount"]) == (call, "credited", "0.500000000")
    undone = await ask(house, "disputes reverse", call=call)
    assert undone["state"] == "reversed"
    row = await ask(house, "funding reserve take", funding="practice", amount="2.00")
    assert (row["reserve"], row["balance"]) == ("0.000000000", "99.500000000")


async def test_a_user_decides_what_no_rule_does(house: WalletHouse) -> None:
    call = await broken_off(house)
    await ask(house, "dispute", call=call, reason="not-me")
    assert (await ask(house, "disputes withdraw", call=call))["state"] == "withdrawn"
    await ask(house, "dispute", call=call, reason="price")
    assert (await ask(house, "disputes accept", call=call))["state"] == "rejected"


async def test_reconciling_shows_the_drift_and_books_it(house: WalletHouse) -> None:
    dry = await ask(house, "funding reconcile", funding="practice", balance="97", dry_run=True)
    assert (dry["drift"], dry["booked"], dry["on_page"]) == ("-3.000000000", False, "100.000000000")
    wet = await ask(house, "funding reconcile", funding="practice", balance="97")
    assert (wet["expected"], wet["booked"], wet["on_page"]) == (
        "100.000000000",
        True,
        "97.000000000",
    )


async def test_the_fee_is_shown_and_set(house: WalletHouse) -> None:
    assert (await ask(house, "fee"))["percent"] == "0"
    assert (await ask(house, "fee", basis_points=250))["percent"] == "2.5"
    both = await ask(house, "fee", reserve_percent=40)
    assert (both["basis_points"], both["reserve_percent"]) == (250, 40)
    assert house.wallet.fee.basis_points == 250
    with pytest.raises(UserFacingError, match="no service fee"):
        await ask(house, "fee", basis_points=1_001)
    with pytest.raises(UserFacingError, match="understood"):
        await ask(house, "fee", basis_points="3")


async def test_a_reason_nobody_knows_is_refused(house: WalletHouse) -> None:
    with pytest.raises(UserFacingError, match="no such reason"):
        await ask(house, "dispute", call="call_1", reason="because")
