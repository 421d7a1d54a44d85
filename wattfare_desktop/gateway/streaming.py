"""Passing a streamed answer on, event by event, while learning what it uses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Final

import aiohttp
from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.deadline import Deadline
from wattfare_desktop.gateway.growing import GrowingHold
from wattfare_desktop.gateway.idempotency import Keeper
from wattfare_desktop.gateway.limits import Limits
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
_TOO_LONG: Final = replace(_BROKEN, message="The provider took too long to answer.")


class StreamedAnswer:
    """One stream on its way from the provider to the app."""

    def __init__(
        self,
        request: BaseRequest,
        held: HeldCall,
        bill: Bill,
        clock: Clock,
        *,
        limits: Limits,
        why_cut: Callable[[], RequestRefusal],
        headers: Mapping[str, str],
        growing: GrowingHold | None,
        keeper: Keeper | None = None,
    ) -> None:
        self._request = request
        self._held = held
        self._bill = bill
        self._clock = clock
        self._limits = limits
        self._why_cut = why_cut
        self._growing = growing
        self._keeper = keeper
        self._is_stopped = False
        self._reader = bill.dialect.stream_reader(bill.request)
        self._response = web.StreamResponse(headers={"Cache-Control": "no-store", **headers})
        self._app_left = False
        self._deadline = Deadline(limits.call_s, limits.progress_s, self._progress)
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
        """Give what is done inside a bounded time, and little once the app has left.

        What it used is owed, and a provider that is silent would not show that it has gone. Raises
        TimeoutError.
        """
        connection = connection_of(self._request)
        async with self._deadline.running():
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
            if not await self._has_ended_early():
                raise
        except (aiohttp.ClientError, EventTooLargeError, OSError, TimeoutError):
            ending = self._ending(_BROKEN)
            await self._write(ending)
            self._break_off_after(ending)
        return self._response

    async def _pump(self, answer: aiohttp.ClientResponse) -> None:
        async for chunk in answer.content.iter_any():
            if self._first_byte_at is None:
                self._first_byte_at = self._clock.now()
            await self._write(self._reader.feed(chunk))
            if self._reader.done:
                self._deadline.within(self._limits.ending_s)
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

    def _break_off_after(self, ending: list[bytes]) -> None:
        """Hang up where the answer has no words for its end: a sound must not pass for whole."""
        if not ending and not self._reader.done and self._request.transport is not None:
            self._request.transport.abort()

    def _on_app_left(self) -> None:
        if self._app_left:
            return
        self._app_left = True
        self._deadline.within(self._limits.aftermath_s)

    def _progress(self) -> object:
        """Return what has come of the answer: comments and the like are none of it."""
        return self._reader.visible, self._reader.report

    async def _has_ended_early(self) -> bool:
        """Tell the app why its answer ends here; False where it is neither cut nor out of time."""
        if self._held.is_cut:
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
            await self._say_last(self._reader.fail(self._why_cut()))
        elif not self._deadline.is_over or (self._app_left and not self._reader.done):
            return False
        else:
            await self._say_last(self._ending(_TOO_LONG))
        return True

    def _ending(self, refusal: RequestRefusal) -> list[bytes]:
        """Return what is said last: the answer's own end, if all before it came, or an error."""
        return self._reader.finish() if self._reader.done else self._reader.fail(refusal)

    async def _say_last(self, events: list[bytes]) -> None:
        # An app that does not read must not delay the end.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORD_S):
                await self._write(events)
        self._break_off_after(events)

    def _end(self) -> CallEnd:
        if self._held.is_cut:
            return CallEnd.REVOKED
        if self._is_stopped:
            return CallEnd.STOPPED_AT_CAP
        if self._app_left:
            return CallEnd.CLIENT_LEFT
        return CallEnd.COMPLETE if self._reader.done and not self._reader.failed else CallEnd.FAILED
