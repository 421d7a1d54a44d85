"""Codes traded for accesses, and accesses given back."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import ClientId
from wattfare_desktop.core.oauth.details import granted_details
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.gateway.oauth.answers import answered, locked, nothing, refused
from wattfare_desktop.gateway.oauth.forms import read_form
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import Issued, TokenRequest
from wattfare_desktop.wallet.wallet import Wallet

_CODE_GRANT: Final = "authorization_code"


class TokenEndpoints:
    """Token and revoke for one wallet."""

    def __init__(self, wallet: Wallet, clock: Clock) -> None:
        self._wallet = wallet
        self._clock = clock

    async def token(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/token (RFC 6749 section 4.1.3): trade a code for an access."""
        books = self._wallet.books
        if books is None:
            return locked()
        form = await read_form(request)
        if isinstance(form, Rejected):
            return refused(form)
        asked = _token_request(form)
        if isinstance(asked, Rejected):
            return refused(asked)
        issued = await books.codes.trade(asked)
        if isinstance(issued, Rejected):
            return refused(issued)
        return answered(200, self._token_answer(issued))

    async def revoke(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/revoke (RFC 7009): an app gives its access back."""
        books = self._wallet.books
        if books is None:
            return locked()
        form = await read_form(request)
        if isinstance(form, Rejected):
            return refused(form)
        if "token" not in form:
            return refused(Rejected.because(OAuthError.INVALID_REQUEST, "token is missing."))
        await books.codes.give_back(form["token"])
        return nothing()

    def _token_answer(self, issued: Issued) -> dict[str, Any]:
        now = self._clock.now()
        answer: dict[str, Any] = {
            "access_token": issued.access,
            "token_type": "Bearer",
            "authorization_details": granted_details(issued.terms, now),
        }
        if issued.terms.expires_at is not None:
            answer["expires_in"] = max(0, (issued.terms.expires_at - now) // 1000)
        return answer


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
