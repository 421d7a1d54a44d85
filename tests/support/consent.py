"""A user at the browser: opens what an app's library made, approves at the desk, is sent back."""

from typing import Final
from urllib.parse import urlsplit

from tests.support.gateway_house import GatewayHouse, http_client
from wattfare_desktop.core.oauth.grants import proposed_terms

REDIRECT: Final = "http://127.0.0.1:5173/cb"
_SEE_OTHER: Final = 303


async def approve(house: GatewayHouse, name: str) -> None:
    """Grant what the app of that name asks."""
    ticket = await house.ticket()
    assert ticket.request.client.name == name
    terms = proposed_terms(ticket.proposal, house.live.parts.clock.now())
    await house.on_wallet(house.wallet.desk.approve(ticket.id, terms))


async def browse(house: GatewayHouse, address: str, name: str) -> str:
    """Open ``address``, approve the app of that name, and return where the browser is sent."""
    waiting = await _location(house, address)
    await approve(house, name)
    return await _location(house, waiting)


async def _location(house: GatewayHouse, address: str) -> str:
    parts = urlsplit(address)
    assert not parts.netloc or f"http://{parts.netloc}" == house.origin
    path = f"{parts.path}?{parts.query}"
    async with http_client() as browser:
        answer = await browser.get(house.origin + path, follow_redirects=False)
    assert answer.status_code == _SEE_OTHER, answer.text
    return str(answer.headers["location"])
