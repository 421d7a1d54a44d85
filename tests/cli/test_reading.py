"""What status, apps and activity print: for people aligned, for scripts whole and exact."""

import json
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

STATUS: dict[str, Any] = {
    "state": "open",
    "locked": False,
    "port": 8402,
    "pid": 4711,
    "version": "1.2.3",
    "consent": "window",
    "trouble": None,
    "balance": "7.310000000",
    "practice_balance": "10.000000000",
    "held": "0.004200000",
    "today": "0.420000000",
    "month": "3.100000000",
    "running_calls": 2,
    "unsettled_calls": 0,
    "stuck_windows": [],
    "paused": False,
}
APP: dict[str, Any] = {
    "id": "grant_1",
    "name": "Notes\nAI",
    "state": "active",
    "windows": [
        {
            "period": "day",
            "limit": "1.000000000",
            "spent": "0.250000000",
            "held": "0.000000000",
            "resets_at": "2026-11-24T00:00:00.000Z",
        },
        {
            "period": "once",
            "limit": "5.000000000",
            "spent": "1.200000000",
            "held": "0.000042000",
            "resets_at": None,
        },
    ],
    "signs": True,
    "must_sign": True,
    "programs": ["/usr/bin/notes"],
    "origins": [],
    "cidrs": ["127.0.0.1/32"],
    "asked_by": None,
}
CALL: dict[str, Any] = {
    "call": "call_1",
    "app": "grant_1",
    "app_name": "Notes AI",
    "provider": "openai",
    "model": "gpt-5",
    "status": "settled",
    "end": "complete",
    "input_tokens": 23,
    "output_tokens": 190,
    "cost": "0.001930000",
    "basis": "reported",
    "started_at": "2026-11-23T14:25:50.123Z",
}


async def test_status_tells_port_balance_and_running_calls(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("status", STATUS)

    lines = (await command_line.run_beside("status")).stdout.splitlines()

    assert "address        http://127.0.0.1:8402" in lines
    assert "balance        $7.31, practice $10.00" in lines
    assert "running calls  2, holding $0.0042" in lines


async def test_calls_that_a_crash_left_are_told(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("status", {**STATUS, "unsettled_calls": 3})
    ran = await command_line.run_beside("status")
    assert "3, charged in full after a crash; say what each cost with `wattfare s" in ran.stdout


async def test_a_limit_that_is_stuck_is_told(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    stuck = {"name": "Notes AI", "period": "month", "starts_at": "2031-06-01T00:00:00.000Z"}
    wallet.answer("status", {**STATUS, "stuck_windows": [stuck]})
    ran = await command_line.run_beside("status")
    assert "Notes AI, month: begins only on 2031-06-01 00:00Z" in ran.stdout
    assert "`wattfare windows reset`" in ran.stdout


async def test_a_locked_wallet_has_a_status_without_figures(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    trouble = {"title": "The keyring is locked", "detail": "Unlock it."}
    locked = {**STATUS, "state": "locked", "locked": True, "port": None, "trouble": trouble}
    wallet.answer("status", {**locked, "balance": None, "held": None})

    ran = await command_line.run_beside("status")

    assert ran.code == 0
    assert "The keyring is locked: Unlock it." in ran.stdout
    assert "not open yet" in ran.stdout
    assert "balance" not in ran.stdout


async def test_each_window_of_an_app_has_a_line(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("apps", [APP])

    lines = (await command_line.run_beside("apps")).stdout.splitlines()

    heads = ["ID", "NAME", "STATE", "PERIOD", "SPENT", "HELD", "LIMIT", "RENEWS", "SIGNS"]
    assert lines[0].split() == heads
    assert lines[1].startswith(r"grant_1  Notes\nAI  active  day")
    assert lines[1].endswith("$1.00  2026-11-24 00:00Z  yes")
    assert len(lines) == 3
    assert lines[2].split() == ["once", "$1.20", "$0.000042", "$5.00", "-"]


async def test_an_app_tells_all_that_happened_to_it(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    raised = "+$5.00 until 2026-12-01 00:00, on $5.00 month"
    told = {
        **APP,
        "history": [
            {"at": "2026-11-23T12:00:00.000Z", "event": "raise_ended", "detail": "+$5.00 month"},
            {"at": "2026-11-22T12:00:00.000Z", "event": "raised", "detail": raised},
        ],
    }
    wallet.answer("apps history", told)
    lines = (await command_line.run_beside("apps", "Notes AI")).stdout.splitlines()
    assert wallet.asked == [("apps history", {"app": "Notes AI"})]
    assert lines[1].startswith("grant_1")
    assert "signs its requests  yes" in lines
    assert "may be used from    /usr/bin/notes, 127.0.0.1/32" in lines
    assert lines[-2:] == [
        "2026-11-23 12:00Z  raise ended    +$5.00 month",
        f"2026-11-22 12:00Z  raised         {raised}",
    ]
    ran = await command_line.run_beside("apps", "Notes AI", "--json")
    assert json.loads(ran.stdout) == told


async def test_an_app_is_bound_to_what_is_named(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("apps allow", APP)
    argv = ("apps", "allow", "Notes AI", "--program", "/usr/bin/notes", "--cidr", "127.0.0.1")
    ran = await command_line.run_beside(*argv)
    assert "may be used from /usr/bin/notes, 127.0.0.1/32." in ran.stdout
    await command_line.run_beside("apps", "allow", "Notes AI", "--anywhere")
    assert wallet.asked == [
        ("apps allow", {"app": "Notes AI", "programs": ["/usr/bin/notes"], "cidrs": ["127.0.0.1"]}),
        ("apps allow", {"app": "Notes AI", "programs": [], "origins": [], "cidrs": []}),
    ]
    assert (await command_line.run_beside("apps", "allow", "Notes AI")).code == 1


async def test_an_app_can_be_made_to_sign(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("apps allow", APP)
    await command_line.run_beside("apps", "allow", "Notes AI", "--must-sign")
    assert wallet.asked == [("apps allow", {"app": "Notes AI", "must_sign": True})]


@pytest.mark.parametrize(
    ("word", "told"), [("pause", "paused"), ("resume", "resumed"), ("revoke", "revoked")]
)
async def test_an_app_is_changed_by_id_or_name(
    command_line: CommandLine, wallet: ScriptedAnswers, word: str, told: str
) -> None:
    wallet.answer(word, APP)

    ran = await command_line.run_beside(word, "Notes AI")

    assert wallet.asked == [(word, {"app": "Notes AI"})]
    assert ran.stdout == f"Notes\\nAI (grant_1) is {told}.\n"


async def test_activity_asks_for_what_the_options_say(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("activity", [CALL])

    ran = await command_line.run_beside("activity", "--app", "Notes", "--since", "7d", "--failed")

    assert wallet.asked == [("activity", {"app": "Notes", "since_s": 604_800, "failed": True})]
    assert "$0.0019" in ran.stdout
    assert "reported" in ran.stdout


@pytest.mark.parametrize(
    ("command", "value"), [("status", STATUS), ("apps", [APP]), ("activity", [CALL])]
)
async def test_json_is_the_wallets_own_answer(
    command_line: CommandLine, wallet: ScriptedAnswers, command: str, value: Any
) -> None:
    wallet.answer(command, value)

    ran = await command_line.run_beside(command, "--json")

    assert json.loads(ran.stdout) == value


@pytest.mark.parametrize("command", ["apps", "activity", "funding list"])
async def test_an_empty_list_says_so_and_is_a_list_in_json(
    command_line: CommandLine, wallet: ScriptedAnswers, command: str
) -> None:
    wallet.answer(command, [])

    assert "No" in (await command_line.run_beside(*command.split())).stdout
    assert (await command_line.run_beside(*command.split(), "--json")).stdout == "[]\n"
