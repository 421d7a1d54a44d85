"""What the wallet itself tells an app, over HTTP, with the app's access."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx2
import pytest

from tests.support.gateway_house import App, GatewayHouse, http_client
from tests.support.scripted_provider import ScriptedProvider, completion
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap

HELLO: dict[str, Any] = {
    "model": "gpt-5-mini",
    "messages": [{"role": "user", "content": "Hello there"}],
    "max_tokens": 200,
}


@pytest.fixture(autouse=True)
async def as_before(house: GatewayHouse) -> AsyncIterator[None]:
    """The wallet of these tests is one: leave it without a fee and limits of its own."""
    yield
    house.books.spending.fee = Fee()
    await house.on_wallet(house.wallet.set_wallet_caps(()))


async def ask(
    house: GatewayHouse, access: str, method: str, path: str, body: dict[str, Any] | None = None
) -> httpx2.Response:
    async with http_client() as client:
        return await client.request(
            method,
            f"{house.origin}/wattfare/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {access}"},
        )


async def budget_of(house: GatewayHouse, app: App) -> dict[str, Any]:
    answer = await ask(house, app.access, "GET", "budget")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    return told


async def estimate_of(house: GatewayHouse, app: App, body: dict[str, Any]) -> dict[str, Any]:
    answer = await ask(house, app.access, "POST", "estimate", body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def call_once(house: GatewayHouse, app: App, body: dict[str, Any] = HELLO) -> Nanos:
    async with house.sdk(app) as client:
        await client.chat.completions.create(**body)
    return (await house.only_call(app)).cost


async def test_an_app_learns_what_is_left_of_its_budget(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="5.00", period=Period.MONTH)
    provider.answer(completion("Hello"))
    spent = await call_once(house, app)
    told = await budget_of(house, app)
    assert (told["object"], told["currency"]) == ("wattfare.budget", "USD")
    (window,) = told["windows"]
    assert (window["period"], parse_usd(window["limit"])) == ("month", parse_usd("5"))
    assert parse_usd(window["spent"]) == spent > 0
    assert window["held"] == "0.00"
    assert parse_usd(window["left"]) == parse_usd("5") - spent
    assert datetime.fromisoformat(window["resets_at"]).day == 1
    assert told["wallet_left"] is None


async def test_the_wallets_limit_is_told_as_one_figure(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    other = await house.approve(name="Secret Diary")
    caps = (
        Cap(limit=parse_usd("20"), period=Period.MONTH),
        Cap(limit=parse_usd("1"), period=Period.DAY),
    )
    await house.on_wallet(house.wallet.set_wallet_caps(caps))
    before = parse_usd((await budget_of(house, app))["wallet_left"])
    assert before <= parse_usd("1")
    provider.answer(completion("Hello"))
    spent = await call_once(house, other)
    told = await budget_of(house, app)
    assert parse_usd(told["wallet_left"]) == before - spent
    assert "Secret Diary" not in str(told)
    assert parse_usd(told["windows"][0]["spent"]) == 0


@pytest.mark.parametrize("fee", [Fee(), Fee(basis_points=1_000)], ids=["no fee", "ten per cent"])
async def test_a_call_costs_what_was_estimated(
    house: GatewayHouse, provider: ScriptedProvider, app: App, fee: Fee
) -> None:
    house.books.spending.fee = fee
    told = await estimate_of(house, app, HELLO)
    assert provider.requests == []
    assert await house.calls(app) == ()
    provider.answer(completion("Hello"))
    spent = await call_once(house, app)
    assert 0 < parse_usd(told["low"]) < parse_usd(told["high"])
    assert parse_usd(told["low"]) <= spent <= parse_usd(told["high"])
    (call,) = await house.calls(app)
    assert parse_usd(told["high"]) == call.hold
    assert told["model"] == "openai/gpt-5-mini"
    assert told["output_tokens_max"] == HELLO["max_tokens"]
    assert told["price_version"] == call.price_version


async def test_an_estimate_includes_the_fee(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    del provider
    without = await estimate_of(house, app, HELLO)
    house.books.spending.fee = Fee(basis_points=1_000)
    fee_too = await estimate_of(house, app, HELLO)
    for bound in ("low", "high"):
        assert parse_usd(fee_too[bound]) == Fee(basis_points=1_000).on_top_of(
            parse_usd(without[bound])
        )


async def test_more_choices_and_more_output_are_dearer(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    del provider
    one = await estimate_of(house, app, HELLO)
    two = await estimate_of(house, app, {**HELLO, "n": 2})
    longer = await estimate_of(house, app, {**HELLO, "max_tokens": 2_000})
    assert parse_usd(one["high"]) < parse_usd(two["high"]) < parse_usd(longer["high"])


async def test_an_estimate_ignores_how_little_is_left(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    """It says what a call costs; whether that fits is what the budget says."""
    del provider
    poor = await house.approve(cap="0.000001")
    rich = await house.approve(name="Other", cap="10.00")
    assert await estimate_of(house, poor, HELLO) == await estimate_of(house, rich, HELLO)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"model": "gpt-of-nobody"}, 404),
        ({"messages": "Hello"}, 400),
        ({"max_tokens": -1}, 400),
    ],
)
async def test_what_could_not_be_called_is_not_estimated(
    house: GatewayHouse,
    provider: ScriptedProvider,
    app: App,
    change: dict[str, Any],
    status: int,
) -> None:
    del provider
    answer = await ask(house, app.access, "POST", "estimate", {**HELLO, **change})
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_a_model_beyond_the_grant_is_not_estimated(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    del provider
    app = await house.approve(models=("openai/gpt-4o-mini",))
    answer = await ask(house, app.access, "POST", "estimate", HELLO)
    assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path"), [("GET", "budget"), ("POST", "estimate")])
async def test_nothing_is_told_without_an_access(
    house: GatewayHouse, provider: ScriptedProvider, app: App, method: str, path: str
) -> None:
    del provider
    for access in ("wf_at_unknown", app.access[:-1] + "~"):
        answer = await ask(house, access, method, path, HELLO if method == "POST" else None)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    await house.on_wallet(house.wallet.revoke(app.grant))
    answer = await ask(house, app.access, method, path, HELLO if method == "POST" else None)
    assert answer.status_code == 401


@pytest.mark.usefixtures("provider")
async def test_a_picture_is_held_by_its_makers_rule(house: GatewayHouse) -> None:
    """gpt-4o bills a picture as 1,445 tokens at most, at 2.50 dollars a million."""
    app = await house.approve(cap="50.00")
    picture = {"url": "data:image/png;base64," + "A" * 40_000}
    text = {"type": "text", "text": "What is this?"}
    plain = {**HELLO, "model": "gpt-4o", "messages": [{"role": "user", "content": [text]}]}
    shown = {"type": "image_url", "image_url": picture}
    seen = {**plain, "messages": [{"role": "user", "content": [text, shown]}]}
    without = parse_usd((await estimate_of(house, app, plain))["high"])
    held = parse_usd((await estimate_of(house, app, seen))["high"])
    assert 1_445 * 2_500 < held - without < (1_445 + 200) * 2_500


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("model", ["whisper-1", "text-embedding-3-small", "dall-e-3"])
async def test_a_model_that_never_answers_is_not_free_to_chat_with(
    house: GatewayHouse, model: str
) -> None:
    app = await house.approve()
    answer = await ask(house, app.access, "POST", "estimate", {**HELLO, "model": model})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_priced"
    assert "output" in answer.json()["error"]["message"]
