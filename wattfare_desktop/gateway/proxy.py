"""A call's way through the wallet: access, request, route, hold, and then out.

Each step either hands on a value or ends the call with a refusal in the dialect of the path; money
is held, durably, before the first byte goes upstream.
"""

from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.holds import Answer
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import BudgetRefusal
from wattfare_desktop.gateway import refusals
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.doors import Door
from wattfare_desktop.gateway.exchange import Answered, Exchange, Exchanges, TryNext
from wattfare_desktop.gateway.form_body import FORM_TYPE
from wattfare_desktop.gateway.idempotency import Keeper, key_of, repeat
from wattfare_desktop.gateway.intake import Caller, Intake, respond, wish_of
from wattfare_desktop.gateway.outcome import Bill
from wattfare_desktop.gateway.passages import Passage, Passages, StandIn
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.server import gaps_of
from wattfare_desktop.gateway.waiting import Waiting
from wattfare_desktop.providers.dialect import (
    FORM_DIALECTS,
    JSON_TYPE,
    CallRequest,
)
from wattfare_desktop.providers.dialects import NOT_SUPPORTED, Dialects
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.repeats import CallKey, Taken
from wattfare_desktop.wallet.spending import GrantClosed, HeldCall, Wanted

ESTIMATED_HEADER: Final = "x-wattfare-estimated"
"""Says that figures in an answer are the wallet's own guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One call of an app on its way in."""

    request: BaseRequest
    door: Door
    caller: Caller
    call: CallRequest
    key: CallKey | None = None


class Proxy:
    """The AI side of the public port."""

    def __init__(
        self,
        *,
        intake: Intake,
        dialects: Dialects,
        exchanges: Exchanges,
        prices: Prices,
        clock: Clock,
    ) -> None:
        self._intake = intake
        self._dialects = dialects
        self._passages = Passages(intake, dialects)
        self._exchanges = exchanges
        self._prices = prices
        self._clock = clock

    async def call(self, request: BaseRequest, door: Door) -> web.StreamResponse:
        """Answer a call that came through ``door``, streamed or not."""
        answer = await self._taken_in(request, door)
        if isinstance(answer, CallRefusal):
            return respond(self._dialects[door.dialect].family, answer)
        return answer

    async def _taken_in(self, request: BaseRequest, door: Door) -> web.StreamResponse | CallRefusal:
        caller = await self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return caller
        with caller.books.watch.under_way(caller.access.grant) as too_many:
            if too_many is not None:
                return refusals.too_fast(too_many)
            return await self._read(request, door, caller)

    async def _read(
        self, request: BaseRequest, door: Door, caller: Caller
    ) -> web.StreamResponse | CallRefusal:
        target = gaps_of(request).get("rest", "") + door.verb
        call = await self._intake.read(
            request,
            self._dialects[door.dialect],
            target,
            content_type=FORM_TYPE if door.dialect in FORM_DIALECTS else JSON_TYPE,
        )
        if isinstance(call, CallRefusal):
            return call
        return await self._answer(_Asked(request=request, door=door, caller=caller, call=call))

    async def _answer(self, asked: _Asked) -> web.StreamResponse | CallRefusal:
        repeats = asked.caller.books.repeats
        key = await key_of(asked.request, asked.caller.access.grant)
        if isinstance(key, CallRefusal):
            return key
        if key is not None and (taken := await repeats.find(key)) is not None:
            return repeat(repeats, key, taken)
        asked = replace(asked, key=key)
        provider = _provider_of(asked.request, asked.door)
        found = await self._passages.find(asked.caller, asked.door, asked.call, provider)
        if isinstance(found, CallRefusal):
            return self._counted_here(asked, found)
        for passage in found:
            answer = await self._try(asked, passage, has_next=passage is not found[-1])
            if not isinstance(answer, TryNext):
                return answer
        raise AssertionError("the last one answers")

    def _counted_here(self, asked: _Asked, refused: CallRefusal) -> web.Response | CallRefusal:
        """Return our own guess where tokens are to be counted and the model's provider counts none.

        Nothing is sent, held or charged; the app is told that it is a guess.
        """
        counter = self._dialects.counters.get(asked.door.dialect)
        if counter is None or refused.error.code != NOT_SUPPORTED:
            return refused
        body = counter.counted_here(asked.call)
        return web.Response(body=body, content_type=JSON_TYPE, headers={ESTIMATED_HEADER: "true"})

    async def _try(self, asked: _Asked, passage: Passage, *, has_next: bool) -> Answered:
        """Hold the money for one passage and go through it."""
        wish = wish_of(passage.call, passage.route)
        held = await self._reserve(asked, passage, wish)
        if _is_over_budget(held) and passage.stand_in is not StandIn.CAP:
            instead = await self._passages.at_cap(asked.caller, asked.door, asked.call)
            if instead is not None:
                answer = await self._try(asked, instead, has_next=False)
                if not _is_over_budget(answer):
                    return answer
        if isinstance(held, Taken):
            assert asked.key is not None, "only a call with a key is refused for it"
            return repeat(asked.caller.books.repeats, asked.key, held)
        if isinstance(held, CallRefusal):
            return held
        held.peer = connection_of(asked.request).peer
        exchange = await self._exchange(asked, passage, wish, held)
        return await self._exchanges.run(asked.request, replace(exchange, has_next=has_next))

    async def _exchange(
        self, asked: _Asked, passage: Passage, wish: Answer, held: HeldCall
    ) -> Exchange:
        bill = Bill(
            dialect=passage.dialect,
            request=passage.call,
            route=passage.route,
            book=await self._prices.book(),
            asked_at=self._clock.now(),
        )
        keeper = None if asked.key is None else Keeper(asked.caller.books.repeats, held)
        return Exchange(
            why_cut=self._why_cut,
            spending=asked.caller.books.spending,
            held=held,
            wish=wish,
            bill=bill,
            keeper=keeper,
            told=passage.headers,
            path_before=passage.route.funding.provider.path_before(passage.spoken),
        )

    def _why_cut(self) -> CallRefusal:
        """Return what a cut app is told: on locking, its access is as good as ever."""
        if self._intake.wallet.books is None:
            return refusals.locked()
        return refusals.bad_access(self._intake.issuer, GrantState.REVOKED)

    async def _reserve(
        self, asked: _Asked, passage: Passage, wish: Answer
    ) -> HeldCall | Taken | CallRefusal:
        route, caller = passage.route, asked.caller
        wanted = Wanted(
            grant=caller.access.grant,
            funding=route.funding.id,
            provider=route.funding.provider.id,
            model=route.model,
            streamed=passage.call.stream,
            wish=wish,
            price_version=route.priced.version,
            key=asked.key,
        )
        spending = caller.books.spending
        held = await spending.reserve(wanted)
        if isinstance(held, BudgetRefusal) and held.raise_helps:
            waiting = Waiting(
                desk=self._intake.wallet.raising, spending=spending, access=caller.access
            )
            held = await waiting.reserve(wanted, held, connection_of(asked.request))
        if isinstance(held, HeldCall | Taken):
            return held
        if isinstance(held, GrantClosed) and caller.books.watch.has_paused(wanted.grant):
            return refusals.abnormal_usage()
        return refusals.refused(held, self._intake.issuer)


def _is_over_budget(answer: object) -> bool:
    return isinstance(answer, CallRefusal) and answer.error.status == refusals.OVER_BUDGET


def _provider_of(request: BaseRequest, door: Door) -> str | None:
    """Return the one provider that may answer, None where the model decides."""
    return gaps_of(request).get("provider", door.provider)
