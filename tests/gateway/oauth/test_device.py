"""Tests of the device flow (RFC 8628), over HTTP on a real wallet's port."""

import asyncio
import json
import os
import re
import subprocess
import sys
from typing import Any
from urllib.parse import urlencode

from tests.support.asking import details
from tests.support.front_door import FrontDoor, Reply
from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT
from wattfare_desktop.main.acts import question_of
from wattfare_desktop.ui.presentation.consent import identity_text

ASK = """
import sys, urllib.request
with urllib.request.urlopen(sys.argv[1], sys.argv[2].encode()) as answer:
    print(answer.read().decode())
"""
ME = os.path.realpath(sys.executable)
ASKED = {"client_id": "Backup", "authorization_details": details("2.00", "day")}


async def _begin(door: FrontDoor, **changes: str) -> dict[str, Any]:
    reply = await door.post("/oauth/device_authorization", ASKED | changes)
    assert reply.status == 200, reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = json.loads(reply.body)
    return told


async def _poll(door: FrontDoor, device_code: str, client: str = "Backup") -> Reply:
    form = {"grant_type": DEVICE_GRANT, "device_code": device_code, "client_id": client}
    return await door.post("/oauth/token", form)


async def _error(door: FrontDoor, device_code: str) -> str:
    reply = await _poll(door, device_code)
    assert reply.status == 400
    return str(json.loads(reply.body)["error"])


async def test_a_program_asks_its_user_types_and_it_spends(door: FrontDoor) -> None:
    told = await _begin(door, scope="offline_access")
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", told["user_code"])
    assert (told["expires_in"], told["interval"]) == (420, 5)
    assert "verification_uri_complete" not in told, "the code is typed"
    assert await _error(door, told["device_code"]) == "authorization_pending"
    assert await _error(door, told["device_code"]) == "slow_down"
    await door.house.wallet.devices.enter(told["user_code"])
    ticket = await door.house.screen.ticket()
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    door.house.clock.ahead_ms += 10 * SECOND_MS
    reply = await _poll(door, told["device_code"])
    assert reply.status == 200
    issued = json.loads(reply.body)
    assert issued["authorization_details"][0]["cap"] == {"amount": "2.00", "currency": "USD"}
    assert issued["refresh_token"].startswith("wf_rt_")
    headers = {"Authorization": f"Bearer {issued['access_token']}"}
    assert (await door.get("/v1/models", headers=headers)).status == 200
    assert await _error(door, told["device_code"]) == "invalid_grant"


async def test_a_denial_and_an_end_are_told(door: FrontDoor) -> None:
    denied, late = await _begin(door), await _begin(door, client_id="Late")
    await door.house.wallet.devices.enter(denied["user_code"])
    await door.house.wallet.desk.deny((await door.house.screen.ticket()).id)
    assert await _error(door, denied["device_code"]) == "access_denied"
    door.house.clock.ahead_ms += 420 * SECOND_MS
    reply = await _poll(door, late["device_code"], "Late")
    assert json.loads(reply.body)["error"] == "expired_token"


async def test_the_page_it_names_asks_for_no_code(door: FrontDoor) -> None:
    uri = (await _begin(door))["verification_uri"]
    assert uri.startswith(door.origin)
    page = await door.get(uri.removeprefix(door.origin), headers={})
    assert page.status == 200
    assert "wattfare approve CODE" in page.text
    assert "<input" not in page.text
    assert "Content-Security-Policy" in page.headers


async def test_faulty_requests_are_refused(door: FrontDoor) -> None:
    for changes, error in (
        ({"client_id": ""}, "invalid_client"),
        ({"authorization_details": "{}"}, "invalid_authorization_details"),
        ({"scope": 'a"b'}, "invalid_scope"),
    ):
        reply = await door.post("/oauth/device_authorization", ASKED | changes)
        assert (reply.status, json.loads(reply.body)["error"]) == (400, error)
    await door.house.wallet.lock()
    assert (await door.post("/oauth/device_authorization", ASKED)).status == 503


async def test_asking_has_an_end(door: FrontDoor) -> None:
    for _ in range(20):
        await _begin(door)
    reply = await door.post("/oauth/device_authorization", ASKED)
    assert (reply.status, reply.headers["Retry-After"]) == (429, "420")


async def test_the_program_that_asked_is_shown_and_kept(door: FrontDoor) -> None:
    address = f"{door.origin}/oauth/device_authorization"
    command = (sys.executable, "-c", ASK, address, urlencode(ASKED))
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    await door.house.wallet.devices.enter(json.loads(ran.stdout)["user_code"])
    ticket = await door.house.screen.ticket()
    assert ticket.asked_by is not None
    assert ticket.asked_by.path == ME
    assert ticket.program_to_bind is None, "an interpreter runs any script"
    shown = identity_text(question_of(ticket, ticket.received_at))
    assert f"the program that shows the code: {ticket.asked_by.path}" in shown
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    assert (await door.house.app()).bindings.asked_by == ticket.asked_by.path
