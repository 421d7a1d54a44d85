"""One model by its name, as the official SDKs ask for it; lists are in ``test_listings``."""

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest
from google.genai import errors

from tests.support import claude, gemini
from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import ScriptedProvider, json_reply, scripted_provider

# Google's SDK makes a class of aiohttp's session, which aiohttp would rather it did not.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Inheritance class AiohttpClientSession:DeprecationWarning"
)

HAIKU = "claude-haiku-4-5"


@pytest.fixture
async def google(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        provider.listing = json_reply({"models": [{"name": f"models/{gemini.FLASH}"}]})
        funding = await house.fund(provider.base_url.removesuffix("/v1"), provider="google")
        yield provider
        await house.remove_funding(funding.id)


@pytest.fixture
async def anthropics(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        row = {"type": "model", "id": HAIKU, "created_at": "2026-01-01T00:00:00Z"}
        provider.listing = json_reply({"data": [row]})
        funding = await house.fund(provider.base_url.removesuffix("/v1"), provider="anthropic")
        yield provider
        await house.remove_funding(funding.id)


@pytest.mark.parametrize("name", ["gpt-5-mini", "openai/gpt-5-mini"])
@pytest.mark.usefixtures("provider")
async def test_openai_s_sdk(house: GatewayHouse, app: App, name: str) -> None:
    async with house.sdk(app) as client:
        model = await client.models.retrieve(name)
    assert (model.id, model.owned_by, model.created) == ("openai/gpt-5-mini", "openai", 1)
    assert model.object == "model"


@pytest.mark.parametrize("base", ["", "/anthropic", "/p/anthropic"])
@pytest.mark.parametrize("name", [HAIKU, f"anthropic/{HAIKU}"])
@pytest.mark.usefixtures("anthropics")
async def test_anthropic_s_sdk(house: GatewayHouse, app: App, base: str, name: str) -> None:
    async with claude.sdk(house, app, base) as client:
        model = await client.models.retrieve(name)
    assert (model.type, model.id) == ("model", f"anthropic/{HAIKU}")
    assert model.created_at.year == 2026


@pytest.mark.parametrize("base", ["", "/gemini", "/p/google"])
@pytest.mark.parametrize("name", [gemini.FLASH, f"google/{gemini.FLASH}"])
@pytest.mark.usefixtures("google")
async def test_google_s_sdk(house: GatewayHouse, app: App, base: str, name: str) -> None:
    async with gemini.sdk(house, app, base) as client:
        model = await client.models.get(model=name)
    assert model.name == f"models/google/{gemini.FLASH}"


@pytest.mark.usefixtures("google")
async def test_google_s_sdk_for_javascript_has_another_version(
    house: GatewayHouse, app: App
) -> None:
    async with house.sdk(app) as client:
        told = await client._client.get(
            f"{house.origin}/v1beta/models/{gemini.FLASH}", headers={"x-goog-api-key": app.access}
        )
    assert told.json()["name"] == f"models/google/{gemini.FLASH}"


@pytest.mark.parametrize("name", ["gpt-4o-mini", "no-price-for-this-one", "openai/nothing", "x/y"])
@pytest.mark.usefixtures("provider")
async def test_one_that_the_access_may_not_use_is_not_told_of(
    house: GatewayHouse, name: str
) -> None:
    app = await house.approve(models=("openai/gpt-5-*",))
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.NotFoundError) as refused:
            await client.models.retrieve(name)
    assert refused.value.code == "model_not_found"


@pytest.mark.usefixtures("provider")
async def test_a_path_of_one_provider_tells_of_no_other_s(house: GatewayHouse, app: App) -> None:
    async with claude.sdk(house, app, "/anthropic", max_retries=0) as client:
        with pytest.raises(anthropic.NotFoundError) as refused:
            await client.models.retrieve("openai/gpt-5-mini")
    body: Any = refused.value.body
    assert (body["type"], body["error"]["type"]) == ("error", "not_found_error")
    async with gemini.sdk(house, app) as google:
        with pytest.raises(errors.ClientError) as missing:
            await google.models.get(model="openai/gpt-5-mini")
    assert (missing.value.code, missing.value.status) == (404, "NOT_FOUND")


@pytest.mark.usefixtures("provider")
async def test_it_is_for_approved_apps(house: GatewayHouse) -> None:
    async with house.sdk("wf_at_" + "A" * 43, max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            await client.models.retrieve("gpt-5-mini")
