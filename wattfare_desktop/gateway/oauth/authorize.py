"""How a request reaches the user: through a browser's tab, or pushed here first (RFC 9126).

The page a browser sees has no script: it refreshes itself until the user has answered.
"""

from functools import partial
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import SECOND_MS, TicketId
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable
from wattfare_desktop.core.oauth.prompting import Silenced
from wattfare_desktop.core.oauth.pushed import PUSHED_LIFETIME_MS, PushedReference
from wattfare_desktop.core.oauth.redirects import error_answer
from wattfare_desktop.core.oauth.requests import (
    AuthorizationRequest,
    RejectedRequest,
    WholeOutcome,
    read_pairs,
    read_query,
)
from wattfare_desktop.gateway.checks import WAIT_PATH
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.oauth.answers import (
    LOCKED_S,
    answered,
    busy,
    refused,
    see_other,
)
from wattfare_desktop.gateway.oauth.forms import bound_form, read_form
from wattfare_desktop.gateway.pages import page
from wattfare_desktop.gateway.peer import Peer
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.wallet.authorization import Source
from wattfare_desktop.wallet.wallet import Wallet

_BROWSER_ASKS: Final = (
    "The first time your browser may also ask whether the site may reach apps or services on this"
    " device. Allow it: Wattfare runs here, and the site cannot reach it otherwise."
)


class AuthorizeEndpoints:
    """Authorize, wait and push for one wallet."""

    def __init__(self, wallet: Wallet, proofs: Proofs) -> None:
        self._wallet = wallet
        self._proofs = proofs

    async def authorize(self, request: BaseRequest) -> web.StreamResponse:
        """GET /oauth/authorize (RFC 6749 section 4.1.1): put the request before the user.

        Any program can pass for a browser, so the user is shown which one came.
        """
        desk, peer = self._wallet.desk, connection_of(request).peer
        if peer is not None and await peer.is_foreign():
            return page(403, "Not yours to ask", "Another user of this machine runs this wallet.")
        query = request.rel_url.raw_query_string
        read = partial(read_query, query, desk.own_ports)
        found: WholeOutcome | PushedReference = await desk.reader.read(read)
        # What was pushed can be taken once, so a locked wallet leaves it where it is.
        if isinstance(found, PushedReference) and self._wallet.books is None:
            return _locked_page()
        outcome = desk.reader.resolve(found)
        if isinstance(outcome, Unredirectable):
            desk.tell(UserFacingError(outcome.title, outcome.detail))
            return page(400, outcome.title, outcome.detail)
        if isinstance(outcome, RejectedRequest):
            return self._reject(outcome, outcome.rejected)
        return await self._ask(outcome, peer)

    async def _ask(self, asked: AuthorizationRequest, peer: Peer | None) -> web.StreamResponse:
        if self._wallet.books is None:
            return _locked_page()
        program = None if peer is None else await peer.found()
        ticket = await self._wallet.desk.take_in(asked, Source.BROWSER, program)
        if isinstance(ticket, Silenced):
            return self._reject(asked, Rejected.because(OAuthError.TEMPORARILY_UNAVAILABLE))
        return see_other(f"{WAIT_PATH}?{urlencode({'ticket': ticket.id})}")

    async def wait(self, request: BaseRequest) -> web.StreamResponse:
        """GET /oauth/wait: the browser's tab until the user has answered, then 303 to the app."""
        ticket = TicketId(request.rel_url.query.get("ticket", ""))
        answer = self._wallet.desk.answer_to(ticket)
        if answer is None or (answer.done() and answer.result() is None):
            return page(410, "This request is over", "Go back to the app and let it ask again.")
        if answer.done():
            uri = answer.result()
            assert uri is not None
            return see_other(uri)
        return page(
            200,
            "Approve in Wattfare",
            "Wattfare's own window asks you now. This page goes on by itself once you answered.",
            more=_BROWSER_ASKS if self._wallet.desk.is_site(ticket) else "",
            refresh_s=1,
        )

    async def push(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/par (RFC 9126): keep a request for the one link that will name it.

        A proof that comes along names the key that alone may trade the code (RFC 9449, 10.1).
        """
        form = await read_form(request)
        if not isinstance(form, Rejected):
            form = bound_form(form, self._proofs.of_request(request))
        if isinstance(form, Rejected):
            return refused(form)
        if "request_uri" in form:
            return refused(
                Rejected.because(OAuthError.INVALID_REQUEST, "request_uri is not pushed itself.")
            )
        desk = self._wallet.desk
        read = partial(read_pairs, list(form.items()), desk.own_ports)
        outcome: WholeOutcome = await desk.reader.read(read)
        if isinstance(outcome, Unredirectable):
            return refused(Rejected.because(OAuthError.INVALID_REQUEST, outcome.detail))
        if isinstance(outcome, RejectedRequest):
            return refused(outcome.rejected)
        lifetime_s = PUSHED_LIFETIME_MS // SECOND_MS
        request_uri = desk.reader.pushed.push(outcome)
        if request_uri is None:
            return busy("Too many requests wait.", status=429, retry_after_s=lifetime_s)
        return answered(201, {"request_uri": request_uri, "expires_in": lifetime_s})

    def _reject(
        self, outcome: RejectedRequest | AuthorizationRequest, rejected: Rejected
    ) -> web.Response:
        issuer = self._wallet.desk.issuer
        return see_other(
            error_answer(
                outcome.redirect.uri, rejected=rejected, state=outcome.state, issuer=issuer
            )
        )


def _locked_page() -> web.Response:
    return page(
        503,
        "Wattfare is locked",
        "Unlock the wallet: this page goes on by itself.",
        refresh_s=LOCKED_S,
    )
