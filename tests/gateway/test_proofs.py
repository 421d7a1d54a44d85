"""Tests of ``wattfare_desktop.gateway.proofs``: signed requests against a wallet's own port."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.asking import VERIFIER, answer_in, details
from tests.support.front_door import FrontDoor, Reply, front_door
from tests.support.signing_app import SigningApp
from tests.support.wallet_house import PASSPHRASE
from wattfare_desktop.core.oauth.bindings import Allowed
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.watching.rules import Rule

BUDGET = "/wattfare/v1/budget"
TOKEN = "/oauth/token"


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[FrontDoor]:
    async with front_door(tmp_path) as opened:
        yield opened


def signer(door: FrontDoor, algorithm: str = "ES256") -> SigningApp:
    """Return an app with a key of its own, and the wallet's clock."""
    return SigningApp(algorithm, clock_s=lambda: door.house.clock.now() / 1000)


async def trade(door: FrontDoor, code: str, proof: str | None) -> Reply:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "Notes AI",
        "code_verifier": VERIFIER,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if proof is not None:
        headers["DPoP"] = proof
    return await door.send("POST", TOKEN, data=urlencode(form).encode(), headers=headers)


async def nonce_of(door: FrontDoor, app: SigningApp) -> str:
    """Fetch a nonce as a client does: by asking without one."""
    reply = await trade(door, "wf_ac_x", app.proof("POST", f"{door.origin}{TOKEN}"))
    assert (reply.status, reply.json["error"]) == (400, "use_dpop_nonce")
    return reply.headers["DPoP-Nonce"]


async def signed_in(door: FrontDoor, app: SigningApp, **changes: str | None) -> tuple[str, str]:
    """Be approved and come for the access with a proof; return access and nonce."""
    code = answer_in(await door.code(**changes))["code"]
    nonce = await nonce_of(door, app)
    reply = await trade(door, code, app.proof("POST", f"{door.origin}{TOKEN}", nonce=nonce))
    assert reply.status == 200, reply.text
    assert reply.json["token_type"] == "DPoP"
    return reply.json["access_token"], nonce


async def call(
    door: FrontDoor, access: str, proof: str | None, scheme: str = "DPoP", **headers: str
) -> Reply:
    sent: dict[str, str] = {"Authorization": f"{scheme} {access}", **headers}
    if proof is not None:
        sent["DPoP"] = proof
    return await door.get(BUDGET, headers=sent)


async def test_a_signed_app_calls_with_a_proof_each_time(door: FrontDoor) -> None:
    for algorithm in ("ES256", "EdDSA"):
        app = signer(door, algorithm)
        access, nonce = await signed_in(door, app)
        for _ in range(2):
            proof = app.proof("GET", f"{door.origin}{BUDGET}", access=access, nonce=nonce)
            reply = await call(door, access, proof)
            assert reply.status == 200, reply.text
            assert reply.headers["DPoP-Nonce"] == nonce


async def test_the_address_is_the_one_the_client_used(door: FrontDoor) -> None:
    app = signer(door)
    access, nonce = await signed_in(door, app)
    address = f"http://localhost:{door.port}{BUDGET}"
    proof = app.proof("GET", address, access=access, nonce=nonce)
    assert (await call(door, access, proof, Host=f"localhost:{door.port}")).status == 200
    proof = app.proof("GET", address, access=access, nonce=nonce)
    assert (await call(door, access, proof)).status == 401


def challenged(reply: Reply, error: str) -> None:
    assert reply.status == 401, reply.text
    challenge = reply.headers["WWW-Authenticate"]
    assert challenge.startswith("DPoP ")
    assert f'error="{error}"' in challenge
    assert 'algs="ES256 Ed25519 EdDSA"' in challenge


async def test_a_bound_access_alone_is_worth_nothing(door: FrontDoor) -> None:
    app = signer(door)
    access, _ = await signed_in(door, app)
    challenged(await call(door, access, None, scheme="Bearer"), "invalid_token")
    challenged(await door.get(BUDGET, headers={"x-api-key": access}), "invalid_token")
    challenged(await call(door, access, None), "invalid_dpop_proof")


async def test_a_proof_is_of_no_use_to_an_access_without_a_key(door: FrontDoor) -> None:
    reply = await door.trade(answer_in(await door.code())["code"])
    access = reply.json["access_token"]
    assert reply.json["token_type"] == "Bearer"
    challenged(await call(door, access, None), "invalid_token")
    assert (await call(door, access, None, scheme="Bearer")).status == 200


async def test_a_proof_without_the_nonce_is_told_the_nonce(door: FrontDoor) -> None:
    app = signer(door)
    access, nonce = await signed_in(door, app)
    for _ in range(8):
        reply = await call(door, access, app.proof("GET", f"{door.origin}{BUDGET}", access=access))
        challenged(reply, "use_dpop_nonce")
        assert reply.headers["DPoP-Nonce"] == nonce


def spoiled(app: SigningApp, door: FrontDoor, access: str, nonce: str) -> Mapping[str, str]:
    address = f"{door.origin}{BUDGET}"
    good: dict[str, Any] = {"access": access, "nonce": nonce}
    return {
        "method": app.proof("POST", address, **good),
        "address": app.proof("GET", f"{door.origin}/v1/models", **good),
        "access": app.proof("GET", address, access="wf_at_other", nonce=nonce),
        "key": signer(door).proof("GET", address, **good),
        "shape": "not.a.proof",
    }


async def test_five_bad_proofs_end_the_grant(door: FrontDoor) -> None:
    app = signer(door)
    access, nonce = await signed_in(door, app)
    books = door.house.books
    (row,) = await books.reports.apps()
    for proof in spoiled(app, door, access, nonce).values():
        (row,) = await books.reports.apps()
        assert row.state is GrantState.ACTIVE
        challenged(await call(door, access, proof), "invalid_dpop_proof")
    (row,) = await books.reports.apps()
    assert row.state is GrantState.REVOKED
    notes = await books.reports.history(row.id)
    assert (notes[0].event, notes[0].detail) == ("revoke", "bad proofs")
    (alert,) = await books.watch.alerts()
    assert (alert.rule, alert.app) == (Rule.BAD_PROOFS, row.id)
    proof = app.proof("GET", f"{door.origin}{BUDGET}", access=access, nonce=nonce)
    assert (await call(door, access, proof)).status == 401


async def test_a_proof_is_good_once_over_http_too(door: FrontDoor) -> None:
    app = signer(door)
    access, nonce = await signed_in(door, app)
    proof = app.proof("GET", f"{door.origin}{BUDGET}", access=access, nonce=nonce)
    assert (await call(door, access, proof)).status == 200
    challenged(await call(door, access, proof), "invalid_dpop_proof")


async def test_an_access_without_a_key_is_of_no_use_once_one_is_required(door: FrontDoor) -> None:
    code = answer_in(await door.code())["code"]
    access = (await trade(door, code, None)).json["access_token"]
    assert (await call(door, access, None, scheme="Bearer")).status == 200
    row = await door.house.app()
    await door.house.wallet.allow(row.id, Allowed(proof_required=True))
    refused = await call(door, access, None, scheme="Bearer")
    challenged(refused, "invalid_token")
    assert access not in refused.text
    app = signer(door)
    proof = app.proof("GET", f"{door.origin}{BUDGET}", access=access)
    assert (await call(door, access, proof)).status == 401


async def test_a_refresh_with_a_proof_is_the_way_on(door: FrontDoor) -> None:
    code = answer_in(await door.code(scope="offline_access"))["code"]
    issued = (await trade(door, code, None)).json
    row = await door.house.app()
    await door.house.wallet.allow(row.id, Allowed(proof_required=True))
    app = signer(door)
    nonce = await nonce_of(door, app)
    form = {
        "grant_type": "refresh_token",
        "refresh_token": issued["refresh_token"],
        "client_id": "Notes AI",
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "DPoP": app.proof("POST", f"{door.origin}{TOKEN}", nonce=nonce),
    }
    renewed = await door.send("POST", TOKEN, data=urlencode(form).encode(), headers=headers)
    assert renewed.json["token_type"] == "DPoP"
    access = renewed.json["access_token"]
    proof = app.proof("GET", f"{door.origin}{BUDGET}", access=access, nonce=nonce)
    assert (await call(door, access, proof)).status == 200


async def test_an_app_may_ask_to_be_bound(door: FrontDoor) -> None:
    wanted = details(dpop_bound_access_tokens=True)
    code = answer_in(await door.code(authorization_details=wanted))["code"]
    reply = await trade(door, code, None)
    assert (reply.status, reply.json["error"]) == (400, "invalid_dpop_proof")
    app = signer(door)
    nonce = await nonce_of(door, app)
    reply = await trade(door, code, app.proof("POST", f"{door.origin}{TOKEN}", nonce=nonce))
    assert reply.status == 200, "the first try left the code as it was"
    assert reply.json["authorization_details"][0]["dpop_bound_access_tokens"] is True


async def test_a_key_named_when_asking_is_the_only_one_to_come(door: FrontDoor) -> None:
    app, thief = signer(door), signer(door)
    code = answer_in(await door.code(dpop_jkt=app.jkt))["code"]
    address, nonce = f"{door.origin}{TOKEN}", await nonce_of(door, app)
    reply = await trade(door, code, thief.proof("POST", address, nonce=nonce))
    assert (reply.status, reply.json["error"]) == (400, "invalid_dpop_proof")
    assert (await trade(door, code, app.proof("POST", address, nonce=nonce))).status == 200


@pytest.mark.parametrize("jkt", ["short", "x" * 44, "+" * 43])
async def test_a_key_that_is_none_is_refused_when_asking(door: FrontDoor, jkt: str) -> None:
    answer = answer_in((await door.navigate(dpop_jkt=jkt)).location)
    assert answer["error"] == "invalid_request"


async def test_a_binding_outlives_the_wallets_sleep(door: FrontDoor) -> None:
    app = signer(door)
    access, nonce = await signed_in(door, app)
    await door.house.wallet.lock()
    await door.house.wallet.unlock(PASSPHRASE)
    challenged(await call(door, access, None, scheme="Bearer"), "invalid_token")
    proof = app.proof("GET", f"{door.origin}{BUDGET}", access=access, nonce=nonce)
    assert (await call(door, access, proof)).status == 200
