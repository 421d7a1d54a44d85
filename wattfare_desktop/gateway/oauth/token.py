"""Codes and refresh tokens traded for accesses; tokens given back, and asked about."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import SECOND_MS, ClientId
from wattfare_desktop.core.oauth.bindings import Bindings
from wattfare_desktop.core.oauth.details import granted_details
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.refreshing import OFFLINE_ACCESS
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT
from wattfare_desktop.gateway.credentials import access_in
from wattfare_desktop.gateway.oauth.answers import answered, locked, nothing, refused
from wattfare_desktop.gateway.oauth.forms import read_form
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import OTHER_KEY, Issued, TokenRequest
from wattfare_desktop.wallet.devices import DeviceFlow
from wattfare_desktop.wallet.tokens import Introspected, OtherKey, RefreshRequest
from wattfare_desktop.wallet.wallet import Wallet

_CODE_GRANT: Final = "authorization_code"
_REFRESH_GRANT: Final = "refresh_token"


class TokenEndpoints:
    """Token, revoke and introspect for one wallet."""

    def __init__(self, wallet: Wallet, clock: Clock, proofs: Proofs) -> None:
        self._wallet = wallet
        self._clock = clock
        self._proofs = proofs

    async def token(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/token (RFC 6749 sections 4.1.3 and 6): trade a token for an access.

        A proof that comes along binds that to its key (RFC 9449 section 5).
        """
        books = self._wallet.books
        if books is None:
            return locked()
        form = await read_form(request)
        if isinstance(form, Rejected):
            return refused(form)
        jkt = self._proofs.of_request(request)
        if isinstance(jkt, Rejected):
            return refused(jkt)
        issued = await _trade(form, jkt, books, self._wallet.devices)
        if isinstance(issued, OtherKey):
            await self._proofs.count_failure(issued.grant, books)
            return refused(OTHER_KEY)
        if isinstance(issued, Rejected):
            return refused(issued)
        return answered(200, self._token_answer(issued))

    async def revoke(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/revoke (RFC 7009): an app gives an access or a refresh token back.

        Its grant ends with it. Both kinds are looked for, whatever ``token_type_hint`` says.
        """
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

    async def introspect(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/introspect (RFC 7662): what the token is worth that the caller holds."""
        books = self._wallet.books
        if books is None:
            return locked()
        form = await read_form(request)
        if isinstance(form, Rejected):
            return refused(form)
        if "token" not in form:
            return refused(Rejected.because(OAuthError.INVALID_REQUEST, "token is missing."))
        found = await books.tokens.introspect(form["token"], access_in(request.headers))
        # RFC 7662, 2.2: of a token that does not work, not even the reason is told.
        return answered(200, {"active": False} if found is None else self._told(found))

    def _told(self, found: Introspected) -> dict[str, Any]:
        told: dict[str, Any] = {
            "active": True,
            "iss": self._wallet.desk.issuer,
            "client_id": found.client_id,
            "iat": found.issued_at // SECOND_MS,
            "authorization_details": granted_details(
                found.terms, self._clock.now(), proof_required=found.bindings.proof_required
            ),
        }
        if not found.is_refresh:
            told["token_type"] = _token_type(found.bindings)
        if found.bindings.jkt is not None:
            # RFC 9449, 6.2.
            told["cnf"] = {"jkt": found.bindings.jkt}
        if found.ends_at is not None:
            told["exp"] = found.ends_at // SECOND_MS
        return told

    def _token_answer(self, issued: Issued) -> dict[str, Any]:
        now, bindings = self._clock.now(), issued.bindings
        answer: dict[str, Any] = {
            "access_token": issued.access,
            "token_type": _token_type(bindings),
            "authorization_details": granted_details(
                issued.terms, now, proof_required=bindings.proof_required
            ),
        }
        ends = issued.access_ends or issued.terms.expires_at
        if ends is not None:
            answer["expires_in"] = max(0, (ends - now) // SECOND_MS)
        if issued.refresh is not None:
            answer |= {"refresh_token": issued.refresh, "scope": OFFLINE_ACCESS}
        return answer


def _token_type(bindings: Bindings) -> str:
    return "Bearer" if bindings.jkt is None else "DPoP"


async def _trade(
    form: Mapping[str, str], jkt: str | None, books: Books, devices: DeviceFlow
) -> Issued | Rejected | OtherKey:
    """Return what the token named by ``grant_type`` is worth, once, to whoever has ``jkt``."""
    kind = form.get("grant_type")
    needed = {
        _CODE_GRANT: ("code", "client_id", "code_verifier"),
        _REFRESH_GRANT: ("refresh_token", "client_id"),
        DEVICE_GRANT: ("device_code", "client_id"),
    }
    if kind is not None and kind not in needed:
        return Rejected.because(OAuthError.UNSUPPORTED_GRANT_TYPE)
    names = ("grant_type",) if kind is None else needed[kind]
    missing = [name for name in names if name not in form]
    if missing:
        return Rejected.because(OAuthError.INVALID_REQUEST, f"{missing[0]} is missing.")
    client = ClientId(form["client_id"])
    if kind == _REFRESH_GRANT:
        asked = RefreshRequest(refresh_token=form["refresh_token"], client_id=client, jkt=jkt)
        return await books.tokens.refresh(asked)
    if kind == DEVICE_GRANT:
        code = devices.poll(form["device_code"], client, jkt)
        return code if isinstance(code, Rejected) else await books.codes.trade(code)
    return await books.codes.trade(
        TokenRequest(
            code=form["code"],
            client_id=client,
            redirect_uri=form.get("redirect_uri"),
            verifier=form["code_verifier"],
            jkt=jkt,
        )
    )
