"""Runs at Replicate and fal through the real gateway, asked for as their clients ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from tests.support.gateway_house import App, GatewayHouse, http_client
from tests.support.scripted_provider import (
    ScriptedProvider,
    disconnect,
    json_reply,
    raw_reply,
    scripted_provider,
)
from tests.support.signing_app import SigningApp
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.oauth.bindings import Bindings
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.core.watching.rules import CallRate

FLUX = "fal/fal-ai/flux/dev"
VERSION = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
KONTEXT = "replicate/bfl/flux-kontext"


@asynccontextmanager
async def queue(house: GatewayHouse, name: str, priced: str) -> AsyncIterator[ScriptedProvider]:
    shelf = house.wallet.own_prices()
    async with scripted_provider() as provider:
        funding = await house.fund(provider.base_url, provider=name)
        await house.on_wallet(shelf.set(priced, {UnitKind.RUN: Decimal("0.05")}))
        yield provider
        await house.require_sound()
        await house.on_wallet(shelf.remove(priced))
        await house.remove_funding(funding.id)


@pytest.fixture
async def fal(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with queue(house, "fal", FLUX) as provider:
        provider.answer(json_reply(queued(provider)))
        yield provider


@pytest.fixture
async def replicate(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with queue(house, "replicate", KONTEXT) as provider:
        urls = {"get": f"{provider.base_url}/predictions/p1", "web": "https://replicate.com/p/p1"}
        provider.answer(json_reply({"id": "p1", "status": "starting", "urls": urls}, status=201))
        yield provider


def queued(provider: ScriptedProvider, run: str = "r-1") -> dict[str, Any]:
    run_url = f"{provider.base_url}/fal-ai/flux/requests/{run}"
    return {
        "status": "IN_QUEUE",
        "request_id": run,
        "response_url": run_url,
        "status_url": f"{run_url}/status",
        "cancel_url": f"{run_url}/cancel",
    }


async def ask(
    house: GatewayHouse, app: App, method: str, path: str, body: Any = None, *, scheme: str = "Key"
) -> Any:
    """Return the answer of the HTTP client that the SDKs use."""
    address = path if path.startswith("http") else house.origin + path
    async with http_client() as client:
        return await client.request(
            method, address, json=body, headers={"Authorization": f"{scheme} {app.access}"}
        )


async def test_a_run_at_fal_from_its_creation_to_its_result(
    house: GatewayHouse, fal: ScriptedProvider, app: App
) -> None:
    made = await ask(house, app, "POST", "/fal/fal-ai/flux/dev", {"prompt": "a cat"})
    assert made.status_code == 200
    assert (fal.last.target, fal.last.json) == ("/v1/fal-ai/flux/dev", {"prompt": "a cat"})
    key = fal.last.header("Authorization")
    assert key is not None
    assert key.startswith("Key sk-")
    row = await house.only_call(app)
    assert (row.cost, row.hold, row.basis) == (50_000_000, 50_000_000, Basis.COMPUTED)

    told = made.json()
    assert told["status_url"] == f"{house.origin}/fal/fal-ai/flux/requests/r-1/status"
    fal.listing = json_reply({"status": "COMPLETED", "logs": []}, status=202)
    status = await ask(house, app, "GET", f"{told['status_url']}?logs=1")
    assert (status.status_code, status.json()["status"]) == (202, "COMPLETED")
    assert fal.listed[-1].target == "/v1/fal-ai/flux/requests/r-1/status?logs=1"

    result = {"images": [{"url": "https://fal.media/files/a.png"}]}
    fal.listing = json_reply(result)
    assert (await ask(house, app, "GET", told["response_url"])).json() == result
    assert fal.listed[-1].target == "/v1/fal-ai/flux/requests/r-1"

    fal.answer(json_reply({"status": "CANCELLATION_REQUESTED"}, status=202))
    cancelled = await ask(house, app, "PUT", told["cancel_url"])
    assert cancelled.status_code == 202
    assert (fal.last.method, fal.last.target) == ("PUT", "/v1/fal-ai/flux/requests/r-1/cancel")
    assert len(await house.settled(app)) == 1


async def test_one_proof_creates_a_run_and_the_next_looks_at_it(
    house: GatewayHouse, fal: ScriptedProvider, app: App
) -> None:
    signer = SigningApp()
    house.books.accesses.bind(app.grant, Bindings(jkt=signer.jkt))

    async def signed(method: str, address: str, nonce: str | None) -> Any:
        proof = signer.proof(method, address, access=app.access, nonce=nonce)
        headers = {"Authorization": f"DPoP {app.access}", "DPoP": proof}
        async with http_client() as client:
            return await client.request(method, address, json={"prompt": "a"}, headers=headers)

    address = f"{house.origin}/fal/fal-ai/flux/dev"
    nonce = (await signed("POST", address, None)).headers["DPoP-Nonce"]
    made = await signed("POST", address, nonce)
    assert made.status_code == 200
    status_url = made.json()["status_url"]
    assert status_url.startswith(house.origin), "it is known whose run it is"
    fal.listing = json_reply({"status": "COMPLETED"}, status=202)
    assert (await signed("GET", status_url, nonce)).status_code == 202


async def test_a_run_at_replicate(
    house: GatewayHouse, replicate: ScriptedProvider, app: App
) -> None:
    path = "/replicate/v1/models/bfl/flux-kontext/predictions"
    made = await ask(house, app, "POST", path, {"input": {"prompt": "a cat"}}, scheme="Bearer")
    assert made.status_code == 201
    assert replicate.last.target == "/v1/models/bfl/flux-kontext/predictions"
    assert made.json()["urls"] == {
        "get": f"{house.origin}/replicate/v1/predictions/p1",
        "web": "https://replicate.com/p/p1",
    }
    assert (await house.only_call(app)).cost == 50_000_000
    replicate.listing = json_reply({"id": "p1", "status": "succeeded", "output": ["u"]})
    done = await ask(house, app, "GET", "/replicate/v1/predictions/p1", scheme="Bearer")
    assert done.json()["output"] == ["u"]
    assert replicate.listed[-1].target == "/v1/predictions/p1"
    replicate.answer(json_reply({"id": "p1", "status": "canceled"}))
    await ask(house, app, "POST", "/replicate/v1/predictions/p1/cancel", scheme="Bearer")
    assert replicate.last.target == "/v1/predictions/p1/cancel"
    assert len(await house.settled(app)) == 1


async def test_nobody_else_is_told_of_a_run(
    house: GatewayHouse, fal: ScriptedProvider, app: App
) -> None:
    await ask(house, app, "POST", "/fal/fal-ai/flux/dev", {})
    other = await house.approve(name="Another")
    asked = len(fal.listed), len(fal.requests)
    for whose, run in ((other, "r-1"), (app, "r-2")):
        for method, rest in (("GET", ""), ("GET", "/status"), ("PUT", "/cancel")):
            path = f"/fal/fal-ai/flux/requests/{run}{rest}"
            answer = await ask(house, whose, method, path)
            assert answer.status_code == 404
            assert "no such run" in answer.json()["detail"]
    assert (len(fal.listed), len(fal.requests)) == asked


async def test_a_run_without_a_price_is_refused_with_what_sets_it(
    house: GatewayHouse, fal: ScriptedProvider, app: App
) -> None:
    answer = await ask(house, app, "POST", "/fal/fal-ai/veo3", {})
    assert answer.status_code == 404
    assert "wattfare price set fal/fal-ai/veo3 --per-run …" in answer.json()["detail"]
    assert fal.requests == []


async def test_a_run_that_does_not_fit_the_cap_is_refused(
    house: GatewayHouse, fal: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.04")
    answer = await ask(house, app, "POST", "/fal/fal-ai/flux/dev", {})
    assert answer.status_code == 402
    assert answer.json()["title"] == "insufficient_quota"
    assert fal.requests == []


@pytest.mark.parametrize("status", [401, 422, 500])
async def test_a_run_that_is_not_accepted_costs_nothing(
    house: GatewayHouse, fal: ScriptedProvider, app: App, status: int
) -> None:
    fal.answer(json_reply({"detail": "no"}, status=status))
    answer = await ask(house, app, "POST", "/fal/fal-ai/flux/dev", {})
    assert (answer.status_code, answer.json()) == (status, {"detail": "no"})
    row = await house.only_call(app)
    assert (row.cost, row.status) == (0, CallStatus.VOIDED)


async def test_a_run_that_may_have_been_accepted_is_charged(
    house: GatewayHouse, fal: ScriptedProvider, app: App
) -> None:
    fal.answer(disconnect)
    assert (await ask(house, app, "POST", "/fal/fal-ai/flux/dev", {})).status_code == 502
    row = await house.only_call(app)
    assert (row.cost, row.basis) == (50_000_000, Basis.ESTIMATED)


async def test_a_look_that_fails_says_so(
    house: GatewayHouse, fal: ScriptedProvider, app: App
) -> None:
    await ask(house, app, "POST", "/fal/fal-ai/flux/dev", {})
    for listing in (
        disconnect,
        raw_reply(b"<p>", headers={"Content-Type": "text/html"}),
        raw_reply(b"", status=302, headers={"Location": "https://elsewhere.example"}),
    ):
        fal.listing = listing
        answer = await ask(house, app, "GET", "/fal/fal-ai/flux/requests/r-1")
        assert answer.status_code == 502
        assert answer.json()["title"] == "upstream_failed"


async def test_a_look_needs_an_access(house: GatewayHouse, fal: ScriptedProvider) -> None:
    nobody = App(access="wf_at_nothing", grant=(await house.approve()).grant)
    answer = await ask(house, nobody, "GET", "/fal/fal-ai/flux/requests/r-1")
    assert answer.status_code == 401
    assert fal.listed == []


async def test_only_so_many_runs_are_remembered(
    house: GatewayHouse, fal: ScriptedProvider, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wattfare_desktop.gateway.queues.RUNS_MAX", 1)
    for run in ("r-1", "r-2"):
        fal.answer(json_reply(queued(fal, run)))
        await ask(house, app, "POST", "/fal/fal-ai/flux/dev", {})
    statuses = [
        (await ask(house, app, "GET", f"/fal/fal-ai/flux/requests/{run}")).status_code
        for run in ("r-1", "r-2")
    ]
    assert statuses == [404, 200]


async def test_a_run_is_one_request_and_found_again_by_whoever_is_at_the_limit(
    house: GatewayHouse, fal: ScriptedProvider, app: App
) -> None:
    rate = CallRate(per_s=1, in_flight=1)
    await house.on_wallet(house.wallet.alerts().set_rate(app.grant, rate))
    fal.listing = json_reply({"status": "COMPLETED"})
    path = "/fal/fal-ai/flux/dev"
    made = [await ask(house, app, "POST", path, {"prompt": "a cat"}) for _ in range(3)]
    assert [answer.status_code for answer in made] == [200] * (rate.bucket.burst - 1)
    assert (await ask(house, app, "GET", made[-1].json()["status_url"])).status_code == 200


async def test_a_run_by_version_is_made_as_replicate_s_client_makes_it(
    house: GatewayHouse, replicate: ScriptedProvider, app: App
) -> None:
    shelf = house.wallet.own_prices()
    await house.on_wallet(shelf.set(f"replicate/{VERSION}", {UnitKind.RUN: Decimal("0.02")}))
    body = {"version": VERSION, "input": {"prompt": "a cat"}}
    made = await ask(house, app, "POST", "/replicate/v1/predictions", body, scheme="Bearer")
    assert made.status_code == 201
    described = {"id": VERSION, "created_at": "2026-01-01T00:00:00Z", "openapi_schema": {}}
    replicate.listing = json_reply(described)
    path = f"/models/bfl/flux-1.1-kontext/versions/{VERSION}"
    told = await ask(house, app, "GET", f"/replicate/v1{path}?x=1", scheme="Bearer")
    assert (told.status_code, told.json()) == (200, described)
    received = replicate.listed[-1]
    assert (received.target, received.body) == (f"/v1{path}", b"")
    key = received.header("Authorization")
    assert key is not None
    assert key.startswith("Bearer sk-")
    assert [row.cost for row in await house.settled(app)] == [20_000_000]
    await house.on_wallet(shelf.remove(f"replicate/{VERSION}"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/models/bfl/flux-kontext/versions/{VERSION}", 200),
        (f"/models/other/model/versions/{VERSION}", 403),
        (f"/models/bfl/versions/{VERSION}", 404),
        (f"/models/bfl/flux-kontext/more/versions/{VERSION}", 404),
        ("/models/bfl/flux-kontext/versions", 404),
    ],
)
async def test_versions_are_told_of_models_that_an_app_may_use(
    house: GatewayHouse, replicate: ScriptedProvider, path: str, status: int
) -> None:
    app = await house.approve(models=(KONTEXT,))
    asked = len(replicate.listed)
    told = await ask(house, app, "GET", f"/replicate/v1{path}", scheme="Bearer")
    assert told.status_code == status
    assert len(replicate.listed) - asked == (status == 200)


@pytest.mark.parametrize("query", ["fal_webhook=https://app.example/done", "fal_priority=low"])
async def test_what_a_query_asks_of_fal_is_refused_by_name(
    house: GatewayHouse, fal: ScriptedProvider, app: App, query: str
) -> None:
    told = await ask(house, app, "POST", f"/fal/fal-ai/flux/dev?{query}", {"prompt": "a cat"})
    assert told.status_code == 400
    assert query.partition("=")[0] in told.json()["detail"]
    assert fal.requests == []
