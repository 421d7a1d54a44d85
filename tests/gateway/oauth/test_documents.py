"""Clients known by their document, from the site that publishes it to the access they spend by."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.asking import VERIFIER, answer_in, query, uri
from tests.support.document_site import HOST, WEB, DocumentSite, document_site
from tests.support.front_door import FrontDoor, Reply, front_door
from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT
from wattfare_desktop.main.acts import question_of
from wattfare_desktop.ui.presentation.consent import claimed_name, identity_text

CLIENT: Final = f"https://{HOST}/client.json"
PORT: Final = "http://127.0.0.1:5173/cb"


@pytest.fixture
async def site() -> AsyncIterator[DocumentSite]:
    async with document_site() as running:
        running.publish(client_name="Notes AI")
        yield running


@pytest.fixture
async def door(tmp_path: Path, site: DocumentSite) -> AsyncIterator[FrontDoor]:
    async with front_door(tmp_path, site.source()) as opened:
        yield opened


async def _approved(door: FrontDoor, waiting: str, redirect: str) -> Reply:
    """Approve what is shown; return the answer to the code's trade."""
    ticket = await door.house.screen.ticket()
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    code = answer_in((await door.get(waiting)).location)["code"]
    return await door.trade(code, client_id=CLIENT, redirect_uri=redirect)


async def test_the_metadata_promises_it(door: FrontDoor) -> None:
    told = (await door.get("/.well-known/oauth-authorization-server", headers={})).json
    assert told["client_id_metadata_document_supported"] is True


async def test_a_web_app_is_approved_by_its_host_and_spends(door: FrontDoor) -> None:
    waiting = (await door.navigate(client_id=CLIENT, redirect_uri=WEB)).location
    ticket = await door.house.screen.ticket()
    shown = question_of(ticket, ticket.received_at)
    assert claimed_name(shown) == "“notes.example”"
    assert identity_text(shown).startswith(
        "Verified: https://notes.example, which calls it “Notes AI”."
        " The answer goes to app.notes.example. Asked through /"
    )
    assert "runs any script" in shown.asked_through, "no browser, and its user sees that"
    assert not shown.can_bind_program
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    answer = (await door.get(waiting)).location
    assert answer.startswith(f"{WEB}?code=")
    trade = await door.trade(answer_in(answer)["code"], client_id=CLIENT, redirect_uri=WEB)
    assert trade.status == 200, trade.text
    headers = {
        "Authorization": f"Bearer {trade.json['access_token']}",
        "Origin": f"https://app.{HOST}",
    }
    assert (await door.get("/v1/models", headers=headers)).status == 200
    app = await door.house.app()
    assert (app.name, app.verified, app.redirect_host) == (HOST, True, HOST)


async def test_a_program_is_shown_with_a_caution(door: FrontDoor) -> None:
    waiting = (await door.navigate(client_id=CLIENT, redirect_uri=PORT)).location
    ticket = await door.house.screen.ticket()
    shown = question_of(ticket, ticket.received_at)
    assert claimed_name(shown) == "“notes.example” (unverified)"
    assert "any program of this computer can pass for it" in identity_text(shown)
    await door.house.wallet.desk.deny(ticket.id)
    assert answer_in((await door.get(waiting)).location)["error"] == "access_denied"


async def test_a_program_that_is_approved_spends(door: FrontDoor) -> None:
    waiting = (await door.navigate(client_id=CLIENT, redirect_uri=PORT)).location
    assert (await _approved(door, waiting, PORT)).status == 200
    app = await door.house.app()
    assert (app.name, app.verified, app.redirect_host) == (HOST, False, "127.0.0.1:5173")


async def test_a_pushed_request_is_looked_up_when_it_is_pushed(
    door: FrontDoor, site: DocumentSite
) -> None:
    pushed = await door.post_raw("/oauth/par", query(client_id=CLIENT, redirect_uri=WEB))
    assert pushed.status == 201, pushed.text
    site.answer(b"", status="404 Not Found")
    link = query(client_id=CLIENT, request_uri=pushed.json["request_uri"])
    waiting = (await door.get(f"/oauth/authorize?{link}")).location
    assert (await _approved(door, waiting, WEB)).status == 200


async def test_a_link_is_looked_up_and_its_answer_carried(door: FrontDoor) -> None:
    link = uri(client_id=CLIENT, redirect_uri=WEB)
    assert await door.house.wallet.desk.submit_uri(link) is None
    ticket = await door.house.screen.ticket()
    assert ticket.request.client.host == HOST
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    await door.house.tasks.drain(5)
    (answer,) = door.opened.uris
    trade = await door.trade(answer_in(answer)["code"], client_id=CLIENT, redirect_uri=WEB)
    assert trade.status == 200


async def test_a_terminal_program_may_ask_where_its_document_says_so(
    door: FrontDoor, site: DocumentSite
) -> None:
    refused = await door.post("/oauth/device_authorization", {"client_id": CLIENT})
    assert (refused.status, refused.json["error"]) == (400, "invalid_client")
    door.house.clock.ahead_ms += 3600 * SECOND_MS
    site.publish(grant_types=["authorization_code", DEVICE_GRANT])
    told = (await door.post("/oauth/device_authorization", {"client_id": CLIENT})).json
    await door.house.wallet.devices.enter(told["user_code"])
    ticket = await door.house.screen.ticket()
    assert claimed_name(question_of(ticket, ticket.received_at)) == "“notes.example” (unverified)"
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    form = {"grant_type": DEVICE_GRANT, "device_code": told["device_code"], "client_id": CLIENT}
    assert (await door.post("/oauth/token", form)).status == 200


async def test_it_is_asked_for_once_and_kept(door: FrontDoor, site: DocumentSite) -> None:
    for _ in range(3):
        reply = await door.post_raw("/oauth/par", query(client_id=CLIENT, redirect_uri=WEB))
        assert reply.status == 201
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("redirect", "told"),
    [
        ("https://evil.example/cb", "none of those in its document"),
        ("https://notes.example/cb", "none of those in its document"),
        ("http://127.0.0.1:5173/other", "none of those in its document"),
        ("com.example.notes:/cb", "none of those in its document"),
    ],
)
async def test_another_redirect_gets_an_error_screen_and_nothing_else(
    door: FrontDoor, redirect: str, told: str
) -> None:
    page = await door.navigate(client_id=CLIENT, redirect_uri=redirect)
    assert page.status == 400
    assert "Location" not in page.headers
    assert told in page.text
    assert len(door.house.screen.errors) == 1
    assert door.house.screen.shown.empty()


async def test_without_a_document_nobody_is_answered(door: FrontDoor, site: DocumentSite) -> None:
    site.answer(b"", status="404 Not Found")
    page = await door.navigate(client_id=CLIENT, redirect_uri=WEB)
    assert page.status == 400
    assert "Location" not in page.headers
    assert "status 404" in page.text
    assert "Content-Security-Policy" in page.headers
    assert [notice.title for notice in door.house.screen.errors] == [
        "That app could not be looked up"
    ]
    pushed = await door.post_raw("/oauth/par", query(client_id=CLIENT, redirect_uri=WEB))
    assert (pushed.status, pushed.json["error"]) == (400, "invalid_request")
    fault = await door.house.wallet.desk.submit_uri(uri(client_id=CLIENT, redirect_uri=WEB))
    assert fault is not None
    assert "notes.example" in fault.detail
    device = await door.post("/oauth/device_authorization", {"client_id": CLIENT})
    assert (device.status, device.json["error"]) == (400, "invalid_client")
    assert len(site.requests) == 1, "what failed is left alone for a while"
    assert door.house.screen.shown.empty()


async def test_a_document_that_is_another_clients_is_none(
    door: FrontDoor, site: DocumentSite
) -> None:
    site.publish(client_id="https://bank.example/client.json")
    page = await door.navigate(client_id=CLIENT, redirect_uri=WEB)
    assert page.status == 400
    assert "of another client_id" in page.text


async def test_only_a_request_whose_redirect_holds_is_looked_up(
    door: FrontDoor, site: DocumentSite
) -> None:
    for redirect in ("http://localhost:1/", "javascript:x", "http://10.0.0.1/", ""):
        assert (await door.navigate(client_id=CLIENT, redirect_uri=redirect)).status == 400
    for client in ("https://127.0.0.1/c", "https://notes.example:444/c", "https://a@b.example/c"):
        assert (await door.navigate(client_id=client, redirect_uri=WEB)).status == 400
    assert site.requests == []


async def test_a_codes_client_is_the_whole_url(door: FrontDoor) -> None:
    waiting = (await door.navigate(client_id=CLIENT, redirect_uri=WEB)).location
    ticket = await door.house.screen.ticket()
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    code = answer_in((await door.get(waiting)).location)["code"]
    other = await door.trade(code, client_id=f"{CLIENT}/", redirect_uri=WEB)
    assert (other.status, other.json["error"]) == (400, "invalid_grant")
    assert VERIFIER not in other.text
