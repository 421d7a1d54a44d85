"""A program without a browser, from its code to its first call, in real processes."""

import json
import shlex
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.wallet_process import Machine
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


class Program:
    """What runs in a terminal and wants to spend."""

    def __init__(self, origin: str) -> None:
        self._address = urlsplit(origin).netloc
        self.device_code = ""

    def ask(self) -> str:
        """Ask to spend; return the code to be shown."""
        begun = self._send("POST", "/oauth/device_authorization", {"client_id": "Night backup"})
        self.device_code = begun["device_code"]
        return str(begun["user_code"])

    def collect(self) -> dict[str, Any]:
        """Poll once."""
        polling = {
            "grant_type": DEVICE_GRANT,
            "device_code": self.device_code,
            "client_id": "Night backup",
        }
        return self._send("POST", "/oauth/token", polling)

    def models(self, access: str) -> list[Any]:
        """Make a call that costs nothing."""
        listed = self._send("GET", "/v1/models", {}, {"Authorization": f"Bearer {access}"})
        models: list[Any] = listed["data"]
        return models

    def _send(
        self, method: str, path: str, form: dict[str, str], headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        connection = HTTPConnection(self._address, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(method, path, urlencode(form) or None, kind | (headers or {}))
        with connection.getresponse() as answer:
            told: dict[str, Any] = json.load(answer)
        connection.close()
        return told


def test_a_code_is_typed_in_one_terminal_and_approved_in_another(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)
    opening = ("--passphrase-file", str(machine.passphrase_file()))
    with machine.serving("--consent", "terminal", *opening) as wallet:
        program = Program(wallet.origin)
        code = program.ask()
        wrong = machine.run("approve", "BBBB-BBBB")
        assert (wrong.code, "No program shows that code" in wrong.stderr) == (1, True)
        typed = machine.run("approve", code.lower())
        assert (typed.code, "Night backup" in typed.stdout) == (0, True)
        _, ticket, name, *_ = shlex.split(wallet.line())
        assert name == "Night backup"
        wallet.type("approve 0.50 day")
        assert ticket in wallet.line()
        issued = program.collect()
        assert issued["authorization_details"][0]["cap"]["amount"] == "0.50"
        assert isinstance(program.models(issued["access_token"]), list)
        assert wallet.terminate().code == 0
