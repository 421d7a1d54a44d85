"""Tests of ``wattfare_desktop.wallet.reading``, on a real wallet and a document made up."""

import json
from functools import partial

from tests.support.asking import LOOPBACK, WEB, query
from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.oauth.clients import NONE_KNOWN
from wattfare_desktop.core.oauth.document_urls import DocumentUrl
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, RequestOutcome, read_query
from wattfare_desktop.wallet.client_documents import FetchedDocument, NotFetched

CLIENT = "https://notes.example/client.json"


class Published:
    """Publishes one document at every URL."""

    def __init__(self, *redirects: str) -> None:
        self.asked: list[str] = []
        self._redirects = redirects

    async def fetch(self, url: DocumentUrl) -> FetchedDocument | NotFetched:
        self.asked.append(url.text)
        if not self._redirects:
            return NotFetched(why="It is gone.")
        told = {"client_id": url.text, "redirect_uris": self._redirects}
        return FetchedDocument(body=json.dumps(told).encode(), kept_ms=60_000)


async def _read(
    house: WalletHouse, published: Published, **changes: str | None
) -> RequestOutcome | Unredirectable:
    reader = house.wallet.desk.reader
    reader.documents.source = published
    outcome: RequestOutcome = await reader.read(partial(read_query, query(**changes), ()))
    return outcome


async def test_a_client_that_is_known_needs_no_document(house: WalletHouse) -> None:
    published = Published()
    assert isinstance(await _read(house, published), AuthorizationRequest)
    assert published.asked == []


async def test_a_document_is_fetched_and_the_request_judged_by_it(house: WalletHouse) -> None:
    asked = {"client_id": CLIENT, "redirect_uri": WEB}
    request = await _read(house, Published(WEB), **asked)
    assert isinstance(request, AuthorizationRequest)
    assert request.client.host == "notes.example"
    refused = await _read(house, Published(WEB), client_id=CLIENT)
    assert isinstance(refused, Unredirectable)


async def test_why_there_is_no_document_is_what_the_request_comes_to(house: WalletHouse) -> None:
    refused = await _read(house, Published(), client_id=CLIENT, redirect_uri=WEB)
    assert isinstance(refused, Unredirectable)
    assert refused.detail.endswith("It is gone.")


async def test_a_locked_wallet_knows_the_clients_of_before(house: WalletHouse) -> None:
    reader = house.wallet.desk.reader
    before = reader.registered()
    await house.wallet.lock()
    assert reader.registered() == before == NONE_KNOWN


async def test_a_host_has_one_grant_and_no_other_hosts_document_ends_it(
    house: WalletHouse,
) -> None:
    house.wallet.desk.reader.documents.source = Published(WEB, LOOPBACK)
    await house.approve(client_id=CLIENT, redirect_uri=WEB)
    first = await house.app()
    # Whoever names the same redirect, or comes from a port of this machine, is somebody else.
    await house.approve(client_id="https://evil.example/client.json", redirect_uri=WEB)
    await house.approve(client_id=CLIENT, redirect_uri=LOOPBACK)
    assert (await house.app(first.id)).state is GrantState.ACTIVE
    await house.approve(client_id="https://notes.example/other.json", redirect_uri=WEB)
    assert (await house.app(first.id)).state is GrantState.REVOKED
    states = [row.state for row in await house.wallet.apps()]
    assert states.count(GrantState.ACTIVE) == 3
