"""Proofs of possession (RFC 9449) as they come over HTTP, and what is answered where one fails."""

from typing import Final

from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.oauth.dpop import ProofFault
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.watching.rules import Action, Finding, Rule
from wattfare_desktop.gateway.credentials import Presented
from wattfare_desktop.gateway.refusals import CallRefusal, bad_proof
from wattfare_desktop.gateway.request import tell
from wattfare_desktop.wallet.accesses import Access
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.possession import FAILURES_MAX, Asked, Possession

HEADER: Final = "DPoP"
NONCE_HEADER: Final = "DPoP-Nonce"
PROOFS_FAILED: Final = "bad proofs"
"""Why a grant was revoked, as its history says."""

_NO_KEY: Final = (
    "This access is bound to no key, and its user wants one: renew it, or ask again, with a proof."
)
_COPIED: Final = Finding(
    rule=Rule.BAD_PROOFS,
    action=Action.NOTIFY,
    measured=FAILURES_MAX,
    against=FAILURES_MAX,
)
_HARMLESS: Final = frozenset({ProofFault.NONCE, ProofFault.TOO_MANY, ProofFault.TIME})
"""What happens to an app in good order: a nonce that is new, a busy wallet, a clock that was set.
A replay is no such thing, and neither is another's key."""


class Proofs:
    """Judges the proofs of requests."""

    def __init__(self, possession: Possession) -> None:
        self._possession = possession

    def of_request(self, request: BaseRequest) -> str | Rejected | None:
        """Return the key whose proof a request to an endpoint carries; None where it has none.

        RFC 9449 sections 5, 8 and 10.1.
        """
        if HEADER not in request.headers:
            return None
        tell(request, NONCE_HEADER, self._possession.nonce)
        sent = request.headers.getall(HEADER)
        asked = Asked(method=request.method, address=_address(request))
        proof = self._possession.judge(sent[0], asked) if len(sent) == 1 else ProofFault.REPEATED
        if not isinstance(proof, ProofFault):
            return proof.jkt
        is_nonce = proof is ProofFault.NONCE
        code = OAuthError.USE_DPOP_NONCE if is_nonce else OAuthError.INVALID_DPOP_PROOF
        return Rejected.because(code, proof.value.replace('"', "'"))

    async def of_call(
        self, request: BaseRequest, presented: Presented, access: Access, books: Books, issuer: str
    ) -> CallRefusal | None:
        """Return why an access may not be used without a better proof, or None.

        RFC 9449 section 7. Too many bad ones end the grant: somebody has the access without its
        key, or the key cannot be relied on.
        """
        jkt = access.bindings.jkt
        if jkt is None and access.bindings.proof_required:
            return bad_proof(issuer, "invalid_token", _NO_KEY)
        if jkt is None and not presented.signed:
            return None
        if jkt is None:
            return bad_proof(issuer, "invalid_token", "This access is bound to no key: use Bearer.")
        tell(request, NONCE_HEADER, self._possession.nonce)
        if not presented.signed:
            message = "This access is bound to a key: send it by the scheme DPoP, with a proof."
            return bad_proof(issuer, "invalid_token", message)
        fault = self._fault_of_call(request, presented, jkt)
        if fault is None:
            return None
        if fault not in _HARMLESS:
            await self.count_failure(access.grant, books)
        code = "use_dpop_nonce" if fault is ProofFault.NONCE else "invalid_dpop_proof"
        return bad_proof(issuer, code, fault.value)

    async def count_failure(self, grant: GrantId, books: Books) -> None:
        """Note a bad proof with a token of ``grant``, which the fifth in a minute ends."""
        if self._possession.failed(grant):
            # In this order: of an app that is revoked nothing more is told.
            await books.watch.tell(grant, _COPIED)
            await books.apps.revoke(grant, why=PROOFS_FAILED)

    def _fault_of_call(
        self, request: BaseRequest, presented: Presented, jkt: str
    ) -> ProofFault | None:
        sent = request.headers.getall(HEADER, [])
        if len(sent) != 1:
            return ProofFault.REPEATED if sent else ProofFault.MALFORMED
        asked = Asked(
            method=request.method, address=_address(request), access=presented.text, jkt=jkt
        )
        proof = self._possession.judge(sent[0], asked)
        return proof if isinstance(proof, ProofFault) else None


def _address(request: BaseRequest) -> str:
    """Return what a client calls this address: the Host it sent was found to be one of ours."""
    return f"http://{request.headers['Host']}{request.rel_url.raw_path}"
