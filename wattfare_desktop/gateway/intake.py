"""What every call of an app goes through first: access, body, route.

Each step hands on a value or a refusal; whoever asked writes it in the words of its family.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.holds import Answer
from wattfare_desktop.core.metering.meter import unpriced_kinds
from wattfare_desktop.core.metering.prices import ZERO, ModelPrice, TokenRate
from wattfare_desktop.core.oauth.bindings import judge_place, judge_program
from wattfare_desktop.core.oauth.grants import models_allow
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.tokens import digest, is_access_token
from wattfare_desktop.gateway import refusals
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.credentials import Presented, presented_in
from wattfare_desktop.gateway.form_body import FORM_TYPE, BadForm, read_form
from wattfare_desktop.gateway.json_body import BadJson, read_json
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    Family,
    RequestRefusal,
)
from wattfare_desktop.providers.steering import steering
from wattfare_desktop.wallet.accesses import Access
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.routing import Route, find_route, price_command
from wattfare_desktop.wallet.wallet import Wallet

_GONE: Final = "The connection was closed."
_FOREIGN: Final = "Wattfare serves the programs of the user who runs it, and no other user's."
_EXPECTED: Final = "100-continue"
_FREE: Final = TokenRate(usd_per_mtok=ZERO)
_NOTHING: Final = Answer(
    price=ModelPrice(input=_FREE, output=_FREE),
    input_tokens=0,
    asked_tokens=0,
    most_tokens=0,
    grows=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An open wallet and an access that may spend from it."""

    books: Books
    access: Access


_CALLER: Final = web.RequestKey("caller", Caller)


def caller_of(request: BaseRequest) -> Caller | None:
    """Return who was found to call by ``request``, without judging that again; None: nobody."""
    return request.get(_CALLER)


class Intake:
    """The first steps of every call of an app."""

    def __init__(
        self, *, wallet: Wallet, prices: Prices, clock: Clock, body_s: float, proofs: Proofs
    ) -> None:
        self.wallet = wallet
        self._prices = prices
        self._clock = clock
        self._body_s = body_s
        self._proofs = proofs
        self.issuer = ""
        """Our own address, once it is known; named where an app is told how to authorize."""

    async def caller(self, request: BaseRequest) -> Caller | CallRefusal:
        """Return who calls, by the access in the headers, and from where it may be used."""
        books = self.wallet.books
        if books is None:
            return refusals.locked()
        presented = presented_in(request.headers)
        if presented is None:
            return refusals.no_access(self.issuer)
        caller = self._known(books, presented.text)
        if isinstance(caller, CallRefusal):
            return caller
        refusal = await self._judged(request, presented, caller)
        if refusal is not None:
            return refusal
        request[_CALLER] = caller
        return caller

    async def _judged(
        self, request: BaseRequest, presented: Presented, caller: Caller
    ) -> CallRefusal | None:
        books, access = caller.books, caller.access
        outside = await _outside(request, access)
        if outside is not None:
            return refusals.outside_bindings(outside)
        refusal = await self._proofs.of_call(request, presented, access, books, self.issuer)
        if refusal is not None:
            return refusal
        # Only now: whoever holds a copy that is of no use must not slow down or stop its owner.
        stopped = books.watch.enter(access.grant, self._clock.now())
        return None if stopped is None else refusals.too_fast(stopped)

    def _known(self, books: Books, text: str) -> Caller | CallRefusal:
        access = books.accesses.find(digest(text)) if is_access_token(text) else None
        state = None if access is None else access.state_at(self._clock.now())
        if access is not None and state is GrantState.ACTIVE and not books.preferences.paused:
            return Caller(books=books, access=access)
        if access is not None and state is not access.state:
            # It ran out, and that is to stay so when the clock is set back.
            books.endings.notice_soon()
        if access is not None and state is GrantState.PAUSED and access.paused_by is not None:
            return refusals.abnormal_usage()
        if state in {GrantState.ACTIVE, GrantState.PAUSED}:
            return refusals.paused(everything=state is GrantState.ACTIVE)
        return refusals.bad_access(self.issuer, state)

    async def read(
        self,
        request: BaseRequest,
        dialect: Dialect,
        target: str = "",
        *,
        content_type: str = JSON_TYPE,
    ) -> CallRequest | CallRefusal:
        """Return what is asked, within its bounds; ``target`` is what the path itself names.

        ``content_type`` is what it must come as: JSON, or a form.
        """
        if request.content_type != content_type:
            return _bad_request(f"Send the body as {content_type}.", status=415)
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
            parsed = _parsed(request, body)
        except (BadJson, BadForm) as error:
            return _bad_request(str(error))
        steered = steering(parsed)
        if steered is not None:
            return CallRefusal(error=steered)
        asked = AppRequest(
            body=parsed,
            body_bytes=len(body),
            target=target,
            query=request.query,
            headers=request.headers,
        )
        call = dialect.read_request(asked)
        return CallRefusal(error=call) if isinstance(call, RequestRefusal) else call

    async def route(
        self,
        caller: Caller,
        call: CallRequest,
        provider: str | None = None,
        *,
        is_approved: bool = False,
    ) -> Route | CallRefusal:
        """Return who answers and at what price; only ``provider`` where one is named.

        A model that ``is_approved`` need not be one of those that the app was approved for.
        """
        book = self._prices.ready or await self._prices.book()
        route = find_route(
            self.wallet.catalogue,
            caller.books.fundings.live,
            book,
            call.model,
            provider=provider,
            service_tier=call.service_tier,
            variant=call.price_variant,
            counted=call.counted_max,
            now=self._clock.now(),
        )
        if isinstance(route, RequestRefusal):
            return CallRefusal(error=route)
        if not is_approved and not models_allow(caller.access.models, route.full_name):
            return refusals.model_not_granted(route.full_name)
        if call.needs_stated_cost and not route.funding.provider.states_cost:
            return refusals.cost_not_stated(route.full_name)
        if unpriced := _unpriced_parts(call, route):
            command = price_command(route.full_name, call.counted_max)
            return refusals.part_not_priced(route.model, unpriced, command)
        return route


def _parsed(request: BaseRequest, body: bytes) -> Any:
    """Return the parts of a form, or what JSON says. Raises BadForm or BadJson."""
    if request.content_type == FORM_TYPE:
        return read_form(body, request.headers["Content-Type"])
    return read_json(body)


async def _outside(request: BaseRequest, access: Access) -> str | None:
    """Return why an access may not be used from where this call comes, or None.

    The user at the other end is always looked at, the program waited for only where it counts.
    """
    peer = connection_of(request).peer
    if peer is None:
        return _GONE
    outside = judge_place(
        access.bindings,
        address=peer.address,
        origin=request.headers.get("Origin"),
        own=access.origin,
    )
    if outside is not None:
        return outside
    if await peer.is_foreign():
        return _FOREIGN
    if access.bindings.programs:
        return judge_program(access.bindings, await peer.program())
    peer.look()
    return None


def respond(family: Family, refusal: CallRefusal) -> web.Response:
    """Return ``refusal`` as a response in the words of ``family``."""
    return web.Response(
        status=refusal.error.status,
        body=family.error_body(refusal.error),
        headers={"Content-Type": "application/json", **refusal.headers},
    )


async def _invite(request: BaseRequest) -> None:
    """Ask for the body where the client waits for that (RFC 9110 section 10.1.1)."""
    if not request.content.is_eof() and request.headers.get("Expect", "").lower() == _EXPECTED:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun


def wish_of(call: CallRequest, route: Route) -> Answer:
    """Return what this call wants held: nothing where it is not billed."""
    if not call.billed:
        return _NOTHING
    priced = route.priced
    asked = call.output_tokens_max
    return Answer(
        price=priced.hold_price,
        input_tokens=call.input_bound(priced.context_window_tokens, priced.image_tokens_max),
        asked_tokens=None if asked is None else asked * call.choices,
        most_tokens=priced.max_output_tokens * call.choices,
        grows=_grows(call, route),
        counted=call.counted_max,
        is_whole=not call.takes_bound,
    )


def _grows(call: CallRequest, route: Route) -> bool:
    """Return whether its hold may grow with its answer."""
    is_seen = call.stream and route.priced.shows_output
    return is_seen and call.takes_bound and route.funding.provider.closing_ends_bill


def _unpriced_parts(call: CallRequest, route: Route) -> list[str]:
    """Return what this call may use and its model has no price for."""
    if not call.billed:
        return []
    priced = route.priced
    answers = call.output_tokens_max != 0
    missing = unpriced_kinds(priced.price, call.counted_max, answers=answers)
    parts = [kind.value.replace("_", " ") for kind in missing]
    if call.has_other_media and not priced.prices_all_media:
        parts.append("sound, film or files")
    return parts


def _bad_request(message: str, *, status: int = 400) -> CallRefusal:
    return CallRefusal(error=RequestRefusal(message=message, status=status, code="bad_request"))
