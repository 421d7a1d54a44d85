"""A web app in a real browser: approved by navigating, it spends by fetch; no other page does."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.asking import VERIFIER, query
from tests.support.browser import REBOUND, browsing, chromium, page_text, site
from tests.support.gateway_house import GatewayHouse, running_house
from tests.support.scripted_provider import ScriptedProvider, scripted_provider
from wattfare_desktop.core.oauth.grants import proposed_terms

SUPPORT = Path(__file__).parents[1] / "support"
APP, FOREIGN = ((SUPPORT / name).read_text() for name in ("web_app.html", "foreign_page.html"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Debian's Chromium")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[GatewayHouse]:
    chromium()
    with running_house(tmp_path) as house:
        yield house


@pytest.fixture
async def provider(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        await house.fund(provider.base_url)
        yield provider
        await house.require_sound()


async def approve_next(house: GatewayHouse) -> None:
    ticket = await house.ticket()
    terms = proposed_terms(ticket.proposal, house.live.parts.clock.now())
    await house.on_wallet(house.wallet.desk.approve(ticket.id, terms))


async def test_a_page_is_approved_signs_and_spends(
    house: GatewayHouse, provider: ScriptedProvider, tmp_path: Path
) -> None:
    async with site(APP) as app:
        asked = query(redirect_uri=f"{app.origin}/cb")
        app.settings = {
            "wallet": house.origin,
            "authorize": f"{house.origin}/oauth/authorize?{asked}",
            "verifier": VERIFIER,
        }
        async with browsing(tmp_path / "browser", app.origin):
            await approve_next(house)
            told = await app.report()
    assert "error" not in told, told
    assert (told["type"], told["status"], told["bearer"]) == ("DPoP", 200, 401)
    assert told["text"]
    (call,) = await house.settled()
    assert call.call == told["call"]
    assert call.cost > 0
    assert len(provider.requests) == 1


async def test_a_foreign_page_with_the_access_cannot_spend(
    house: GatewayHouse, provider: ScriptedProvider, tmp_path: Path
) -> None:
    app = await house.approve()
    async with site(FOREIGN) as foreign:
        foreign.settings = {
            "wallet": house.origin,
            "rebound": f"http://{REBOUND}:{house.port}",
            "authorize": f"/oauth/authorize?{query(redirect_uri=f'{foreign.origin}/cb')}",
            "access": app.access,
        }
        async with browsing(tmp_path / "browser", foreign.origin):
            tried = await foreign.report()
    for sent in ("simple", "rebound unread"):
        assert tried.pop(sent) in {"TypeError", "opaque 0"}, "sent, and refused unread"
    assert set(tried.values()) == {"TypeError"}, tried
    assert len(tried) == 9
    assert await house.settled() == ()
    assert house.desk.tickets.empty(), "nobody was asked"
    assert provider.requests == []


async def test_a_name_that_leads_here_is_not_the_wallet(
    house: GatewayHouse, tmp_path: Path
) -> None:
    """DNS rebinding by navigation, which no rule of the browser's stands in the way of."""
    async with site("") as app:
        asked = query(redirect_uri=f"{app.origin}/cb")
        rebound = f"http://{REBOUND}:{house.port}/oauth/authorize?{asked}"
        shown = await page_text(tmp_path / "browser", rebound)
    assert "authorize" not in shown
    assert "address it as 127.0.0.1" in shown
    assert house.desk.tickets.empty()
