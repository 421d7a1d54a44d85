"""Notes AI, an app of the tests, and its user: for stories on a desktop.

Of the standard library, so that the story can be told by a Debian's own interpreter, too.
"""

import base64
import hashlib
import json
import re
import secrets
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue

from tests.support.desktop.session import Desktop

NAME = "Notes AI"


class NotesApp:
    """An app of somebody else: knows OAuth and the public port, nothing of the wallet."""

    def __init__(self, port: int) -> None:
        self._origin = f"http://127.0.0.1:{port}"
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
        """End the listener."""
        self._server.shutdown()
        self._server.server_close()

    def request_uri(self) -> str:
        """Return the link by which it asks for five dollars a month."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        details = {
            "type": "wattfare_spend",
            "cap": {"amount": "5.00", "currency": "USD"},
            "period": "month",
            "justification": "Summarise your notes",
        }
        query = {
            "response_type": "code",
            "client_id": NAME,
            "redirect_uri": self.redirect_uri,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "state": self._state,
            "authorization_details": json.dumps([details]),
        }
        return f"wattfare://authorize?{urllib.parse.urlencode(query)}"

    def trade(self) -> str:
        """Return the access that the answer's code is good for."""
        answer = self.answers.get(timeout=20)
        assert answer["state"] == self._state
        assert answer["iss"] == self._origin
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": self.redirect_uri,
            "client_id": NAME,
            "code_verifier": self._verifier,
        }
        body = urllib.parse.urlencode(form).encode()
        token_uri = f"{self._origin}/oauth/token"
        with urllib.request.urlopen(token_uri, body, timeout=10) as response:  # noqa: S310 - loopback
            access = json.load(response)["access_token"]
        assert isinstance(access, str)
        return access


def set_up_wallet(desktop: Desktop) -> None:
    """Set a wallet up as a person would: keyring, practice provider, links registered."""
    welcome = desktop.accessibility.window("Welcome to Wattfare")
    welcome.find("label", "Step 1 of 3")
    welcome.button("Continue").press()
    welcome.find("label", "Step 2 of 3")
    welcome.button("Continue").press()
    welcome.find("label", "Step 3 of 3")
    welcome.button(re.compile("^(Done|Finish|Continue)$")).press()
