"""Refresh tokens: one after the other, each good once (RFC 6749 section 6, RFC 9700 section 4.14).

All that a grant has been given are one family. A used one that comes again means that two parties
have it, and nobody can tell which of them is the app: the whole grant ends.
"""

import re
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import MINUTE_MS, ClientId, GrantId, Instant, later
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.tokens import CodeRefused

REFRESH_PREFIX: Final = "wf_rt_"
OFFLINE_ACCESS: Final = "offline_access"
"""The scope (OpenID Connect Core 1.0, section 11) that asks for refresh tokens."""

SHORT_ACCESS_MS: Final = 15 * MINUTE_MS
_REFRESH: Final = re.compile(rf"{REFRESH_PREFIX}[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A refresh token as it is stored, and the client of its grant."""

    digest: bytes
    grant_id: GrantId
    client_id: ClientId
    issued_at: Instant
    used_at: Instant | None


def is_refresh_token(text: str) -> bool:
    """Return whether ``text`` has the shape of a refresh token."""
    return _REFRESH.fullmatch(text) is not None


def judge_refresh(token: RefreshToken | None, client_id: str) -> RefreshToken | CodeRefused:
    """Judge a request to use ``token``, which is None where no such token is known.

    Who reuses one is refused whatever else is sent. Another client's try spoils nothing.
    """
    if token is None:
        return _refused("The refresh token is unknown.")
    if token.used_at is not None:
        return _refused("The refresh token was used before.", revoke_grant=token.grant_id)
    if client_id != token.client_id:
        return _refused("The refresh token was given to another client.")
    return token


def access_end(now: Instant, grant_ends: Instant | None) -> Instant:
    """Return when an access ends that is given at ``now`` beside a refresh token."""
    soon = later(now, SHORT_ACCESS_MS)
    return soon if grant_ends is None else min(soon, grant_ends)


def _refused(description: str, revoke_grant: GrantId | None = None) -> CodeRefused:
    rejected = Rejected.because(OAuthError.INVALID_GRANT, description)
    return CodeRefused(rejected=rejected, revoke_grant=revoke_grant)
