"""Clients known by the document at their ``client_id``, for as long as it may be taken for true.

Any page and any program can name a URL that the wallet then asks for. So each is asked for once at
a time, all of them together no more than so often, and what failed is left alone for a while.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

from wattfare_desktop.core.identifiers import MINUTE_MS, SECOND_MS, Instant, later
from wattfare_desktop.core.oauth.client_documents import no_document, read_document
from wattfare_desktop.core.oauth.clients import DocumentedClient
from wattfare_desktop.core.oauth.document_urls import DocumentUrl
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.tasks import Tasks

FETCHES_MAX: Final = 20
FETCHES_SPAN_MS: Final = MINUTE_MS
"""How many documents are asked for in how long."""

FAILED_MS: Final = 10 * SECOND_MS
"""How long a URL that gave no good document is not asked for again."""

_KEPT_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedDocument:
    """What a URL answered with, not looked at, and for how long its server takes it for true."""

    body: bytes
    kept_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFetched:
    """That there is no document, and ``why``, in a sentence for the user."""

    why: str


class DocumentSource(Protocol):
    """Fetches documents, from public addresses alone: the gateway, where HTTP lives, fulfils it."""

    async def fetch(self, url: DocumentUrl) -> FetchedDocument | NotFetched:
        """Return what is published at ``url``, which takes no longer than a few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    client: DocumentedClient | Unredirectable
    since: Instant
    until: Instant

    def is_good(self, now: Instant) -> bool:
        # What lies ahead of now is from before the clock was set back.
        return self.since <= now < self.until


class ClientDocuments:
    """Finds clients by their document. ``source`` is set by the composition root."""

    source: DocumentSource

    def __init__(self, clock: Clock, tasks: Tasks) -> None:
        self._clock = clock
        self._tasks = tasks
        self._kept: dict[str, _Kept] = {}
        self._running: dict[str, asyncio.Task[DocumentedClient | Unredirectable]] = {}
        self._fetched_at: tuple[Instant, ...] = ()

    async def find(self, url: DocumentUrl) -> DocumentedClient | Unredirectable:
        """Return the client that ``url`` describes, or why it cannot be known."""
        now = self._clock.now()
        kept = self._kept.get(url.text)
        if kept is not None and kept.is_good(now):
            return kept.client
        running = self._running.get(url.text)
        if running is None:
            if not self._may_fetch(now):
                return no_document(url, "Too many apps were looked up: wait a minute.")
            running = self._tasks.start(self._fetch(url), "looking up an app")
            self._running[url.text] = running
            running.add_done_callback(lambda _: self._running.pop(url.text, None))
        # Whoever asks may leave; others may wait for the same document.
        return await asyncio.shield(running)

    def _may_fetch(self, now: Instant) -> bool:
        recent = tuple(at for at in self._fetched_at if at <= now < at + FETCHES_SPAN_MS)
        if len(recent) >= FETCHES_MAX:
            return False
        self._fetched_at = (*recent, now)
        return True

    async def _fetch(self, url: DocumentUrl) -> DocumentedClient | Unredirectable:
        fetched = await self.source.fetch(url)
        client, kept_ms = _read(url, fetched)
        now = self._clock.now()
        self._kept = {text: each for text, each in self._kept.items() if each.is_good(now)}
        if len(self._kept) >= _KEPT_MAX:
            del self._kept[min(self._kept, key=lambda text: self._kept[text].until)]
        self._kept[url.text] = _Kept(client=client, since=now, until=later(now, kept_ms))
        return client


def _read(
    url: DocumentUrl, fetched: FetchedDocument | NotFetched
) -> tuple[DocumentedClient | Unredirectable, int]:
    if isinstance(fetched, NotFetched):
        return no_document(url, fetched.why), FAILED_MS
    client = read_document(url, fetched.body)
    return client, FAILED_MS if isinstance(client, Unredirectable) else fetched.kept_ms
