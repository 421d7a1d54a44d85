"""The practice provider's port: an upstream like any other, on a loopback port of its own.

What it costs, holds and settles takes the same path as a real provider's call, over a real socket.
Nothing in the wallet asks whether a provider is this one; only its catalogue row carries a label.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, Final

from aiohttp import web

from wattfare_desktop.gateway.practice.answering import Answer, answer_to, prompt_tokens
from wattfare_desktop.gateway.practice.surfaces import Surface, surfaces
from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.conversation.codec import CannotCarry, Codec
from wattfare_desktop.providers.conversation.model import Conversation
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    Family,
    ModelListing,
    RequestRefusal,
)
from wattfare_desktop.providers.gemini.family import GeminiFamily
from wattfare_desktop.providers.openai.family import OpenAiFamily
from wattfare_desktop.providers.wire import encoded

MODELS: Final = (
    "gpt-5-mini",
    "gpt-5-nano",
    "gpt-5",
    "claude-haiku-4-5",
    "claude-sonnet-4-5",
    "gemini-2.5-flash",
    "gemini-2.5-pro",
)
"""Named like real ones, so that real prices apply. Each of them answers in every dialect."""

PACE_S: Final = 0.025
_BODY_BYTES_MAX: Final = 64 * 1024 * 1024
_SHUTDOWN_S: Final = 1.0
_KEY_HEADERS: Final = ("x-api-key", "x-goog-api-key")
_WRONG_KEY: Final = RequestRefusal(
    message="Incorrect API key provided.", code="invalid_api_key", status=401
)
_NOT_JSON: Final = RequestRefusal(message="The request body is not valid JSON.")


class PracticeProvider:
    """The routes of the practice provider.

    ``key`` is the one it accepts, an empty one lets anybody in; ``pace_s`` is the time between two
    tokens, ``created_s`` the creation time its answers carry, in seconds since the epoch.
    """

    def __init__(self, key: str, *, pace_s: float = PACE_S, created_s: int = 0) -> None:
        self._key = key.encode()
        self._pace_s = pace_s
        self._created_s = created_s
        self._numbers = count(1)

    def application(self) -> web.Application:
        """Return the application to serve under any host."""
        app = web.Application(client_max_size=_BODY_BYTES_MAX)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/v1beta/models", partial(self._listed, GeminiFamily()))
        for surface in surfaces():
            app.router.add_post(surface.path, partial(self._call, surface))
        return app

    async def _models(self, request: web.Request) -> web.Response:
        is_anthropic = "anthropic-version" in request.headers
        return await self._listed(AnthropicFamily() if is_anthropic else OpenAiFamily(), request)

    async def _listed(self, family: Family, request: web.Request) -> web.Response:
        if not self._has_key(request):
            return _refused(family, _WRONG_KEY)
        rows = [ModelListing(id=name, owned_by="practice") for name in MODELS]
        return _json(family.models_body(rows))

    async def _call(self, surface: Surface, request: web.Request) -> web.StreamResponse:
        read = await _read(surface, request) if self._has_key(request) else _WRONG_KEY
        if isinstance(read, RequestRefusal):
            return _refused(surface.dialect.family, read)
        call, conversation = read
        if surface.counting is not None:
            return _json(encoded(surface.counting.told(prompt_tokens(conversation))))
        answer = answer_to(
            conversation,
            answer_id=f"{surface.id_prefix}practice-{next(self._numbers)}",
            model=call.model,
            created_s=self._created_s,
        )
        if call.stream:
            return await self._stream(surface, request, call, answer)
        await asyncio.sleep(self._pace_s * max(len(each.pieces) for each in answer.spoken))
        return _json(encoded(surface.codec.write_reply(answer.reply, call)))

    def _has_key(self, request: web.Request) -> bool:
        if not self._key:
            return True
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        told = [bearer.strip()] if scheme.lower() == "bearer" else []
        told += [request.headers[name] for name in _KEY_HEADERS if name in request.headers]
        return any(
            hmac.compare_digest(key.encode("utf-8", "surrogateescape"), self._key) for key in told
        )

    async def _stream(
        self, surface: Surface, request: web.Request, call: CallRequest, answer: Answer
    ) -> web.StreamResponse:
        writer = surface.codec.event_writer(call)
        response = web.StreamResponse(
            headers={"Content-Type": writer.content_type, "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        async for event in self._paced(answer):
            for told in writer.write(event):
                await response.write(told)
        await response.write_eof()
        return response

    async def _paced(self, answer: Answer) -> AsyncIterator[Any]:
        for event in answer.beginning():
            yield event
        for moment in answer.growth():
            await asyncio.sleep(self._pace_s)
            for event in moment:
                yield event
        for event in answer.end():
            yield event


class PracticeServer:
    """A practice provider that is listening. ``base_url`` has no path."""

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
    return PracticeServer(runner, f"http://127.0.0.1:{port}")


def _understood(codec: Codec, call: CallRequest) -> Conversation | RequestRefusal:
    """Return what ``call`` asks, without the members that mean nothing to a made-up answer."""
    while True:
        try:
            return codec.read_request(call)
        except CannotCarry as refused:
            name = (refused.refusal.param or "").partition(".")[0]
            if name not in call.body:
                return refused.refusal
            body = {member: value for member, value in call.body.items() if member != name}
            call = replace(call, body=body)


async def _read(
    surface: Surface, request: web.Request
) -> tuple[CallRequest, Conversation] | RequestRefusal:
    raw = await request.read()
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return _NOT_JSON
    asked = AppRequest(
        body=body,
        body_bytes=len(raw),
        target=request.match_info.get("target", ""),
        query=request.query,
        headers=request.headers,
    )
    call = surface.dialect.read_request(asked)
    if isinstance(call, RequestRefusal):
        return call
    if call.model not in MODELS:
        return _unknown_model(call.model)
    if surface.counting is not None:
        call = replace(call, body=surface.counting.request(call.body))
    conversation = _understood(surface.codec, call)
    return conversation if isinstance(conversation, RequestRefusal) else (call, conversation)


def _unknown_model(name: str) -> RequestRefusal:
    return RequestRefusal(
        message=f"The model '{name}' does not exist or you do not have access to it.",
        code="model_not_found",
        param="model",
        status=404,
    )


def _refused(family: Family, refusal: RequestRefusal) -> web.Response:
    return _json(family.error_body(refusal), status=refusal.status)


def _json(body: bytes, *, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type=JSON_TYPE)
