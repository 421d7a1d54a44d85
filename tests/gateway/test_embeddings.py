"""Embeddings and moderations through the real gateway, as the official SDK asks for them."""

import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import ScriptedProvider, json_reply
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallStatus

EMBEDDING = {"object": "embedding", "index": 0, "embedding": [0.25, 0.5]}
VERDICT = {"id": "modr-1", "model": "omni-moderation-latest", "results": []}


async def test_an_embedding_costs_its_input(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    usage = {"prompt_tokens": 1_000, "total_tokens": 1_000}
    provider.answer(json_reply({"object": "list", "data": [EMBEDDING], "usage": usage}))
    async with house.sdk(app) as client:
        made = await client.embeddings.create(
            model="openai/text-embedding-3-small", input=["one", "two"], encoding_format="float"
        )
    assert made.data[0].embedding == [0.25, 0.5]
    assert provider.last.target == "/v1/embeddings"
    assert provider.last.json["model"] == "text-embedding-3-small"
    row = await house.only_call(app)
    assert (row.cost, row.basis) == (20_000, Basis.REPORTED)


async def test_a_moderation_is_free_and_seen(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(json_reply(VERDICT))
    async with house.sdk(app) as client:
        made = await client.moderations.create(input="some words")
    assert made.id == "modr-1"
    assert provider.last.target == "/v1/moderations"
    row = await house.only_call(app)
    assert (row.cost, row.status) == (0, CallStatus.SETTLED)


async def test_a_model_that_has_no_price_is_refused_before_it_is_asked(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.sdk(app) as client:
        with pytest.raises(openai.NotFoundError) as refused:
            await client.embeddings.create(model="openai/new-embedding-9", input="one")
    assert refused.value.code == "model_not_priced"
    assert provider.requests == []
