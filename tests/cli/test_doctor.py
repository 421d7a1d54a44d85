"""The doctor, with and without a running wallet."""

import json
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers
from wattfare_desktop.system.health import Finding


def by_name(told: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(told)}


def test_without_a_wallet_the_machine_is_looked_at(command_line: CommandLine) -> None:
    command_line.launch.findings = [
        Finding(name="keyring", ok=False, detail="no service", remedy="Use a passphrase.")
    ]

    ran = command_line.run("doctor", "--json")

    found = by_name(ran.stdout)
    assert command_line.launch.examined == [command_line.home.resolve()]
    assert set(found) >= {"wallet", "port", "display", "scheme", "keyring", "clock", "home"}
    assert not found["wallet"]["ok"]
    assert not found["wallet"]["needed"]
    assert found["clock"]["ok"]
    assert found["clock"]["needed"]


def test_what_is_optional_fails_nothing(command_line: CommandLine) -> None:
    ran = command_line.run("doctor")

    wrong = [line for line in ran.stdout.splitlines() if "wrong" in line]
    assert (ran.code == 0) == (not wrong)
    assert "wattfare serve" in ran.stdout


def test_a_home_open_to_others_is_wrong(command_line: CommandLine) -> None:
    command_line.home.mkdir()
    command_line.home.chmod(0o755)

    ran = command_line.run("doctor")

    assert ran.code == 1
    assert "chmod 700" in ran.stdout


def test_a_port_that_was_asked_for_and_is_taken_is_wrong(command_line: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ran = command_line.run("doctor", "--json", "--port", str(port))

    found = by_name(ran.stdout)
    assert ran.code == 1
    assert not found["port"]["ok"]
    assert "--port" in found["port"]["remedy"]


async def test_a_running_wallet_tells_what_only_it_knows(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    ledger: dict[str, Any] = {
        "name": "ledger",
        "ok": False,
        "detail": "out of balance",
        "remedy": "Restore it.",
    }
    wallet.answer("doctor", [ledger])

    ran = await command_line.run_beside("doctor", "--json")

    found = by_name(ran.stdout)
    assert ran.code == 1
    assert found["wallet"]["ok"]
    assert found["ledger"] == {**ledger, "needed": True}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the registry would be written")
def test_links_that_another_program_took_are_taken_back(
    command_line: CommandLine, tmp_path: Path
) -> None:
    config, data = tmp_path / "config", tmp_path / "data"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(config),
        "XDG_DATA_HOME": str(data),
    }
    theirs = data / "applications" / "thief.desktop"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Desktop Entry]\nType=Application\nName=Thief\nExec=/bin/true %u\n")
    config.mkdir()
    line = "x-scheme-handler/wattfare=thief.desktop"
    (config / "mimeapps.list").write_text(f"[Default Applications]\n{line}\n")
    command_line.environment.update(environment)

    found = by_name(command_line.run("doctor", "--json").stdout)["scheme"]
    assert not found["ok"]
    if shutil.which("xdg-mime"):
        assert found["detail"] == "wattfare:// links go to thief.desktop"
    assert "--take-links" in found["remedy"]

    assert by_name(command_line.run("doctor", "--take-links", "--json").stdout)["scheme"]["ok"]
    assert by_name(command_line.run("doctor", "--json").stdout)["scheme"]["ok"]
