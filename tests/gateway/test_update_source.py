"""Fetching what is told of newer versions: no redirect, no end, no word about the user."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from tests.support.tls import no_trust
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.gateway.update_source import HttpUpdateSource
from wattfare_desktop.gateway.upstream import Upstream

ASKED: web.AppKey[list[web.Request]] = web.AppKey("asked")
LEFT: web.AppKey[asyncio.Event] = web.AppKey("left")


_PAUSES_S: Final = {"slow": 0.02, "endless": 0.0}


async def _answer(request: web.Request) -> web.StreamResponse:
    request.app[ASKED].append(request)
    what = request.match_info["what"]
    if what in _PAUSES_S:
        return await _dribble(request, _PAUSES_S[what])
    answers = {
        "timestamp.json": web.Response(body=b"{}"),
        "moved": web.Response(status=302, headers={"Location": "/timestamp.json"}),
        "forbidden": web.Response(status=403),
        "broken": web.Response(status=500),
        "large": web.Response(body=b"x" * 1_001),
    }
    return answers.get(what, web.Response(status=404))


async def _dribble(request: web.Request, pause_s: float) -> web.StreamResponse:
    """Send on until the client hangs up."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    try:
        while True:
            await answer.write(b" ")
            await asyncio.sleep(pause_s)
    finally:
        request.app[LEFT].set()


class House:
    """A server on loopback, and who asks it."""

    def __init__(self, server: BaseTestServer, upstream: Upstream, app: web.Application) -> None:
        self._server = server
        self._upstream = upstream
        self.asked = app[ASKED]
        self.left = app[LEFT]

    async def fetch(self, what: str, *, patience_s: float = 20.0) -> bytes | None:
        source = HttpUpdateSource(
            self._upstream, schemes=frozenset({"http"}), patience_s=patience_s
        )
        return await source.fetch(str(self._server.make_url(f"/{what}")), 1_000)


@asynccontextmanager
async def _house() -> AsyncIterator[House]:
    app = web.Application()
    app[ASKED], app[LEFT] = [], asyncio.Event()
    app.router.add_get("/{what}", _answer)
    upstream = Upstream(no_trust)
    await upstream.start()
    async with TestServer(app, handler_cancellation=True) as server:
        try:
            yield House(server, upstream, app)
        finally:
            await upstream.stop()


async def test_a_file_comes_whole_and_nothing_is_told() -> None:
    async with _house() as house:
        assert await house.fetch("timestamp.json") == b"{}"
        (asked,) = house.asked
    assert asked.headers.keys() <= {"Host", "Accept", "Accept-Encoding", "User-Agent"}
    assert asked.headers["User-Agent"] == "wattfare", "not even which version it is"
    assert (asked.query_string, asked.can_read_body) == ("", False)


@pytest.mark.parametrize("what", ["missing", "forbidden"])
async def test_what_is_not_there_is_no_trouble(what: str) -> None:
    async with _house() as house:
        assert await house.fetch(what) is None


@pytest.mark.parametrize("what", ["moved", "broken"])
async def test_another_status_is_told(what: str) -> None:
    async with _house() as house:
        with pytest.raises(UserFacingError, match=r"status \d+"):
            await house.fetch(what)
        assert len(house.asked) == 1, "a redirect is not followed"


@pytest.mark.parametrize("what", ["large", "endless"])
async def test_too_much_is_not_read(what: str) -> None:
    async with _house() as house:
        with pytest.raises(UserFacingError, match="larger than it may be"):
            await house.fetch(what)
        if what == "endless":
            await asyncio.wait_for(house.left.wait(), 10)


async def test_a_server_that_dribbles_is_hung_up_on() -> None:
    async with _house() as house:
        with pytest.raises(UserFacingError, match="too long"):
            await house.fetch("slow", patience_s=0.2)


async def test_nobody_there_is_told_kindly() -> None:
    upstream = Upstream(no_trust)
    await upstream.start()
    source = HttpUpdateSource(upstream, schemes=frozenset({"http"}))
    with pytest.raises(UserFacingError, match="is this computer online"):
        await source.fetch("http://127.0.0.1:9/timestamp.json", 1_000)
    await upstream.stop()


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", ""])
async def test_only_https_is_asked(scheme: str) -> None:
    """Nothing is sent: the session was never opened."""
    source = HttpUpdateSource(Upstream(no_trust))
    with pytest.raises(UserFacingError, match="not https"):
        await source.fetch(f"{scheme}://127.0.0.1:9/timestamp.json", 1_000)
