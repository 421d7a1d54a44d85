"""`wattfare quit`: as an installer asks for it before it replaces the program's files."""

import json
import sys
import threading
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.support.wallet_process import Machine
from wattfare_desktop.cli.sample_app import SampleApp, Wish

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its wallet reads a Unix socket")
WISH = Wish(cap="1.00", period="day", models=(), justification="")
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


def test_a_running_stream_is_settled_before_it_returns(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)
    opening = ("--passphrase-file", str(machine.passphrase_file()))
    streaming = threading.Event()
    with machine.serving("--consent", "terminal", *opening) as wallet:
        machine.ask("funding add", provider="practice", balance="5.00")
        app = SampleApp(name="Notes AI", origin=wallet.origin)
        try:
            assert machine.run(app.request_uri(WISH)).code == 0
            assert wallet.line().startswith("consent ")
            wallet.type("approve")
            app.collect_access()
            assert wallet.line().startswith("approved ")
            caller = threading.Thread(target=_stream, args=(app, streaming), daemon=True)
            caller.start()
            assert streaming.wait(10)

            ended = machine.run("quit", "--json")

            assert ended.code == 0, ended.told
            assert json.loads(ended.stdout) == {"pid": wallet.pid, "ended": True}
            assert wallet.wait().code == 0
            caller.join(10)
        finally:
            app.close()
    with machine.serving(*opening):
        (call,) = machine.ask("activity")
        status = machine.ask("status")
    assert (call["status"], status["running_calls"], float(status["held"])) == ("settled", 0, 0)
    # Cut off before its end, so that what came is all that is charged.
    assert call["basis"] == "estimated"
    assert 0 < float(call["cost"]) < float(call["hold"])


def test_the_tray_ends_as_by_its_own_menu(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)
    with machine.serving(command=None, more=OFFSCREEN) as wallet:
        ended = machine.run("quit")

        assert (ended.code, ended.stdout) == (0, "The wallet has ended.\n"), ended.told
        assert wallet.wait().code == 0
    assert not (machine.home / "runtime.json").exists()


def test_where_none_runs_it_says_so_and_starts_none(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)

    assert machine.run("quit").code == 3
    assert not machine.home.exists()


def _stream(app: SampleApp, streaming: threading.Event) -> None:
    try:
        app.call(
            "Tell me a very long story",
            model="gpt-5",
            output_tokens_max=4000,
            heard=lambda _words: streaming.set(),
        )
    except (OSError, ValueError, HTTPException):
        return  # cut off, as it was asked to be
