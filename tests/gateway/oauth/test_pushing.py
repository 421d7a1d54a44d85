"""Tests of requests pushed to ``/oauth/par`` (RFC 9126), over HTTP on a real wallet's port."""

import json
from urllib.parse import urlencode

import pytest

from tests.support.asking import LOOPBACK, WEB, answer_in, query
from tests.support.front_door import FrontDoor
from tests.support.wallet_house import PASSPHRASE
from wattfare_desktop.core.identifiers import MINUTE_MS
from wattfare_desktop.core.oauth.prompting import UNVERIFIED_PROMPTS_MAX


async def _push(door: FrontDoor, **changes: str | None) -> str:
    reply = await door.post_raw("/oauth/par", query(**changes))
    assert reply.status == 201, reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    told = json.loads(reply.body)
    assert told.keys() == {"request_uri", "expires_in"}
    assert told["expires_in"] == 60
    return str(told["request_uri"])


def _link(request_uri: str, client: str = "Notes AI") -> str:
    return urlencode({"client_id": client, "request_uri": request_uri})


async def test_a_browser_asks_with_what_was_pushed(door: FrontDoor) -> None:
    request_uri = await _push(door)
    waiting = (await door.get(f"/oauth/authorize?{_link(request_uri)}")).location
    ticket = await door.house.screen.ticket()
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    told = answer_in((await door.get(waiting)).location)
    assert (told["state"], told["iss"]) == ("x y&z=1", door.origin)
    assert (await door.trade(told["code"])).status == 200


async def test_a_link_asks_with_what_was_pushed(door: FrontDoor) -> None:
    request_uri = await _push(door)
    link = f"wattfare://authorize?{_link(request_uri)}"
    assert await door.house.wallet.desk.submit_uri(link) is None
    assert (await door.house.screen.ticket()).request.redirect.uri == LOOPBACK
    again = await door.house.wallet.desk.submit_uri(link)
    assert again is not None
    assert again.title == "That request is over"


async def test_what_a_link_adds_is_passed_over(door: FrontDoor) -> None:
    link = f"{_link(await _push(door))}&{urlencode({'redirect_uri': WEB, 'state': 'other'})}"
    assert (await door.get(f"/oauth/authorize?{link}")).status == 303
    ticket = await door.house.screen.ticket()
    assert (ticket.request.redirect.uri, ticket.request.state) == (LOOPBACK, "x y&z=1")


async def test_it_is_good_once_for_its_client_and_for_a_minute(door: FrontDoor) -> None:
    used, late = await _push(door), await _push(door)
    other = await door.get(f"/oauth/authorize?{_link(used, 'Other AI')}")
    assert other.status == 400
    assert (await door.get(f"/oauth/authorize?{_link(used)}")).status == 303
    assert (await door.get(f"/oauth/authorize?{_link(used)}")).status == 400
    door.house.clock.ahead_ms += MINUTE_MS
    over = await door.get(f"/oauth/authorize?{_link(late)}")
    assert over.status == 400
    assert "Location" not in over.headers
    assert "over" in over.text


async def test_a_locked_wallet_does_not_use_it_up(door: FrontDoor) -> None:
    await door.house.wallet.lock()
    request_uri = await _push(door)
    assert (await door.get(f"/oauth/authorize?{_link(request_uri)}")).status == 503
    await door.house.wallet.unlock(PASSPHRASE)
    assert (await door.get(f"/oauth/authorize?{_link(request_uri)}")).status == 303


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": None}, "invalid_request"),
        ({"redirect_uri": "http://localhost:1/cb"}, "invalid_request"),
        ({"redirect_uri": "https://notes.example/cb#x"}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_authorization_details"),
        ({"scope": 'a"b'}, "invalid_scope"),
    ],
)
async def test_what_is_faulty_is_refused_when_it_is_pushed(
    door: FrontDoor, changes: dict[str, str | None], error: str
) -> None:
    reply = await door.post_raw("/oauth/par", query(**changes))
    assert reply.status == 400
    assert json.loads(reply.body)["error"] == error
    assert door.house.screen.errors == []


async def test_pushing_has_an_end(door: FrontDoor) -> None:
    for _ in range(100):
        await _push(door)
    reply = await door.post_raw("/oauth/par", query())
    assert reply.status == 429
    assert reply.headers["Retry-After"] == "60"
    assert json.loads(reply.body)["error"] == "temporarily_unavailable"


async def test_a_thousand_pushed_requests_ask_ten_times(door: FrontDoor) -> None:
    desk, screen, asked = door.house.wallet.desk, door.house.screen, 0
    for number in range(1_000):
        client = f"App {number}"
        link = _link(await _push(door, client_id=client), client)
        await desk.submit_uri(f"wattfare://authorize?{link}")
        while not screen.shown.empty():
            asked += 1
            await desk.deny(screen.shown.get_nowait().id)
    assert asked == UNVERIFIED_PROMPTS_MAX
    assert screen.errors == []
