"""Names for models from a terminal."""

from typing import Any

from tests.support.command_line import CommandLine, ScriptedAnswers

TOLD: dict[str, Any] = {
    "aliases": [{"name": "fast", "models": ["groq/a", "openai/b"]}],
    "at_cap": "ollama/c",
}
NONE: dict[str, Any] = {"aliases": [], "at_cap": None}


async def test_names_are_listed_with_what_they_stand_for(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("model list", TOLD)
    ran = await command_line.run_beside("model", "list")
    assert "groq/a, then openai/b" in ran.stdout
    assert "ollama/c answers instead" in ran.stdout


async def test_where_there_are_none_it_says_how_to_make_one(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("model list", NONE)
    ran = await command_line.run_beside("model", "list")
    assert "wattfare model set" in ran.stdout


async def test_names_are_set_and_removed(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("model set", TOLD)
    await command_line.run_beside("model", "set", "fast", "groq/a", "openai/b")
    await command_line.run_beside("model", "remove", "fast")
    assert wallet.asked == [
        ("model set", {"name": "fast", "models": ["groq/a", "openai/b"]}),
        ("model set", {"name": "fast", "models": []}),
    ]


async def test_what_answers_at_the_cap_is_chosen_and_switched_off(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("model at-cap", NONE)
    await command_line.run_beside("model", "at-cap", "ollama/c")
    await command_line.run_beside("model", "at-cap", "off")
    assert wallet.asked == [
        ("model at-cap", {"model": "ollama/c"}),
        ("model at-cap", {"model": None}),
    ]
