"""Passing a streamed answer on, event by event, while learning what it uses."""

import asyncio
import contextlib
from typing import Final

import aiohttp
from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway.outcome import Bill
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.providers.sse import EventTooLargeError
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import HeldCall, Outcome

AFTERMATH_S: Final = 60.0
"""How long the wallet goes on reading after the app left, to learn what was used."""

_LAST_WORD_S: Final = 0.5

_BROKEN: Final = RequestRefusal(
    status=502,
    code="upstream_failed",
    type="server_error",
    message="The provider's answer broke off.",
)
_REVOKED: Final = RequestRefusal(
    status=401,
    code="invalid_api_key",
    type="authentication_error",
    message="The user revoked this app's access.",
)


class StreamedAnswer:
    """One stream on its way from the provider to the app."""

    def __init__(self, request: BaseRequest, held: HeldCall, bill: Bill, clock: Clock) -> None:
        self._request = request
        self._held = held
        self._bill = bill
        self._clock = clock
        self._reader = bill.dialect.stream_reader(bill.request)
        self._response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "x-wattfare-call": held.id,
            }
        )
        self._app_left = False
        self._end = CallEnd.FAILED
        self._first_byte_at: Instant | None = None

    def outcome(self) -> Outcome:
        """Return what the stream cost as far as it came."""
        return self._bill.outcome(
            self._end, self._reader.report, self._reader.visible, self._first_byte_at
        )

    async def pass_on(self, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        """Pass every event on as it comes, until the stream ends or is cut.

        Where the app leaves, the provider is read on for a bounded time: what it used is owed.
        """
        await self._response.prepare(self._request)
        try:
            await self._pump(answer)
            self._end = self._ended()
        except asyncio.CancelledError:
            if not self._held.is_cut:
                raise
            self._end = CallEnd.REVOKED
            await self._say_revoked()
        except (aiohttp.ClientError, EventTooLargeError, OSError, TimeoutError):
            # An app that left is what ended it, however the rest went.
            self._end = CallEnd.CLIENT_LEFT if self._app_left else CallEnd.FAILED
            await self._write([self._bill.dialect.error_event(_BROKEN)])
        return self._response

    async def _pump(self, answer: aiohttp.ClientResponse) -> None:
        async with asyncio.timeout(None) as deadline:
            async for chunk in answer.content.iter_any():
                if self._first_byte_at is None:
                    self._first_byte_at = self._clock.now()
                await self._write(self._reader.feed(chunk))
                if self._app_left and deadline.when() is None:
                    deadline.reschedule(asyncio.get_running_loop().time() + AFTERMATH_S)
            await self._write(self._reader.finish())

    async def _write(self, events: list[bytes]) -> None:
        if not events or self._app_left:
            return
        try:
            await self._response.write(b"".join(events))
        except (ConnectionError, RuntimeError):
            self._app_left = True

    async def _say_revoked(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.uncancel()
        # An app that does not read must not delay the cut.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORD_S):
                await self._write([self._bill.dialect.error_event(_REVOKED)])

    def _ended(self) -> CallEnd:
        if self._app_left:
            return CallEnd.CLIENT_LEFT
        return CallEnd.COMPLETE if self._reader.done and not self._reader.failed else CallEnd.FAILED
