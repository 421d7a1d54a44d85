"""Tests of ``wattfare_desktop.gateway.cors``: what a page's browser is told, page by page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.asking import LOOPBACK, WEB, answer_in
from tests.support.front_door import FrontDoor, Reply, front_door

BUDGET = "/wattfare/v1/budget"
CALL = "/v1/chat/completions"
PAGE = "http://127.0.0.1:5173"
SITE = "https://notes.example"
FETCH = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
SDK_HEADERS = (
    "authorization,content-type,dpop,idempotency-key,x-api-key,x-goog-api-key,anthropic-version,"
    "anthropic-dangerous-direct-browser-access,x-stainless-lang,x-stainless-retry-count"
)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[FrontDoor]:
    async with front_door(tmp_path) as opened:
        yield opened


async def approved(door: FrontDoor, redirect: str = LOOPBACK) -> str:
    answer = answer_in(await door.code(redirect_uri=redirect))
    reply = await door.trade(answer["code"], redirect_uri=redirect)
    access: str = reply.json["access_token"]
    return access


async def fetch(door: FrontDoor, access: str, origin: str | None, **headers: str) -> Reply:
    sent = {**FETCH, "Authorization": f"Bearer {access}", **headers}
    if origin is not None:
        sent["Origin"] = origin
    return await door.get(BUDGET, headers=sent)


async def preflight(
    door: FrontDoor, origin: str, headers: str = SDK_HEADERS, path: str = CALL
) -> Reply:
    asked = {
        **FETCH,
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": headers,
    }
    return await door.send("OPTIONS", path, headers=asked)


def silent(reply: Reply) -> bool:
    """Return whether a browser would keep the answer from the page."""
    return not any(name.lower().startswith("access-control") for name in reply.headers)


async def test_a_page_opened_as_localhost_is_another_and_told_what_helps(door: FrontDoor) -> None:
    access = await approved(door)
    named = PAGE.replace("127.0.0.1", "localhost")
    for refused in (await fetch(door, access, named), await preflight(door, named)):
        assert refused.status == 403
        assert "Open it as http://127.0.0.1" in refused.json["error"]["message"]
        assert silent(refused)
    for other in ("http://localhost.evil.example", "https://localhost:5173", "http://evil.example"):
        refused = await fetch(door, access, other)
        assert refused.status == 403
        assert "Open it as" not in refused.json["error"]["message"]


async def test_an_approved_page_reads_its_answers_and_no_other(door: FrontDoor) -> None:
    access = await approved(door)
    reply = await fetch(door, access, PAGE)
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert reply.headers["Vary"] == "Origin"
    assert "DPoP-Nonce" in reply.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in reply.headers
    for origin in (
        "http://127.0.0.1:5174",
        "http://localhost:5173",
        "https://evil.example",
        "null",
    ):
        refused = await fetch(door, access, origin)
        assert (refused.status, refused.json["error"]["code"]) == (403, "origin_not_allowed")
        assert silent(refused)


async def test_a_page_reads_refusals_too(door: FrontDoor) -> None:
    await approved(door)
    for path, status in ((BUDGET, 401), ("/nothing", 404)):
        reply = await door.get(path, headers={**FETCH, "Origin": PAGE})
        assert reply.status == status
        assert reply.headers["Access-Control-Allow-Origin"] == PAGE


async def test_an_access_is_of_no_use_to_another_approved_page(door: FrontDoor) -> None:
    ours, theirs = await approved(door), await approved(door, "http://127.0.0.1:6000/cb")
    assert (await fetch(door, ours, PAGE)).status == 200
    for access, origin in ((ours, "http://127.0.0.1:6000"), (theirs, PAGE)):
        refused = await fetch(door, access, origin)
        assert (refused.status, refused.json["error"]["code"]) == (403, "access_denied")
        assert refused.headers["x-should-retry"] == "false"


async def test_what_a_web_page_was_approved_for_is_bound_to_it(door: FrontDoor) -> None:
    access = await approved(door, WEB)
    assert (await fetch(door, access, SITE)).status == 200
    reply = await door.get(BUDGET, headers={"Authorization": f"Bearer {access}"})
    assert (reply.status, reply.json["error"]["code"]) == (403, "access_denied")


async def test_a_program_with_a_loopback_redirect_sends_no_origin(door: FrontDoor) -> None:
    access = await approved(door)
    reply = await door.get(BUDGET, headers={"Authorization": f"Bearer {access}"})
    assert reply.status == 200
    assert silent(reply)


async def test_a_preflight_lists_what_the_sdks_send(door: FrontDoor) -> None:
    await approved(door)
    reply = await preflight(
        door, PAGE, f"{SDK_HEADERS},cookie,x-evil,x-stainless-\N{LATIN SMALL LETTER E WITH ACUTE}"
    )
    assert reply.status == 204
    assert reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert reply.headers["Access-Control-Allow-Headers"].replace(" ", "") == SDK_HEADERS
    assert reply.headers["Access-Control-Allow-Methods"] == "GET, POST, PUT"
    assert "Access-Control-Allow-Credentials" not in reply.headers


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/wait", "/nothing"])
async def test_there_is_no_preflight_for_what_no_page_may_fetch(door: FrontDoor, path: str) -> None:
    await approved(door)
    reply = await preflight(door, PAGE, path=path)
    assert reply.status in {403, 404, 405}
    assert "Access-Control-Allow-Headers" not in reply.headers


async def test_a_page_that_was_never_approved_gets_no_preflight(door: FrontDoor) -> None:
    await approved(door)
    for origin in ("https://evil.example", "null"):
        reply = await preflight(door, origin)
        assert reply.status == 403
        assert silent(reply)


async def test_a_page_comes_for_its_access_by_fetch(door: FrontDoor) -> None:
    token = {**FETCH, "Origin": PAGE, "Content-Type": "application/x-www-form-urlencoded"}
    reply = await door.send("POST", "/oauth/token", data=b"grant_type=x", headers=token)
    assert (reply.status, silent(reply)) == (403, True)
    answer = await door.code()
    assert (await preflight(door, PAGE, "dpop", "/oauth/token")).status == 204
    reply = await door.send("POST", "/oauth/token", data=b"grant_type=x", headers=token)
    assert reply.status == 400
    assert reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert "code" in answer_in(answer)


async def test_a_page_whose_grant_is_over_is_a_stranger_again(door: FrontDoor) -> None:
    access = await approved(door)
    door.house.wallet.desk._origins.clear()  # two minutes later
    assert (await fetch(door, access, PAGE)).status == 200
    (row,) = await door.house.books.reports.apps()
    await door.house.books.apps.pause(row.id)
    assert (await fetch(door, access, PAGE)).status == 403
    assert (await preflight(door, PAGE)).status == 204, "it may read that it is paused"
    await door.house.books.apps.revoke(row.id)
    assert (await preflight(door, PAGE)).status == 403


@pytest.mark.parametrize(
    ("mode", "destination"),
    [("no-cors", "image"), ("navigate", "document"), ("navigate", "iframe"), ("no-cors", "empty")],
)
async def test_an_approved_page_may_fetch_and_nothing_else(
    door: FrontDoor, mode: str, destination: str
) -> None:
    access = await approved(door)
    sent = {"Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": destination}
    reply = await fetch(door, access, PAGE, **sent)
    assert (reply.status, reply.json["error"]["code"]) == (403, "cross_site")
