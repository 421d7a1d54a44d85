"""What is known and has no bound is refused by name, whoever asks and wherever it is asked."""

from typing import Any

import aiohttp
import anthropic
import openai
import pytest
from google.genai import errors

from tests.support import claude, gemini
from tests.support.gateway_house import App, GatewayHouse
from wattfare_desktop.gateway.doors import Doors
from wattfare_desktop.gateway.router import Router

# Google's SDK makes a class of aiohttp's session, which aiohttp would rather it did not.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Inheritance class AiohttpClientSession:DeprecationWarning"
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/batches"),
        ("GET", "/v1/batches/batch_1"),
        ("POST", "/openai/v1/batches/batch_1/cancel"),
        ("POST", "/v1/fine_tuning/jobs"),
        ("GET", "/v1/realtime"),
        ("POST", "/v1/realtime/client_secrets"),
        ("POST", "/p/groq/v1/files"),
        ("DELETE", "/v1/files/file-1"),
        ("GET", "/v1/files/file-1/content"),
        ("POST", "/v1/assistants"),
        ("POST", "/v1/threads/thread_1/runs/run_1/submit_tool_outputs"),
        ("POST", "/v1/vector_stores"),
        ("POST", "/openrouter/v1/videos"),
    ],
)
async def test_openai_s(house: GatewayHouse, app: App, method: str, path: str) -> None:
    status, body = await ask(house, method, path, {"Authorization": f"Bearer {app.access}"})
    assert (status, body["error"]["code"]) == (403, "unbounded_cost")
    named = body["error"]["message"].split("'")[1]
    assert named.startswith("/v1/")
    assert named in path
    assert "is not allowed by this wallet: " in body["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/v1/messages/batches", {}),
        ("GET", "/v1/messages/batches/msgbatch_1/results", {}),
        ("POST", "/anthropic/v1/messages/batches", {}),
        ("POST", "/anthropic/v1/files", {}),
        ("POST", "/v1/files", {"anthropic-version": "2023-06-01"}),
    ],
)
async def test_anthropic_s(
    house: GatewayHouse, method: str, path: str, headers: dict[str, str]
) -> None:
    status, body = await ask(house, method, path, headers)
    assert (status, body["type"]) == (403, "error")
    assert (body["error"]["type"], body["error"]["code"]) == ("permission_error", "unbounded_cost")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/v1beta/cachedContents", {}),
        ("PATCH", "/gemini/v1beta/cachedContents/c-1", {}),
        ("POST", "/gemini/upload/v1beta/files", {}),
        ("GET", "/v1beta/files/f-1", {}),
        ("POST", "/v1/files", {"x-goog-api-key": "wf-1"}),
        ("POST", "/v1beta/batches/b-1:cancel", {}),
        ("POST", "/gemini/v1/tunedModels", {}),
        (
            "GET",
            "/gemini/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
            {},
        ),
    ],
)
async def test_gemini_s(
    house: GatewayHouse, method: str, path: str, headers: dict[str, str]
) -> None:
    status, body = await ask(house, method, path, headers)
    assert (status, body["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert body["error"]["details"][0]["reason"] == "UNBOUNDED_COST"


async def test_each_sdk_raises_what_it_has_for_that(house: GatewayHouse, app: App) -> None:
    async with house.sdk(app) as client:
        with pytest.raises(openai.PermissionDeniedError, match="batches are answered later"):
            await client.batches.create(
                completion_window="24h", endpoint="/v1/chat/completions", input_file_id="f"
            )
    async with claude.sdk(house, app) as claude_s:
        with pytest.raises(anthropic.PermissionDeniedError, match="batches are answered later"):
            await claude_s.messages.batches.create(requests=[])
    async with gemini.sdk(house, app) as google:
        with pytest.raises(errors.ClientError, match="billed by the day") as refused:
            await google.caches.create(model=gemini.FLASH, config={"display_name": "x"})
    assert refused.value.code == 403


@pytest.mark.parametrize("path", ["/v1/batche", "/v1/batches/", "/v1/files/../x", "/v2/files"])
def test_what_is_not_known_is_not_there(path: str) -> None:
    refused = Router({("", known): known for known in Doors().refused()})
    assert refused.find("", path) is None


def test_nothing_that_is_served_is_refused() -> None:
    refused = Router({("", known): known for known in Doors().refused()})
    for door in Doors().calls():
        assert refused.find("", door.pattern.replace("{rest}", "m").replace("{provider}", "p")) is (
            None
        )


async def ask(
    house: GatewayHouse, method: str, path: str, headers: dict[str, str]
) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{house.origin}{path}", headers=headers) as told,
    ):
        return told.status, await told.json()
