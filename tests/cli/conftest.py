"""A command line in an environment of its own, and a scripted wallet it can ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers
from wattfare_desktop.control.server import ControlServer
from wattfare_desktop.system import paths


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    environment = {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path)}
    return CommandLine(home=tmp_path / "home", environment=environment)


@pytest.fixture
async def wallet(command_line: CommandLine) -> AsyncIterator[ScriptedAnswers]:
    answers = ScriptedAnswers()
    home = paths.wallet_home(command_line.home, {})
    address = paths.control_address(home, command_line.environment)
    server = ControlServer(address=address, answerer=answers)
    assert await server.start()
    yield answers
    await server.close()
