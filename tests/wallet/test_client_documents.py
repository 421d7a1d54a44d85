"""Tests of ``wattfare_desktop.wallet.client_documents``: how often a URL is asked for."""

import asyncio
import json

import pytest

from tests.support.wallet_house import MovedClock
from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from wattfare_desktop.core.oauth.clients import DocumentedClient
from wattfare_desktop.core.oauth.document_urls import DocumentUrl
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.wallet.client_documents import (
    FAILED_MS,
    FETCHES_MAX,
    ClientDocuments,
    FetchedDocument,
    NotFetched,
)
from wattfare_desktop.wallet.tasks import Tasks

PATIENCE_S = 5.0


def _url(number: int = 0) -> DocumentUrl:
    host = f"n{number}.example"
    return DocumentUrl(text=f"https://{host}/c", host=host)


class Source:
    """Publishes a document at every URL, slowly where ``gate`` is there."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.kept_ms: int = HOUR_MS
        self.there = True
        self.gate: asyncio.Event | None = None

    async def fetch(self, url: DocumentUrl) -> FetchedDocument | NotFetched:
        self.asked.append(url.text)
        if self.gate is not None:
            await self.gate.wait()
        if not self.there:
            return NotFetched(why="It is gone.")
        body = json.dumps({"client_id": url.text, "redirect_uris": []}).encode()
        return FetchedDocument(body=body, kept_ms=self.kept_ms)


class House:
    def __init__(self) -> None:
        self.clock, self.source = MovedClock(), Source()
        self.documents = ClientDocuments(self.clock, Tasks())
        self.documents.source = self.source

    async def find(self, number: int = 0) -> DocumentedClient | Unredirectable:
        return await asyncio.wait_for(self.documents.find(_url(number)), PATIENCE_S)


@pytest.fixture
def house() -> House:
    return House()


async def test_it_is_kept_as_long_as_its_server_says(house: House) -> None:
    first = await house.find()
    house.clock.ahead_ms += HOUR_MS - SECOND_MS
    assert await house.find() is first
    house.clock.ahead_ms += SECOND_MS
    assert await house.find() == first
    assert len(house.source.asked) == 2


async def test_a_clock_that_is_set_back_keeps_nothing(house: House) -> None:
    await house.find()
    house.clock.ahead_ms -= DAY_MS
    await house.find()
    assert len(house.source.asked) == 2


async def test_what_failed_is_tried_again_a_little_later(house: House) -> None:
    house.source.there = False
    for _ in range(2):
        refused = await house.find()
        assert isinstance(refused, Unredirectable)
        assert "n0.example" in refused.detail
    assert len(house.source.asked) == 1
    house.source.there = True
    house.clock.ahead_ms += FAILED_MS
    assert isinstance(await house.find(), DocumentedClient)


async def test_many_who_ask_at_once_share_one_fetch_and_may_leave(house: House) -> None:
    house.source.gate = asyncio.Event()
    asking = [asyncio.create_task(house.find()) for _ in range(5)]
    await asyncio.sleep(0.01)
    asking[0].cancel()
    await asyncio.sleep(0.01)
    house.source.gate.set()
    found = await asyncio.gather(*asking[1:])
    assert all(isinstance(each, DocumentedClient) for each in found)
    assert len(house.source.asked) == 1


async def test_there_is_an_end_to_how_many_are_asked_for(house: House) -> None:
    for number in range(FETCHES_MAX):
        assert isinstance(await house.find(number), DocumentedClient)
    refused = await house.find(FETCHES_MAX)
    assert isinstance(refused, Unredirectable)
    assert "wait a minute" in refused.detail
    assert isinstance(await house.find(0), DocumentedClient), "what is known costs nothing"
    house.clock.ahead_ms += MINUTE_MS
    assert isinstance(await house.find(FETCHES_MAX), DocumentedClient)


async def test_what_is_kept_is_bounded(house: House) -> None:
    for number in range(130):
        house.clock.ahead_ms += 5 * SECOND_MS
        await house.find(number)
    assert len(house.documents._kept) == 100
    await house.find(129)
    assert len(house.source.asked) == 130
