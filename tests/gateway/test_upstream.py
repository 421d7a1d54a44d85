"""The way out: nothing of this machine goes along, and a no is told from a maybe."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.support.scripted_provider import (
    ScriptedProvider,
    completion,
    disconnect,
    json_reply,
    scripted_provider,
)
from tests.support.tls import TestAuthority, no_trust
from wattfare_desktop.core.identifiers import FundingId
from wattfare_desktop.gateway.upstream import Upstream, UpstreamFailed, read_bounded, without_key
from wattfare_desktop.providers.catalogue import parse_catalogue
from wattfare_desktop.providers.dialect import UpstreamRequest
from wattfare_desktop.system.certificates import client_context
from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.vault.secret import Secret
from wattfare_desktop.wallet.routing import LiveFunding

KEY = "sk-proj-0123456789abcdefghijklmnop"


def funding(base_url: str, key: str | None = KEY, provider: str = "openai") -> LiveFunding:
    rows = parse_catalogue((resource_root() / "providers.toml").read_text(encoding="utf-8"))
    found = rows.find(provider)
    assert found is not None
    return LiveFunding(
        id=FundingId("funding_1"),
        provider=found,
        base_url=base_url,
        key=None if key is None else Secret(key),
    )


def sent(**body: Any) -> UpstreamRequest:
    return UpstreamRequest(path="/x", body=body)


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        yield provider


@asynccontextmanager
async def started(
    connect_s: float = 5.0, trust: Callable[[], ssl.SSLContext] = no_trust
) -> AsyncIterator[Upstream]:
    upstream = Upstream(trust, connect_s)
    await upstream.start()
    try:
        yield upstream
    finally:
        await upstream.stop()


async def failure(upstream: Upstream, base_url: str) -> UpstreamFailed:
    with pytest.raises(UpstreamFailed) as failed:
        await upstream.post(funding(base_url), UpstreamRequest(path="/chat/completions", body={}))
    return failed.value


async def test_cookies_are_neither_kept_nor_sent(provider: ScriptedProvider) -> None:
    provider.answer(json_reply({}, headers={"Set-Cookie": "seen=1; Path=/"}))
    async with started() as upstream:
        for _ in range(2):
            answer = await upstream.post(funding(provider.base_url), sent())
            answer.release()
    assert [each.header("Cookie") for each in provider.requests] == [None, None]


async def test_no_proxy_and_no_netrc_of_the_environment_is_used(
    provider: ScriptedProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login canary password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with started() as upstream:
        answer = await upstream.get(funding(provider.base_url, key=None), "/models")
        answer.release()
    assert answer.status == 200
    assert provider.listed[0].header("Authorization") is None


async def test_a_large_body_goes_out_whole(provider: ScriptedProvider) -> None:
    body = b'{"a":"%s"}' % (b"x" * 2_000_000)
    large = sent(a="x" * 2_000_000)
    async with started() as upstream:
        answer = await upstream.post(funding(provider.base_url), large)
        answer.release()
    assert provider.last.body == body
    assert provider.last.header("Content-Length") == str(len(body))
    assert provider.last.header("Transfer-Encoding") is None


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with started() as upstream:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            failed = await failure(upstream, f"http://127.0.0.1:{bound.getsockname()[1]}")
    assert not failed.sent


async def test_where_nobody_takes_the_connection_nothing_was_sent() -> None:
    """A full queue of a listener that never accepts: the connection itself times out."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (first, second):
            each.settimeout(0)
            each.connect_ex(full.getsockname())
        async with started(connect_s=0.05) as upstream:
            failed = await failure(upstream, f"http://127.0.0.1:{full.getsockname()[1]}")
    assert not failed.sent


async def test_whoever_hangs_up_may_have_been_sent_something(provider: ScriptedProvider) -> None:
    provider.answer(disconnect)
    async with started() as upstream:
        assert (await failure(upstream, provider.base_url)).sent


@pytest.mark.parametrize("said", [b"220 mail.example ESMTP\r\n", b"HTTP/1.1 banana\r\n\r\n", b"\0"])
async def test_what_speaks_no_http_may_have_been_sent_something(said: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    async with started() as upstream, await asyncio.start_server(answer, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        failed = await failure(upstream, f"http://127.0.0.1:{port}")
    assert failed.sent
    assert "mail" not in failed.reason


async def test_an_answer_has_a_limit(provider: ScriptedProvider) -> None:
    provider.answer(completion("x" * 10_000))
    async with started() as upstream:
        answer = await upstream.post(funding(provider.base_url), sent())
        with pytest.raises(UpstreamFailed, match="too large"):
            await read_bounded(answer, 1_000)
        answer.close()


def test_a_key_is_taken_out_wherever_it_stands() -> None:
    ours = funding("http://127.0.0.1")
    assert without_key(ours, f"<{KEY}{KEY}>".encode()) == b"<[hidden][hidden]>"
    assert without_key(ours, b"nothing of it") == b"nothing of it"
    assert without_key(funding("http://127.0.0.1", key=None), b"any") == b"any"


async def _ok(_request: web.BaseRequest) -> web.Response:
    return web.Response(text="{}")


async def test_certificates_are_read_once_and_an_unknown_authority_is_refused(
    tmp_path: Path,
) -> None:
    authority, reads = TestAuthority(), 0
    (tmp_path / "known.pem").write_bytes(authority.pem)

    def trust() -> ssl.SSLContext:
        nonlocal reads
        reads += 1
        return client_context({"SSL_CERT_FILE": str(tmp_path / "known.pem")})

    runner = web.ServerRunner(web.Server(_ok))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.server_context(tmp_path))
    await site.start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        async with started(trust=trust) as upstream:
            answers = await asyncio.gather(*(upstream.fetch(url) for _ in range(3)))
            for answer in answers:
                assert answer.status == 200
                answer.release()
        assert reads == 1
        async with started() as distrusting:
            with pytest.raises(UpstreamFailed, match="could not be reached") as failed:
                await distrusting.fetch(url)
        assert not failed.value.sent
    finally:
        await runner.cleanup()
