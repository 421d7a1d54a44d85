"""The public port of a wallet on the test's own loop, and a browser that follows nothing."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from tests.support.asking import LOOPBACK, VERIFIER, query
from tests.support.tls import no_trust
from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.gateway.gateway import Gateway
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.wallet.client_documents import DocumentSource

NAVIGATION: Final = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}
"""What a browser says of a link that was clicked on another site."""


class Reply:
    """One answer of the port, read to its end."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        assert self.status == 303, (self.status, self.text)
        return self.headers["Location"]


class Opened:
    """Takes the place of the operating system: keeps the addresses it was asked to open."""

    def __init__(self) -> None:
        self.uris: list[str] = []

    def open(self, uri: str) -> None:
        self.uris.append(uri)


class FrontDoor:
    """A wallet, its port, and those who knock."""

    def __init__(
        self, house: WalletHouse, port: int, opened: Opened, http: aiohttp.ClientSession
    ) -> None:
        self.house = house
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.opened = opened
        self._http = http

    async def get(self, path: str, headers: Mapping[str, str] = NAVIGATION) -> Reply:
        """GET ``path`` and follow nothing."""
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, form: Mapping[str, str], **options: Any) -> Reply:
        """POST ``form`` as a program does."""
        return await self.post_raw(path, urlencode(form), **options)

    async def post_raw(
        self, path: str, body: str, content_type: str = "application/x-www-form-urlencoded"
    ) -> Reply:
        """POST ``body`` as it is."""
        headers = {"Content-Type": content_type}
        return await self.send("POST", path, data=body.encode(), headers=headers)

    async def navigate(self, **changes: str | None) -> Reply:
        """Ask as a web app does: by sending the user's browser here."""
        return await self.get(f"/oauth/authorize?{query(**changes)}")

    async def code(self, **changes: str | None) -> str:
        """Be approved through the browser; return the answer's address, with the code in it."""
        waiting = (await self.navigate(**changes)).location
        ticket = await self.house.screen.ticket()
        await self.house.wallet.desk.approve(ticket.id, self.house.terms(ticket))
        return (await self.get(waiting)).location

    async def trade(self, code: str, **changes: str | None) -> Reply:
        """Trade ``code``; None leaves a parameter out."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": "Notes AI",
            "redirect_uri": LOOPBACK,
            "code_verifier": VERIFIER,
        }
        sent = {name: text for name, text in (form | changes).items() if text is not None}
        return await self.post("/oauth/token", sent)

    async def send(self, method: str, path: str, **options: Any) -> Reply:
        """Send a request as it is, and follow nothing."""
        async with self._http.request(
            method, f"{self.origin}{path}", allow_redirects=False, **options
        ) as answer:
            return Reply(answer.status, answer.headers, await answer.read())


@asynccontextmanager
async def front_door(
    folder: Path, documents: DocumentSource | None = None
) -> AsyncIterator[FrontDoor]:
    """Open a wallet in ``folder`` to its port; clients' documents come from ``documents``."""
    async with wallet_house(folder) as house, aiohttp.ClientSession() as http:
        upstream, opened = Upstream(no_trust), Opened()
        await upstream.start()
        gateway = Gateway(
            wallet=house.wallet,
            upstream=upstream,
            prices=house.prices,
            clock=house.clock,
            tasks=house.tasks,
            opener=opened,
            documents=documents,
        )
        port = await gateway.start(0)
        try:
            yield FrontDoor(house, port, opened, http)
        finally:
            await gateway.stop()
            await upstream.stop()
