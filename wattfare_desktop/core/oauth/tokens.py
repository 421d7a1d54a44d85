"""Authorization codes and accesses, of which the wallet keeps digests only.

Their random part is drawn elsewhere; here is what they look like and when a code may be traded.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected

ACCESS_PREFIX: Final = "wf_at_"
CODE_PREFIX: Final = "wf_ac_"
CODE_LIFETIME_MS: Final = 60 * SECOND_MS
_ACCESS: Final = re.compile(rf"{ACCESS_PREFIX}[A-Za-z0-9_-]{{43}}")
_CODE: Final = re.compile(rf"{CODE_PREFIX}[A-Za-z0-9_-]{{43}}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """A code as it is stored. ``code_challenge`` is of method S256 (RFC 7636).

    Where it is ``offline`` it is worth a refresh token as well.
    """

    digest: bytes
    grant_id: GrantId
    client_id: ClientId
    redirect_uri: str
    code_challenge: str
    expires_at: Instant
    redeemed_at: Instant | None
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """The code was good. ``code`` is to be written back: it never works again."""

    code: AuthorizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRefused:
    """The code, or refresh token, was not good.

    Where ``revoke_grant`` names a grant, all of it is to be revoked.
    """

    rejected: Rejected
    revoke_grant: GrantId | None = None


def is_access_token(text: str) -> bool:
    """Return whether ``text`` has the shape of an access; if not, no look-up is worth it."""
    return _ACCESS.fullmatch(text) is not None


def is_authorization_code(text: str) -> bool:
    """Return whether ``text`` has the shape of an authorization code."""
    return _CODE.fullmatch(text) is not None


def digest(token: str) -> bytes:
    """Return the SHA-256 that a code or an access is stored and found by.

    Salt and stretching would add nothing: what is digested has 256 random bits.
    """
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def s256_challenge(verifier: str) -> str:
    """Return the code challenge of ``verifier`` by method S256 (RFC 7636 section 4.2)."""
    hashed = hashlib.sha256(verifier.encode("ascii")).digest()
    return urlsafe_b64encode(hashed).rstrip(b"=").decode("ascii")


def redeem(
    code: AuthorizationCode | None,
    *,
    client_id: str,
    redirect_uri: str | None,
    verifier: str,
    now: Instant,
) -> Redeemed | CodeRefused:
    """Judge a token request for ``code``, which is None where no such code is known.

    A failed try leaves the code as it is, so that a stranger cannot spoil it; a second use of a
    redeemed one means that two parties have it, and ends the grant (RFC 6749 section 4.1.2).
    OAuth 2.1 clients send no ``redirect_uri``; one that is sent must be the one asked with.
    """
    if code is None:
        return _refused("The code is unknown.")
    if code.redeemed_at is not None:
        return _refused("The code was used before.", revoke_grant=code.grant_id)
    if now >= code.expires_at:
        return _refused("The code has expired.")
    if client_id != code.client_id:
        return _refused("The code was given to another client.")
    if redirect_uri is not None and redirect_uri != code.redirect_uri:
        return _refused("redirect_uri is not the one of the authorization request.")
    return _redeem_with(code, verifier, now)


def _redeem_with(code: AuthorizationCode, verifier: str, now: Instant) -> Redeemed | CodeRefused:
    if _VERIFIER.fullmatch(verifier) is None:
        rejected = Rejected.because(
            OAuthError.INVALID_REQUEST, "code_verifier must have 43 to 128 unreserved characters."
        )
        return CodeRefused(rejected=rejected)
    challenge = s256_challenge(verifier)
    if not hmac.compare_digest(challenge.encode(), code.code_challenge.encode()):
        return _refused("code_verifier does not fit the code_challenge.")
    return Redeemed(code=replace(code, redeemed_at=now))


def _refused(description: str, revoke_grant: GrantId | None = None) -> CodeRefused:
    rejected = Rejected.because(OAuthError.INVALID_GRANT, description)
    return CodeRefused(rejected=rejected, revoke_grant=revoke_grant)
