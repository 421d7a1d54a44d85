"""Handing a URI over is light: what the operating system calls imports next to nothing."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers
from wattfare_desktop.cli.hand_over import hand_over

URI = "wattfare://authorize?client_id=Notes"
HEAVY = {"asyncio", "argparse", "ssl", "PySide6", "aiohttp", "keyring", "wattfare_desktop.wallet"}


async def test_the_running_wallet_gets_the_uri(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("authorize", None)
    code = (
        "import os, sys\n"
        "from wattfare_desktop.cli.hand_over import hand_over\n"
        "code = hand_over(sys.argv[1:], os.environ)\n"
        "print(*sorted(sys.modules))\n"
        "sys.exit(code)\n"
    )
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code, "--home", str(command_line.home), URI],
        env=command_line.environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert wallet.asked == [("authorize", {"uri": URI, "activation_token": ""})]
    assert HEAVY & set(ended.stdout.split()) == set()


def test_without_a_wallet_the_long_way_is_taken(command_line: CommandLine) -> None:
    assert hand_over(["--home", str(command_line.home), URI], command_line.environment) is None


def test_what_is_no_uri_goes_the_long_way(command_line: CommandLine) -> None:
    assert hand_over(["status"], command_line.environment) is None


async def test_a_refusal_is_one_line(
    command_line: CommandLine, wallet: ScriptedAnswers, capsys: pytest.CaptureFixture[str]
) -> None:
    wallet.refuse("authorize", "The wallet is locked", "Unlock it.")
    argv = ["--home", str(command_line.home), URI]

    code = await asyncio.to_thread(hand_over, argv, command_line.environment)

    assert code == 1
    assert capsys.readouterr().err == "wattfare: The wallet is locked: Unlock it.\n"
