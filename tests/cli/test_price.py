"""What a person types about prices, and reads."""

import json
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

PRICE: dict[str, Any] = {
    "model": "openai/brand-new",
    "usd": {"input": "0.50", "output": "2", "web_search": "0.01"},
    "context_window": 64_000,
    "max_output": None,
    "set_at": "2026-11-28T12:00:00.000Z",
    "version": "your price of 2026-11-28",
}


async def test_a_price_is_set(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("price set", PRICE)
    ran = await command_line.run_beside(
        *("price", "set", "openai/brand-new", "--input", "0.50", "--output", "2"),
        *("--per-search", "0.01", "--context", "64000"),
    )
    asked = {
        "model": "openai/brand-new",
        "context_window": 64_000,
        "max_output": None,
        "input": "0.50",
        "output": "2",
        "web_search": "0.01",
    }
    assert wallet.asked == [("price set", asked)]
    assert ran.code == 0
    assert "input 0.50, output 2, web search 0.01" in ran.stdout
    assert "your price of 2026-11-28" in ran.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("set", "openai/m", "--input", "cheap"),
        ("set", "openai/m", "--input", "-1"),
        ("set", "openai/m", "--context", "0"),
        ("set", "openai/m", "--max-output", "many"),
        ("set",),
        ("remove",),
        (),
    ],
)
async def test_wrong_words_ask_nothing(
    command_line: CommandLine, wallet: ScriptedAnswers, words: tuple[str, ...]
) -> None:
    assert (await command_line.run_beside("price", *words)).code == 2
    assert wallet.asked == []


async def test_prices_are_listed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("price list", [PRICE])
    ran = await command_line.run_beside("price", "list")
    assert "64,000" in ran.stdout
    assert "openai/brand-new" in ran.stdout
    told = await command_line.run_beside("price", "list", "--json")
    assert json.loads(told.stdout) == [PRICE]


async def test_none_are_listed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("price list", [])
    assert "You set no price" in (await command_line.run_beside("price", "list")).stdout


async def test_a_price_is_removed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("price remove", {"model": "openai/brand-new"})
    ran = await command_line.run_beside("price", "remove", "openai/brand-new")
    assert wallet.asked == [("price remove", {"model": "openai/brand-new"})]
    assert "forgotten" in ran.stdout


async def test_newer_prices_are_fetched(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("price update", {"version": "genai-prices of 2026-11-28 (ab)", "daily": True})
    ran = await command_line.run_beside("price", "update", "--daily", "on")
    assert wallet.asked == [("price update", {"daily": "on"})]
    assert "genai-prices of 2026-11-28 (ab)" in ran.stdout
    assert "each day" in ran.stdout
    wallet.answer("price forget", {"version": "genai-prices 0.2.3", "daily": False})
    ran = await command_line.run_beside("price", "forget")
    assert "genai-prices 0.2.3; none are fetched" in ran.stdout
