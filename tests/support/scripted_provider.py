"""A provider on a real port that answers as a test wrote down, and keeps what it was sent.

A reply is any coroutine function from the request to its response. The ready ones::

    provider.answer(completion("Hello", prompt_tokens=9, completion_tokens=3))
    provider.answer(stream := GatedStream([delta("He"), delta("llo"), usage(9, 2), DONE]))
    stream.let_go()                      # the first event leaves, and no other
    provider.answer(json_reply({"error": {"message": "slow down"}}, status=429))
    provider.answer(disconnect)

Replies are used in the order they were given; the last one stays. ``GET /models`` is answered by
itself, so that a key check passes.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

MODELS: Final = ("gpt-5-mini", "gpt-4o-mini", "no-price-for-this-one")
DONE: Final = b"data: [DONE]\n\n"
_PATIENCE_S: Final = 10.0

Reply = Callable[[BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request, exactly as it came over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def json(self) -> Any:
        """The parsed body."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The value of one header, None where it is missing; fails where it came twice."""
        found = [value for each, value in self.headers if each.lower() == name.lower()]
        assert len(found) < 2, found
        return found[0] if found else None


class ScriptedProvider:
    """The far end of the wallet. Lives on the loop of the test."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        """Every request but those of ``GET /models``."""
        self.listed: list[Received] = []
        """The requests of ``GET /models``."""
        self.listing: Reply = json_reply({"data": [{"id": each, "created": 1} for each in MODELS]})
        self.base_url = ""
        self._replies: deque[Reply] = deque([completion("Hello")])

    @property
    def last(self) -> Received:
        """The latest call."""
        return self.requests[-1]

    def answer(self, *replies: Reply) -> None:
        """Answer the next calls with ``replies``, and all after them with the last.

        What was written down before is forgotten.
        """
        self._replies = deque(replies)

    async def handle(self, request: BaseRequest) -> web.StreamResponse:
        """Keep the request and reply."""
        received = Received(
            method=request.method,
            target=request.raw_path,
            headers=tuple((name.decode(), value.decode()) for name, value in request.raw_headers),
            body=await request.content.read(),
        )
        if request.method == "GET":
            self.listed.append(received)
            return await self.listing(request)
        self.requests.append(received)
        reply = self._replies[0] if len(self._replies) == 1 else self._replies.popleft()
        return await reply(request)


@asynccontextmanager
async def scripted_provider() -> AsyncIterator[ScriptedProvider]:
    """Listen on a free port of 127.0.0.1."""
    provider = ScriptedProvider()
    # Cancelled where the wallet hangs up: so a reply knows that it did.
    server = web.Server(provider.handle, handler_cancellation=True, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield provider
    finally:
        await runner.cleanup()


class GatedStream:
    """A stream whose events leave one by one, when the test lets them go.

    It ends after its last event, without an end of its own if ``breaks_off``.
    """

    def __init__(
        self,
        events: Sequence[bytes],
        *,
        breaks_off: bool = False,
        content_type: str = "text/event-stream",
    ) -> None:
        self._events = events
        self._content_type = content_type
        self._breaks_off = breaks_off
        self._gates = asyncio.Semaphore(0)
        self._began = asyncio.Event()
        self._hung_up = asyncio.Event()
        self.sent = 0

    def let_go(self, count: int = 1) -> None:
        """Let ``count`` more events leave."""
        for _ in range(count):
            self._gates.release()

    def let_all_go(self) -> None:
        """Let the rest leave."""
        self.let_go(len(self._events))

    async def begun(self) -> None:
        """Wait until the head of the answer has been sent."""
        await asyncio.wait_for(self._began.wait(), _PATIENCE_S)

    async def hung_up(self) -> None:
        """Wait until the wallet has closed the connection before the stream's end."""
        await asyncio.wait_for(self._hung_up.wait(), _PATIENCE_S)

    @property
    def is_hung_up(self) -> bool:
        """Whether the wallet closed the connection before the stream's end."""
        return self._hung_up.is_set()

    async def __call__(self, request: BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": self._content_type})
        await response.prepare(request)
        self._began.set()
        try:
            for event in self._events:
                await self._gates.acquire()
                self.sent += 1
                await response.write(event)
        except (asyncio.CancelledError, ConnectionError):
            self._hung_up.set()
            raise
        if self._breaks_off:
            _abort(request)
        return response


def stream(
    *events: bytes, breaks_off: bool = False, content_type: str = "text/event-stream"
) -> GatedStream:
    """Reply with ``events`` at once."""
    made = GatedStream(events, breaks_off=breaks_off, content_type=content_type)
    made.let_all_go()
    return made


def completion(
    text: str, *, prompt_tokens: int | None = 9, completion_tokens: int = 3, **members: Any
) -> Reply:
    """Reply with a whole answer; ``prompt_tokens`` None leaves the usage out."""
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-5-mini",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text},
            }
        ],
        **members,
    }
    if prompt_tokens is not None:
        body["usage"] = _usage(prompt_tokens, completion_tokens)
    return json_reply(body)


def json_reply(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Reply with ``body`` as JSON."""
    return raw_reply(json.dumps(body).encode(), status=status, headers=headers)


def raw_reply(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Reply with these very bytes, as JSON unless ``headers`` say otherwise."""

    async def reply(_request: BaseRequest) -> web.StreamResponse:
        told = {"Content-Type": "application/json", **(headers or {})}
        return web.Response(body=body, status=status, headers=told)

    return reply


async def disconnect(request: BaseRequest) -> web.StreamResponse:
    """Hang up without a word."""
    _abort(request)
    return web.Response()


async def break_off(request: BaseRequest) -> web.StreamResponse:
    """Promise a long answer and hang up in the middle of it."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = 1_000
    await response.prepare(request)
    await response.write(b'{"id": "chatcmpl-1", "choi')
    _abort(request)
    return response


def delta(text: str) -> bytes:
    """Return the event of one piece of text."""
    return _event([{"index": 0, "delta": {"content": text}, "finish_reason": None}])


def finish(reason: str = "stop") -> bytes:
    """Return the event that ends the text."""
    return _event([{"index": 0, "delta": {}, "finish_reason": reason}])


def usage(prompt_tokens: int, completion_tokens: int) -> bytes:
    """Return the event of usage alone that comes last."""
    return _event([], usage=_usage(prompt_tokens, completion_tokens))


def error_event(message: str) -> bytes:
    """Return the event by which a stream says that it failed."""
    return (
        f"data: {json.dumps({'error': {'message': message, 'type': 'server_error'}})}\n\n".encode()
    )


def _event(choices: Sequence[Mapping[str, Any]], **members: Any) -> bytes:
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-5-mini",
        "choices": choices,
        **members,
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _usage(prompt_tokens: int, completion_tokens: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def _abort(request: BaseRequest) -> None:
    assert request.transport is not None
    request.transport.abort()
