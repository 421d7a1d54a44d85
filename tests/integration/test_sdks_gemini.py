"""Gemini's SDKs for Python and JavaScript, as they come.

There is no other server of its API to try them at, so a scripted one answers, by the model's name.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.gateway_house import GatewayHouse
from tests.support.gemini import answer, event, piece
from tests.support.scripted_provider import (
    Received,
    Reply,
    json_reply,
    scripted_provider,
    stream,
)
from tests.support.sdk_programs import ran

GREETING = "Well met"
LOOP = {"tool": "Write", "path": "tmp/mock-file.txt", "text": GREETING}
BROKE = "The model broke."
CALL = {"functionCall": {"name": "Write", "args": {"path": "tmp/mock-file.txt"}}}


def reply_to(asked: Received) -> Reply:
    model, _, verb = asked.target.partition("/models/")[2].partition(":")
    if verb == "countTokens":
        return json_reply({"totalTokens": 4})
    if model == "gemini-2.5-flash-lite":
        return json_reply(failure(429, "RESOURCE_EXHAUSTED"), status=429)
    if model == "gemini-2.0-flash":
        return stream(piece("Hel"), event(failure(503, "UNAVAILABLE")))
    has_result = "functionResponse" in str(asked.json["contents"])
    said = CALL if model == "gemini-2.5-pro" and not has_result else {"text": GREETING}
    if verb.startswith("stream"):
        return stream(*([] if said is CALL else [piece("")]), event(answer(said)))
    return json_reply(answer(said))


def failure(code: int, status: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": BROKE, "status": status}}


@pytest.fixture
async def gemini(house: GatewayHouse) -> AsyncIterator[GatewayHouse]:
    """A wallet that pays for Gemini."""
    async with scripted_provider() as google:

        async def reply(request: BaseRequest) -> web.StreamResponse:
            return await reply_to(google.last)(request)

        google.answer(reply)
        funding = await house.fund(google.base_url.removesuffix("/v1"), provider="google")
        yield house
        await house.require_sound()
        await house.remove_funding(funding.id)


@pytest.mark.parametrize(
    ("language", "refused", "broken"),
    [("py", "ClientError", "ServerError"), ("js", "ApiError", "ApiError")],
)
async def test_geminis_sdk(gemini: GatewayHouse, language: str, refused: str, broken: str) -> None:
    went = await ran(gemini, "gemini", language)
    refusals = {name: went.pop(name) for name in [*went] if name[0] == "4"}
    broke = went.pop("mid-stream")
    assert went == {
        "generate": {"text": GREETING, "end": "STOP", "tokens": 1_070},
        "generate streamed": {"text": GREETING},
        "tools": LOOP,
        "tools streamed": LOOP,
        "count": {"tokens": 4},
    }
    assert {name: (each["raised"], each["status"]) for name, each in refusals.items()} == {
        "401": (refused, 401),
        "402": (refused, 402),
        "403 paused": (refused, 403),
        "403 model": (refused, 403),
        "429": (refused, 429),
    }
    assert "does not fit this app's cap" in refusals["402"]["message"]
    assert (broke["text"], broke["raised"], broke["status"]) == ("Hel", broken, 503)
    assert BROKE in broke["message"]
