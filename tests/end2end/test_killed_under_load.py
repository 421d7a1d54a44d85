"""The whole wallet killed while apps call through its port, again and again."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_process import Machine, Serving
from wattfare_desktop.cli.sample_app import SampleApp, Wish

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

KILLS = 3
AT_ONCE = 6
ANSWERS = 12
WISH = Wish(cap="5.00", period="day", models=(), justification="")


@contextmanager
def _open(machine: Machine) -> Iterator[Serving]:
    words = ("--consent", "terminal", "--passphrase-file", str(machine.folder / "passphrase"))
    with machine.serving(*words) as wallet:
        yield wallet


def _approved(machine: Machine, wallet: Serving) -> str:
    app = SampleApp(name="Notes AI", origin=wallet.origin)
    try:
        assert machine.run(app.request_uri(WISH)).code == 0
        assert wallet.line().startswith("consent ")
        wallet.type("approve")
        app.collect_access()
        return app.access
    finally:
        app.close()


class Load:
    """Apps that call until their wallet is gone, and how many answers they had in full."""

    def __init__(self, origin: str, access: str) -> None:
        self._app = SampleApp(name="Notes AI", origin=origin)
        self._app.access = access
        self._counting = threading.Lock()
        self.answered = 0
        self.enough = threading.Event()

    def call_for_ever(self, *, streamed: bool) -> None:
        """Call until the connection is refused or cut."""
        heard = (lambda _piece: None) if streamed else None
        while True:
            try:
                reply = self._app.call("Hi", model="gpt-5", output_tokens_max=40, heard=heard)
            except (OSError, ValueError, KeyError, HTTPException):
                return
            if reply.status != HTTPStatus.OK or not reply.output_tokens:
                return
            with self._counting:
                self.answered += 1
                if self.answered >= ANSWERS:
                    self.enough.set()

    def close(self) -> None:
        """Forget the app."""
        self._app.close()


def _killed_under_load(wallet: Serving, access: str) -> int:
    """Let apps call, kill their wallet in the midst of it; return how many answers came."""
    load = Load(wallet.origin, access)
    with ThreadPoolExecutor(AT_ONCE) as apps:
        calls = [apps.submit(load.call_for_ever, streamed=n % 2 == 0) for n in range(AT_ONCE)]
        assert load.enough.wait(30)
        wallet.kill()
        for call in calls:
            call.result(30)
    load.close()
    return load.answered


def test_nothing_is_lost_or_charged_twice(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)
    machine.passphrase_file()
    answered = 0
    with _open(machine) as wallet:
        machine.ask("funding add", provider="practice", balance="5.00")
        access = _approved(machine, wallet)
        answered += _killed_under_load(wallet, access)
    for _ in range(KILLS - 1):
        with _open(machine) as wallet:
            _require_whole(machine, answered)
            answered += _killed_under_load(wallet, access)
    with _open(machine) as wallet:
        _require_whole(machine, answered)
        assert wallet.terminate().code == 0


def _require_whole(machine: Machine, answered: int) -> None:
    """Assert that every answer stands in the books once, and nothing is held any more."""
    calls: list[dict[str, Any]] = machine.ask("activity")
    assert len({call["call"] for call in calls}) == len(calls)
    kept = [call for call in calls if call["status"] in {"settled", "unsettled"}]
    assert len(kept) >= answered
    assert not [call for call in calls if call["status"] == "running"]
    (app,) = machine.ask("apps")
    (window,) = app["windows"]
    spent = sum((Decimal(call["cost"]) for call in calls), Decimal(0))
    assert (Decimal(window["held"]), Decimal(window["spent"])) == (Decimal(0), spent)
    assert Decimal(machine.ask("status")["practice_balance"]) == 5 - spent
    assert machine.run("ledger", "verify").code == 0
