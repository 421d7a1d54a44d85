"""The list of blocked apps in a terminal."""

import json

from tests.support.command_line import CommandLine, ScriptedAnswers

_BLOCKED = (
    {"client": "One\nline", "since": "2026-11-20T08:00:00.000Z"},
    {"client": "Two", "since": "2026-11-23T12:00:00.000Z"},
)


async def test_the_blocked_are_listed_and_one_may_ask_again(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("blocked list", list(_BLOCKED))
    lines = (await command_line.run_beside("unblock")).stdout.splitlines()
    assert (lines[0].split(), len(lines)) == (["BLOCKED", "SINCE"], 3)
    assert lines[2].startswith("Two")
    assert "2026-11-2" in lines[2]
    wallet.answer("blocked remove", [])
    ran = await command_line.run_beside("unblock", "Two")
    assert ran.stdout == "No app is blocked.\n"
    assert wallet.asked == [("blocked list", {}), ("blocked remove", {"client": "Two"})]


async def test_programs_read_the_list(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("blocked list", list(_BLOCKED[1:]))
    assert json.loads((await command_line.run_beside("unblock", "--json")).stdout) == list(
        _BLOCKED[1:]
    )
