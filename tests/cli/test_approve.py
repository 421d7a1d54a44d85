"""Typing a program's code into a terminal."""

import json

from tests.support.command_line import CommandLine, ScriptedAnswers


async def test_a_code_is_handed_over_and_what_follows_is_said(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("approve", {"name": "Backup"})
    ran = await command_line.run_beside("approve", "BCDF-GHJK")
    assert wallet.asked == [("approve", {"code": "BCDF-GHJK"})]
    assert "Backup" in ran.stdout
    assert "Nothing is approved yet" in ran.stdout


async def test_it_tells_programs_in_json(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("approve", {"name": "Backup"})
    ran = await command_line.run_beside("approve", "BCDF-GHJK", "--json")
    assert json.loads(ran.stdout) == {"name": "Backup"}
