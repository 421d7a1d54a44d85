"""The practice provider: OpenAI's dialect, made-up text, real token counts, play money.

It is an upstream like any other, on a loopback port of its own: what it costs, holds and settles
takes the same path as a real provider's call, over a real socket. Nothing in the wallet asks
whether a provider is this one; only its catalogue row carries a label.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count, zip_longest
from typing import Any, Final

from aiohttp import web

from wattfare_desktop.gateway.practice_text import prompt_tokens, reply_pieces
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, ModelListing, RequestRefusal
from wattfare_desktop.providers.openai.chat import OpenAiChat

MODELS: Final = ("gpt-5-mini", "gpt-5-nano", "gpt-5")
"""Named like real ones, so that real prices apply."""

PACE_S: Final = 0.025
_BODY_BYTES_MAX: Final = 64 * 1024 * 1024
_SHUTDOWN_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    pieces: list[str]
    finish_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """All that is decided about an answer before its first byte leaves."""

    id: str
    model: str
    choices: tuple[_Choice, ...]
    prompt_tokens: int

    @property
    def usage(self) -> dict[str, Any]:
        completion = sum(len(choice.pieces) for choice in self.choices)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens + completion,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }


class PracticeProvider:
    """The routes of the practice provider.

    ``key`` is the one it accepts, an empty one lets anybody in; ``pace_s`` is the time between two
    tokens, ``created_s`` the creation time its answers carry, in seconds since the epoch.
    """

    def __init__(self, key: str, *, pace_s: float = PACE_S, created_s: int = 0) -> None:
        self._key = key.encode()
        self._pace_s = pace_s
        self._created_s = created_s
        self._dialect = OpenAiChat()
        self._numbers = count(1)

    def application(self) -> web.Application:
        """Return the application to serve under any host."""
        app = web.Application(client_max_size=_BODY_BYTES_MAX)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._complete)
        return app

    async def _models(self, request: web.Request) -> web.Response:
        if not self._has_key(request):
            return self._refused(_WRONG_KEY)
        rows = [ModelListing(id=name, owned_by="practice") for name in MODELS]
        return _json(self._dialect.family.models_body(rows))

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if not self._has_key(request):
            return self._refused(_WRONG_KEY)
        raw = await request.read()
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            return self._refused(RequestRefusal(message="The request body is not valid JSON."))
        call = self._dialect.read_request(AppRequest(body=body, body_bytes=len(raw)))
        if isinstance(call, RequestRefusal):
            return self._refused(call)
        if call.model not in MODELS:
            return self._refused(_unknown_model(call.model))
        answer = self._answer(call)
        if call.stream:
            return await self._stream(request, call, answer)
        longest = max(len(choice.pieces) for choice in answer.choices)
        await asyncio.sleep(self._pace_s * longest)
        return _json(_encoded(self._completion(answer)))

    def _has_key(self, request: web.Request) -> bool:
        if not self._key:
            return True
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            key.strip().encode("utf-8", "surrogateescape"), self._key
        )

    def _refused(self, refusal: RequestRefusal) -> web.Response:
        return _json(self._dialect.family.error_body(refusal), status=refusal.status)

    def _answer(self, call: CallRequest) -> _Answer:
        messages = call.body["messages"]
        return _Answer(
            id=f"chatcmpl-practice-{next(self._numbers)}",
            model=call.model,
            choices=tuple(
                _cut(reply_pieces(messages, number), call.output_tokens_max)
                for number in range(call.choices)
            ),
            prompt_tokens=prompt_tokens(messages),
        )

    def _completion(self, answer: _Answer) -> dict[str, Any]:
        choices = [
            {
                "index": index,
                "message": {
                    "role": "assistant",
                    "content": "".join(choice.pieces),
                    "refusal": None,
                },
                "logprobs": None,
                "finish_reason": choice.finish_reason,
            }
            for index, choice in enumerate(answer.choices)
        ]
        return {**self._head(answer, ""), "choices": choices, "usage": answer.usage}

    async def _stream(
        self, request: web.Request, call: CallRequest, answer: _Answer
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        async for event in self._events(answer, wants_usage=call.wants_usage):
            await response.write(b"data: " + event + b"\n\n")
        await response.write_eof()
        return response

    async def _events(self, answer: _Answer, *, wants_usage: bool) -> AsyncIterator[bytes]:
        head = self._head(answer, ".chunk")
        no_usage = {"usage": None} if wants_usage else {}

        def chunk(index: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
            choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
            return _encoded({**head, "choices": [choice], **no_usage})

        for index in range(len(answer.choices)):
            yield chunk(index, {"role": "assistant", "content": "", "refusal": None})
        for row in zip_longest(*(choice.pieces for choice in answer.choices)):
            await asyncio.sleep(self._pace_s)
            for index, piece in enumerate(row):
                if piece is not None:
                    yield chunk(index, {"content": piece})
        for index, choice in enumerate(answer.choices):
            yield chunk(index, {}, choice.finish_reason)
        if wants_usage:
            yield _encoded({**head, "choices": [], "usage": answer.usage})
        yield b"[DONE]"

    def _head(self, answer: _Answer, kind: str) -> dict[str, Any]:
        return {
            "id": answer.id,
            "object": f"chat.completion{kind}",
            "created": self._created_s,
            "model": answer.model,
            "service_tier": "default",
            "system_fingerprint": "practice",
        }


class PracticeServer:
    """A practice provider that is listening. ``base_url`` ends in ``/v1``."""

    def __init__(self, runner: web.AppRunner, base_url: str) -> None:
        self._runner = runner
        self.base_url = base_url

    async def close(self) -> None:
        """Stop listening and cut what still runs."""
        await self._runner.cleanup()


async def start_practice(
    key_check: str, *, pace_s: float = PACE_S, created_s: int = 0
) -> PracticeServer:
    """Serve a practice provider that accepts the key ``key_check``, on a free loopback port."""
    provider = PracticeProvider(key_check, pace_s=pace_s, created_s=created_s)
    runner = web.AppRunner(
        provider.application(),
        access_log=None,
        # A client that hangs up ends its answer, as it does with a real provider.
        handler_cancellation=True,
        shutdown_timeout=_SHUTDOWN_S,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    except OSError:
        await runner.cleanup()
        raise
    port = runner.addresses[0][1]
    return PracticeServer(runner, f"http://127.0.0.1:{port}/v1")


_WRONG_KEY = RequestRefusal(
    message="Incorrect API key provided.", code="invalid_api_key", status=401
)


def _unknown_model(name: str) -> RequestRefusal:
    return RequestRefusal(
        message=f"The model '{name}' does not exist or you do not have access to it.",
        code="model_not_found",
        param="model",
        status=404,
    )


def _cut(pieces: list[str], limit: int | None) -> _Choice:
    if limit is not None and len(pieces) > limit:
        return _Choice(pieces=pieces[:limit], finish_reason="length")
    return _Choice(pieces=pieces, finish_reason="stop")


def _encoded(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _json(body: bytes, *, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")
