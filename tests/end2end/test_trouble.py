"""Everything that can be wrong at a start: a clear text, the right exit code, and nothing lost."""

import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.support.desktop.waiting import wait_until
from tests.support.wallet_process import PASSPHRASE, Ended, Machine, Serving, all_bytes
from wattfare_desktop.cli.sample_app import SampleApp, Wish
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage.connection import connect
from wattfare_desktop.vault.keychain import open_keychain
from wattfare_desktop.vault.protection import Unlocked
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.vault.vault import Vault

NO_WALLET, USAGE = 3, 2
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes are POSIX's")


@pytest.fixture(scope="module")
def kept_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wallet under a passphrase, with play money in it; tests copy it."""
    machine = Machine(folder=tmp_path_factory.mktemp("kept"))
    with machine.serving("--passphrase-file", str(machine.passphrase_file())) as wallet:
        machine.ask("funding add", provider="practice", balance="5.00")
        assert wallet.terminate().code == 0
    return machine.home


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(folder=tmp_path)


@pytest.fixture
def with_wallet(machine: Machine, kept_home: Path) -> Machine:
    shutil.copytree(kept_home, machine.home)
    machine.passphrase_file()
    return machine


def opening(machine: Machine) -> list[str]:
    return ["--passphrase-file", str(machine.folder / "passphrase")]


def refused(ended: Ended, *words: str) -> None:
    """Assert that ``ended`` failed in words, one line of them, and with nothing on its stdout."""
    assert ended.code == 1, ended.told
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert ended.stderr.startswith("wattfare: ")
    assert ended.stderr.count("\n") == 1, ended.stderr
    for word in words:
        assert word in ended.stderr


# The key.


def test_a_wrong_passphrase(with_wallet: Machine) -> None:
    with_wallet.passphrase_file("correct horse battery staples")
    before = all_bytes(with_wallet.home)

    refused(with_wallet.run("serve", *opening(with_wallet)), "Wrong passphrase")

    assert all_bytes(with_wallet.home) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "No such file"), (b"\n", "first line")],
    ids=["missing", "empty"],
)
def test_an_unfit_passphrase_file(machine: Machine, content: bytes | None, told: str) -> None:
    path = machine.folder / "passphrase"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)

    refused(machine.run("serve", *opening(machine)), told, str(path))

    assert not (machine.home / "vault.json").exists()


@posix_only
def test_a_passphrase_file_that_others_can_read_is_used_and_complained_of(
    with_wallet: Machine,
) -> None:
    path = with_wallet.passphrase_file(mode=0o644)
    with with_wallet.serving(*opening(with_wallet)) as wallet:
        ended = wallet.terminate()

    assert ended.code == 0
    assert f"chmod 600 {path}" in ended.stderr


def test_no_keyring_and_no_passphrase(machine: Machine) -> None:
    refused(machine.run("serve"), "keyring", "--passphrase-file")

    assert not (machine.home / "vault.json").exists()


def test_a_passphrase_that_was_not_given(with_wallet: Machine) -> None:
    refused(with_wallet.run("serve"), "locked", "--passphrase-file")


# In a session with a keyring: make a wallet under it, lock the keyring, start again.
LOCKED_KEYRING = """
import json, os, sys
from pathlib import Path
import secretstorage
from tests.support.wallet_process import Machine

bus = {"DBUS_SESSION_BUS_ADDRESS": os.environ["DBUS_SESSION_BUS_ADDRESS"]}
machine = Machine(folder=Path(sys.argv[1]), environment=bus)
with machine.serving() as wallet:
    assert wallet.terminate().code == 0
secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
ended = machine.run("serve")
print(json.dumps([ended.code, ended.stdout, ended.stderr]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is freedesktop's")
def test_a_locked_keyring(machine: Machine) -> None:
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    unlock = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
    told = machine.run_script(
        ["dbus-run-session", "--", "bash", "-c", f'{unlock} || exit 99; exec "$@"', "session"],
        LOCKED_KEYRING,
        str(machine.folder),
    )

    assert told.code == 0, told.told
    code, stdout, stderr = json.loads(told.stdout)
    refused(Ended(code=code, stdout=stdout, stderr=stderr), "keyring is locked", "Unlock")
    # It would not help.
    assert "--passphrase-file" not in stderr


# The port, and who else is there.


def test_a_port_of_another_program(with_wallet: Machine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        ended = with_wallet.run("serve", "--port", port, *opening(with_wallet))

    refused(ended, port, "--port")
    assert not (with_wallet.home / "runtime.json").exists()


def test_a_second_wallet_of_the_same_home(with_wallet: Machine) -> None:
    with with_wallet.serving(*opening(with_wallet)) as first:
        refused(with_wallet.run("serve", *opening(with_wallet)), "running already", "--home")
        # There is no window it could show.
        refused(with_wallet.run(), "no windows", str(first.pid))
        # The first takes what is handed over, and goes on.
        app = SampleApp(name="Notes AI", origin=first.origin)
        try:
            assert with_wallet.run(app.request_uri(WISH)) == Ended(code=0, stdout="", stderr="")
            assert first.line().startswith("denied ticket_")
        finally:
            app.close()
        assert first.terminate().code == 0


def test_a_second_tray_shows_the_window_of_the_first(with_wallet: Machine) -> None:
    screen = {"QT_QPA_PLATFORM": "offscreen"}
    with with_wallet.serving(*opening(with_wallet), command=None, more=screen) as first:
        assert with_wallet.run(more=screen) == Ended(code=0, stdout="", stderr="")
        status = with_wallet.ask("status")
        assert (status["pid"], status["consent"], status["state"]) == (first.pid, "window", "open")

        ended = first.terminate()

    assert ended.code == 0
    assert "Traceback" not in ended.told


@pytest.mark.skipif(sys.platform != "linux", reason="every Mac and every Windows has a screen")
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":60999"}], ids=["none", "gone"])
def test_no_display_for_the_tray(with_wallet: Machine, display: dict[str, str]) -> None:
    refused(with_wallet.run(*opening(with_wallet), more=display), "DISPLAY", "wattfare serve")


def test_commands_without_a_wallet_that_runs(machine: Machine) -> None:
    ended = machine.run("status", "--json")

    assert (ended.code, ended.stdout) == (NO_WALLET, "")
    assert "wattfare serve" in ended.stderr


# The wallet's file.


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def first_page_damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)


def of_a_newer_version(path: Path) -> None:
    unlocked = Vault(path.parent, open_keychain(path.parent)).unlock(PASSPHRASE)
    assert isinstance(unlocked, Unlocked)
    connection = connect(path, Sealer(unlocked.master_key).database_key_hex())
    connection.execute("PRAGMA user_version = 9999")
    connection.close()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (garbage, "damaged, or is the file of another wallet"),
        (emptied, "empty"),
        (cut_in_half, "wattfare restore FILE"),
        (first_page_damaged, "A recovery was tried"),
        (of_a_newer_version, "newer Wattfare"),
    ],
)
def test_a_broken_file_is_named_and_left_alone(
    with_wallet: Machine, damage: Callable[[Path], None], told: str
) -> None:
    damage(with_wallet.home / "wallet.db")
    before = _without_log(with_wallet)

    refused(with_wallet.run("serve", *opening(with_wallet)), told)

    assert _without_log(with_wallet) == before


def _without_log(machine: Machine) -> dict[str, bytes]:
    """Return every file of the wallet but its log, where what was tried is told."""
    files = all_bytes(machine.home)
    return {name: content for name, content in files.items() if name != "wattfare.log"}


def test_a_damaged_vault_is_named_and_left_alone(with_wallet: Machine) -> None:
    path = with_wallet.home / "vault.json"
    path.write_text(path.read_text().replace('"salt": "', '"salt": "0'))
    before = all_bytes(with_wallet.home)

    refused(with_wallet.run("serve", *opening(with_wallet)), "damaged", "backup")

    assert all_bytes(with_wallet.home) == before


@posix_only
def test_files_are_their_users_alone(with_wallet: Machine) -> None:
    with with_wallet.serving(*opening(with_wallet)):
        modes = {path.name: path.stat().st_mode & 0o777 for path in with_wallet.home.iterdir()}

    assert modes.pop("wallet.db-wal") == 0o600
    assert set(modes.values()) == {0o600}, modes
    assert with_wallet.home.stat().st_mode & 0o777 == 0o700


# Where it lies.


def test_a_home_that_is_a_file(machine: Machine) -> None:
    machine.home.write_text("mine")

    refused(machine.run("serve"), str(machine.home), "--home")

    assert machine.home.read_text() == "mine"


def test_a_home_below_a_file(machine: Machine) -> None:
    (machine.folder / "file").write_text("mine")
    home = machine.folder / "file" / "wallet"

    refused(machine.run("serve", home=home), str(home), "--home")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_home_that_may_not_be_written(machine: Machine) -> None:
    machine.home.mkdir(mode=0o500)

    refused(machine.run("serve", home=machine.home / "deeper"), "--home")


@posix_only
def test_a_runtime_folder_that_others_may_enter(with_wallet: Machine) -> None:
    folder = with_wallet.folder / "run" / "wattfare"
    folder.mkdir()
    folder.chmod(0o777)

    refused(with_wallet.run("serve", *opening(with_wallet)), str(folder))


def test_a_log_that_cannot_be_written(with_wallet: Machine) -> None:
    path = with_wallet.home / "wattfare.log"
    path.unlink()
    path.mkdir()

    refused(with_wallet.run("serve", *opening(with_wallet)), str(path), "--home")


@posix_only
@pytest.mark.parametrize("blocks", [0, 8], ids=["nothing fits", "the key's file fits"])
def test_a_disk_that_is_full_from_the_start(machine: Machine, blocks: int) -> None:
    machine.passphrase_file()

    ended = machine.run("serve", *opening(machine), file_kib_max=blocks)

    refused(ended)


@posix_only
def test_a_disk_that_fills_up_loses_nothing(with_wallet: Machine) -> None:
    size_kib = (with_wallet.home / "wallet.db").stat().st_size // 1024
    with with_wallet.serving(*opening(with_wallet), file_kib_max=size_kib) as wallet:
        before = balance(with_wallet)
        funding = with_wallet.ask("funding list")[0]["id"]
        with pytest.raises(UserFacingError, match="disk has room"):
            top_up_for_ever(with_wallet, funding)
        refused(with_wallet.run("funding", "top-up", funding, "1.00"), "disk has room")
        after = balance(with_wallet)
        assert wallet.terminate().code == 0
    with with_wallet.serving(*opening(with_wallet)):
        assert balance(with_wallet) == after > before


def top_up_for_ever(machine: Machine, funding: str) -> None:
    while True:
        machine.ask("funding top-up", funding=funding, amount="1.00")


def balance(machine: Machine) -> float:
    return float(machine.ask("status")["practice_balance"])


# Requests that are none.

_APP = "client_id=App&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcallback"
_CODE = f"{_APP}&response_type=code&code_challenge_method=S256&code_challenge={'A' * 43}"
BAD_URIS: dict[str, str | bytes] = {
    "nothing but the scheme": "wattfare:",
    "no path": "wattfare://",
    "another act": "wattfare://pay?to=me",
    "an act of another host": "wattfare://authorize.example.com/?client_id=App",
    "no query": "wattfare://authorize",
    "an empty query": "wattfare://authorize?",
    "a path below": f"wattfare://authorize/x?{_CODE}",
    "a fragment": f"wattfare://authorize?{_CODE}#access",
    "a space": f"wattfare://authorize?{_CODE}&state=a b",
    "a line end": f"wattfare://authorize?{_CODE}&state=a\nb",
    "a shell's words": f"wattfare://authorize?{_CODE}&state=$(id)`id`",
    "not ASCII": f"wattfare://authorize?{_CODE}&state=\u00e9",
    "not UTF-8": f"wattfare://authorize?{_CODE}&state=".encode() + b"\xff",
    "not UTF-8 inside": f"wattfare://authorize?{_CODE}&state=%ff",
    "half an escape": f"wattfare://authorize?{_CODE}&state=%4",
    "no client": "wattfare://authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F",
    "no redirect": "wattfare://authorize?client_id=App",
    "two clients": f"wattfare://authorize?{_CODE}&client_id=Other",
    "two challenges": f"wattfare://authorize?{_CODE}&code_challenge={'B' * 43}",
    "a redirect to a script": "wattfare://authorize?client_id=App&redirect_uri=javascript%3Aalert()",
    "a redirect in plain text": "wattfare://authorize?client_id=App&redirect_uri=http%3A%2F%2Fx.com%2F",
    "a redirect to a file": "wattfare://authorize?client_id=App&redirect_uri=file%3A%2F%2F%2Fetc",
    "no challenge": f"wattfare://authorize?{_APP}&response_type=code",
    "a plain challenge": f"wattfare://authorize?{_CODE.replace('S256', 'plain')}",
    "another flow": f"wattfare://authorize?{_CODE.replace('=code&', '=token&')}",
    "details that are no JSON": f"wattfare://authorize?{_CODE}&authorization_details=%5B",
    "longer than allowed": f"wattfare://authorize?{_CODE}&state={'x' * 9_000}",
    "longer than a message": f"wattfare://authorize?{_CODE}&state={'x' * 100_000}",
}


@pytest.fixture(scope="module")
def denying(kept_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One wallet for all the bad URIs."""
    machine = Machine(folder=tmp_path_factory.mktemp("denying"))
    shutil.copytree(kept_home, machine.home)
    machine.passphrase_file()
    with machine.serving(*opening(machine)) as wallet:
        yield machine
        ended = wallet.terminate()
    assert ended.code == 0
    assert "Traceback" not in ended.told
    # Nobody was asked anything.
    assert ended.stdout == ""


@pytest.mark.parametrize("uri", BAD_URIS.values(), ids=BAD_URIS)
def test_a_bad_uri(denying: Machine, uri: str | bytes) -> None:
    ended = denying.run(uri)

    refused(ended)
    assert "wattfare://authorize?" not in ended.stderr.replace("begin with wattfare://", "")


@pytest.mark.parametrize("words", [["https://example.com"], ["wattfare:a", "wattfare:b"]])
def test_words_that_are_no_command(machine: Machine, words: list[str]) -> None:
    ended = machine.run(*words)

    assert ended.code == USAGE
    assert "usage: wattfare" in ended.stderr
    assert "Traceback" not in ended.stderr


# The end, foreseen or not.

WISH = Wish(cap="5.00", period="day", models=(), justification="")


class Streaming:
    """An app that was granted something and listens to a long answer."""

    def __init__(self, machine: Machine, wallet: Serving) -> None:
        self._app = SampleApp(name="Notes AI", origin=wallet.origin)
        self.begun = threading.Event()
        assert machine.run(self._app.request_uri(WISH)).code == 0
        assert wallet.line().startswith("consent ")
        wallet.type("approve")
        self._app.collect_access()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        assert self.begun.wait(30)

    def _listen(self) -> None:
        try:
            self._app.call(
                "Tell me a very long story",
                model="gpt-5",
                output_tokens_max=4_000,
                heard=self._hear,
            )
        except (OSError, ValueError, HTTPException):
            # It is cut in the middle, wherever that is.
            return

    def _hear(self, _piece: str) -> None:
        self.begun.set()

    def close(self) -> None:
        self._thread.join(30)
        self._app.close()
        assert not self._thread.is_alive()


def only_call(machine: Machine) -> dict[str, str]:
    (call,) = machine.ask("activity")
    assert isinstance(call, dict)
    return call


@posix_only
def test_a_wallet_told_to_end_settles_the_running_stream(with_wallet: Machine) -> None:
    with with_wallet.serving("--consent", "terminal", *opening(with_wallet)) as wallet:
        streaming = Streaming(with_wallet, wallet)
        ended = wallet.terminate()
        streaming.close()
    assert ended.code == 0
    assert "Traceback" not in ended.told
    assert not (with_wallet.home / "runtime.json").exists()

    with with_wallet.serving(*opening(with_wallet)):
        call = only_call(with_wallet)
        (app,) = with_wallet.ask("apps")
        status = with_wallet.ask("status")
    assert call["status"] == "settled"
    assert float(call["cost"]) > 0
    assert [float(window["held"]) for window in app["windows"]] == [0.0]
    assert [window["spent"] for window in app["windows"]] == [call["cost"]]
    assert float(status["practice_balance"]) == pytest.approx(5 - float(call["cost"]))


@posix_only
def test_a_wallet_killed_in_a_stream_starts_again_and_says_what_it_does_not_know(
    with_wallet: Machine,
) -> None:
    with with_wallet.serving("--consent", "terminal", *opening(with_wallet)) as wallet:
        streaming = Streaming(with_wallet, wallet)
        wallet.kill()
        streaming.close()
    left = json.loads((with_wallet.home / "runtime.json").read_text())
    assert left["pid"] == wallet.pid
    # What is left of it runs no wallet.
    assert with_wallet.run("status").code == NO_WALLET

    with with_wallet.serving(*opening(with_wallet)) as again:
        call = only_call(with_wallet)
        (app,) = with_wallet.ask("apps")
        assert json.loads((with_wallet.home / "runtime.json").read_text())["pid"] == again.pid
        assert "1 call was under way when Wattfare stopped" in again.line()
        assert with_wallet.ask("status")["unsettled_calls"] == 1
        settled = with_wallet.ask("settle", call=call["call"], amount="0.0001")
        assert with_wallet.ask("status")["unsettled_calls"] == 0
        (app_then,) = with_wallet.ask("apps")
        assert with_wallet.run("ledger", "verify").code == 0
        assert again.terminate().code == 0
    assert call["status"] == "unsettled"
    assert (settled["charged"], settled["cost"]) == (call["cost"], "0.000100000")
    assert [window["spent"] for window in app_then["windows"]] == ["0.000100000"]
    assert [float(window["held"]) for window in app["windows"]] == [0.0]
    assert [window["spent"] for window in app["windows"]] == [call["cost"]]


@posix_only
def test_a_wallet_interrupted_at_the_keyboard_ends_as_well(with_wallet: Machine) -> None:
    with with_wallet.serving(*opening(with_wallet)) as wallet:
        os.kill(wallet.pid, signal.SIGINT)
        ended = wallet.wait()

    assert ended == Ended(code=0, stdout="", stderr="")
    wait_until(lambda: not (with_wallet.home / "runtime.json").exists(), what="a tidy end")
