"""What is asked before a wallet is erased, and what is said after."""

import asyncio
import io
import json
import sys
from pathlib import Path

import pytest

from tests.support.command_line import KeyboardInput
from wattfare_desktop.cli.options import EraseOptions, WalletOptions
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.control.server import ControlServer
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.main.erasing import run_erase
from wattfare_desktop.system.linux import LinuxAutostart
from wattfare_desktop.system.paths import control_address

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a Linux user's home is laid out")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    return {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime), "PATH": ""}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return where a user's wallet usually is, with what is left of one."""
    home = tmp_path / ".local/share/wattfare"
    home.mkdir(parents=True)
    (home / "wallet.db").write_text("x")
    return home


def run(
    home: Path,
    environment: dict[str, str],
    typed: str | None = None,
    *,
    yes: bool = False,
    as_json: bool = False,
) -> str:
    """Erase, with a person at the terminal where something is typed; return what was printed."""
    said = io.StringIO()
    terminal = Terminal(
        stdin=KeyboardInput(typed or "", is_terminal=typed is not None),
        stdout=said,
        stderr=io.StringIO(),
    )
    wallet = WalletOptions(home=home, port=None, passphrase_file=None, verbose=False)
    run_erase(EraseOptions(wallet=wallet, is_agreed=yes, json=as_json), environment, terminal)
    return said.getvalue()


@pytest.mark.parametrize("typed", ["", "\n", "yes\n", "erase it\n"])
def test_any_other_word_erases_nothing(home: Path, environment: dict[str, str], typed: str) -> None:
    with pytest.raises(UserFacingError, match="Nothing was erased"):
        run(home, environment, typed)

    assert (home / "wallet.db").exists()


def test_without_a_person_it_takes_the_option(home: Path, environment: dict[str, str]) -> None:
    with pytest.raises(UserFacingError, match="--yes"):
        run(home, environment)

    assert (home / "wallet.db").exists()


def test_the_word_erases(home: Path, environment: dict[str, str]) -> None:
    said = run(home, environment, "erase\n")

    assert "gone for good" in said
    assert "The wallet is erased." in said
    assert not home.exists()


def test_it_is_told_as_json(home: Path, environment: dict[str, str]) -> None:
    (home / "letter.txt").write_text("x")

    told = json.loads(run(home, environment, yes=True, as_json=True))

    assert told["home"] == str(home)
    assert told["left"] == [str(home / "letter.txt")]


def test_it_starts_no_more_at_log_in(home: Path, environment: dict[str, str]) -> None:
    # A program that is there: an entry whose program is gone counts as off.
    autostart = LinuxAutostart([sys.executable], environment)
    autostart.turn_on()
    assert autostart.is_on()

    run(home, environment, yes=True)

    assert not autostart.is_on()


def test_another_wallets_end_changes_nothing_for_the_usual_one(
    tmp_path: Path, home: Path, environment: dict[str, str]
) -> None:
    # A program that is there: an entry whose program is gone counts as off.
    autostart = LinuxAutostart([sys.executable], environment)
    autostart.turn_on()
    assert autostart.is_on()
    other = tmp_path / "other"
    home.rename(other)

    run(other, environment, yes=True)

    assert autostart.is_on()
    assert not other.exists()


def test_where_there_is_none_it_says_so(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(UserFacingError, match="There is no wallet here"):
        run(tmp_path, environment, yes=True)


async def test_one_that_runs_is_not_erased(home: Path, environment: dict[str, str]) -> None:
    async def answer(_command: str, _arguments: object) -> None:
        return None

    server = ControlServer(address=control_address(home, environment), answerer=answer)
    assert await server.start()
    try:
        with pytest.raises(UserFacingError, match="Quit it first"):
            await asyncio.to_thread(run, home, environment, yes=True)
    finally:
        await server.close()

    assert (home / "wallet.db").exists()
