"""Gemini's own SDK through the real gateway: answers, streams, tools, refusals and the bill."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from google import genai
from google.genai import errors, types

from tests.support.gateway_house import PROVIDER_KEY, App, GatewayHouse
from tests.support.gemini import FLASH, USAGE, answer, event, piece, sdk
from tests.support.scripted_provider import (
    GatedStream,
    Reply,
    ScriptedProvider,
    json_reply,
    scripted_provider,
    stream,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.gateway.doors import Doors
from wattfare_desktop.gateway.exchange import BOUND_HEADER
from wattfare_desktop.providers.gemini.family import GeminiFamily
from wattfare_desktop.providers.openai.family import OpenAiFamily

# Google's SDK makes a class of aiohttp's session, which aiohttp would rather it did not.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Inheritance class AiohttpClientSession:DeprecationWarning"
)

HELLO = "Hello there"
BODY: Mapping[str, Any] = {"contents": [{"parts": [{"text": HELLO}]}]}
LISTED = {
    "models": [{"name": f"models/{each}"} for each in (FLASH, "no-price-for-this-one")],
    "nextPageToken": "more",
}
# $0.30 a million in, $0.03 cached, $2.50 out: 600 x 300 + 400 x 30 + (50 + 20) x 2,500 nanos.
COST = 600 * 300 + 400 * 30 + 70 * 2_500


WHOLE = (piece("One"), piece(" two"), event(answer({"text": " three"})))


@pytest.fixture
async def google(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    """Gemini, as far as a test writes it down; afterwards no hold may be left open."""
    async with scripted_provider() as provider:
        provider.listing = json_reply(LISTED)
        provider.answer(json_reply(answer({"text": "Hello"})))
        base_url = provider.base_url.removesuffix("/v1")
        funding = await house.fund(base_url, provider="google")
        yield provider
        await house.require_sound()
        await house.remove_funding(funding.id)


def config(**members: Any) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(max_output_tokens=900, **members)


async def ask(
    house: GatewayHouse,
    app: App | str,
    *,
    base: str = "/gemini",
    model: str = FLASH,
    **members: Any,
) -> types.GenerateContentResponse:
    async with sdk(house, app, base) as client:
        return await client.models.generate_content(
            model=model, contents=HELLO, config=config(**members)
        )


async def ask_for_stream(
    house: GatewayHouse, app: App | str, seen: list[str | None] | None = None
) -> None:
    """Read a stream to its end, keeping what was ``seen`` until then."""
    async with sdk(house, app) as client:
        async for chunk in await begin(client):
            if seen is not None:
                seen.append(chunk.text)


async def begin(
    client: genai.client.AsyncClient, **members: Any
) -> AsyncIterator[types.GenerateContentResponse]:
    return await client.models.generate_content_stream(
        model=FLASH, contents=HELLO, config=config(**members)
    )


@pytest.mark.parametrize(
    ("base", "model"),
    [
        ("/gemini", FLASH),
        ("/gemini", f"google/{FLASH}"),
        ("", FLASH),
        ("", f"google/{FLASH}"),
        ("/p/google", FLASH),
    ],
)
async def test_an_answer_is_passed_and_charged_by_its_usage(
    house: GatewayHouse, google: ScriptedProvider, app: App, base: str, model: str
) -> None:
    told = await ask(house, app, base=base, model=model)
    assert told.text == "Hello"
    assert told.usage_metadata is not None
    assert told.usage_metadata.thoughts_token_count == 20
    call = await house.only_call(app)
    assert (call.status, call.basis, call.cost) == (CallStatus.SETTLED, Basis.REPORTED, COST)
    assert (call.input_tokens, call.output_tokens) == (1_000, 70)
    assert google.last.target == f"/v1beta/models/{FLASH}:generateContent"


async def test_only_the_users_key_goes_upstream(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    await ask(house, app, system_instruction="be brief")
    sent = google.last
    assert sent.header("x-goog-api-key") == PROVIDER_KEY
    assert sent.header("authorization") is None
    assert app.access not in f"{sent}"
    assert sent.json["systemInstruction"]["parts"] == [{"text": "be brief"}]
    assert google.listed[0].target == "/v1beta/models"
    assert google.listed[0].header("x-goog-api-key") == PROVIDER_KEY


@pytest.mark.parametrize("base", ["/gemini", "", "/p/google"])
async def test_a_stream_is_passed_and_charged_by_its_last_usage(
    house: GatewayHouse, google: ScriptedProvider, app: App, base: str
) -> None:
    google.answer(stream(*WHOLE))
    async with sdk(house, app, base) as client:
        chunks = [chunk async for chunk in await begin(client)]
    assert [chunk.text for chunk in chunks] == ["One", " two", " three"]
    assert google.last.target == f"/v1beta/models/{FLASH}:streamGenerateContent?alt=sse"
    call = await house.only_call(app)
    assert (call.status, call.end, call.cost) == (CallStatus.SETTLED, CallEnd.COMPLETE, COST)
    assert call.streamed


@pytest.mark.parametrize("path", ["/gemini/v1beta", "/v1beta", "/v1"])
async def test_without_alt_an_app_gets_one_array_that_grows(
    house: GatewayHouse, google: ScriptedProvider, app: App, path: str
) -> None:
    google.answer(gated := GatedStream(WHOLE))
    address = f"{house.origin}{path}/models/{FLASH}:streamGenerateContent"
    headers = {"x-goog-api-key": app.access}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, json=BODY, headers=headers) as told,
    ):
        assert told.content_type == "application/json"
        gated.let_go()
        first = await told.content.readany()
        assert json.loads(first + b"]")[0]["candidates"][0]["content"]["parts"] == [{"text": "One"}]
        gated.let_all_go()
        chunks = json.loads(first + await told.read())
    assert google.last.target.endswith("?alt=sse")
    assert len(chunks) == 3
    assert chunks[-1]["usageMetadata"] == USAGE
    assert (await house.only_call(app)).cost == COST


async def test_an_array_is_closed_where_the_connection_breaks_after_the_last_chunk(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    google.answer(stream(*WHOLE, breaks_off=True))
    address = f"{house.origin}/gemini/v1beta/models/{FLASH}:streamGenerateContent"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, json=BODY, headers={"x-goog-api-key": app.access}) as told,
    ):
        chunks = json.loads(await told.read())
    assert len(chunks) == 3
    assert (await house.only_call(app)).end is CallEnd.COMPLETE


async def test_tools_go_there_and_back(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    called = {"functionCall": {"id": "c1", "name": "add", "args": {"a": 1}}}
    google.answer(
        json_reply(answer({**called, "thoughtSignature": "AAAA"})),
        json_reply(answer({"text": "It is 3."})),
    )
    tool = types.Tool(
        function_declarations=[types.FunctionDeclaration(name="add", description="adds")]
    )
    async with sdk(house, app) as client:
        first = await client.models.generate_content(
            model=FLASH, contents=HELLO, config=config(tools=[tool])
        )
        assert first.function_calls is not None
        (call,) = first.function_calls
        assert (call.id, call.name, call.args) == ("c1", "add", {"a": 1})
        assert first.candidates is not None
        said = first.candidates[0].content
        assert said is not None
        result = types.Part.from_function_response(name="add", response={"output": "3"})
        contents = [types.UserContent(HELLO), said, types.UserContent([result])]
        second = await client.models.generate_content(
            model=FLASH, contents=contents, config=config(tools=[tool])
        )
    assert second.text == "It is 3."
    sent = google.last.json
    assert sent["tools"] == [{"functionDeclarations": [{"name": "add", "description": "adds"}]}]
    assert sent["contents"][1]["parts"][0] == {**called, "thoughtSignature": "AAAA"}


async def test_an_unknown_access_is_401(house: GatewayHouse, google: ScriptedProvider) -> None:
    with pytest.raises(errors.ClientError) as raised:
        await ask(house, "wf_at_" + "A" * 43)
    assert (raised.value.code, raised.value.status) == (401, "UNAUTHENTICATED")
    assert google.requests == []


@pytest.mark.parametrize("streamed", [False, True])
async def test_over_the_cap_is_402_and_says_which_limit(
    house: GatewayHouse, google: ScriptedProvider, *, streamed: bool
) -> None:
    app = await house.approve(cap="0.000001")
    with pytest.raises(errors.ClientError) as raised:
        await (ask_for_stream(house, app) if streamed else ask(house, app))
    assert (raised.value.code, raised.value.status) == (402, "FAILED_PRECONDITION")
    (told,) = raised.value.details["error"]["details"]
    assert told["reason"] == "INSUFFICIENT_QUOTA"
    assert (told["metadata"]["reason"], told["metadata"]["limit"]) == ("exhausted", "app")
    assert google.requests == []


async def test_a_model_outside_the_grant_is_403(
    house: GatewayHouse, google: ScriptedProvider
) -> None:
    app = await house.approve(models=("google/gemini-2.5-pro",))
    with pytest.raises(errors.ClientError) as raised:
        await ask(house, app)
    assert (raised.value.code, raised.value.status) == (403, "PERMISSION_DENIED")
    assert google.requests == []


@pytest.mark.parametrize(("status", "kind"), [(429, errors.ClientError), (503, errors.ServerError)])
@pytest.mark.parametrize("streamed", [False, True])
async def test_the_providers_errors_are_passed_on_and_cost_nothing(
    house: GatewayHouse,
    google: ScriptedProvider,
    app: App,
    status: int,
    kind: type[errors.APIError],
    *,
    streamed: bool,
) -> None:
    error = {"code": status, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}
    google.answer(json_reply({"error": error}, status=status))
    with pytest.raises(kind) as raised:
        await (ask_for_stream(house, app) if streamed else ask(house, app))
    assert (raised.value.code, raised.value.message) == (status, "slow down")
    assert (await house.only_call(app)).status is CallStatus.VOIDED


BROKEN = event({"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}})


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (stream(piece("One"), BROKEN), 503),
        (stream(piece("One"), BROKEN.removeprefix(b"data: ")), 503),
        (stream(piece("One"), breaks_off=True), 502),
    ],
    ids=["event", "bare", "broken off"],
)
async def test_an_error_in_a_running_stream_is_raised_and_what_came_is_paid(
    house: GatewayHouse, google: ScriptedProvider, app: App, reply: Reply, code: int
) -> None:
    google.answer(reply)
    seen: list[str | None] = []
    with pytest.raises(errors.ServerError) as raised:
        await ask_for_stream(house, app, seen)
    assert (seen, raised.value.code) == (["One"], code)
    call = await house.only_call(app)
    assert (call.status, call.end) == (CallStatus.SETTLED, CallEnd.FAILED)
    assert call.cost == COST


async def test_where_money_is_short_the_answer_is_bounded_and_ends_cleanly(
    house: GatewayHouse, google: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.01")
    google.answer(stream(piece("One"), event(answer({"text": " two"}, reason="MAX_TOKENS"))))
    async with sdk(house, app) as client:
        told = await client.models.generate_content_stream(model=FLASH, contents=HELLO)
        chunks = [chunk async for chunk in told]
    assert chunks[-1].candidates is not None
    assert chunks[-1].candidates[0].finish_reason is types.FinishReason.MAX_TOKENS
    bound = google.last.json["generationConfig"]["maxOutputTokens"]
    # A cent pays for 4,000 tokens at $2.50 a million, less what the question may cost.
    assert 0 < bound < 4_000
    told_by = chunks[0].sdk_http_response
    assert told_by is not None
    assert told_by.headers is not None
    assert told_by.headers[BOUND_HEADER] == str(bound)


@pytest.mark.parametrize("has_header", [False, True])
async def test_an_access_in_the_address_is_neither_taken_nor_passed_on(
    house: GatewayHouse, google: ScriptedProvider, app: App, *, has_header: bool
) -> None:
    address = f"{house.origin}/gemini/v1beta/models/{FLASH}:generateContent?key={app.access}"
    headers = {"x-goog-api-key": app.access} if has_header else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, json=BODY, headers=headers) as told,
    ):
        body = await told.json()
    assert told.status == (400 if has_header else 401)
    assert body["error"]["code"] == told.status
    assert app.access not in f"{body}"
    assert google.requests == []


async def test_counting_tokens_is_free(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    google.answer(json_reply({"totalTokens": 3}))
    async with sdk(house, app) as client:
        told = await client.models.count_tokens(model=FLASH, contents=HELLO)
    assert told.total_tokens == 3
    assert google.last.target == f"/v1beta/models/{FLASH}:countTokens"
    assert (await house.only_call(app)).cost == 0


async def test_embedding_is_input_alone(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    usage = {"promptTokenCount": 7}
    google.answer(json_reply({"embeddings": [{"values": [0.5]}], "usageMetadata": usage}))
    async with sdk(house, app) as client:
        told = await client.models.embed_content(model=FLASH, contents=[HELLO])
    assert told.embeddings is not None
    assert told.embeddings[0].values == [0.5]
    assert google.last.target == f"/v1beta/models/{FLASH}:batchEmbedContents"
    assert google.last.json["requests"][0]["model"] == f"models/{FLASH}"
    assert (await house.only_call(app)).cost == 7 * 300


async def test_pictures_are_made_only_where_their_price_is_known(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    with pytest.raises(errors.ClientError) as raised:
        await ask(house, app, response_modalities=["IMAGE"])
    assert raised.value.code == 404
    assert "output image" in str(raised.value.message)
    usage = {
        "promptTokenCount": 10,
        "candidatesTokenCount": 1_300,
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1_290}],
    }
    picture = {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}
    google.answer(json_reply(answer(picture, usageMetadata=usage)))
    await ask(house, app, model="gemini-2.5-flash-image", response_modalities=["IMAGE"])
    # $30 a million for the picture, $2.50 for the text beside it.
    assert (await house.only_call(app)).cost == 10 * 300 + 10 * 2_500 + 1_290 * 30_000


@pytest.mark.parametrize(
    ("verb", "told_as"),
    [
        ("batchGenerateContent", (403, "PERMISSION_DENIED")),
        ("predictLongRunning", (403, "PERMISSION_DENIED")),
        ("generateAnswer", (404, "NOT_FOUND")),
    ],
)
async def test_what_cannot_be_bounded_is_refused_in_its_own_words(
    house: GatewayHouse, google: ScriptedProvider, app: App, verb: str, told_as: tuple[int, str]
) -> None:
    address = f"{house.origin}/gemini/v1beta/models/{FLASH}:{verb}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, json=BODY, headers={"x-goog-api-key": app.access}) as told,
    ):
        body = await told.json()
    assert (told.status, body["error"]["status"]) == told_as
    assert verb in body["error"]["message"]
    assert google.requests == []


@pytest.mark.parametrize("path", ["/gemini/v1beta", "/gemini/v1", "/v1beta", "/p/google/v1beta"])
async def test_priced_models_are_listed_in_its_words(
    house: GatewayHouse, google: ScriptedProvider, app: App, path: str
) -> None:
    headers = {"x-goog-api-key": app.access}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{house.origin}{path}/models?pageSize=5", headers=headers) as told,
    ):
        body = await told.json()
    assert [row["name"] for row in body["models"]] == [f"models/google/{FLASH}"]
    assert google.requests == []


async def test_the_sdk_lists_models_it_can_then_ask_for(
    house: GatewayHouse, google: ScriptedProvider, app: App
) -> None:
    async with sdk(house, app) as client:
        (model,) = [model async for model in await client.models.list()]
        assert model.name is not None
        await client.models.generate_content(model=model.name, contents=HELLO)
    assert google.last.target == f"/v1beta/models/{FLASH}:generateContent"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/gemini/v1/models", GeminiFamily),
        ("/gemini/anything", GeminiFamily),
        ("/v1beta/models", GeminiFamily),
        ("/v1/models/gemini-2.5-pro:generateContent", GeminiFamily),
        ("/p/google/v1/models/gemini-2.5-pro:countTokens", GeminiFamily),
        ("/v1/models", OpenAiFamily),
        ("/v1/models/gpt-5", OpenAiFamily),
        ("/openai/v1/chat/completions", OpenAiFamily),
    ],
)
def test_a_path_speaks_in_its_familys_words(path: str, kind: type) -> None:
    assert isinstance(Doors().family_at(path), kind)


async def test_a_path_that_is_not_there_is_refused_in_its_words(house: GatewayHouse) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{house.origin}/gemini/v1beta/nothing", json={}) as told,
    ):
        body = await told.json()
    assert (told.status, body["error"]["status"]) == (404, "NOT_FOUND")
