"""Fetching what a client publishes about itself, without becoming somebody's way into a network.

Whoever asks chooses the URL. So its host is resolved once, every address it has must be one of the
internet, and the connection goes to one of those very addresses: a name that resolves otherwise the
next time (DNS rebinding) gains nothing. No redirect is followed, nothing is inflated, no proxy,
cookie or netrc is used, and little is read for a short time.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from wattfare_desktop.core.oauth.client_documents import DOCUMENT_BYTES_MAX, is_json, kept_ms
from wattfare_desktop.core.oauth.document_urls import DocumentUrl, is_public
from wattfare_desktop.gateway.upstream import UpstreamFailed, read_bounded
from wattfare_desktop.system.programs import End, end_of
from wattfare_desktop.wallet.client_documents import FetchedDocument, NotFetched

HTTPS_PORT: Final = 443
PATIENCE_S: Final = 3.0
LOOKUPS_MAX: Final = 4
"""How many look-ups may be under way, those that hang among them."""

_OK: Final = 200

_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "wattfare",
}

LookUp = Callable[[str], Awaitable[Sequence[End]]]
"""Returns where a host is, by address and port. Raises OSError."""


class SystemLookUp:
    """Asks the operating system's resolver, on threads of its own.

    A resolver may hang for longer than a document is waited for. So others' threads are left alone,
    there are few of these at once, and none of them is waited for at the end of the program.
    """

    def __init__(self) -> None:
        self._running = 0

    async def __call__(self, host: str) -> Sequence[End]:
        """Return every address of ``host``. Raises OSError, also while too many look-ups hang."""
        if self._running >= LOOKUPS_MAX:
            raise BlockingIOError("the resolver does not answer")
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Sequence[End] | None] = loop.create_future()
        self._running += 1
        thread = threading.Thread(
            target=self._look, args=(host, loop, found), name="documents", daemon=True
        )
        thread.start()
        ends = await asyncio.shield(found)
        if ends is None:
            raise OSError("the host is not known")
        return ends

    def _look(
        self,
        host: str,
        loop: asyncio.AbstractEventLoop,
        found: "asyncio.Future[Sequence[End] | None]",
    ) -> None:
        ends = _addresses(host)
        with suppress(RuntimeError):  # the loop may have ended over it
            loop.call_soon_threadsafe(self._end, found, ends)

    def _end(
        self, found: "asyncio.Future[Sequence[End] | None]", ends: Sequence[End] | None
    ) -> None:
        self._running -= 1
        if not found.done():
            found.set_result(ends)


class HttpDocumentSource:
    """Fetches by https. The named arguments are for tests, which have no internet.

    ``trusted`` returns what judges the certificate of a host.
    """

    def __init__(
        self,
        look_up: LookUp,
        trusted: Callable[[], Awaitable[ssl.SSLContext]],
        *,
        allows: Callable[[str], bool] = is_public,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._look_up = look_up
        self._allows = allows
        self._trusted = trusted
        self._patience_s = patience_s

    async def fetch(self, url: DocumentUrl) -> FetchedDocument | NotFetched:
        """Return what is published at ``url``, or why it is not to be had."""
        try:
            async with asyncio.timeout(self._patience_s):
                ends = await self._look_up(url.host)
                if not ends:
                    return NotFetched(why="That host has no address.")
                if not all(self._allows(str(end.address)) for end in ends):
                    return NotFetched(why="That host is not one of the public internet.")
                return await self._ask(url, ends)
        except (aiohttp.ClientError, UpstreamFailed, OSError):
            return NotFetched(
                why="It could not be reached, or its answer broke off or is longer than 5 KB."
            )

    async def _ask(self, url: DocumentUrl, ends: Sequence[End]) -> FetchedDocument | NotFetched:
        # A session for this one answer: neither connections nor cookies are left from it.
        connector = aiohttp.TCPConnector(
            resolver=_Found(ends),
            use_dns_cache=False,
            force_close=True,
            ssl=await self._trusted(),
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers=_HEADERS,
            ) as session,
            session.get(URL(url.text, encoded=True), allow_redirects=False) as answer,
        ):
            return await _taken(answer)


class _Found(AbstractResolver):
    """Knows the addresses that were judged, whatever it is asked."""

    def __init__(self, ends: Sequence[End]) -> None:
        self._ends = ends

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002 - aiohttp names it
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - and this, too
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(end.address),
                port=end.port,
                family=socket.AF_INET6 if end.address.version == 6 else socket.AF_INET,  # noqa: PLR2004 - IPv6
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for end in self._ends
        ]

    async def close(self) -> None:
        """Hold nothing, and so let go of nothing."""


async def _taken(answer: aiohttp.ClientResponse) -> FetchedDocument | NotFetched:
    if answer.status != _OK:
        return NotFetched(why=f"It answered with status {answer.status}.")
    if any(each.lower() != "identity" for each in answer.headers.getall("Content-Encoding", ())):
        return NotFetched(why="Its answer is compressed, which was not asked for.")
    if not is_json(answer.headers.get("Content-Type", "")):
        return NotFetched(why="Its answer is no application/json.")
    body = await read_bounded(answer, DOCUMENT_BYTES_MAX)
    control = ",".join(answer.headers.getall("Cache-Control", ()))
    return FetchedDocument(body=body, kept_ms=kept_ms(control))


def _addresses(host: str) -> Sequence[End] | None:
    try:
        found = socket.getaddrinfo(host, HTTPS_PORT, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    return [end_of((name, HTTPS_PORT)) for name in dict.fromkeys(str(at[0]) for *_, at in found)]
