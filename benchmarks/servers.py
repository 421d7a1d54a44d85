"""A fast made-up provider, and a pass-through that forwards and does nothing else."""

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import aiohttp
from aiohttp import web

from benchmarks.streams import ENDING, EVENTS, GAP_S, event

_WITHOUT_END: Final = 10**9
_PATH: Final = "/v1/chat/completions"
_ANSWER: Final = (
    b'{"id":"x","object":"chat.completion","created":1,"model":"gpt-5-mini","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}}'
)


def provider(events: int = EVENTS) -> web.Application:
    """Return a provider that answers at once, and streams ``events``."""

    async def complete(request: web.Request) -> web.StreamResponse:
        if b'"stream":true' in (await request.read()).replace(b" ", b""):
            return await _stream(request, events)
        return web.Response(body=_ANSWER, content_type="application/json")

    async def models(_request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": []})

    application = web.Application()
    application.router.add_post(_PATH, complete)
    application.router.add_get("/v1/models", models)
    return application


async def _stream(request: web.Request, events: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    with suppress(ConnectionError):  # hung up on, as whoever is revoked is
        for _ in range(events):
            await asyncio.sleep(GAP_S)
            await response.write(event(time.monotonic_ns()))
        await response.write(ENDING)
    return response


def pass_through(upstream_port: int) -> web.Application:
    """Return a server that forwards to the provider on ``upstream_port``."""
    upstream = f"http://127.0.0.1:{upstream_port}{_PATH}"
    session = web.AppKey("session", aiohttp.ClientSession)

    async def forward(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {"Content-Type": "application/json"}
        async with request.app[session].post(upstream, data=body, headers=headers) as answer:
            if answer.content_type != "text/event-stream":
                content = await answer.read()
                return web.Response(
                    status=answer.status, body=content, content_type="application/json"
                )
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            return response

    async def start(application: web.Application) -> None:
        application[session] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    application = web.Application()
    application.router.add_post(_PATH, forward)
    application.on_startup.append(start)
    return application


def main(role: str, port: int, upstream_port: int) -> None:
    """Serve ``role`` on ``port`` until killed."""
    import uvloop  # noqa: PLC0415 - the same loop as the wallet's, where there is one

    uvloop.install()
    roles: dict[str, Callable[[], web.Application]] = {
        "provider": provider,
        "endless": partial(provider, _WITHOUT_END),
        "pass-through": partial(pass_through, upstream_port),
    }
    web.run_app(roles[role](), host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
