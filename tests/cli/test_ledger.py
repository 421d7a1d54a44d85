"""What ``wattfare ledger`` prints, and how it ends."""

import json
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

FINE: dict[str, Any] = {"done": 9, "of": 9, "is_over": True, "differences": [], "failure": None}
DIFFERS: dict[str, Any] = {**FINE, "differences": [{"entry": 4, "what": "Entry 4 is missing"}]}


async def test_fine_books(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("ledger verify", {**FINE, "is_over": False})
    wallet.answer("ledger verification", FINE)
    ran = await command_line.run_beside("ledger", "verify")
    assert ran.code == 0
    assert ran.stdout == "All 9 entries and calls are as written.\n"
    assert ran.stderr == "", "no bar for nobody"
    assert [asked[0] for asked in wallet.asked] == ["ledger verify", "ledger verification"]


@pytest.mark.parametrize("as_json", [False, True])
async def test_books_that_differ(
    command_line: CommandLine, wallet: ScriptedAnswers, *, as_json: bool
) -> None:
    wallet.answer("ledger verify", DIFFERS)
    ran = await command_line.run_beside("ledger", "verify", *["--json"] * as_json)
    assert ran.code == 1
    if as_json:
        told = json.loads(ran.stdout)
        assert told == {"verified": False, "entries": 9, "differences": DIFFERS["differences"]}
    else:
        assert ran.stdout.startswith("Entry 4 is missing\nNothing is spent.")


async def test_no_verdict(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    failure = {"title": "Damaged", "detail": "Put a backup in its place."}
    wallet.answer("ledger verify", {**FINE, "failure": failure})
    ran = await command_line.run_beside("ledger", "verify")
    assert (ran.code, ran.stdout) == (1, "")
    assert "Damaged" in ran.stderr


async def test_ctrl_c_stops_it(
    command_line: CommandLine, wallet: ScriptedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    wallet.answer("ledger verify", {**FINE, "is_over": False})
    wallet.answer("ledger verify stop", None)
    ran = await command_line.run_beside("ledger", "verify")
    assert ran.code == 130
    assert wallet.asked[-1][0] == "ledger verify stop"


async def test_accepting(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("ledger accept", None)
    ran = await command_line.run_beside("ledger", "accept")
    assert ran.code == 0
    assert ran.stdout.startswith("Accepted")
