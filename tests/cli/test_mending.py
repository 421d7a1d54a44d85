"""What a person types about what a crash left, and reads."""

import json
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

SETTLED: dict[str, Any] = {
    "call": "call_1",
    "app": "grant_1",
    "funding": "funding_1",
    "charged": "0.500000000",
    "billed": "0.120000000",
    "cost": "0.120000000",
    "returned": "0.380000000",
    "from_reserve": "0.000000000",
    "uncovered": "0.000000000",
}

STUCK: dict[str, Any] = {
    "app": "grant_1",
    "name": "Notes AI",
    "period": "month",
    "starts_at": "2031-06-01T00:00:00.000Z",
    "resets_at": "2031-07-01T00:00:00.000Z",
}


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "call_1 is settled at $0.12: $0.38 came back."),
        (
            {"billed": "0.500000000", "cost": "0.500000000", "returned": "0.000000000"},
            "call_1 is settled at $0.50.",
        ),
        (
            {"cost": "0.700000000", "returned": "-0.200000000", "uncovered": "0.300000000"},
            "call_1 is settled at $0.70: $0.20 more than was held; $0.30 were above the cap.",
        ),
    ],
)
async def test_a_call_is_settled(
    command_line: CommandLine, wallet: ScriptedAnswers, changed: dict[str, Any], line: str
) -> None:
    wallet.answer("settle", {**SETTLED, **changed})
    ran = await command_line.run_beside("settle", "call_1", "0.12")
    assert wallet.asked == [("settle", {"call": "call_1", "amount": "0.12"})]
    assert (ran.code, ran.stdout) == (0, f"{line}\n")


async def test_it_is_told_as_json(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("settle", SETTLED)
    ran = await command_line.run_beside("settle", "call_1", "0.12", "--json")
    assert json.loads(ran.stdout) == SETTLED
    assert (await command_line.run_beside("settle", "call_1", "-1")).code == 2
    assert (await command_line.run_beside("settle", "call_1")).code == 2


async def test_a_stuck_limit_renews_again(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("windows reset", [STUCK])
    ran = await command_line.run_beside("windows", "reset")
    assert ran.code == 0
    assert ran.stdout.startswith("Notes AI: the month limit no longer waits for 2031-06-01 00:00Z;")
    assert len(ran.stdout.splitlines()) == 1
    ran = await command_line.run_beside("windows", "reset", "--json")
    assert json.loads(ran.stdout) == [STUCK]
    assert (await command_line.run_beside("windows")).code == 2


async def test_where_none_is_stuck_that_is_said(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.refuse("windows reset", "No limit is stuck", "Each renews when its time is over.")
    ran = await command_line.run_beside("windows", "reset")
    assert ran.code == 1
    assert "No limit is stuck" in ran.stderr
