"""What a person reads about apps that did something unusual, and types about it."""

import json
from typing import Any

from tests.support.command_line import CommandLine, ScriptedAnswers

ALERT: dict[str, Any] = {
    "id": 3,
    "app": "grant_1",
    "app_name": "Notes AI",
    "rule": "flood",
    "action": "pause",
    "what": "It sent 1,000 requests within 10 seconds. Wattfare paused it.",
    "state": "new",
    "paused": True,
    "times": 2,
    "first_at": "2026-11-23T14:25:50.123Z",
    "last_at": "2026-11-23T14:25:50.123Z",
}


async def test_they_are_listed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("alerts", [ALERT])
    ran = await command_line.run_beside("alerts")
    assert wallet.asked == [("alerts", {"see": True})]
    assert ran.code == 0
    assert "3" in ran.stdout
    assert "paused" in ran.stdout
    assert "It sent 1,000 requests within 10 seconds. Wattfare paused it. (2 times)" in ran.stdout


async def test_as_json_nobody_has_seen_them(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("alerts", [ALERT])
    ran = await command_line.run_beside("alerts", "--json")
    assert json.loads(ran.stdout) == [ALERT]
    assert wallet.asked == [("alerts", {"see": False})]


async def test_where_nothing_happened_it_says_so(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("alerts", [])
    ran = await command_line.run_beside("alerts")
    assert ran.stdout == "Nothing unusual has happened.\n"


async def test_an_app_is_resumed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    wallet.answer("resume", {"id": "grant_1", "name": "Notes AI"})
    ran = await command_line.run_beside("alerts", "resume", "Notes AI")
    assert wallet.asked == [("resume", {"app": "Notes AI"})]
    assert ran.stdout == "Notes AI (grant_1) is resumed.\n"


async def test_an_alert_is_said_to_be_mine(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("alerts mine", ALERT)
    ran = await command_line.run_beside("alerts", "mine", "3")
    assert wallet.asked == [("alerts mine", {"id": 3})]
    assert ran.stdout == "Notes AI may do twice as much of this for seven days.\n"
    assert (await command_line.run_beside("alerts", "mine", "three")).code == 2


async def test_a_rate_is_changed(command_line: CommandLine, wallet: ScriptedAnswers) -> None:
    rate: dict[str, Any] = {
        "app": "grant_1",
        "name": "Notes AI",
        "per_s": 5,
        "burst": 20,
        "in_flight": 3,
    }
    wallet.answer("rate", rate)
    ran = await command_line.run_beside("rate", "Notes AI", "--per-second", "5")
    assert wallet.asked == [("rate", {"app": "Notes AI", "per_s": 5, "in_flight": None})]
    assert ran.stdout == "Notes AI may make 5 calls a second, 20 at once, and have 3 under way.\n"
