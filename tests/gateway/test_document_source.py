"""Clients' documents fetched over real TLS; only DNS, the authority and loopback are let in."""

import asyncio
import gzip
import json
import ssl
import threading
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.support.document_site import DocumentSite, document_site, trusting
from wattfare_desktop.core.identifiers import MINUTE_MS
from wattfare_desktop.core.oauth.client_documents import DOCUMENT_BYTES_MAX
from wattfare_desktop.core.oauth.document_urls import is_public
from wattfare_desktop.gateway.document_source import (
    LOOKUPS_MAX,
    HttpDocumentSource,
    SystemLookUp,
)
from wattfare_desktop.system.programs import End
from wattfare_desktop.wallet.client_documents import FetchedDocument, NotFetched


@pytest.fixture
async def site() -> AsyncIterator[DocumentSite]:
    async with document_site() as running:
        yield running


async def _refused(site: DocumentSite, source: HttpDocumentSource | None = None) -> str:
    found = await (source or site.source()).fetch(site.url)
    assert isinstance(found, NotFetched), found
    return found.why


async def test_a_document_is_fetched_and_nothing_is_told_but_where(site: DocumentSite) -> None:
    site.publish(headers=["Cache-Control: max-age=60", "Set-Cookie: a=b"], client_name="Notes")
    for _ in range(2):
        found = await site.source().fetch(site.url)
        assert isinstance(found, FetchedDocument), found
        assert json.loads(found.body)["client_name"] == "Notes"
        assert found.kept_ms == MINUTE_MS
    assert site.names == ["notes.example"] * 2
    for request in site.requests:
        head, *lines = request.decode().strip().split("\r\n")
        assert head == "GET /client.json HTTP/1.1"
        assert dict(line.split(": ", 1) for line in lines) == {
            "Host": "notes.example",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "wattfare",
            "Connection": "close",
        }


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/a+json"])
async def test_json_under_another_name(site: DocumentSite, content_type: str) -> None:
    site.answer(b"{}", content_type=content_type)
    assert isinstance(await site.source().fetch(site.url), FetchedDocument)


async def test_the_largest_document_and_one_byte_more(site: DocumentSite) -> None:
    site.answer(b" " * DOCUMENT_BYTES_MAX)
    assert isinstance(await site.source().fetch(site.url), FetchedDocument)
    site.answer(b" " * (DOCUMENT_BYTES_MAX + 1))
    assert "5 KB" in await _refused(site)


async def test_a_document_without_a_length_is_bounded_as_well(site: DocumentSite) -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    site.sends = [head, *([b"400\r\n" + b" " * 1024 + b"\r\n"] * 1000)]
    began = time.monotonic()
    assert "5 KB" in await _refused(site)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 x", "308 x"])
async def test_no_redirect_is_followed(site: DocumentSite, status: str) -> None:
    site.answer(b"{}", status=status, headers=[f"Location: {site.url.text}"])
    assert status.partition(" ")[0] in await _refused(site)
    assert len(site.requests) == 1


@pytest.mark.parametrize("status", ["201 Created", "204 No", "404 Not Found", "500 x", "206 Part"])
async def test_any_status_but_200_is_an_error(site: DocumentSite, status: str) -> None:
    site.answer(b"", status=status)
    assert status.partition(" ")[0] in await _refused(site)


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "", "application/javascript"])
async def test_what_is_no_json_is_not_read(site: DocumentSite, content_type: str) -> None:
    site.answer(b"{}", content_type=content_type)
    assert "application/json" in await _refused(site)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
async def test_what_is_compressed_is_not_read(site: DocumentSite, encoding: str) -> None:
    site.answer(gzip.compress(b"{}"), headers=[f"Content-Encoding: {encoding}"])
    assert "compressed" in await _refused(site)


@pytest.mark.parametrize(
    "sends",
    [
        [5.0],
        [b"HTTP/1.1 200 OK\r\n", 5.0],
        [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{", 5.0],
        [b"HTTP/1.1 200 OK\r\n", *([b"X: y\r\n", 0.05] * 100)],
        [b"HTTP/1.1 100 Continue\r\n\r\n", 5.0],
    ],
)
async def test_a_slow_site_is_not_waited_for(
    site: DocumentSite, sends: Sequence[bytes | float]
) -> None:
    site.sends = sends
    began = time.monotonic()
    await _refused(site, site.source(patience_s=0.3))
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    "sends",
    [
        [],
        [b"nonsense\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"],
        [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000],
    ],
)
async def test_an_answer_that_breaks_off(site: DocumentSite, sends: Sequence[bytes]) -> None:
    site.sends = sends
    assert "could not be reached" in await _refused(site)


async def test_a_certificate_of_another_host_or_authority_is_not_taken() -> None:
    async with document_site("other.example") as other, document_site() as site:
        for tls in (other.tls, ssl.create_default_context()):
            source = HttpDocumentSource(
                site.at("127.0.0.1"), trusting(tls), allows="127.0.0.1".__eq__
            )
            await _refused(site, source)
        source = HttpDocumentSource(
            other.at("127.0.0.1"), trusting(other.tls), allows="127.0.0.1".__eq__
        )
        await _refused(site, source)
        assert site.requests == other.requests == []


@pytest.mark.parametrize(
    "addresses",
    [
        *(["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["100.64.0.1"]),
        ["0.0.0.0"],  # noqa: S104 - nothing is bound
        *(["::ffff:127.0.0.1"], ["fe80::1%lo"], ["fd00::1"], ["64:ff9b::7f00:1"], ["224.0.0.1"]),
        # One good address is no excuse for the others.
        *(["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700::1", "::1"]),
    ],
)
async def test_a_host_with_an_address_nearby_is_not_reached(
    site: DocumentSite, addresses: list[str]
) -> None:
    site.publish()
    look_up = site.at(addresses)
    assert "public internet" in await _refused(site, site.source(look_up, allows=is_public))
    assert site.names == []


async def test_a_host_without_an_address_is_told(site: DocumentSite) -> None:
    assert "no address" in await _refused(site, site.source(site.at([])))


async def test_the_connection_goes_where_was_looked_and_nobody_looks_again() -> None:
    async with document_site() as public, document_site(bind="127.0.0.2") as private:
        public.publish(client_name="public")
        private.publish(client_name="private")
        private_end = private.at("127.0.0.2")
        look_up = public.at("127.0.0.1", "127.0.0.2")
        found = await public.source(look_up).fetch(public.url)
        assert isinstance(found, FetchedDocument)
        assert json.loads(found.body)["client_name"] == "public"
        assert look_up.asked == ["notes.example"]
        # The same name, elsewhere by now.
        assert "public internet" in await _refused(public, public.source(look_up))
        assert "public internet" in await _refused(private, private.source(private_end))
        assert private.names == []


async def test_it_goes_by_no_proxy(site: DocumentSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.publish()
    assert isinstance(await site.source().fetch(site.url), FetchedDocument)


async def test_the_systems_resolver_is_asked(site: DocumentSite) -> None:
    look_up = SystemLookUp()
    ends = await look_up("localhost")
    assert {str(end.address) for end in ends} <= {"127.0.0.1", "::1"}
    assert {end.port for end in ends} == {443}

    async def as_localhost(_host: str) -> Sequence[End]:
        return await look_up("localhost")

    assert "public internet" in await _refused(site, site.source(as_localhost, allows=is_public))
    # Its own host is known to nobody.
    assert "could not be reached" in await _refused(site, site.source(look_up))


async def test_resolvers_that_hang_are_few_and_keep_nobody_waiting(
    site: DocumentSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, looked_up = threading.Event(), []

    def hang(host: str, *_asked: object, **_more: object) -> object:
        looked_up.append(host)
        assert answered.wait(20)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", hang)
    look_up = SystemLookUp()
    source = site.source(look_up, patience_s=0.05)
    for _ in range(LOOKUPS_MAX + 3):
        assert "could not be reached" in await _refused(site, source)
    assert looked_up == ["notes.example"] * LOOKUPS_MAX
    assert all(each.daemon for each in threading.enumerate() if each.name == "documents")
    answered.set()
    async with asyncio.timeout(10):
        while look_up._running:  # noqa: ASYNC110 - a thread rings no bell
            await asyncio.sleep(0.01)


async def test_a_resolver_that_hangs_is_not_waited_for(site: DocumentSite) -> None:
    async def hang(_host: str) -> Sequence[End]:
        await asyncio.sleep(60)
        raise AssertionError

    assert "could not be reached" in await _refused(site, site.source(hang, patience_s=0.2))
