"""The error codes an authorization server answers with, and refusals as values."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

# RFC 6749, 4.1.2.1: what error_description may hold.
_DESCRIPTION: Final = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")


class OAuthError(StrEnum):
    """An error code as it goes over the wire, with what it means in one sentence.

    RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, RFC 7591 section 3.2.2, RFC 8628
    section 3.5, RFC 9101 section 7 (which RFC 9126 shares), RFC 9396 section 5 and RFC 9449
    sections 5 and 8.
    """

    description: str

    INVALID_REQUEST = "invalid_request", "The request is malformed or lacks a parameter."
    UNAUTHORIZED_CLIENT = "unauthorized_client", "The client may not ask in this way."
    ACCESS_DENIED = "access_denied", "The user did not approve the request."
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type", "Only response_type=code is offered."
    INVALID_SCOPE = "invalid_scope", "The scope is malformed."
    SERVER_ERROR = "server_error", "The wallet could not answer."
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable", "The wallet cannot ask its user now."
    INVALID_CLIENT = "invalid_client", "The client is not the one the code was given to."
    INVALID_GRANT = "invalid_grant", "The code is unknown, used, expired or not for this client."
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type", "That grant_type is not offered."
    AUTHORIZATION_PENDING = "authorization_pending", "The user has not answered yet."
    SLOW_DOWN = "slow_down", "Wait five seconds longer between two polls."
    EXPIRED_TOKEN = "expired_token", "The code has expired. Ask for a new one."
    INVALID_TOKEN = "invalid_token", "The access is unknown, revoked or expired."
    INSUFFICIENT_SCOPE = "insufficient_scope", "The grant does not cover this."
    INVALID_AUTHORIZATION_DETAILS = (
        "invalid_authorization_details",
        "The authorization_details are not what this wallet understands.",
    )
    INVALID_REDIRECT_URI = "invalid_redirect_uri", "A redirect_uri may not be answered."
    INVALID_CLIENT_METADATA = "invalid_client_metadata", "What is registered is malformed."
    INVALID_DPOP_PROOF = "invalid_dpop_proof", "The proof of possession is missing or wrong."
    USE_DPOP_NONCE = "use_dpop_nonce", "The proof needs the nonce of DPoP-Nonce."
    REQUEST_NOT_SUPPORTED = "request_not_supported", "Request objects are not offered."
    REQUEST_URI_NOT_SUPPORTED = (
        "request_uri_not_supported",
        "Only pushed ones have a request_uri.",
    )

    def __new__(cls, code: str, description: str = "") -> Self:
        """Make a member whose value is ``code`` alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.description = description
        return member


_MEANT: Final = {
    403: OAuthError.ACCESS_DENIED,
    500: OAuthError.SERVER_ERROR,
    503: OAuthError.TEMPORARILY_UNAVAILABLE,
}
"""What a request came to that never reached an endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A refusal that a client is told in the standards' words.

    ``description`` is for its developer; it never repeats what the client sent.
    """

    code: OAuthError
    description: str

    def __post_init__(self) -> None:
        assert _DESCRIPTION.fullmatch(self.description)

    @classmethod
    def of_status(cls, status: int, description: str) -> Self:
        """Return what an HTTP status means here; ``description`` where it may be told as it is."""
        code = _MEANT.get(status, OAuthError.INVALID_REQUEST)
        told = description if _DESCRIPTION.fullmatch(description) else code.description
        return cls(code=code, description=told)

    @classmethod
    def because(cls, code: OAuthError, description: str | None = None) -> Self:
        """Return a refusal with ``description``, or the code's own where there is none."""
        return cls(code=code, description=description or code.description)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unredirectable:
    """A refusal that only the user is told: the client or its redirect cannot be trusted.

    RFC 6749 section 4.1.2.1: no answer goes out, since it would go to whoever forged the request.
    """

    title: str
    detail: str
