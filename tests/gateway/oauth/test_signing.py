"""Tests of keys (RFC 9449) in every way to an access: pushed, refreshed, registered, typed."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.support.asking import LOOPBACK, VERIFIER, answer_in, details, query
from tests.support.front_door import FrontDoor, Reply
from tests.support.signing_app import SigningApp
from wattfare_desktop.core.identifiers import MINUTE_MS, SECOND_MS
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT
from wattfare_desktop.core.watching.rules import Rule

TOKEN = "/oauth/token"
PUSH = "/oauth/par"
MODELS = "/v1/models"
DEVICE = "/oauth/device_authorization"


@pytest.fixture
def app(door: FrontDoor) -> SigningApp:
    return SigningApp(clock_s=lambda: door.house.clock.now() / 1000)


async def _token(
    door: FrontDoor, app: SigningApp | None, form: dict[str, str], path: str = TOKEN
) -> Reply:
    """Send ``form`` with a proof of ``app``."""
    return await _posted(door, app, path, urlencode(form))


async def _posted(door: FrontDoor, app: SigningApp | None, path: str, body: str) -> Reply:
    """Post with a proof of ``app``, as a client does: first to learn the nonce."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if app is not None:
        headers["DPoP"] = app.proof("POST", door.origin + path)
        reply = await door.send("POST", path, data=body.encode(), headers=headers)
        assert reply.json["error"] == "use_dpop_nonce"
        nonce = reply.headers["DPoP-Nonce"]
        headers["DPoP"] = app.proof("POST", door.origin + path, nonce=nonce)
    return await door.send("POST", path, data=body.encode(), headers=headers)


def _code_form(code: str, client: str = "Notes AI") -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client,
        "redirect_uri": LOOPBACK,
        "code_verifier": VERIFIER,
    }


def _refresh_form(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token, "client_id": "Notes AI"}


async def _issued(door: FrontDoor, app: SigningApp | None) -> dict[str, Any]:
    code = answer_in(await door.code(scope="offline_access"))["code"]
    reply = await _token(door, app, _code_form(code))
    assert reply.status == 200, reply.text
    told: dict[str, Any] = reply.json
    return told


async def _call(door: FrontDoor, app: SigningApp | None, access: str) -> int:
    if app is None:
        return (await door.get(MODELS, headers={"Authorization": f"Bearer {access}"})).status
    headers = {"Authorization": f"DPoP {access}"}
    address = door.origin + MODELS
    first = app.proof("GET", address, access=access)
    nonce = (await door.get(MODELS, headers=headers | {"DPoP": first})).headers["DPoP-Nonce"]
    proof = app.proof("GET", address, access=access, nonce=nonce)
    return (await door.get(MODELS, headers=headers | {"DPoP": proof})).status


def _another(door: FrontDoor) -> SigningApp:
    return SigningApp(clock_s=lambda: door.house.clock.now() / 1000)


def _refused(reply: Reply) -> None:
    assert (reply.status, reply.json["error"]) == (400, "invalid_dpop_proof")


async def test_a_refresh_wants_the_same_key(door: FrontDoor, app: SigningApp) -> None:
    first = await _issued(door, app)
    form = _refresh_form(first["refresh_token"])
    _refused(await _token(door, None, form))
    _refused(await _token(door, _another(door), form))
    reply = await _token(door, app, form)
    assert (reply.status, reply.json["token_type"]) == (200, "DPoP"), "it was not used up"
    assert await _call(door, None, reply.json["access_token"]) == 401
    assert await _call(door, app, reply.json["access_token"]) == 200


async def test_five_refreshes_by_another_key_end_the_grant(
    door: FrontDoor, app: SigningApp
) -> None:
    first = await _issued(door, app)
    form = _refresh_form(first["refresh_token"])
    thief = _another(door)
    for _ in range(2):
        # No proof at all is a mistake that apps make, and so is an unknown token.
        for careless in (None, app):
            wrong = form if careless is None else _refresh_form("wf_rt_unknown")
            assert (await _token(door, careless, wrong)).status == 400
    for _ in range(4):
        _refused(await _token(door, thief, form))
    row = await door.house.app()
    assert row.state is GrantState.ACTIVE
    _refused(await _token(door, thief, form))
    row = await door.house.app()
    assert row.state is GrantState.REVOKED
    (alert,) = await door.house.books.watch.alerts()
    assert (alert.rule, alert.app) == (Rule.BAD_PROOFS, row.id)
    assert (await _token(door, app, form)).json["error"] == "invalid_grant"
    assert await _call(door, None, first["access_token"]) == 401


async def test_the_five_are_counted_over_calls_and_refreshes(
    door: FrontDoor, app: SigningApp
) -> None:
    first, thief = await _issued(door, app), _another(door)
    form = _refresh_form(first["refresh_token"])
    for _ in range(3):
        _refused(await _token(door, thief, form))
    assert await _call(door, app, first["access_token"]) == 200
    reply = await _token(door, thief, form)
    nonce = reply.headers["DPoP-Nonce"]
    proof = thief.proof("GET", door.origin + MODELS, access=first["access_token"], nonce=nonce)
    headers = {"Authorization": f"DPoP {first['access_token']}", "DPoP": proof}
    assert (await door.get(MODELS, headers=headers)).status == 401
    assert (await door.house.app()).state is GrantState.REVOKED


async def test_an_app_may_begin_to_sign_when_it_refreshes(door: FrontDoor, app: SigningApp) -> None:
    first = await _issued(door, None)
    reply = await _token(door, app, _refresh_form(first["refresh_token"]))
    assert (reply.status, reply.json["token_type"]) == (200, "DPoP")
    assert await _call(door, app, reply.json["access_token"]) == 200
    assert await _call(door, None, first["access_token"]) == 401
    _refused(await _token(door, None, _refresh_form(reply.json["refresh_token"])))


async def test_introspection_tells_the_key(door: FrontDoor, app: SigningApp) -> None:
    issued = await _issued(door, app)
    told = (await door.post("/oauth/introspect", {"token": issued["access_token"]})).json
    assert (told["token_type"], told["cnf"]) == ("DPoP", {"jkt": app.jkt})


async def test_a_pushed_request_may_name_the_key(door: FrontDoor, app: SigningApp) -> None:
    pushed = await door.post_raw("/oauth/par", query(dpop_jkt=app.jkt))
    await _only_its_key_trades(door, app, pushed)


async def test_a_pushed_request_may_come_with_a_proof_of_the_key(
    door: FrontDoor, app: SigningApp
) -> None:
    await _only_its_key_trades(door, app, await _posted(door, app, PUSH, query()))
    named = query(dpop_jkt=app.jkt)
    await _only_its_key_trades(door, app, await _posted(door, app, PUSH, named))


async def test_a_pushed_request_may_not_name_another_key(door: FrontDoor, app: SigningApp) -> None:
    another = SigningApp().jkt
    _refused(await _posted(door, app, PUSH, query(dpop_jkt=another)))


async def test_nothing_is_pushed_with_a_bad_proof(door: FrontDoor, app: SigningApp) -> None:
    elsewhere = app.proof("POST", door.origin + TOKEN)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "DPoP": elsewhere}
    _refused(await door.send("POST", PUSH, data=query().encode(), headers=headers))


async def _only_its_key_trades(door: FrontDoor, app: SigningApp, reply: Reply) -> None:
    assert reply.status == 201, reply.text
    pushed = reply.json
    link = urlencode({"client_id": "Notes AI", "request_uri": pushed["request_uri"]})
    waiting = (await door.get(f"/oauth/authorize?{link}")).location
    ticket = await door.house.screen.ticket()
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    form = _code_form(answer_in((await door.get(waiting)).location)["code"])
    _refused(await _token(door, None, form))
    assert (await _token(door, app, form)).status == 200


@pytest.mark.parametrize("path", ["/oauth/par", DEVICE])
async def test_a_proof_and_a_key_beside_it_must_agree(
    door: FrontDoor, app: SigningApp, path: str
) -> None:
    asked = dict(parse_qsl(query()))
    _refused(await _token(door, app, asked | {"dpop_jkt": _another(door).jkt}, path))
    agreed = await _token(door, app, asked | {"dpop_jkt": app.jkt}, path)
    assert agreed.status in {200, 201}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "DPoP": "nonsense"}
    _refused(await door.send("POST", path, data=urlencode(asked).encode(), headers=headers))


@pytest.mark.parametrize("with_proof", [True, False])
async def test_a_typed_code_is_worth_something_to_its_key_alone(
    door: FrontDoor,
    app: SigningApp,
    with_proof: bool,  # noqa: FBT001 - a table
) -> None:
    asked = {"client_id": "Backup"}
    if with_proof:
        told = (await _token(door, app, asked, DEVICE)).json
    else:
        told = (await _token(door, None, asked | {"dpop_jkt": app.jkt}, DEVICE)).json
    await door.house.wallet.devices.enter(told["user_code"])
    ticket = await door.house.screen.ticket()
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    form = {"grant_type": DEVICE_GRANT, "device_code": told["device_code"], "client_id": "Backup"}
    for other in (None, _another(door)):
        _refused(await _token(door, other, form))
    reply = await _token(door, app, form)
    assert (reply.status, reply.json["token_type"]) == (200, "DPoP")
    assert await _call(door, app, reply.json["access_token"]) == 200


async def test_a_terminal_program_names_no_key_that_is_none(door: FrontDoor) -> None:
    reply = await door.post(DEVICE, {"client_id": "Backup", "dpop_jkt": "short"})
    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


async def test_a_client_may_register_to_be_bound(door: FrontDoor, app: SigningApp) -> None:
    wanted = {"redirect_uris": [LOOPBACK], "dpop_bound_access_tokens": True}
    reply = await door.post_raw("/oauth/register", json.dumps(wanted), "application/json")
    assert (reply.status, reply.json["dpop_bound_access_tokens"]) == (201, True)
    client = reply.json["client_id"]
    form = _code_form(answer_in(await door.code(client_id=client))["code"], client)
    _refused(await _token(door, None, form))
    assert (await _token(door, app, form)).status == 200


async def test_whether_to_be_bound_is_yes_or_no(door: FrontDoor) -> None:
    wanted = {"redirect_uris": [LOOPBACK], "dpop_bound_access_tokens": "yes"}
    reply = await door.post_raw("/oauth/register", json.dumps(wanted), "application/json")
    assert (reply.status, reply.json["error"]) == (400, "invalid_client_metadata")


async def test_a_typed_code_is_kept_for_the_program_that_signs(
    door: FrontDoor, app: SigningApp
) -> None:
    asked = {
        "client_id": "Backup",
        "authorization_details": details(dpop_bound_access_tokens=True),
    }
    told = (await door.post("/oauth/device_authorization", asked)).json
    await door.house.wallet.devices.enter(told["user_code"])
    ticket = await door.house.screen.ticket()
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    form = {
        "grant_type": DEVICE_GRANT,
        "device_code": told["device_code"],
        "client_id": "Backup",
    }
    _refused(await _token(door, None, form))
    door.house.clock.ahead_ms += 10 * SECOND_MS
    reply = await _token(door, app, form)
    assert (reply.status, reply.json["token_type"]) == (200, "DPoP")
    assert await _call(door, app, reply.json["access_token"]) == 200


async def test_a_page_comes_for_its_next_access_when_the_last_has_ended(door: FrontDoor) -> None:
    await _issued(door, None)
    accesses, now = door.house.books.accesses, door.house.clock.now
    origin = LOOPBACK[: LOOPBACK.index("/", len("http://"))]
    door.house.clock.ahead_ms += 20 * MINUTE_MS
    assert accesses.knows_origin(origin, now())


async def test_bad_proofs_do_not_count_as_calls(door: FrontDoor, app: SigningApp) -> None:
    access = (await _issued(door, app))["access_token"]
    for _ in range(300):
        reply = await door.get(MODELS, headers={"Authorization": f"Bearer {access}"})
        assert reply.status == 401
    assert await _call(door, app, access) == 200
