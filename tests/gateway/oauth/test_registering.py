"""Tests of dynamic registration (RFC 7591), over HTTP on a real wallet's port."""

import json
from typing import Any

import pytest

from tests.support.asking import LOOPBACK, WEB, answer_in
from tests.support.front_door import FrontDoor, Reply
from wattfare_desktop.core.identifiers import HOUR_MS


async def _register(door: FrontDoor, **members: Any) -> Reply:
    body = json.dumps({"client_name": "Notes", "redirect_uris": [LOOPBACK], **members})
    return await door.post_raw("/oauth/register", body, "application/json")


async def _client_id(door: FrontDoor, **members: Any) -> str:
    reply = await _register(door, **members)
    assert reply.status == 201, reply.text
    return str(json.loads(reply.body)["client_id"])


async def test_an_app_registers_is_approved_and_trades(door: FrontDoor) -> None:
    reply = await _register(door)
    assert reply.headers["Cache-Control"] == "no-store"
    told = json.loads(reply.body)
    client = told.pop("client_id")
    assert 0 <= door.house.clock.now() // 1000 - told.pop("client_id_issued_at") < 60
    assert told == {
        "client_name": "Notes",
        "redirect_uris": [LOOPBACK],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "dpop_bound_access_tokens": False,
    }
    elsewhere = LOOPBACK.replace("5173", "5999")
    code = answer_in(await door.code(client_id=client, redirect_uri=elsewhere))["code"]
    assert (await door.trade(code, client_id=client, redirect_uri=elsewhere)).status == 200
    assert (await door.house.app()).name == "Notes"


async def test_it_is_answered_at_its_redirects_alone(door: FrontDoor) -> None:
    client = await _client_id(door)
    for redirect in (WEB, f"{LOOPBACK}/other", "com.example.notes:/cb"):
        reply = await door.navigate(client_id=client, redirect_uri=redirect)
        assert reply.status == 400
        assert "Location" not in reply.headers
    assert door.house.screen.shown.empty()


async def test_one_that_is_never_approved_is_forgotten(door: FrontDoor) -> None:
    client = await _client_id(door)
    door.house.clock.ahead_ms += HOUR_MS
    assert (await door.navigate(client_id=client)).status == 400


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"redirect_uris": ["http://localhost:1/"]}, "invalid_redirect_uri"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
    ],
)
async def test_a_faulty_registration_is_refused(
    door: FrontDoor, members: dict[str, Any], error: str
) -> None:
    reply = await _register(door, **members)
    assert (reply.status, json.loads(reply.body)["error"]) == (400, error)


async def test_what_is_posted_is_bounded_and_json(door: FrontDoor) -> None:
    for body, kind in (("{}", "text/plain"), ("[" * 20_000, "application/json")):
        reply = await door.post_raw("/oauth/register", body, kind)
        assert (reply.status, json.loads(reply.body)["error"]) == (400, "invalid_client_metadata")


async def test_registering_has_an_end(door: FrontDoor) -> None:
    for _ in range(10):
        await _client_id(door)
    reply = await _register(door)
    assert reply.status == 429
    assert int(reply.headers["Retry-After"]) > 0


async def test_a_locked_wallet_registers_nobody(door: FrontDoor) -> None:
    await door.house.wallet.lock()
    assert (await _register(door)).status == 503
