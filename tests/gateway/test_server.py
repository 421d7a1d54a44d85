"""Listening: which ports are taken, and what becomes of one that is not free."""

import socket
from collections.abc import Iterator

import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.raw_http import ask, raw_connection, require_ipv6
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.gateway import server
from wattfare_desktop.gateway.checks import PORTS
from wattfare_desktop.gateway.server import Listener


async def answer(_request: BaseRequest) -> web.StreamResponse:
    return web.json_response({"error": None})


async def fail(_request: BaseRequest) -> web.StreamResponse:
    raise RuntimeError("canary: what an app sent")


async def closed(_request: BaseRequest) -> web.StreamResponse:
    raise UserFacingError("The wallet is closed", "Start it again.")


def refuse(_request: BaseRequest, status: int, code: str, message: str) -> web.StreamResponse:
    error = {"message": message, "type": "t", "param": None, "code": code}
    return web.json_response({"error": error}, status=status)


def get(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


@pytest.fixture
def listener() -> Listener:
    return Listener(
        {("GET", "/"): answer, ("GET", "/fail"): fail, ("GET", "/closed"): closed}, refuse
    )


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of 127.0.0.1 that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


async def test_a_port_that_is_taken_is_named(listener: Listener, taken: int) -> None:
    with pytest.raises(UserFacingError, match=str(taken)) as refused:
        await listener.start(taken)
    assert "--port" in str(refused.value.detail)


async def test_a_port_that_is_taken_on_ipv6_alone_is_not_half_taken(listener: Listener) -> None:
    require_ipv6()
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        with pytest.raises(UserFacingError, match=str(port)):
            await listener.start(port)
    # Nothing of it stayed behind: both are free again.
    assert await listener.start(port) == port
    await listener.stop()


async def test_the_next_free_port_is_taken(
    listener: Listener, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setattr(server, "PORTS", (taken, port))
    assert await listener.start(None) == port
    assert listener.port == port
    await listener.stop()


def test_the_usual_ports_begin_with_payment_required() -> None:
    assert PORTS == (8402, 8403, 8404, 8405)


async def test_a_port_that_was_left_is_free_at_once(listener: Listener) -> None:
    port = await listener.start(0)
    assert (await ask(port, get(port, "/"))).status == 200
    await listener.stop()
    with pytest.raises(ConnectionRefusedError):
        await ask(port, get(port, "/"))
    again = Listener({("GET", "/"): answer}, refuse)
    assert await again.start(port) == port
    await again.stop()


async def test_a_fault_of_ours_is_500_and_quotes_nothing(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    port = await listener.start(0)
    failed = await ask(port, get(port, "/fail"))
    await listener.stop()
    assert (failed.status, failed.error["code"]) == (500, "internal_error")
    assert "canary" not in f"{failed}"
    assert "canary" not in caplog.text
    assert "RuntimeError in a handler, at fail" in caplog.text


async def test_a_refusal_of_the_wallet_is_503_in_its_own_words(listener: Listener) -> None:
    port = await listener.start(0)
    refused = await ask(port, get(port, "/closed"))
    await listener.stop()
    assert (refused.status, refused.error["code"]) == (503, "wallet_unavailable")
    assert "The wallet is closed" in refused.error["message"]


async def test_stopping_closes_idle_connections(listener: Listener) -> None:
    port = await listener.start(0)
    async with raw_connection(port) as connection:
        connection.say(get(port, "/"))
        assert (await connection.answer()).status == 200
        await listener.stop()
        assert await connection.closed() == b""
