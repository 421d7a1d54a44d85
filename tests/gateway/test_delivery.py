"""Tests of ``wattfare_desktop.gateway.delivery``, to real listeners."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.support.asking import answer_in, uri
from tests.support.front_door import Opened
from tests.support.wallet_house import wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.oauth.redirects import code_answer
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, read_uri
from wattfare_desktop.gateway import delivery
from wattfare_desktop.gateway.delivery import Delivery

ISSUER = "http://127.0.0.1:8402"
Answers = Callable[[asyncio.StreamWriter], Awaitable[None]]

AS_ANOTHER = """
import os, socket, sys
os.setuid(65534)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
listening.settimeout(0)
sys.stdin.read()
try:
    listening.accept()
    print("somebody came")
except BlockingIOError:
    print("nobody came")
"""


class App:
    """An app that listens for its answer; ``heads`` are the requests it got."""

    def __init__(self, port: int, heads: list[str]) -> None:
        self.port = port
        self.heads = heads

    @property
    def targets(self) -> list[str]:
        """What was asked for, exactly as it was written."""
        return [head.split(" ")[1] for head in self.heads]


async def _thanks(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@asynccontextmanager
async def _listening(answers: Answers = _thanks, host: str = "127.0.0.1") -> AsyncIterator[App]:
    heads: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        await answers(writer)
        writer.close()

    server = await asyncio.start_server(take, host, 0)
    async with server:
        yield App(server.sockets[0].getsockname()[1], heads)


def _request(redirect: str) -> AuthorizationRequest:
    request = read_uri(uri(redirect_uri=redirect), ())
    assert isinstance(request, AuthorizationRequest), request
    return request


async def _carry(redirect: str, opened: Opened) -> str:
    answer = code_answer(redirect, code="wf_ac_x", state="x y&z=1", issuer=ISSUER)
    await Delivery(opened).carry(_request(redirect), answer)
    return answer


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_loopback_app_gets_its_answer_without_a_browser(host: str) -> None:
    opened, written = Opened(), f"[{host}]" if ":" in host else host
    async with _listening(host=host) as app:
        await _carry(f"http://{written}:{app.port}/cb", opened)
        (target,) = app.targets
        (head,) = app.heads
    assert target.startswith("/cb?")
    assert answer_in(target) == {"code": "wf_ac_x", "state": "x y&z=1", "iss": ISSUER}
    assert head.startswith("GET ")
    assert "cookie" not in head.lower()
    assert "authorization" not in head.lower()
    assert opened.uris == []


@pytest.mark.parametrize("path", ["/cb", "/", "/a/../b", "/%2e%2e/x", "/a%2Fb", "/~(x)'", ""])
async def test_the_path_is_sent_as_it_was_written(path: str) -> None:
    opened = Opened()
    async with _listening() as app:
        await _carry(f"http://127.0.0.1:{app.port}{path}", opened)
        (target,) = app.targets
    assert target.partition("?")[0] == (path or "/")
    assert opened.uris == []


async def _elsewhere(writer: asyncio.StreamWriter) -> None:
    port = writer.get_extra_info("sockname")[1]
    writer.write(
        f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/next\r\n"
        "Content-Length: 0\r\n\r\n".encode()
    )


async def _nothing_found(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


async def _not_a_word(_writer: asyncio.StreamWriter) -> None:
    """Hang up, as listeners of a few lines do."""


async def _no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"thanks\r\n")


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")


@pytest.mark.parametrize("answers", [_elsewhere, _nothing_found, _not_a_word, _no_http, _endless])
async def test_what_the_app_answers_is_its_own_affair(answers: Answers) -> None:
    opened = Opened()
    async with _listening(answers) as app:
        await _carry(f"http://127.0.0.1:{app.port}/cb", opened)
        assert len(app.targets) == 1, "asked once, followed nowhere"
    assert opened.uris == [], "a code that came twice would look stolen"


async def test_an_app_that_never_answers_has_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_ANSWER_S", 0.05)
    opened, over = Opened(), asyncio.Event()

    async def wait(_writer: asyncio.StreamWriter) -> None:
        await over.wait()

    async with _listening(wait) as app:
        await _carry(f"http://127.0.0.1:{app.port}/cb", opened)
        assert len(app.targets) == 1
        over.set()
    assert opened.uris == []


async def test_where_nobody_listens_the_browser_tells() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    opened = Opened()
    answer = await _carry(f"http://127.0.0.1:{port}/cb", opened)
    assert opened.uris == [answer]


@pytest.mark.parametrize(
    "redirect",
    ["https://notes.example/cb", "com.example.notes:/cb", "com.example.notes:/cb?a=1"],
)
async def test_the_rest_is_opened_by_the_system(redirect: str) -> None:
    opened = Opened()
    answer = await _carry(redirect, opened)
    assert opened.uris == [answer]


async def test_a_redirect_with_a_query_is_no_request_of_ours() -> None:
    opened = Opened()
    async with _listening() as app:
        answer = await _carry(f"http://127.0.0.1:{app.port}/cb?delete=all", opened)
        assert app.targets == []
    assert opened.uris == [answer]


async def test_no_proxy_sees_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async with _listening() as proxy, _listening() as app:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        await _carry(f"http://127.0.0.1:{app.port}/cb", Opened())
        assert (len(app.targets), proxy.targets) == (1, [])


@pytest.mark.skipif(sys.platform != "linux", reason="users are changed as on Linux")
async def test_another_users_listener_is_not_called() -> None:
    another = await asyncio.to_thread(
        subprocess.Popen,
        [sys.executable, "-c", AS_ANOTHER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with another:
        assert another.stdin is not None
        assert another.stdout is not None
        port = await asyncio.to_thread(another.stdout.readline)
        if not port:
            pytest.skip("only root becomes another user")
        opened = Opened()
        answer = await _carry(f"http://127.0.0.1:{port.strip()}/cb", opened)
        another.stdin.close()
        assert await asyncio.to_thread(another.stdout.readline) == "nobody came\n"
    assert opened.uris == [answer]


async def test_an_answer_that_cannot_be_brought_is_told_to_the_user(tmp_path: Path) -> None:
    class Helpless:
        def open(self, uri: str) -> None:
            raise UserFacingError("Nothing here opens addresses", uri[:5])

    async with wallet_house(tmp_path) as house:
        house.wallet.desk.carrier = Delivery(Helpless())
        ticket = await house.ask(redirect_uri="com.example.notes:/cb")
        await house.wallet.desk.approve(ticket.id, house.terms(ticket))
        async with asyncio.timeout(10):
            while not house.screen.errors:
                await asyncio.to_thread(lambda: None)
    assert house.screen.errors[0].title == "Nothing here opens addresses"
