"""Fetching a file of prices over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.tls import no_trust
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.gateway import price_source
from wattfare_desktop.gateway.price_source import PRICES_URL, HttpPriceSource
from wattfare_desktop.gateway.upstream import Upstream

ASKED: web.AppKey[list[dict[str, str]]] = web.AppKey("asked")


async def _answer(request: web.Request) -> web.Response:
    request.app[ASKED].append(dict(request.headers))
    match request.match_info["what"]:
        case "prices":
            return web.Response(body=b"[1, 2]")
        case "moved":
            return web.Response(status=302, headers={"Location": "/prices"})
        case "missing":
            return web.Response(status=404)
        case _:
            return web.Response(body=b"x" * 1_000)


@asynccontextmanager
async def _source(what: str) -> AsyncIterator[tuple[HttpPriceSource, list[dict[str, str]]]]:
    app = web.Application()
    app[ASKED] = []
    app.router.add_get("/{what}", _answer)
    upstream = Upstream(no_trust)
    await upstream.start()
    async with TestServer(app) as server:
        yield HttpPriceSource(upstream, str(server.make_url(f"/{what}"))), app[ASKED]
    await upstream.stop()


async def test_the_file_comes_whole_and_nothing_is_told() -> None:
    async with _source("prices") as (source, asked):
        assert await source.fetch() == b"[1, 2]"
        (headers,) = asked
    assert headers.keys() <= {"Host", "Accept", "Accept-Encoding", "User-Agent"}
    assert headers["User-Agent"] == "wattfare"


@pytest.mark.parametrize("what", ["moved", "missing"])
async def test_another_status_is_told(what: str) -> None:
    async with _source(what) as (source, asked):
        with pytest.raises(UserFacingError, match=r"status \d+"):
            await source.fetch()
        assert len(asked) == 1, "a redirect is not followed"


async def test_a_file_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_source, "BYTES_MAX", 100)
    async with _source("large") as (source, _):
        with pytest.raises(UserFacingError, match="not to be had"):
            await source.fetch()


async def test_nobody_there_is_told() -> None:
    upstream = Upstream(no_trust)
    await upstream.start()
    with pytest.raises(UserFacingError, match="not to be had"):
        await HttpPriceSource(upstream, "http://127.0.0.1:9/prices").fetch()
    await upstream.stop()


def test_the_address_is_read_over_https() -> None:
    assert PRICES_URL.startswith("https://")
