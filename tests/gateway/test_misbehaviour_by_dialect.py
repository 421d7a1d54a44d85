"""The most telling of what providers should not do, as Anthropic and Gemini would do it.

The rule is the same as for chats (``test_misbehaviour``), and so it is where the app is told in
another dialect than the provider speaks.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import pytest

from tests.support import claude, gemini
from tests.support.gateway_house import GatewayHouse
from tests.support.scripted_provider import (
    Reply,
    ScriptedProvider,
    json_reply,
    raw_reply,
    scripted_provider,
    stream,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.reports import CallEnd, CallRow, CallStatus
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes

CAP: Final = parse_usd("0.01")
BOUND_TOKENS: Final = 100
BOUNDED_S: Final = 8.0


@dataclass(frozen=True, kw_only=True)
class Maker:
    """A provider, and how it says things. Prices are in nano-dollars a token.

    ``whole`` and ``events`` take the usage told, in tokens put in and out, or None to tell none;
    ``events`` tells of each in turn.
    """

    row: str
    model: str
    input_nanos: int
    output_nanos: int
    whole: Callable[[tuple[int, int] | None], dict[str, Any]]
    events: Callable[..., list[bytes]]
    error: Mapping[str, Any]

    def cost(self, taken: int, made: int) -> int:
        return taken * self.input_nanos + made * self.output_nanos


def _claude_whole(told: tuple[int, int] | None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": claude.MODEL,
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
    }
    if told is not None:
        body["usage"] = {"input_tokens": told[0], "output_tokens": told[1]}
    return body


def _claude_events(*told: tuple[int, int] | None) -> list[bytes]:
    begun = {**_claude_whole(None), "content": [], "stop_reason": None}
    if told[0] is not None:
        begun["usage"] = {"input_tokens": told[0][0], "output_tokens": 1}
    ends = [
        claude.ended(each[1])
        if each is not None
        else event_bytes({"type": "message_delta", "delta": {"stop_reason": "end_turn"}})
        for each in told
    ]
    start = event_bytes({"type": "message_start", "message": begun})
    return [start, claude.block(0), claude.text("Hello"), claude.closed(), *ends, claude.STOP]


def _gemini_chunk(
    told: tuple[int, int] | None, text: str = "Hello", reason: str | None = "STOP"
) -> dict[str, Any]:
    body = gemini.answer({"text": text}, reason=reason)
    del body["usageMetadata"]
    if told is not None:
        body["usageMetadata"] = {"promptTokenCount": told[0], "candidatesTokenCount": told[1]}
    return body


def _gemini_events(*told: tuple[int, int] | None) -> list[bytes]:
    *before, last = told
    chunks = [
        _gemini_chunk(None, reason=None),
        *(_gemini_chunk(each, "", None) for each in before),
        _gemini_chunk(last, ""),
    ]
    return [gemini.event(chunk) for chunk in chunks]


def _half(events: list[bytes]) -> list[bytes]:
    return events[: len(events) // 2]


CLAUDE: Final = Maker(
    row="anthropic",
    model=claude.MODEL,
    input_nanos=1_000,
    output_nanos=5_000,
    whole=_claude_whole,
    events=_claude_events,
    error={"type": "error", "error": {"type": "overloaded_error", "message": "no"}},
)
GEMINI: Final = Maker(
    row="google",
    model=gemini.FLASH,
    input_nanos=300,
    output_nanos=2_500,
    whole=_gemini_chunk,
    events=_gemini_events,
    error={"error": {"code": 503, "message": "no", "status": "UNAVAILABLE"}},
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """An app's API, and who answers it."""

    api: str
    maker: Maker

    def asked(self, *, streamed: bool) -> tuple[str, dict[str, Any]]:
        """Return the path and body of a call."""
        model = f"{self.maker.row}/{self.maker.model}"
        said = [{"role": "user", "content": "Hello there"}]
        if self.api == "gemini":
            verb = "streamGenerateContent?alt=sse" if streamed else "generateContent"
            body = {
                "contents": [{"role": "user", "parts": [{"text": "Hello there"}]}],
                "generationConfig": {"maxOutputTokens": BOUND_TOKENS},
            }
            return f"/v1beta/models/{model}:{verb}", body
        path = "/v1/messages" if self.api == "messages" else "/v1/chat/completions"
        bound = {"max_tokens": BOUND_TOKENS}
        return path, {"model": model, "messages": said, "stream": streamed, **bound}


WAYS: Final = {
    "Anthropic": Way(api="messages", maker=CLAUDE),
    "Gemini": Way(api="gemini", maker=GEMINI),
    "chat at Anthropic": Way(api="chat", maker=CLAUDE),
    "messages at Gemini": Way(api="messages", maker=GEMINI),
}
ESTIMATED: Final[Mapping[str, Callable[[Maker], Reply]]] = {
    "no usage": lambda maker: json_reply(maker.whole(None)),
    "200 with an error in it": lambda maker: json_reply(maker.error),
    "trailing junk": lambda maker: raw_reply(json.dumps(maker.whole((9, 3))).encode() + b'{"a":1}'),
}
STREAMED_ESTIMATED: Final[Mapping[str, Callable[[Maker], Reply]]] = {
    "no usage": lambda maker: stream(*maker.events(None)),
    "a reset": lambda maker: stream(*_half(maker.events((9, 3))), breaks_off=True),
    "an error as a whole answer": lambda maker: json_reply(maker.error),
}
STREAMED_CHARGED: Final[Mapping[str, tuple[Callable[[Maker], Reply], tuple[int, int]]]] = {
    "usage twice": (lambda maker: stream(*maker.events((9, 1), (9, 3))), (9, 3)),
    "junk after the end": (lambda maker: stream(*maker.events((9, 3)), b'{"a":1}\n\n'), (9, 3)),
    "more output than the bound": (lambda maker: stream(*maker.events((9, 1_000))), (9, 1_000)),
}


@pytest.fixture
async def makers(house: GatewayHouse) -> AsyncIterator[Mapping[str, ScriptedProvider]]:
    """A scripted provider behind each row; afterwards no hold may be left open."""
    async with AsyncExitStack() as stack:
        by_row = {
            maker.row: await stack.enter_async_context(scripted_provider())
            for maker in (CLAUDE, GEMINI)
        }
        fundings = [
            await house.fund(provider.base_url.removesuffix("/v1"), provider=row)
            for row, provider in by_row.items()
        ]
        yield by_row
        await house.require_sound()
        for funding in fundings:
            await house.remove_funding(funding.id)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = WAYS[request.param]
    return found


async def _call(
    house: GatewayHouse,
    makers: Mapping[str, ScriptedProvider],
    way: Way,
    reply: Reply,
    *,
    streamed: bool,
) -> tuple[int, CallRow]:
    """Make one call and return its status and what it was charged."""
    app = await house.approve(cap="0.01")
    makers[way.maker.row].answer(reply)
    path, body = way.asked(streamed=streamed)
    began_s = time.monotonic()
    async with (
        asyncio.timeout(BOUNDED_S),
        aiohttp.ClientSession(
            house.origin, headers={"Authorization": f"Bearer {app.access}"}
        ) as session,
        session.post(path, json=body) as answer,
    ):
        try:
            await answer.read()
        except aiohttp.ClientError:
            assert streamed, "only a stream may break off; a whole answer is an answer"
        call = await house.only_call(app)
        assert time.monotonic() - began_s < BOUNDED_S
        window = (await house.app_row(app)).windows[0]
        assert (window.spent, window.held) == (call.cost, 0)
        assert call.cost <= CAP
        return answer.status, call


def _require_estimated(way: Way, call: CallRow) -> None:
    assert (call.status, call.basis) == (CallStatus.SETTLED, Basis.ESTIMATED)
    assert 0 < call.cost <= way.maker.cost(500, BOUND_TOKENS)


@pytest.mark.parametrize("name", ESTIMATED)
async def test_what_cannot_be_read_is_estimated(
    house: GatewayHouse, makers: Mapping[str, ScriptedProvider], way: Way, name: str
) -> None:
    reply = ESTIMATED[name](way.maker)
    _, call = await _call(house, makers, way, reply, streamed=False)
    _require_estimated(way, call)


@pytest.mark.parametrize("name", STREAMED_ESTIMATED)
async def test_a_stream_that_cannot_be_read_is_estimated(
    house: GatewayHouse, makers: Mapping[str, ScriptedProvider], way: Way, name: str
) -> None:
    reply = STREAMED_ESTIMATED[name](way.maker)
    _, call = await _call(house, makers, way, reply, streamed=True)
    _require_estimated(way, call)


@pytest.mark.parametrize("name", STREAMED_CHARGED)
async def test_what_can_be_read_of_a_stream_is_charged(
    house: GatewayHouse, makers: Mapping[str, ScriptedProvider], way: Way, name: str
) -> None:
    reply, told = STREAMED_CHARGED[name]
    status, call = await _call(house, makers, way, reply(way.maker), streamed=True)
    assert (status, call.end, call.basis) == (200, CallEnd.COMPLETE, Basis.REPORTED)
    assert call.cost == way.maker.cost(*told)


async def test_more_output_than_the_bound_is_charged_as_it_is_told(
    house: GatewayHouse, makers: Mapping[str, ScriptedProvider], way: Way
) -> None:
    reply = json_reply(way.maker.whole((9, 1_000)))
    status, call = await _call(house, makers, way, reply, streamed=False)
    assert (status, call.end, call.basis) == (200, CallEnd.COMPLETE, Basis.REPORTED)
    assert call.cost == way.maker.cost(9, 1_000)
