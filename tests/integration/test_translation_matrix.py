"""The matrix of translation: every cell tried, its document true, and some of it at the port."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    ScriptedProvider,
    json_reply,
    scripted_provider,
    stream,
)
from tests.support.translation.answered import KINDS, Kind, streamed, whole
from tests.support.translation.arrived import PROVIDERS
from tests.support.translation.asked import APPS, Feature
from tests.support.translation.matrix import (
    MODELS,
    cells,
    document,
    request_of,
    require_arrived,
    require_heard,
)
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.providers.dialect import NDJSON_TYPE, SSE_TYPE, DialectName

DOCUMENT = Path(__file__).parents[2] / "docs" / "translation.md"
ROWS = {
    DialectName.OPENAI_CHAT: "vllm",
    DialectName.OPENAI_RESPONSES: "openai",
    DialectName.ANTHROPIC_MESSAGES: "anthropic",
    DialectName.GEMINI_GENERATE: "google",
    DialectName.OLLAMA_CHAT: "ollama",
}
"""A provider whose row prefers each dialect."""
PATHS = {
    DialectName.OPENAI_CHAT: "/v1/chat/completions",
    DialectName.OPENAI_RESPONSES: "/v1/responses",
    DialectName.ANTHROPIC_MESSAGES: "/v1/messages",
    DialectName.OLLAMA_CHAT: "/api/chat",
}
TRIED = (Feature.TOOLS, Feature.THINKING)


def test_the_document_is_what_every_cell_does() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "`make docs` writes it anew"


@pytest.mark.parametrize("app", APPS)
def test_what_every_api_has_words_for_is_carried_everywhere(app: DialectName) -> None:
    """Refusals are for what some API cannot say, and never for what all of them can."""
    rare = {Feature.STOP, Feature.TOP_K, Feature.SEED, Feature.PENALTIES, Feature.CHOICES}
    for cell in cells(app, stream=True):
        if cell.refused is not None:
            no_files = cell.provider is DialectName.OLLAMA_CHAT
            assert cell.feature in rare or (no_files and cell.feature is Feature.DOCUMENTS), cell


@pytest.fixture
async def providers(house: GatewayHouse) -> AsyncIterator[Mapping[DialectName, ScriptedProvider]]:
    """A scripted provider of each dialect; afterwards no hold may be left open."""
    async with AsyncExitStack() as stack:
        by_dialect = {each: await stack.enter_async_context(scripted_provider()) for each in ROWS}
        fundings = [
            await house.fund(provider.base_url.removesuffix("/v1"), provider=ROWS[dialect])
            for dialect, provider in by_dialect.items()
        ]
        yield by_dialect
        await house.require_sound()
        for funding in fundings:
            await house.remove_funding(funding.id)


async def test_at_the_port(
    house: GatewayHouse, providers: Mapping[DialectName, ScriptedProvider], app: App
) -> None:
    spoken = [
        (asks, answers)
        for asks in APPS
        for answers in PROVIDERS
        if asks not in dialects_of(house, answers)
    ]
    assert len(spoken) == 18
    headers = {"Authorization": f"Bearer {app.access}"}
    async with aiohttp.ClientSession(house.origin, headers=headers) as session:
        for asks, answers in spoken:
            for feature in TRIED:
                for streams in (False, True):
                    provider = providers[answers]
                    told = await told_at_port(
                        session, provider, asks, answers, feature, streams=streams
                    )
                    require_arrived(answers, feature, provider.last.json)
                    require_heard(asks, KINDS[feature], told, stream=streams)
    calls = await house.settled(app)
    assert len(calls) == len(spoken) * len(TRIED) * 2
    assert {call.end for call in calls} == {CallEnd.COMPLETE}


def dialects_of(house: GatewayHouse, answers: DialectName) -> tuple[DialectName, ...]:
    """Return what that provider speaks besides: none of it would be translated."""
    row = house.wallet.catalogue.find(ROWS[answers])
    assert row is not None
    return row.dialects


async def told_at_port(
    session: aiohttp.ClientSession,
    provider: ScriptedProvider,
    asks: DialectName,
    answers: DialectName,
    feature: Feature,
    *,
    streams: bool,
) -> bytes:
    kind = KINDS.get(feature, Kind.TEXT)
    form = NDJSON_TYPE if answers is DialectName.OLLAMA_CHAT else SSE_TYPE
    events = stream(*streamed(answers, kind), content_type=form)
    provider.answer(events if streams else json_reply(whole(answers, kind)))
    model = f"{ROWS[answers]}/{MODELS[answers]}"
    asked = request_of(asks, feature, stream=streams, model=model)
    path = PATHS.get(asks, f"/v1beta/models/{asked.target}")
    data = json.dumps(asked.body).encode()
    async with session.post(
        path, data=data, params=asked.query, headers={"Content-Type": "application/json"}
    ) as response:
        told = await response.read()
        assert response.status == 200, told
    return told
