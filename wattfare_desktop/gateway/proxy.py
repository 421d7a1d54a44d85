"""A call's way through the wallet: access, request, route, hold, and then out.

Each step either hands on a value or ends the call with a refusal in the dialect of the path; money
is held, durably, before the first byte goes upstream.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.holds import Answer
from wattfare_desktop.core.oauth.grants import models_allow
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.tokens import digest, is_access_token
from wattfare_desktop.core.policy import BudgetRefusal
from wattfare_desktop.gateway import refusals
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.credentials import access_in
from wattfare_desktop.gateway.exchange import Exchange, Exchanges
from wattfare_desktop.gateway.json_body import BadJson, read_json
from wattfare_desktop.gateway.listings import Listings
from wattfare_desktop.gateway.outcome import Bill
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.waiting import Waiting
from wattfare_desktop.providers.dialect import (
    CallRequest,
    Dialect,
    RequestRefusal,
)
from wattfare_desktop.wallet.accesses import Access
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.routing import Route, find_route
from wattfare_desktop.wallet.spending import HeldCall, Wanted
from wattfare_desktop.wallet.wallet import Wallet

_EXPECTED: Final = "100-continue"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """An open wallet and an access that may spend from it."""

    books: Books
    access: Access


class Proxy:
    """The AI side of the public port, for one dialect."""

    def __init__(
        self,
        *,
        wallet: Wallet,
        exchanges: Exchanges,
        listings: Listings,
        dialect: Dialect,
        prices: Prices,
        clock: Clock,
        body_s: float,
    ) -> None:
        self._wallet = wallet
        self._exchanges = exchanges
        self._listings = listings
        self._dialect = dialect
        self._prices = prices
        self._clock = clock
        self._body_s = body_s
        self.issuer = ""
        """Our own address, once it is known; named where an app is told how to authorize."""

    async def chat_completions(self, request: BaseRequest) -> web.StreamResponse:
        """Answer POST /chat/completions, streamed or not."""
        caller = self._caller(request)
        if isinstance(caller, CallRefusal):
            return self.respond(caller)
        call = await self._read(request)
        if isinstance(call, CallRefusal):
            return self.respond(call)
        route = await self._route(caller, call)
        if isinstance(route, CallRefusal):
            return self.respond(route)
        wish = _wish(call, route)
        held = await self._reserve(request, caller, call, route, wish)
        if isinstance(held, CallRefusal):
            return self.respond(held)
        bill = Bill(
            dialect=self._dialect,
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
        )
        answer = await self._exchanges.run(request, exchange)
        return self.respond(answer) if isinstance(answer, CallRefusal) else answer

    async def models(self, request: BaseRequest) -> web.StreamResponse:
        """Answer GET /models with what this access may use of what the wallet can pay for."""
        caller = self._caller(request)
        if isinstance(caller, CallRefusal):
            return self.respond(caller)
        rows = await self._listings.models(caller.books.fundings.live)
        allowed = [row for row in rows if models_allow(caller.access.models, row.id)]
        return web.Response(
            body=self._dialect.models_body(allowed), content_type="application/json"
        )

    def respond(self, refusal: CallRefusal) -> web.Response:
        """Return ``refusal`` as a response in this dialect."""
        return web.Response(
            status=refusal.error.status,
            body=self._dialect.error_body(refusal.error),
            headers={"Content-Type": "application/json", **refusal.headers},
        )

    def _why_cut(self) -> CallRefusal:
        """Return what a cut app is told: on locking, its access is as good as ever."""
        if self._wallet.books is None:
            return refusals.locked()
        return refusals.bad_access(self.issuer, GrantState.REVOKED)

    def _caller(self, request: BaseRequest) -> _Caller | CallRefusal:
        books = self._wallet.books
        if books is None:
            return refusals.locked()
        text = access_in(request.headers)
        if text is None:
            return refusals.no_access(self.issuer)
        access = books.accesses.find(digest(text)) if is_access_token(text) else None
        state = None if access is None else access.state_at(self._clock.now())
        if access is not None and state is GrantState.ACTIVE and not books.preferences.paused:
            return _Caller(books=books, access=access)
        if state in {GrantState.ACTIVE, GrantState.PAUSED}:
            return refusals.paused(everything=state is GrantState.ACTIVE)
        return refusals.bad_access(self.issuer, state)

    async def _read(self, request: BaseRequest) -> CallRequest | CallRefusal:
        if request.content_type != "application/json":
            return _bad_request("Send the body as application/json.", status=415)
        try:
            # A body that came with its head, as most do, needs no clock.
            async with asyncio.timeout(None if request.content.is_eof() else self._body_s):
                await _invite(request)
                body = await request.read()
        except TimeoutError:
            return _bad_request("The body did not arrive in time.", status=408)
        except RequestPayloadError:
            return _bad_request("The body did not arrive in one piece.")
        try:
            parsed = read_json(body)
        except BadJson as error:
            return _bad_request(str(error))
        call = self._dialect.read_request(parsed, len(body))
        return CallRefusal(error=call) if isinstance(call, RequestRefusal) else call

    async def _route(self, caller: _Caller, call: CallRequest) -> Route | CallRefusal:
        book = self._prices.ready or await self._prices.book()
        route = find_route(
            self._wallet.catalogue,
            caller.books.fundings.live,
            book,
            call.model,
            service_tier=call.service_tier,
            now=self._clock.now(),
        )
        if isinstance(route, RequestRefusal):
            return CallRefusal(error=route)
        if not models_allow(caller.access.models, route.full_name):
            return refusals.model_not_granted(route.full_name)
        return route

    async def _reserve(
        self, request: BaseRequest, caller: _Caller, call: CallRequest, route: Route, wish: Answer
    ) -> HeldCall | CallRefusal:
        wanted = Wanted(
            grant=caller.access.grant,
            funding=route.funding.id,
            provider=route.funding.provider.id,
            model=route.model,
            streamed=call.stream,
            wish=wish,
            price_version=route.priced.version,
        )
        spending = caller.books.spending
        held = await spending.reserve(wanted)
        if isinstance(held, BudgetRefusal) and held.raise_helps:
            waiting = Waiting(desk=self._wallet.raising, spending=spending, access=caller.access)
            held = await waiting.reserve(wanted, held, connection_of(request))
        return held if isinstance(held, HeldCall) else refusals.refused(held, self.issuer)


async def _invite(request: BaseRequest) -> None:
    """Ask for the body where the client waits for that (RFC 9110 section 10.1.1)."""
    if not request.content.is_eof() and request.headers.get("Expect", "").lower() == _EXPECTED:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun


def _wish(call: CallRequest, route: Route) -> Answer:
    """Return what this call wants held."""
    priced = route.priced
    asked = call.output_tokens_max
    return Answer(
        price=priced.hold_price,
        input_tokens=call.input_bound(priced.context_window_tokens),
        asked_tokens=None if asked is None else asked * call.choices,
        most_tokens=priced.max_output_tokens * call.choices,
        grows=call.stream and priced.shows_output and route.funding.provider.closing_ends_bill,
    )


def _bad_request(message: str, *, status: int = 400) -> CallRefusal:
    return CallRefusal(error=RequestRefusal(message=message, status=status, code="bad_request"))
