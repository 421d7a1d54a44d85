"""OpenAI's SDKs for Python and JavaScript, as they come, at servers none of us wrote.

Errors inside a stream are what those servers lack: there a scripted one answers.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.gateway_house import GatewayHouse
from tests.support.mock_upstream import mock_upstream
from tests.support.scripted_provider import delta, error_event, scripted_provider, stream
from tests.support.scripted_responses import spoken
from tests.support.sdk_programs import ran

GREETING = "Hello. It's nice to meet you."
LOOP = {"tool": "Write", "path": "tmp/mock-file.txt", "text": GREETING}
BROKE = "The model broke."


@pytest.fixture
async def openai(house: GatewayHouse) -> AsyncIterator[GatewayHouse]:
    """A wallet that pays for OpenAI, for a server of one's own, and for xAI, which breaks off."""
    async with mock_upstream("app.openai_app") as mock, scripted_provider() as breaking:

        async def broken(request: BaseRequest) -> web.StreamResponse:
            if breaking.last.target.endswith("/responses"):
                # Of an error event as OpenAI writes it the SDK for Python makes no exception.
                return await stream(*spoken("Hel", "lo")[:5], breaks_off=True)(request)
            return await stream(delta("Hel"), error_event(BROKE))(request)

        breaking.answer(broken)
        fundings = [
            await house.fund(f"{mock}/v1", provider="openai"),
            await house.fund(f"{mock}/v1", provider="vllm"),
            await house.fund(breaking.base_url, provider="x-ai"),
        ]
        yield house
        await house.require_sound()
        for funding in fundings:
            await house.remove_funding(funding.id)


@pytest.mark.parametrize(("language", "unnamed"), [("py", "APIStatusError"), ("js", "APIError")])
async def test_openais_sdk(openai: GatewayHouse, language: str, unnamed: str) -> None:
    went = await ran(openai, "openai", language)
    refusals = {name: went.pop(name) for name in [*went] if name[0] == "4"}
    broken = {name: went.pop(name) for name in [*went] if name.startswith("mid-stream")}
    assert went == {
        "chat": {"text": GREETING, "end": "stop"},
        "chat streamed": {"text": GREETING},
        "chat tools": LOOP,
        "chat tools streamed": LOOP,
        "responses": {"text": GREETING, "end": "completed"},
        "responses streamed": {"text": GREETING},
        "responses tools": LOOP,
        "responses tools streamed": LOOP,
    }
    assert raised(refusals) == {
        "401": ("AuthenticationError", 401),
        "402": (unnamed, 402),
        "403 paused": ("PermissionDeniedError", 403),
        "403 model": ("PermissionDeniedError", 403),
        "429": ("RateLimitError", 429),
    }
    assert "does not fit this app's cap" in refusals["402"]["message"]
    assert {name: (each["text"], each["raised"]) for name, each in broken.items()} == {
        "mid-stream chat": ("Hel", "APIError"),
        "mid-stream responses": ("Hel", "APIError"),
    }
    assert BROKE in broken["mid-stream chat"]["message"]
    assert "broke off" in broken["mid-stream responses"]["message"]


def raised(outcomes: dict[str, dict[str, Any]]) -> dict[str, tuple[str, int]]:
    return {name: (each["raised"], each["status"]) for name, each in outcomes.items()}
