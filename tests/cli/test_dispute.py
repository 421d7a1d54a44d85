"""What a person types about a charge, and reads."""

import json
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

DISPUTE: dict[str, Any] = {
    "call": "call_1",
    "app_name": "Notes AI",
    "cost": "0.500000000",
    "reason": "early",
    "state": "open",
    "finding": "provider_broke_off",
    "missing": "0.200000000",
    "opened_at": "2026-11-23T12:00:00.000Z",
}
FUNDING: dict[str, Any] = {
    "id": "funding_1",
    "name": "OpenAI",
    "balance": "17.000000000",
    "reserve": "3.000000000",
    "expected": "20.500000000",
    "drift": "-0.500000000",
    "booked": True,
}


async def test_a_charge_is_disputed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("dispute", DISPUTE)
    ran = await command_line.run_beside("dispute", "call_1", "--reason", "early")
    assert wallet.asked == [("dispute", {"call": "call_1", "reason": "early"})]
    assert ran.code == 0
    assert "disputed" in ran.stdout
    assert "the reserve lacks $0.20" in ran.stdout


async def test_a_reason_must_be_one_of_five(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    assert (await command_line.run_beside("dispute", "call_1")).code == 2
    assert (await command_line.run_beside("dispute", "call_1", "--reason", "bad")).code == 2
    assert wallet.asked == []


async def test_disputes_are_listed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("disputes", [DISPUTE])
    ran = await command_line.run_beside("disputes")
    assert "call_1" in ran.stdout
    told = await command_line.run_beside("disputes", "--json")
    assert json.loads(told.stdout) == [DISPUTE]


@pytest.mark.parametrize(("state", "advised"), [("open", True), ("withdrawn", False)])
async def test_advice_is_given_only_while_it_can_be_taken(
    command_line: CommandLine, wallet: ScriptedAnswers, state: str, *, advised: bool
) -> None:
    undecided = {"state": state, "finding": "undecided", "missing": "0.000000000"}
    wallet.answer("disputes", [DISPUTE | undecided])
    ran = await command_line.run_beside("disputes")
    assert "what was recorded proves nothing" in ran.stdout
    assert ("accept or withdraw it" in ran.stdout) is advised


@pytest.mark.parametrize("word", ["accept", "withdraw", "reverse"])
async def test_disputes_are_decided(
    command_line: CommandLine, wallet: ScriptedAnswers, word: str
) -> None:
    wallet.answer(f"disputes {word}", DISPUTE)
    assert (await command_line.run_beside("disputes", word, "call_1")).code == 0
    assert wallet.asked == [(f"disputes {word}", {"call": "call_1"})]


async def test_the_reserve_is_fed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("funding reserve add", FUNDING)
    ran = await command_line.run_beside("funding", "reserve", "add", "funding_1", "3")
    assert wallet.asked == [("funding reserve add", {"funding": "funding_1", "amount": "3.00"})]
    assert "$3.00 in the reserve" in ran.stdout


async def test_a_balance_is_reconciled(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("funding reconcile", FUNDING)
    ran = await command_line.run_beside("funding", "reconcile", "funding_1", "20")
    asked = {"funding": "funding_1", "balance": "20.00", "dry_run": False}
    assert wallet.asked == [("funding reconcile", asked)]
    assert "$0.50 less than the $20.50 here; now booked: $17.00 left" in ran.stdout


async def test_the_fee_is_set(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("fee", {"percent": "2.5", "basis_points": 250, "reserve_percent": 40})
    ran = await command_line.run_beside("fee", "2.5", "--to-reserve", "40")
    assert wallet.asked == [("fee", {"basis_points": 250, "reserve_percent": 40})]
    assert "2.5 % of each call; 40 % of it goes to the reserve" in ran.stdout
    assert (await command_line.run_beside("fee", "11")).code == 2
