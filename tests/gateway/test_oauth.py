"""Tests of ``wattfare_desktop.gateway.oauth``, over HTTP on a real wallet's port."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.asking import LOOPBACK, WEB, answer_in, details, query
from tests.support.front_door import NAVIGATION, FrontDoor, Reply, front_door
from tests.support.wallet_house import PASSPHRASE
from wattfare_desktop.core.identifiers import MINUTE_MS
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.wallet import authorization

SITE = "https://notes.example"
NAMELESS = {"client_id": "wf-nobody", "redirect_uri": LOOPBACK}


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[FrontDoor]:
    async with front_door(tmp_path) as opened:
        yield opened


# Metadata.


@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
async def test_the_server_describes_itself(door: FrontDoor, name: str) -> None:
    reply = await door.get(f"/.well-known/{name}", headers={})
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    told = json.loads(reply.body)
    assert told["issuer"] == door.origin
    for member in ("authorization_endpoint", "token_endpoint", "revocation_endpoint"):
        assert told[member].startswith(f"{door.origin}/oauth/")
    assert told["response_types_supported"] == ["code"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_details_types_supported"] == ["wattfare_spend"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["token_endpoint_auth_methods_supported"] == ["none"]


async def test_the_resource_names_its_server(door: FrontDoor) -> None:
    told = json.loads((await door.get("/.well-known/oauth-protected-resource", headers={})).body)
    assert told["resource"] == door.origin
    assert told["authorization_servers"] == [door.origin]


async def test_every_endpoint_it_names_is_there(door: FrontDoor) -> None:
    reply = await door.get("/.well-known/oauth-authorization-server", headers={})
    told = json.loads(reply.body)
    endpoints = {name: told[name] for name in told if name.endswith("_endpoint")}
    path = endpoints.pop("authorization_endpoint").removeprefix(door.origin)
    assert (await door.get(path)).status == 400
    for name, address in endpoints.items():
        reply = await door.post(address.removeprefix(door.origin), {})
        assert reply.status == 400, name


# The browser's way.


async def test_a_browser_waits_and_goes_back_with_a_code(door: FrontDoor) -> None:
    first = await door.navigate()
    waiting = first.location
    assert first.headers["Cache-Control"] == "no-store"
    assert waiting.startswith("/oauth/wait?ticket=")
    page = await door.get(waiting)
    assert page.status == 200
    assert "Approve in Wattfare" in page.text
    assert 'http-equiv="refresh"' in page.text
    ticket = await door.house.screen.ticket()
    assert (await door.get(waiting)).status == 200
    await door.house.wallet.desk.approve(ticket.id, door.house.terms(ticket))
    answer = (await door.get(waiting)).location
    assert answer.startswith(f"{LOOPBACK}?")
    told = answer_in(answer)
    assert told.keys() == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == ("x y&z=1", door.origin)
    assert door.opened.uris == [], "it is the tab that goes back, nothing else"


async def test_a_browser_is_told_of_a_denial(door: FrontDoor) -> None:
    waiting = (await door.navigate(redirect_uri=f"{WEB}?lang=en")).location
    await door.house.wallet.desk.deny((await door.house.screen.ticket()).id)
    answer = (await door.get(waiting)).location
    assert answer.startswith(f"{WEB}?lang=en&error=access_denied&")
    told = answer_in(answer)
    assert (told["state"], told["iss"]) == ("x y&z=1", door.origin)
    assert "code" not in told


async def test_a_browser_whose_user_stays_away_is_denied(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authorization, "ANSWER_MS", 20)
    waiting = (await door.navigate()).location
    async with asyncio.timeout(10):
        while (reply := await door.get(waiting)).status == 200:
            continue
    assert answer_in(reply.location)["error"] == "access_denied"


@pytest.mark.parametrize("ticket", ["", "?ticket=", "?ticket=ticket_1", "?other=1"])
async def test_nobody_waits_for_a_ticket_that_is_not_there(door: FrontDoor, ticket: str) -> None:
    reply = await door.get(f"/oauth/wait{ticket}")
    assert reply.status == 410
    assert "over" in reply.text


async def test_an_answer_is_forgotten_after_a_while(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authorization, "_KEPT_S", 0.0)
    waiting = (await door.navigate()).location
    await door.house.wallet.desk.deny((await door.house.screen.ticket()).id)
    async with asyncio.timeout(10):
        while (await door.get(waiting)).status != 410:
            continue


@pytest.mark.parametrize(
    "headers",
    [
        {**NAVIGATION, "Sec-Fetch-Mode": "no-cors"},
        {**NAVIGATION, "Sec-Fetch-Mode": "cors"},
        {**NAVIGATION, "Sec-Fetch-Dest": "iframe"},
        {**NAVIGATION, "Sec-Fetch-Dest": "image"},
        {**NAVIGATION, "Sec-Fetch-Dest": "embed"},
        {"Sec-Fetch-Site": "same-site"},
        {**NAVIGATION, "Origin": "https://notes.example"},
        {**NAVIGATION, "Origin": "null"},
    ],
)
async def test_only_a_navigation_asks(door: FrontDoor, headers: dict[str, str]) -> None:
    reply = await door.get(f"/oauth/authorize?{query()}", headers=headers)
    assert reply.status == 403
    assert door.house.screen.shown.empty()


async def test_a_foreign_name_asks_nothing(door: FrontDoor) -> None:
    headers = {**NAVIGATION, "Host": f"wallet.example:{door.port}"}
    assert (await door.get(f"/oauth/authorize?{query()}", headers=headers)).status == 421
    assert door.house.screen.shown.empty()


async def test_a_post_asks_nothing(door: FrontDoor) -> None:
    assert (await door.post(f"/oauth/authorize?{query()}", {})).status == 405
    assert door.house.screen.shown.empty()


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "Notes\u202eIA"},
        {"client_id": "https://bank.example", "redirect_uri": WEB},
        {"redirect_uri": None},
        {"redirect_uri": "http://notes.example/cb"},
        {"redirect_uri": "http://localhost:5173/cb"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https://notes.example/cb#x"},
    ],
)
async def test_a_bad_client_or_redirect_is_told_to_the_user_alone(
    door: FrontDoor, changes: dict[str, str | None]
) -> None:
    reply = await door.navigate(**changes)
    assert reply.status == 400
    assert "Location" not in reply.headers
    (error,) = door.house.screen.errors
    assert error.title
    assert error.detail
    assert "Content-Security-Policy" in reply.headers
    assert "alert(1)" not in reply.text
    assert door.house.screen.shown.empty()
    assert await door.house.wallet.apps() == ()


async def test_our_own_port_is_no_redirect(door: FrontDoor) -> None:
    for port in (door.port, 8402, 8405):
        reply = await door.navigate(redirect_uri=f"http://127.0.0.1:{port}/oauth/wait")
        assert reply.status == 400
    assert len(door.house.screen.errors) == 3


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"scope": 'a"b'}, "invalid_scope"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "urn:x"}, "request_uri_not_supported"),
        ({"authorization_details": "{}"}, "invalid_authorization_details"),
        ({"authorization_details": "[]"}, "invalid_authorization_details"),
        ({"authorization_details": details("-1")}, "invalid_authorization_details"),
        ({"authorization_details": details(period="hour")}, "invalid_authorization_details"),
        ({"authorization_details": details(tip="1.00")}, "invalid_authorization_details"),
        ({"authorization_details": details(models=[""])}, "invalid_authorization_details"),
        ({"authorization_details": details(expires_in_days=0)}, "invalid_authorization_details"),
        (
            {"authorization_details": details().replace("wattfare_spend", "payment")},
            "invalid_authorization_details",
        ),
        (
            {"authorization_details": details().replace("USD", "EUR")},
            "invalid_authorization_details",
        ),
    ],
)
async def test_a_faulty_request_is_told_to_the_app(
    door: FrontDoor, changes: dict[str, str | None], error: str
) -> None:
    told = answer_in((await door.navigate(**changes)).location)
    assert told["error"] == error
    assert told["error_description"]
    assert (told["state"], told["iss"]) == ("x y&z=1", door.origin)
    assert door.house.screen.shown.empty()


async def test_an_app_that_was_refused_twice_is_told_to_wait(door: FrontDoor) -> None:
    for _ in range(2):
        await door.navigate()
        await door.house.wallet.desk.deny((await door.house.screen.ticket()).id)
    told = answer_in((await door.navigate()).location)
    assert told["error"] == "temporarily_unavailable"
    assert door.house.screen.shown.empty()
    door.house.clock.ahead_ms += 5 * MINUTE_MS
    assert (await door.navigate()).location.startswith("/oauth/wait")


async def test_the_same_app_in_two_tabs_asks_once(door: FrontDoor) -> None:
    replies = await asyncio.gather(*(door.navigate() for _ in range(3)))
    kinds = sorted(reply.location.partition("?")[0] for reply in replies)
    assert kinds == ["/oauth/wait", LOOPBACK, LOOPBACK] or kinds == [LOOPBACK] * 2 + ["/oauth/wait"]


async def test_while_it_is_locked_the_page_comes_again_by_itself(door: FrontDoor) -> None:
    await door.house.wallet.lock()
    reply = await door.navigate()
    assert reply.status == 503
    assert "locked" in reply.text
    assert 'http-equiv="refresh"' in reply.text
    again = {**NAVIGATION, "Sec-Fetch-Site": "same-origin"}
    assert (await door.get(f"/oauth/authorize?{query()}", headers=again)).status == 503
    await door.house.wallet.unlock(PASSPHRASE)
    reply = await door.get(f"/oauth/authorize?{query()}", headers=again)
    assert reply.location.startswith("/oauth/wait")


async def test_locking_ends_the_wait(door: FrontDoor) -> None:
    waiting = (await door.navigate()).location
    await door.house.screen.ticket()
    await door.house.wallet.lock()
    assert (await door.get(waiting)).status == 410


# The token endpoint.


async def test_a_code_is_traded_for_an_access(door: FrontDoor) -> None:
    asked = details("0.50", "day", models=["practice/*"], expires_in_days=30, justification="x")
    answer = await door.code(authorization_details=asked)
    reply = await door.trade(answer_in(answer)["code"])
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Pragma"] == "no-cache"
    told = json.loads(reply.body)
    assert told.keys() == {"access_token", "token_type", "authorization_details", "expires_in"}
    assert told["access_token"].startswith("wf_at_")
    assert told["token_type"] == "Bearer"
    assert 30 * 86_400 - 60 < told["expires_in"] <= 30 * 86_400
    assert told["authorization_details"] == [
        {
            "type": "wattfare_spend",
            "cap": {"amount": "0.50", "currency": "USD"},
            "period": "day",
            "models": ["practice/*"],
            "expires_in_days": 30,
        }
    ]
    assert (await _call(door, told["access_token"])) == 200


async def test_an_access_without_an_end_has_no_expiry(door: FrontDoor) -> None:
    told = json.loads((await door.trade(answer_in(await door.code())["code"])).body)
    assert "expires_in" not in told


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"code": None}, "invalid_request"),
        ({"code": ""}, "invalid_request"),
        ({"code": "wf_ac_" + "x" * 43}, "invalid_grant"),
        ({"client_id": None}, "invalid_request"),
        ({"client_id": "Other AI"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:5174/cb"}, "invalid_grant"),
        ({"redirect_uri": f"{LOOPBACK}/"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code_verifier": "another-verifier-of-forty-three-characters-"}, "invalid_grant"),
    ],
)
async def test_a_wrong_trade_is_refused_and_spoils_nothing(
    door: FrontDoor, changes: dict[str, str | None], error: str
) -> None:
    code = answer_in(await door.code())["code"]
    refused = await door.trade(**{"code": code, **changes})  # type: ignore[arg-type]
    assert _error(refused) == error
    assert (await door.trade(code)).status == 200


async def test_a_code_used_twice_takes_the_access_with_it(door: FrontDoor) -> None:
    code = answer_in(await door.code())["code"]
    access = json.loads((await door.trade(code)).body)["access_token"]
    assert await _call(door, access) == 200
    assert _error(await door.trade(code)) == "invalid_grant"
    assert await _call(door, access) == 401
    assert (await door.house.app()).state is GrantState.REVOKED


async def test_a_code_has_a_minute(door: FrontDoor) -> None:
    code = answer_in(await door.code())["code"]
    door.house.clock.ahead_ms += MINUTE_MS
    assert _error(await door.trade(code)) == "invalid_grant"


@pytest.mark.parametrize(
    "path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par"]
)
async def test_forms_are_read_strictly(door: FrontDoor, path: str) -> None:
    for body, content_type in (
        ("{}", "application/json"),
        ("a=1", "text/plain"),
        ("token=1&token=2", "application/x-www-form-urlencoded"),
        ("token=%ff", "application/x-www-form-urlencoded"),
        ("token=\u00e9", "application/x-www-form-urlencoded"),
        ("&".join(f"p{number}=1" for number in range(60)), "application/x-www-form-urlencoded"),
        (f"token={'a' * 20_000}", "application/x-www-form-urlencoded"),
        ("", "application/x-www-form-urlencoded"),
    ):
        assert _error(await door.post_raw(path, body, content_type)) == "invalid_request", body[:20]


async def test_the_token_endpoint_is_for_posts_of_programs(door: FrontDoor) -> None:
    assert (await door.get("/oauth/token", headers={})).status == 405
    async with aiohttp.ClientSession() as http:
        for headers in (
            {"Origin": "https://notes.example"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        ):
            async with http.post(
                f"{door.origin}/oauth/token", data={"a": "1"}, headers=headers
            ) as answer:
                assert answer.status == 403


async def test_a_locked_wallet_trades_nothing_and_loses_nothing(door: FrontDoor) -> None:
    code = answer_in(await door.code())["code"]
    await door.house.wallet.lock()
    for reply in (await door.trade(code), await door.post("/oauth/revoke", {"token": "x"})):
        assert reply.status == 503
        assert json.loads(reply.body)["error"] == "temporarily_unavailable"
        assert int(reply.headers["Retry-After"]) > 0
    await door.house.wallet.unlock(PASSPHRASE)
    assert (await door.trade(code)).status == 200


# Revocation.


async def test_an_app_gives_its_access_back(door: FrontDoor) -> None:
    access = json.loads((await door.trade(answer_in(await door.code())["code"])).body)[
        "access_token"
    ]
    assert await _call(door, access) == 200
    for _ in range(2):
        reply = await door.post(
            "/oauth/revoke", {"token": access, "token_type_hint": "refresh_token"}
        )
        assert (reply.status, reply.body) == (200, b"")
        assert reply.headers["Cache-Control"] == "no-store"
        assert await _call(door, access) == 401


@pytest.mark.parametrize("token", ["wf_at_" + "x" * 43, "sk-other", "ü", "x" * 5000])
async def test_an_unknown_token_is_no_error(door: FrontDoor, token: str) -> None:
    assert (await door.post("/oauth/revoke", {"token": token})).status == 200


async def test_a_site_that_asks_again_loses_its_old_access(door: FrontDoor) -> None:
    accesses = []
    for _ in range(2):
        code = answer_in(await door.code(client_id="notes", redirect_uri=WEB))["code"]
        reply = await door.trade(code, client_id="notes", redirect_uri=WEB)
        accesses.append(json.loads(reply.body)["access_token"])
    old, new = accesses
    assert await _call(door, old, Origin=SITE) == 401
    assert await _call(door, new, Origin=SITE) == 200


async def test_a_site_is_told_of_its_browsers_question(door: FrontDoor) -> None:
    first = await door.navigate(redirect_uri=WEB)
    assert "Allow it" in (await door.get(first.location)).text
    await door.house.wallet.desk.deny((await door.house.screen.ticket()).id)
    second = await door.navigate(client_id="Other")
    assert "Allow it" not in (await door.get(second.location)).text


async def test_nothing_secret_is_logged(door: FrontDoor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    answer = await door.code()
    code = answer_in(answer)["code"]
    access = json.loads((await door.trade(code)).body)["access_token"]
    await door.trade(code)
    await door.post("/oauth/revoke", {"token": access})
    assert code not in caplog.text
    assert access not in caplog.text


def _error(reply: Reply) -> str:
    assert reply.status == 400, (reply.status, reply.text)
    assert reply.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = json.loads(reply.body)
    assert told.keys() == {"error", "error_description"}
    return str(told["error"])


async def _call(door: FrontDoor, access: str, **sent: str) -> int:
    """Return what the port says to a call that needs no provider."""
    headers = {"Authorization": f"Bearer {access}", **sent}
    return (await door.get("/v1/models", headers=headers)).status
