"""A provider's answer that never comes to an end, until the wallet hangs up::

provider.answer(endless := Endless(drip(b": thinking\n\n", first=delta("Hi"))))
await endless.hung_up()
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.providers.dialect import JSON_TYPE, SSE_TYPE

_PATIENCE_S: Final = 10.0
_BETWEEN_S: Final = 0.005

Said = Callable[[web.StreamResponse], Awaitable[None]]


class Endless:
    """Says what it is told and then nothing; without ``say`` not even a head."""

    def __init__(self, say: Said | None, content_type: str = SSE_TYPE) -> None:
        self._say = say
        self._content_type = content_type
        self._hung_up = asyncio.Event()

    async def hung_up(self) -> None:
        """Wait until the wallet has closed the connection."""
        await asyncio.wait_for(self._hung_up.wait(), _PATIENCE_S)

    async def __call__(self, request: BaseRequest) -> web.StreamResponse:
        try:
            if self._say is not None:
                response = web.StreamResponse(headers={"Content-Type": self._content_type})
                await response.prepare(request)
                await self._say(response)
            await asyncio.Event().wait()
        finally:
            self._hung_up.set()
        raise AssertionError("only a cancellation ends it")


def endless_json(say: Said) -> Endless:
    """Return one whose answer is no stream."""
    return Endless(say, JSON_TYPE)


def once(first: bytes = b"") -> Said:
    """Say ``first`` and fall silent."""

    async def say(response: web.StreamResponse) -> None:
        await response.write(first)

    return say


def drip(piece: bytes, *, first: bytes = b"") -> Said:
    """Say ``first``, and then ``piece`` again and again."""

    async def say(response: web.StreamResponse) -> None:
        await response.write(first)
        while True:
            await response.write(piece)
            await asyncio.sleep(_BETWEEN_S)

    return say
