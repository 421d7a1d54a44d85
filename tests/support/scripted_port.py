"""The public port of a wallet, scripted on a real socket: metadata, token, calls."""

import json
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

ACCESS = "wf_at_canary"
USAGE = {"prompt_tokens": 12, "completion_tokens": 3}


class ScriptedPort(ThreadingHTTPServer):
    """Answers as the public port does; keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.forms: list[dict[str, str]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.cut: str | None = None
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class Page(BaseHTTPRequestHandler):
    server: ScriptedPort

    def do_GET(self) -> None:
        issuer = self.server.origin
        self.answer(200, {"issuer": issuer, "token_endpoint": f"{issuer}/oauth/token"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/oauth/token":
            self.server.forms.append(dict(parse_qsl(body.decode())))
            self.answer(200, {"access_token": ACCESS, "authorization_details": []})
            return
        call = json.loads(body)
        self.server.calls.append((self.headers["Authorization"], call))
        if self.server.refusal is not None:
            self.answer(*self.server.refusal)
        elif call.get("stream"):
            self.stream()
        else:
            message = {"message": {"content": "Three small words"}}
            self.answer(200, {"choices": [message], "usage": USAGE})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        if status == 402:
            self.send_header("x-should-retry", "false")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def stream(self) -> None:
        self.send_response(200)
        self.end_headers()
        events: list[dict[str, Any]] = [
            {"choices": [{"delta": {"content": piece}}]} for piece in ("Three", " small")
        ]
        if self.server.cut is not None:
            events.append({"error": {"message": self.server.cut}})
        for event in [*events, {"choices": [], "usage": USAGE}]:
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        pass


def query_of(uri: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(uri).query).items()}


def redirect(asked: dict[str, str], answer: dict[str, str]) -> None:
    target = urlsplit(asked["redirect_uri"])
    connection = HTTPConnection(target.netloc, timeout=10)
    connection.request("GET", f"{target.path}?{urlencode(answer)}")
    assert connection.getresponse().status == 200
    connection.close()
