"""Anthropic's SDKs for Python and JavaScript, as they come, at a server none of us wrote.

An error after some text is what it lacks: there a scripted provider answers.
"""

from collections.abc import AsyncIterator

import pytest

from tests.support.claude import block, started, text
from tests.support.gateway_house import GatewayHouse
from tests.support.mock_upstream import mock_upstream
from tests.support.scripted_provider import scripted_provider, stream
from tests.support.sdk_programs import ran
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes

GREETING = "Hello. It's nice to meet you."
LOOP = {"tool": "Write", "path": "tmp/mock-file.txt", "text": GREETING}
BROKE = "The model broke."


@pytest.fixture
async def anthropic(house: GatewayHouse) -> AsyncIterator[GatewayHouse]:
    """A wallet that pays for Anthropic, and for DeepSeek, which breaks off."""
    error = {"type": "error", "error": {"type": "overloaded_error", "message": BROKE}}
    async with mock_upstream("app.anthropic_app") as mock, scripted_provider() as breaking:
        breaking.answer(stream(started(), block(0), text("Hel"), event_bytes(error)))
        fundings = [
            await house.fund(mock, provider="anthropic"),
            await house.fund(breaking.base_url, provider="deepseek"),
        ]
        yield house
        await house.require_sound()
        for funding in fundings:
            await house.remove_funding(funding.id)


@pytest.mark.parametrize(("language", "broken"), [("py", "APIStatusError"), ("js", "APIError")])
async def test_anthropics_sdk(anthropic: GatewayHouse, language: str, broken: str) -> None:
    went = await ran(anthropic, "anthropic", language)
    refusals = {name: went.pop(name) for name in [*went] if name[0] == "4"}
    broke = went.pop("mid-stream")
    assert went == {
        "messages": {"text": GREETING, "end": "end_turn"},
        "messages streamed": {"text": GREETING},
        "tools": LOOP,
        "tools streamed": LOOP,
        "count": {"tokens": 4},
    }
    assert {name: (each["raised"], each["status"]) for name, each in refusals.items()} == {
        "401": ("AuthenticationError", 401),
        "402": ("PaymentRequiredError", 402),
        "403 paused": ("PermissionDeniedError", 403),
        "403 model": ("PermissionDeniedError", 403),
        "429": ("RateLimitError", 429),
    }
    assert "does not fit this app's cap" in refusals["402"]["message"]
    assert (broke["text"], broke["raised"]) == ("Hel", broken)
    assert BROKE in broke["message"]
