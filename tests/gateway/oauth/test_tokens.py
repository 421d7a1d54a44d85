"""Tests of refreshing, introspection and revocation, over HTTP on a real wallet's port."""

import json
from typing import Any

from tests.support.asking import answer_in, details
from tests.support.front_door import FrontDoor, Reply
from wattfare_desktop.core.identifiers import MINUTE_MS


async def _issued(door: FrontDoor, **changes: str | None) -> dict[str, Any]:
    answer = await door.code(scope="offline_access", **changes)
    told: dict[str, Any] = json.loads((await door.trade(answer_in(answer)["code"])).body)
    return told


async def _refresh(door: FrontDoor, token: str, **changes: str) -> Reply:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "Notes AI"}
    return await door.post("/oauth/token", form | changes)


async def _introspect(door: FrontDoor, token: str) -> dict[str, Any]:
    reply = await door.post("/oauth/introspect", {"token": token})
    assert reply.status == 200
    assert reply.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = json.loads(reply.body)
    return told


async def _call(door: FrontDoor, access: str) -> int:
    return (await door.get("/v1/models", headers={"Authorization": f"Bearer {access}"})).status


async def test_accesses_are_short_and_follow_one_another(door: FrontDoor) -> None:
    asked = details("0.50", "day", models=["practice/*"])
    first = await _issued(door, authorization_details=asked)
    assert first.keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "scope",
        "authorization_details",
    }
    assert 890 <= first["expires_in"] <= 900
    assert first["scope"] == "offline_access"
    assert await _call(door, first["access_token"]) == 200
    door.house.clock.ahead_ms += 15 * MINUTE_MS
    assert await _call(door, first["access_token"]) == 401
    reply = await _refresh(door, first["refresh_token"])
    assert reply.headers["Cache-Control"] == "no-store"
    second = json.loads(reply.body)
    assert second.keys() == first.keys()
    assert second["authorization_details"] == first["authorization_details"]
    assert await _call(door, second["access_token"]) == 200
    again = await _refresh(door, first["refresh_token"])
    assert (again.status, json.loads(again.body)["error"]) == (400, "invalid_grant")
    assert await _call(door, second["access_token"]) == 401


async def test_refreshing_wants_its_parameters(door: FrontDoor) -> None:
    token = (await _issued(door))["refresh_token"]
    for form, error in (
        ({"refresh_token": token}, "invalid_request"),
        ({"client_id": "Notes AI"}, "invalid_request"),
        ({"client_id": "Other AI", "refresh_token": token}, "invalid_grant"),
    ):
        reply = await door.post("/oauth/token", {"grant_type": "refresh_token", **form})
        assert (reply.status, json.loads(reply.body)["error"]) == (400, error)
    assert (await _refresh(door, token)).status == 200


async def test_a_token_is_introspected_by_its_holder(door: FrontDoor) -> None:
    issued = await _issued(door)
    told = await _introspect(door, issued["access_token"])
    assert told.pop("exp") - told.pop("iat") == 15 * 60
    assert told == {
        "active": True,
        "iss": door.origin,
        "client_id": "Notes AI",
        "token_type": "Bearer",
        "authorization_details": issued["authorization_details"],
    }
    refresh = await _introspect(door, issued["refresh_token"])
    assert refresh["active"] is True
    assert "token_type" not in refresh
    for token in ("wf_at_" + "x" * 43, "ü", "sk-other"):
        assert await _introspect(door, token) == {"active": False}
    await door.post("/oauth/revoke", {"token": issued["access_token"]})
    assert await _introspect(door, issued["refresh_token"]) == {"active": False}


async def test_a_refresh_token_given_back_takes_the_accesses_with_it(door: FrontDoor) -> None:
    issued = await _issued(door)
    reply = await door.post("/oauth/revoke", {"token": issued["refresh_token"]})
    assert (reply.status, reply.body) == (200, b"")
    assert await _call(door, issued["access_token"]) == 401
    assert (await _refresh(door, issued["refresh_token"])).status == 400
