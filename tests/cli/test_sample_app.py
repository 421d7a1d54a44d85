"""The app of the demo, against a wallet scripted on a real port."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from wattfare_desktop.cli.sample_app import SampleApp, Wish

WISH = Wish(cap="0.01", period="month", models=("practice/*",), justification="Summarise notes")
ACCESS = "wf_at_canary"
USAGE = {"prompt_tokens": 12, "completion_tokens": 3}


class ScriptedWallet(ThreadingHTTPServer):
    """Answers as the public port does; keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.forms: list[dict[str, str]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class Page(BaseHTTPRequestHandler):
    server: ScriptedWallet

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
        for event in [*events, {"choices": [], "usage": USAGE}]:
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def wallet() -> Iterator[ScriptedWallet]:
    wallet = ScriptedWallet()
    yield wallet
    wallet.close()


@pytest.fixture
def app(wallet: ScriptedWallet) -> Iterator[SampleApp]:
    app = SampleApp(name="Notes AI", origin=wallet.origin)
    yield app
    app.close()


def query_of(uri: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(uri).query).items()}


def redirect(asked: dict[str, str], answer: dict[str, str]) -> None:
    target = urlsplit(asked["redirect_uri"])
    connection = HTTPConnection(target.netloc, timeout=10)
    connection.request("GET", f"{target.path}?{urlencode(answer)}")
    assert connection.getresponse().status == 200
    connection.close()


def approve(app: SampleApp, wallet: ScriptedWallet) -> dict[str, str]:
    asked = query_of(app.request_uri(WISH))
    redirect(asked, {"code": "code_1", "state": asked["state"], "iss": wallet.origin})
    app.collect_access()
    return asked


def test_it_asks_in_the_standards_words(app: SampleApp) -> None:
    uri = app.request_uri(WISH)
    asked = query_of(uri)

    assert uri.startswith("wattfare://authorize?")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "Notes AI"
    assert asked["code_challenge_method"] == "S256"
    assert json.loads(asked["authorization_details"]) == [
        {
            "type": "wattfare_spend",
            "cap": {"amount": "0.01", "currency": "USD"},
            "period": "month",
            "models": ["practice/*"],
            "justification": "Summarise notes",
            "adjustable": True,
        }
    ]


def test_the_code_is_traded_with_the_verifier(app: SampleApp, wallet: ScriptedWallet) -> None:
    asked = approve(app, wallet)

    (form,) = wallet.forms
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert form["code"] == "code_1"
    assert form["redirect_uri"] == asked["redirect_uri"]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "access_denied"},
        {"code": "code_1", "state": "of another request"},
        {"code": "code_1", "iss": "http://127.0.0.1:1"},
    ],
)
def test_an_answer_that_is_none_is_not_traded(
    app: SampleApp, wallet: ScriptedWallet, answer: dict[str, str]
) -> None:
    asked = query_of(app.request_uri(WISH))
    redirect(asked, {"state": asked["state"], "iss": wallet.origin, **answer})

    with pytest.raises(ConnectionError):
        app.collect_access()
    assert wallet.forms == []


def test_a_whole_answer_is_read(app: SampleApp, wallet: ScriptedWallet) -> None:
    approve(app, wallet)

    reply = app.call("Hello", model="practice/gpt-5", output_tokens_max=9, heard=None)

    assert (reply.status, reply.text) == (200, "Three small words")
    assert (reply.input_tokens, reply.output_tokens) == (12, 3)
    ((header, body),) = wallet.calls
    assert header == f"Bearer {ACCESS}"
    assert body["max_completion_tokens"] == 9
    assert "stream" not in body


def test_a_streamed_answer_is_heard_piece_by_piece(app: SampleApp, wallet: ScriptedWallet) -> None:
    approve(app, wallet)
    heard: list[str] = []

    reply = app.call("Hello", model="practice/gpt-5", output_tokens_max=9, heard=heard.append)

    assert heard == ["Three", " small"]
    assert reply.text == "Three small"
    assert (reply.input_tokens, reply.output_tokens) == (12, 3)


def test_a_refusal_is_read_with_its_advice(app: SampleApp, wallet: ScriptedWallet) -> None:
    approve(app, wallet)
    wallet.refusal = (402, {"error": {"message": "The cap is reached."}})

    reply = app.call("Hello", model="practice/gpt-5", output_tokens_max=9, heard=None)

    assert (reply.status, reply.refusal) == (402, "The cap is reached.")
    assert not reply.may_retry
