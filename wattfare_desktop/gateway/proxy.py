"""A call's way through the wallet: access, request, route, hold, and then out.

Each step either hands on a value or ends the call with a refusal in the dialect of the path; money
is held, durably, before the first byte goes upstream.
"""

from dataclasses import dataclass

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.holds import Answer
from wattfare_desktop.core.oauth.grants import models_allow
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import BudgetRefusal
from wattfare_desktop.gateway import refusals
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.doors import Door
from wattfare_desktop.gateway.exchange import Exchange, Exchanges
from wattfare_desktop.gateway.idempotency import Keeper, key_of, repeat
from wattfare_desktop.gateway.intake import Caller, Intake, respond, wish_of
from wattfare_desktop.gateway.listings import Listings
from wattfare_desktop.gateway.outcome import Bill
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.server import gaps_of
from wattfare_desktop.gateway.waiting import Waiting
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    CallRequest,
    Dialect,
    Family,
    RequestRefusal,
)
from wattfare_desktop.providers.dialects import Dialects
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.repeats import CallKey, Taken
from wattfare_desktop.wallet.routing import Route
from wattfare_desktop.wallet.spending import HeldCall, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A call as its provider will get it."""

    route: Route
    dialect: Dialect
    call: CallRequest


class Proxy:
    """The AI side of the public port."""

    def __init__(
        self,
        *,
        intake: Intake,
        dialects: Dialects,
        exchanges: Exchanges,
        listings: Listings,
        prices: Prices,
        clock: Clock,
    ) -> None:
        self._intake = intake
        self._dialects = dialects
        self._exchanges = exchanges
        self._listings = listings
        self._prices = prices
        self._clock = clock

    async def call(self, request: BaseRequest, door: Door) -> web.StreamResponse:
        """Answer a call that came through ``door``, streamed or not."""
        answer = await self._taken_in(request, door)
        if isinstance(answer, CallRefusal):
            return respond(self._dialects[door.dialect].family, answer)
        return answer

    async def _taken_in(self, request: BaseRequest, door: Door) -> web.StreamResponse | CallRefusal:
        caller = self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return caller
        gaps = gaps_of(request)
        call = await self._intake.read(request, self._dialects[door.dialect], gaps.get("rest", ""))
        if isinstance(call, CallRefusal):
            return call
        return await self._answer(request, door, caller, call)

    async def _answer(
        self, request: BaseRequest, door: Door, caller: Caller, call: CallRequest
    ) -> web.StreamResponse | CallRefusal:
        repeats = caller.books.repeats
        key = await key_of(request, caller.access.grant)
        if isinstance(key, CallRefusal):
            return key
        if key is not None and (taken := await repeats.find(key)) is not None:
            return repeat(repeats, key, taken)
        passage = await self._passage(request, door, caller, call)
        if isinstance(passage, CallRefusal):
            return passage
        call, route = passage.call, passage.route
        wish = wish_of(call, route)
        held = await self._reserve(request, caller, call, route, wish, key=key)
        if isinstance(held, Taken):
            assert key is not None, "only a call with a key is refused for it"
            return repeat(repeats, key, held)
        if isinstance(held, CallRefusal):
            return held
        bill = Bill(
            dialect=passage.dialect,
            request=call,
            route=route,
            book=await self._prices.book(),
            asked_at=self._clock.now(),
        )
        exchange = Exchange(
            why_cut=self._why_cut,
            spending=caller.books.spending,
            held=held,
            wish=wish,
            bill=bill,
            keeper=None if key is None else Keeper(repeats, held),
        )
        return await self._exchanges.run(request, exchange)

    async def _passage(
        self, request: BaseRequest, door: Door, caller: Caller, call: CallRequest
    ) -> Passage | CallRefusal:
        """Return who answers, and in which dialect."""
        route = await self._intake.route(caller, call, _provider_of(request, door))
        if isinstance(route, CallRefusal):
            return route
        spoken = route.funding.provider.dialects
        carried = self._dialects.carry(call, door.dialect, spoken, route.model)
        if isinstance(carried, RequestRefusal):
            return CallRefusal(error=carried)
        dialect, adapted = carried
        return Passage(route=route, dialect=dialect, call=adapted)

    async def models(
        self, request: BaseRequest, family: Family, provider: str | None
    ) -> web.StreamResponse:
        """Answer with the models this access may use, of those the wallet can pay for.

        Only those of ``provider`` where one is named, by this or by the path.
        """
        caller = self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return respond(family, caller)
        only = gaps_of(request).get("provider", provider)
        fundings = [
            funding
            for funding in caller.books.fundings.live
            if only is None or funding.provider.id == only
        ]
        rows = await self._listings.models(fundings)
        allowed = [row for row in rows if models_allow(caller.access.models, row.id)]
        return web.Response(body=family.models_body(allowed), content_type=JSON_TYPE)

    def _why_cut(self) -> CallRefusal:
        """Return what a cut app is told: on locking, its access is as good as ever."""
        if self._intake.wallet.books is None:
            return refusals.locked()
        return refusals.bad_access(self._intake.issuer, GrantState.REVOKED)

    async def _reserve(
        self,
        request: BaseRequest,
        caller: Caller,
        call: CallRequest,
        route: Route,
        wish: Answer,
        *,
        key: CallKey | None,
    ) -> HeldCall | Taken | CallRefusal:
        wanted = Wanted(
            grant=caller.access.grant,
            funding=route.funding.id,
            provider=route.funding.provider.id,
            model=route.model,
            streamed=call.stream,
            wish=wish,
            price_version=route.priced.version,
            key=key,
        )
        spending = caller.books.spending
        held = await spending.reserve(wanted)
        if isinstance(held, BudgetRefusal) and held.raise_helps:
            waiting = Waiting(
                desk=self._intake.wallet.raising, spending=spending, access=caller.access
            )
            held = await waiting.reserve(wanted, held, connection_of(request))
        if isinstance(held, HeldCall | Taken):
            return held
        return refusals.refused(held, self._intake.issuer)


def _provider_of(request: BaseRequest, door: Door) -> str | None:
    """Return the one provider that may answer, None where the model decides."""
    return gaps_of(request).get("provider", door.provider)
