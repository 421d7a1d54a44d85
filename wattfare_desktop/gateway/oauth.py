"""The authorization server's endpoints; its consent page is the native dialog.

The page a browser sees has no script: it refreshes itself until the user has answered.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import ClientId, TicketId
from wattfare_desktop.core.oauth.details import granted_details
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable
from wattfare_desktop.core.oauth.metadata import authorization_server, protected_resource
from wattfare_desktop.core.oauth.prompting import Silenced
from wattfare_desktop.core.oauth.redirects import error_answer
from wattfare_desktop.core.oauth.requests import RejectedRequest, read_query
from wattfare_desktop.gateway.checks import WAIT_PATH
from wattfare_desktop.gateway.pages import page
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.wallet.authorization import Source
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import Issued, TokenRequest
from wattfare_desktop.wallet.wallet import Wallet

_CODE_GRANT: Final = "authorization_code"
_FORM: Final = "application/x-www-form-urlencoded"
_FORM_BYTES_MAX: Final = 16 * 1024
_LOCKED_S: Final = 3
"""How soon an app or a page looks again whether the wallet is still locked."""

_BROWSER_ASKS: Final = (
    "The first time your browser may also ask whether the site may reach apps or services on this"
    " device. Allow it: Wattfare runs here, and the site cannot reach it otherwise."
)

_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthEndpoints:
    """Authorize, token, revoke and metadata for one wallet."""

    def __init__(self, wallet: Wallet, clock: Clock, proofs: Proofs) -> None:
        self._wallet = wallet
        self._clock = clock
        self._proofs = proofs
        self.issuer = ""

    async def authorize(self, request: BaseRequest) -> web.StreamResponse:
        """GET /oauth/authorize (RFC 6749 section 4.1.1): put the request before the user."""
        desk, books = self._wallet.desk, self._wallet.books
        outcome = read_query(request.rel_url.raw_query_string, desk.own_ports)
        if isinstance(outcome, Unredirectable):
            desk.presenter.show_error(UserFacingError(outcome.title, outcome.detail))
            return page(400, outcome.title, outcome.detail)
        if isinstance(outcome, RejectedRequest):
            return self._reject(outcome, outcome.rejected)
        if books is None:
            return page(
                503,
                "Wattfare is locked",
                "Unlock the wallet: this page goes on by itself.",
                refresh_s=_LOCKED_S,
            )
        ticket = await desk.take_in(outcome, Source.BROWSER)
        if isinstance(ticket, Silenced):
            busy = Rejected.because(OAuthError.TEMPORARILY_UNAVAILABLE)
            uri = error_answer(
                outcome.redirect.uri, rejected=busy, state=outcome.state, issuer=self.issuer
            )
            return _see_other(uri)
        return _see_other(f"{WAIT_PATH}?{urlencode({'ticket': ticket.id})}")

    async def wait(self, request: BaseRequest) -> web.StreamResponse:
        """GET /oauth/wait: the browser's tab until the user has answered, then 303 to the app."""
        ticket = TicketId(request.rel_url.query.get("ticket", ""))
        answer = self._wallet.desk.answer_to(ticket)
        if answer is None or (answer.done() and answer.result() is None):
            return page(410, "This request is over", "Go back to the app and let it ask again.")
        if answer.done():
            uri = answer.result()
            assert uri is not None
            return _see_other(uri)
        return page(
            200,
            "Approve in Wattfare",
            "Wattfare's own window asks you now. This page goes on by itself once you answered.",
            more=_BROWSER_ASKS if self._wallet.desk.is_site(ticket) else "",
            refresh_s=1,
        )

    async def token(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/token (RFC 6749 section 4.1.3): trade a code for an access."""
        books = self._wallet.books
        if books is None:
            return _locked()
        form = await _form(request)
        if isinstance(form, Rejected):
            return _refused(form)
        asked = _token_request(form)
        if isinstance(asked, Rejected):
            return _refused(asked)
        jkt = self._proofs.of_token(request)
        if isinstance(jkt, Rejected):
            return _refused(jkt)
        issued = await books.codes.trade(replace(asked, jkt=jkt))
        if isinstance(issued, Rejected):
            return _refused(issued)
        return _json(200, self._token_answer(issued))

    async def revoke(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/revoke (RFC 7009): an app gives its access back."""
        books = self._wallet.books
        if books is None:
            return _locked()
        form = await _form(request)
        if isinstance(form, Rejected):
            return _refused(form)
        if "token" not in form:
            return _refused(Rejected.because(OAuthError.INVALID_REQUEST, "token is missing."))
        await books.codes.give_back(form["token"])
        return web.Response(status=200, headers=_NO_STORE)

    async def metadata(self, request: BaseRequest) -> web.StreamResponse:  # noqa: ARG002 - a route
        """GET /.well-known/oauth-authorization-server (RFC 8414)."""
        return _json(200, authorization_server(self.issuer))

    async def resource(self, request: BaseRequest) -> web.StreamResponse:  # noqa: ARG002 - a route
        """GET /.well-known/oauth-protected-resource (RFC 9728)."""
        return _json(200, protected_resource(self.issuer))

    def _token_answer(self, issued: Issued) -> dict[str, Any]:
        now, bindings = self._clock.now(), issued.bindings
        answer: dict[str, Any] = {
            "access_token": issued.access,
            "token_type": "Bearer" if bindings.jkt is None else "DPoP",
            "authorization_details": granted_details(
                issued.terms, now, proof_required=bindings.proof_required
            ),
        }
        if issued.terms.expires_at is not None:
            answer["expires_in"] = max(0, (issued.terms.expires_at - now) // 1000)
        return answer

    def _reject(self, outcome: RejectedRequest, rejected: Rejected) -> web.Response:
        return _see_other(
            error_answer(
                outcome.redirect.uri, rejected=rejected, state=outcome.state, issuer=self.issuer
            )
        )


async def _form(request: BaseRequest) -> Mapping[str, str] | Rejected:
    """Return the parameters of a form post; a repeated one is refused (RFC 6749 section 3.2)."""
    if request.content_type != _FORM:
        return Rejected.because(OAuthError.INVALID_REQUEST, f"Send the parameters as {_FORM}.")
    body = await request.content.read(_FORM_BYTES_MAX + 1)
    while len(body) <= _FORM_BYTES_MAX and not request.content.at_eof():
        body += await request.content.read(_FORM_BYTES_MAX + 1)
    if len(body) > _FORM_BYTES_MAX:
        return Rejected.because(OAuthError.INVALID_REQUEST, "The form is too large.")
    try:
        pairs: Sequence[tuple[str, str]] = parse_qsl(
            body.decode("ascii"), max_num_fields=50, errors="strict"
        )
    except ValueError:
        return Rejected.because(OAuthError.INVALID_REQUEST, "The form cannot be read.")
    form = dict(pairs)
    if len(form) != len(pairs):
        return Rejected.because(OAuthError.INVALID_REQUEST, "A parameter is there twice.")
    return form


def _token_request(form: Mapping[str, str]) -> TokenRequest | Rejected:
    if form.get("grant_type", _CODE_GRANT) != _CODE_GRANT:
        return Rejected.because(OAuthError.UNSUPPORTED_GRANT_TYPE)
    needed = ("grant_type", "code", "client_id", "code_verifier")
    missing = [name for name in needed if name not in form]
    if missing:
        return Rejected.because(OAuthError.INVALID_REQUEST, f"{missing[0]} is missing.")
    return TokenRequest(
        code=form["code"],
        client_id=ClientId(form["client_id"]),
        redirect_uri=form.get("redirect_uri"),
        verifier=form["code_verifier"],
    )


def _see_other(uri: str) -> web.Response:
    return web.Response(status=303, headers={"Location": uri, **_NO_STORE})


def _refused(rejected: Rejected, *, status: int = 400) -> web.Response:
    return _json(status, {"error": rejected.code.value, "error_description": rejected.description})


def _locked() -> web.Response:
    answer = _refused(
        Rejected.because(OAuthError.TEMPORARILY_UNAVAILABLE, "The wallet is locked."), status=503
    )
    answer.headers["Retry-After"] = str(_LOCKED_S)
    return answer


def _json(status: int, value: Mapping[str, Any]) -> web.Response:
    return web.Response(
        status=status,
        body=json.dumps(value).encode(),
        headers={"Content-Type": "application/json", **_NO_STORE},
    )
