"""The main job on a real desktop: approve in the dialog, pay, watch the tray, revoke, refused."""

import base64
import hashlib
import json
import re
import secrets
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue

import openai
import pytest

from tests.support.desktop.session import Desktop

_PORT = 8455
_ORIGIN = f"http://127.0.0.1:{_PORT}"
_NAME = "Notes AI"


class App:
    """An app of somebody else: knows OAuth and the public port, nothing of the wallet."""

    def __init__(self) -> None:
        self.answers: Queue[dict[str, str]] = Queue()
        answers = self.answers

        class Redirect(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = urllib.parse.urlsplit(self.path).query
                answers.put(dict(urllib.parse.parse_qsl(query)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Redirect)
        self.redirect_uri = f"http://127.0.0.1:{self._server.server_port}/callback"
        self._verifier = secrets.token_urlsafe(48)
        self._state = secrets.token_urlsafe(8)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def request_uri(self) -> str:
        digest = hashlib.sha256(self._verifier.encode()).digest()
        details = {
            "type": "wattfare_spend",
            "cap": {"amount": "5.00", "currency": "USD"},
            "period": "month",
            "justification": "Summarise your notes",
        }
        query = {
            "response_type": "code",
            "client_id": _NAME,
            "redirect_uri": self.redirect_uri,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "state": self._state,
            "authorization_details": json.dumps([details]),
        }
        return f"wattfare://authorize?{urllib.parse.urlencode(query)}"

    def trade(self) -> str:
        answer = self.answers.get(timeout=20)
        assert answer["state"] == self._state
        assert answer["iss"] == _ORIGIN
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": self.redirect_uri,
            "client_id": _NAME,
            "code_verifier": self._verifier,
        }
        body = urllib.parse.urlencode(form).encode()
        token_uri = f"{_ORIGIN}/oauth/token"
        with urllib.request.urlopen(token_uri, body, timeout=10) as response:  # noqa: S310 - loopback
            access = json.load(response)["access_token"]
        assert isinstance(access, str)
        return access


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    yield made
    made.close()


def _first_run(desktop: Desktop) -> None:
    """Set a wallet up as a person would: keyring, practice provider, links registered."""
    welcome = desktop.accessibility.window("Welcome to Wattfare")
    welcome.find("label", "Step 1 of 3")
    welcome.button("Continue").press()
    welcome.find("label", "Step 2 of 3")
    welcome.button("Continue").press()
    welcome.find("label", "Step 3 of 3")
    welcome.button(re.compile("^(Done|Finish|Continue)$")).press()


def _stream(client: openai.OpenAI) -> str:
    stream = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "Summarise my notes in 40 words"}],
        max_completion_tokens=200,
        stream=True,
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def test_approve_pay_watch_revoke(desktop: Desktop, app: App, tmp_path: Path) -> None:
    home = str(tmp_path / "wallet")
    wattfare = [sys.executable, "-m", "wattfare_desktop", "--home", home]
    wallet = desktop.start([*wattfare, "--port", str(_PORT)])
    _first_run(desktop)
    desktop.accessibility.window("Wattfare")

    desktop.start(["xdg-open", app.request_uri()])
    approval = desktop.accessibility.window("Wattfare approval")
    approval.button("Approve $5.00 a month").press()
    access = app.trade()

    icon = desktop.tray.icon(pid=wallet.pid)
    icon.entry(re.compile(rf"^{_NAME}.*\$0\.00 of \$5\.00"))
    client = openai.OpenAI(base_url=f"{_ORIGIN}/v1", api_key=access)
    assert "practice" in _stream(client)
    icon.entry(re.compile(rf"^{_NAME}.*\$0\.00[0-9]*[1-9] of \$5\.00"))

    icon.click(re.compile(f"^{_NAME}"), "Revoke...")
    question = desktop.accessibility.window(re.compile("Revoke"))
    question.button("Revoke").press()
    icon.wait_for_no_entry(re.compile(f"^{_NAME}"))
    with pytest.raises(openai.AuthenticationError, match="revoked"):
        _stream(client)
