"""Passing a streamed answer on, event by event, while learning what it uses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiohttp
from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.growing import GrowingHold
from wattfare_desktop.gateway.idempotency import Keeper
from wattfare_desktop.gateway.outcome import Bill
from wattfare_desktop.gateway.upstream import request_id, without_key
from wattfare_desktop.providers.dialect import SSE_TYPE, RequestRefusal
from wattfare_desktop.providers.sse import EventTooLargeError
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import HeldCall, Outcome

_LAST_WORD_S: Final = 0.5

_BROKEN: Final = RequestRefusal(
    status=502,
    code="upstream_failed",
    type="server_error",
    message="The provider's answer broke off.",
)


class StreamedAnswer:
    """One stream on its way from the provider to the app."""

    def __init__(
        self,
        request: BaseRequest,
        held: HeldCall,
        bill: Bill,
        clock: Clock,
        *,
        aftermath_s: float,
        why_cut: Callable[[], RequestRefusal],
        headers: Mapping[str, str],
        growing: GrowingHold | None,
        keeper: Keeper | None = None,
    ) -> None:
        self._request = request
        self._held = held
        self._bill = bill
        self._clock = clock
        self._aftermath_s = aftermath_s
        self._why_cut = why_cut
        self._growing = growing
        self._keeper = keeper
        self._is_stopped = False
        self._reader = bill.dialect.stream_reader(bill.request)
        self._response = web.StreamResponse(headers={"Cache-Control": "no-store", **headers})
        self._app_left = False
        self._deadline: asyncio.Timeout | None = None
        self._first_byte_at: Instant | None = None
        self._provider_request: str | None = None

    def outcome(self) -> Outcome:
        """Return what the stream cost as far as it came."""
        return self._bill.outcome(
            self._end(),
            self._reader.report,
            self._reader.visible,
            self._first_byte_at,
            self._provider_request,
        )

    @asynccontextmanager
    async def bounded(self) -> AsyncIterator[None]:
        """Give what is done inside a bounded time once the app has left: what it used is owed.

        A provider that is silent would not show that it has. Raises TimeoutError.
        """
        connection = connection_of(self._request)
        async with asyncio.timeout(None) as self._deadline:
            connection.when_lost(self._on_app_left)
            try:
                yield
            finally:
                connection.when_lost(None)

    async def pass_on(self, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        """Pass every event on as it comes, until the stream ends or is cut."""
        self._provider_request = request_id(self._bill.route.funding, answer)
        told = answer.headers.get("Content-Type", SSE_TYPE)
        self._response.headers["Content-Type"] = self._reader.content_type or told
        try:
            await self._response.prepare(self._request)
            await self._pump(answer)
        except asyncio.CancelledError:
            if not self._held.is_cut:
                raise
            await self._say_why()
        except (aiohttp.ClientError, EventTooLargeError, OSError, TimeoutError):
            if not self._reader.done:
                await self._write(self._reader.fail(_BROKEN))
        return self._response

    async def _pump(self, answer: aiohttp.ClientResponse) -> None:
        async for chunk in answer.content.iter_any():
            if self._first_byte_at is None:
                self._first_byte_at = self._clock.now()
            await self._write(self._reader.feed(chunk))
            if self._growing is not None and not await self._is_paid_for(self._growing):
                await self._stop()
                return
        await self._write(self._reader.finish())

    async def _is_paid_for(self, growing: GrowingHold) -> bool:
        return self._reader.done or await growing.covers(self._reader.visible)

    async def _stop(self) -> None:
        """End the answer as a provider ends one that has come to its bound."""
        self._is_stopped = True
        usage = self._bill.dialect.estimate(self._bill.request, self._reader.visible)
        await self._write(self._reader.stop(usage))

    async def _write(self, events: list[bytes]) -> None:
        if not events:
            return
        told = without_key(self._bill.route.funding, b"".join(events))
        if self._keeper is not None:
            self._keeper.add(told)
        if self._app_left:
            return
        try:
            await self._response.write(told)
        except (ConnectionError, RuntimeError):
            self._on_app_left()

    def _on_app_left(self) -> None:
        if self._app_left:
            return
        self._app_left = True
        if self._deadline is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time() + self._aftermath_s)

    async def _say_why(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.uncancel()
        # An app that does not read must not delay the cut.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORD_S):
                await self._write(self._reader.fail(self._why_cut()))

    def _end(self) -> CallEnd:
        if self._held.is_cut:
            return CallEnd.REVOKED
        if self._is_stopped:
            return CallEnd.STOPPED_AT_CAP
        if self._app_left:
            return CallEnd.CLIENT_LEFT
        return CallEnd.COMPLETE if self._reader.done and not self._reader.failed else CallEnd.FAILED
