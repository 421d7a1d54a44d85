"""A stranger to the wallet: an app that knows its public port and nothing else.

It does with Python's standard library what any app does: asks by a ``wattfare://`` URI with PKCE
(RFC 7636), listens for its code on a loopback redirect (RFC 8252), trades it for an access, and
calls ``/v1/chat/completions`` in OpenAI's dialect.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

_TIMEOUT_S: Final = 60.0
_METADATA_PATH: Final = "/.well-known/oauth-authorization-server"
_CALLS_PATH: Final = "/v1/chat/completions"
_SSE_FIELD: Final = b"data: "
_SSE_END: Final = b"[DONE]"
_OK: Final = 200
_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the app proposes: at most ``cap`` dollars a ``period`` on ``models``."""

    cap: str
    period: str
    models: tuple[str, ...]
    justification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one call came back with. ``refusal`` is empty where it was answered."""

    status: int
    text: str
    input_tokens: int
    output_tokens: int
    refusal: str
    may_retry: bool


class SampleApp:
    """An app with one access. ``origin`` is where the wallet's public port is, as a URL."""

    def __init__(self, *, name: str, origin: str) -> None:
        self.name = name
        self._host = urlsplit(origin).netloc
        self._verifier = secrets.token_urlsafe(48)
        self._state = secrets.token_urlsafe(16)
        self._listener = _RedirectListener()
        self.access = ""

    def close(self) -> None:
        """Stop listening for redirects."""
        self._listener.close()

    def request_uri(self, wish: Wish) -> str:
        """Return the URI that asks the wallet's user to approve ``wish``."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        details = {
            "type": "wattfare_spend",
            "cap": {"amount": wish.cap, "currency": "USD"},
            "period": wish.period,
            "models": list(wish.models),
            "justification": wish.justification,
            "adjustable": True,
        }
        query = {
            "response_type": "code",
            "client_id": self.name,
            "redirect_uri": self._listener.redirect_uri,
            "state": self._state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "authorization_details": json.dumps([details], separators=(",", ":")),
        }
        return f"wattfare://authorize?{urlencode(query)}"

    def collect_access(self) -> Mapping[str, Any]:
        """Wait for the redirect, trade its code, keep the access; return what was granted.

        Raises ConnectionError where the wallet denies or the answer is not for this request.
        """
        answer = self._listener.wait()
        metadata = self._get_json(_METADATA_PATH)
        if answer.get("state") != self._state or answer.get("iss") != metadata["issuer"]:
            raise ConnectionError("the redirect is not the answer to this request")
        if "code" not in answer:
            raise ConnectionError(f"the wallet answered {answer.get('error', 'nothing')}")
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": self._listener.redirect_uri,
            "client_id": self.name,
            "code_verifier": self._verifier,
        }
        granted = self._post_form(urlsplit(metadata["token_endpoint"]).path, form)
        self.access = granted.pop("access_token")
        return granted

    def call(
        self,
        prompt: str,
        *,
        model: str,
        output_tokens_max: int,
        heard: Callable[[str], None] | None,
    ) -> Reply:
        """Ask ``model``; with ``heard`` the answer is streamed, and each piece given to it.

        Raises ConnectionError where a stream ends in an error.
        """
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "max_completion_tokens": output_tokens_max,
        }
        if heard is not None:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        connection = self._connection()
        try:
            headers = {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.access}",
            }
            connection.request("POST", _CALLS_PATH, json.dumps(body), headers)
            response = connection.getresponse()
            if response.status != _OK:
                return _refused(response)
            return _whole(response) if heard is None else _streamed(response, heard)
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        return HTTPConnection(self._host, timeout=_TIMEOUT_S)

    def _get_json(self, path: str) -> dict[str, Any]:
        connection = self._connection()
        try:
            connection.request("GET", path)
            return _json_of(connection.getresponse())
        finally:
            connection.close()

    def _post_form(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        connection = self._connection()
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urlencode(form), headers)
            return _json_of(connection.getresponse())
        finally:
            connection.close()


def _json_of(response: HTTPResponse) -> dict[str, Any]:
    told = json.loads(response.read())
    if response.status != _OK or not isinstance(told, dict):
        raise ConnectionError(f"the wallet answered with status {response.status}")
    return told


def _refused(response: HTTPResponse) -> Reply:
    error = json.loads(response.read())["error"]
    return Reply(
        status=response.status,
        text="",
        input_tokens=0,
        output_tokens=0,
        refusal=error["message"],
        may_retry=response.headers.get("x-should-retry") != "false",
    )


def _whole(response: HTTPResponse) -> Reply:
    answer = json.loads(response.read())
    return _answered(answer["choices"][0]["message"]["content"], answer["usage"])


def _streamed(response: HTTPResponse, heard: Callable[[str], None]) -> Reply:
    pieces: list[str] = []
    usage: Mapping[str, int] = {}
    for event in _events(response):
        if "error" in event:
            raise ConnectionError(event["error"]["message"])
        usage = event.get("usage") or usage
        for choice in event["choices"]:
            if piece := choice["delta"].get("content"):
                pieces.append(piece)
                heard(piece)
    return _answered("".join(pieces), usage)


def _events(response: HTTPResponse) -> Iterator[dict[str, Any]]:
    for line in response:
        if line.startswith(_SSE_FIELD):
            field = line.removeprefix(_SSE_FIELD).strip()
            if field == _SSE_END:
                return
            yield json.loads(field)


def _answered(text: str, usage: Mapping[str, int]) -> Reply:
    return Reply(
        status=_OK,
        text=text,
        input_tokens=usage.get("prompt_tokens", 0),
        output_tokens=usage.get("completion_tokens", 0),
        refusal="",
        may_retry=True,
    )


class _RedirectListener:
    """A loopback HTTP server that takes one redirect and thanks for it."""

    def __init__(self) -> None:
        answers: Queue[dict[str, str]] = Queue()

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                self.send_response(_OK)
                self.send_header("Content-Length", "0")
                self.end_headers()
                answers.put({name: values[0] for name, values in query.items()})

            def log_message(self, *_: object) -> None:
                """Say nothing: the request line holds the code."""

        self._answers = answers
        self._server = HTTPServer(("127.0.0.1", 0), Page)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="sample app", daemon=True
        )
        self._thread.start()
        self.redirect_uri = f"http://127.0.0.1:{self._server.server_port}/callback"

    def wait(self) -> dict[str, str]:
        try:
            return self._answers.get(timeout=_TIMEOUT_S)
        except Empty:
            raise ConnectionError("no answer came from the wallet") from None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
