"""Which models an app is told of, and what a provider says of a key."""

from pathlib import Path

import pytest

from tests.support.gateway_house import PROVIDER_KEY, App, GatewayHouse, running_house
from tests.support.raw_http import ask, head
from tests.support.scripted_provider import (
    Reply,
    ScriptedProvider,
    disconnect,
    json_reply,
    raw_reply,
    scripted_provider,
)
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import Nanos

LISTED = {"openai/gpt-5-mini", "openai/gpt-4o-mini"}
ERROR = {"error": {"message": "not now"}}


async def models(house: GatewayHouse, app: App) -> set[str]:
    async with house.sdk(app, max_retries=0) as client:
        return {model.id async for model in client.models.list()}


async def test_priced_models_are_listed_by_their_full_name(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.sdk(app) as client:
        rows = [model async for model in client.models.list()]
    assert {row.id for row in rows} == LISTED
    assert {row.owned_by for row in rows} == {"openai"}
    (received,) = provider.listed[1:]  # the first was the check of the key
    assert received.header("Authorization") == f"Bearer {PROVIDER_KEY}"
    assert {name.lower() for name, _ in received.headers} == {
        "accept",
        "accept-encoding",
        "authorization",
        "host",
        "user-agent",
    }
    assert app.access not in f"{received}"


@pytest.mark.usefixtures("provider")
async def test_an_app_is_told_of_what_it_may_use(house: GatewayHouse) -> None:
    assert await models(house, await house.approve(models=("openai/gpt-5-*",))) == {
        "openai/gpt-5-mini"
    }
    assert await models(house, await house.approve(models=("gpt-4o*",))) == {"openai/gpt-4o-mini"}
    assert await models(house, await house.approve(models=("anthropic/*",))) == set()


async def test_the_list_is_asked_for_seldom(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    for _ in range(3):
        assert await models(house, app) == LISTED
    assert len(provider.listed) == 2


@pytest.mark.parametrize(
    "reply",
    [
        json_reply(ERROR, status=500),
        json_reply(ERROR, status=401),
        raw_reply(b"{"),
        raw_reply(b"[" * 100_000),
        raw_reply(b'{"data":[],"data":[]}'),
        disconnect,
        raw_reply(b"", status=302, headers={"Location": "http://127.0.0.1:9/"}),
    ],
    ids=["500", "401", "malformed", "deep", "twice", "gone", "moved"],
)
async def test_a_provider_in_trouble_is_left_out_and_asked_again(
    house: GatewayHouse, provider: ScriptedProvider, app: App, reply: Reply
) -> None:
    good, provider.listing = provider.listing, reply
    assert await models(house, app) == set()
    provider.listing = good
    assert await models(house, app) == LISTED


@pytest.mark.parametrize(
    "body",
    [
        [],
        7,
        {},
        {"data": {}},
        {"data": [7, None, {}, {"id": 7}, {"id": None}, {"id": ""}]},
        {"data": [{"id": "gpt-5-mini\n", "created": "soon"}]},
    ],
)
async def test_odd_lists_are_lists_of_none(
    house: GatewayHouse, provider: ScriptedProvider, app: App, body: object
) -> None:
    provider.listing = json_reply(body)
    assert await models(house, app) <= {"openai/gpt-5-mini\n"}


async def test_one_provider_in_trouble_hides_no_other(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with scripted_provider() as other:
        other.listing = json_reply({"data": [{"id": "deepseek-chat"}]})
        funding = await house.fund(other.base_url, provider="deepseek")
        provider.listing = disconnect
        assert await models(house, app) == {"deepseek/deepseek-chat"}
        await house.remove_funding(funding.id)


async def test_the_list_is_for_approved_apps(house: GatewayHouse) -> None:
    request = head(house.port, "wf_at_" + "A" * 43, None, path="/v1/models", method="GET")
    assert (await ask(house.port, request)).error["code"] == "invalid_api_key"


async def test_a_wallet_without_funding_lists_nothing(tmp_path: Path) -> None:
    with running_house(tmp_path) as house:
        assert await models(house, await house.approve()) == set()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_the_provider_refuses_is_not_stored(
    house: GatewayHouse, status: int
) -> None:
    before = await house.on_wallet(house.wallet.fundings())
    async with scripted_provider() as provider:
        provider.listing = json_reply(ERROR, status=status)
        with pytest.raises(UserFacingError, match="refuses this key") as refused:
            await house.fund(provider.base_url)
    assert PROVIDER_KEY not in str(refused.value)
    assert await house.on_wallet(house.wallet.fundings()) == before


@pytest.mark.parametrize("reply", [json_reply(ERROR, status=500), disconnect])
async def test_a_key_nobody_could_be_asked_about_is_stored_with_a_warning(
    house: GatewayHouse, reply: Reply
) -> None:
    async with scripted_provider() as provider:
        provider.listing = reply
        added = await house.on_wallet(
            house.wallet.add_funding(
                "openai", key=PROVIDER_KEY, base_url=provider.base_url, balance=Nanos(0)
            )
        )
        await house.remove_funding(added.row.id)
    assert added.warning is not None
    assert "unchecked" in added.warning
