"""The list of blocked apps in a terminal."""

import json

from tests.support.command_line import CommandLine, ScriptedAnswers


async def test_the_blocked_are_listed_and_one_may_ask_again(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("blocked list", [{"client": "One\nline"}, {"client": "Two"}])
    lines = (await command_line.run_beside("unblock")).stdout.splitlines()
    assert (lines[0], len(lines), lines[2]) == ("BLOCKED", 3, "Two")
    wallet.answer("blocked remove", [])
    ran = await command_line.run_beside("unblock", "Two")
    assert ran.stdout == "No app is blocked.\n"
    assert wallet.asked == [("blocked list", {}), ("blocked remove", {"client": "Two"})]


async def test_programs_read_the_list(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("blocked list", [{"client": "Two"}])
    assert json.loads((await command_line.run_beside("unblock", "--json")).stdout) == [
        {"client": "Two"}
    ]
