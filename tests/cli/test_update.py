"""What a person types about newer versions, and reads."""

import json
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

SAME: dict[str, Any] = {"running": "0.1.0", "daily": False, "looked_at": None, "newer": None}
NEWER: dict[str, Any] = {
    **SAME,
    "newer": {
        "version": "1.2.3",
        "page": "https://wattfare.example/releases/1.2.3",
        "summary": "Receipts can be printed.",
        "published": "2026-11-28",
    },
}


async def test_a_newer_one_is_told_with_its_page(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("update look", NEWER)
    ran = await command_line.run_beside("update")
    assert ran.code == 0
    assert ran.stdout.splitlines() == [
        "Wattfare 1.2.3 of 2026-11-28 is out; this is 0.1.0.",
        "Receipts can be printed.",
        "https://wattfare.example/releases/1.2.3",
    ]
    told = await command_line.run_beside("update", "--json")
    assert json.loads(told.stdout) == NEWER


async def test_up_to_date_is_told(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("update look", SAME)
    ran = await command_line.run_beside("update")
    assert (ran.code, ran.stdout) == (0, "Wattfare 0.1.0 is the newest there is.\n")


@pytest.mark.parametrize(("word", "said"), [("on", "once a day"), ("off", "only when you ask")])
async def test_it_is_looked_once_a_day_or_not(
    command_line: CommandLine, wallet: ScriptedAnswers, word: str, said: str
) -> None:
    wallet.answer("update daily", {**SAME, "daily": word == "on"})
    ran = await command_line.run_beside("update", "daily", word)
    assert wallet.asked == [("update daily", {"daily": word})]
    assert said in ran.stdout


@pytest.mark.parametrize("words", [("daily",), ("daily", "maybe"), ("now",)])
async def test_wrong_words_ask_nothing(
    command_line: CommandLine, wallet: ScriptedAnswers, words: tuple[str, ...]
) -> None:
    assert (await command_line.run_beside("update", *words)).code == 2
    assert wallet.asked == []


async def test_without_a_wallet_that_runs_it_is_said(command_line: CommandLine) -> None:
    assert (await command_line.run_beside("update")).code == 3
