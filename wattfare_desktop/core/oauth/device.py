"""Programs without a browser (RFC 8628): a terminal shows a short code, its user types it in.

The code is typed into the wallet itself, never into a page: whoever is asked to type a code from a
stranger's message at least meets the wallet's own question.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, Instant
from wattfare_desktop.core.oauth.clients import (
    NONE_KNOWN,
    DocumentWanted,
    KnownClients,
    Redirect,
    RedirectKind,
    identify,
)
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, judge_key, read_asked

DEVICE_PREFIX: Final = "wf_dc_"
TYPING_MS: Final = 300 * SECOND_MS
"""So long a code may be typed."""

DEVICE_LIFETIME_MS: Final = TYPING_MS + 120 * SECOND_MS
"""So long a program may poll: whoever typed its code at the last moment has yet to answer."""

INTERVAL_MS: Final = 5 * SECOND_MS
"""How long a program waits between two polls; each that comes too soon makes it so much longer."""

USER_CODE_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, and so no words (RFC 8628 section 6.1)."""

USER_CODE_CHARS: Final = 8
DEVICE_REDIRECT: Final = Redirect(
    uri="urn:wattfare:device",
    kind=RedirectKind.DEVICE,
    scheme="urn",
    host=None,
    port=None,
    has_query=False,
)
"""In a redirect's place: nothing is sent anywhere, the program comes for its answer."""

_USER_CODE: Final = re.compile(rf"[{USER_CODE_LETTERS}]{{{USER_CODE_CHARS}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """How a program has asked so far; ``polled_at`` None: not yet."""

    began_at: Instant
    polled_at: Instant | None
    interval_ms: int


def read_device_request(
    parameters: Mapping[str, str],
    code_challenge: str,
    clients: KnownClients = NONE_KNOWN,
) -> AuthorizationRequest | Rejected | DocumentWanted:
    """Read a device authorization request (RFC 8628 section 3.1, with RFC 9396 and RFC 9449).

    The program proves itself by its device code; ``code_challenge`` is the wallet's own.
    """
    client = identify(parameters.get("client_id", ""), DEVICE_REDIRECT, clients)
    if isinstance(client, DocumentWanted):
        return client
    if isinstance(client, Unredirectable):
        return Rejected.because(OAuthError.INVALID_CLIENT, client.detail)
    # RFC 6749, 3.1: a parameter without a value is as good as none.
    jkt = parameters.get("dpop_jkt") or None
    asked = judge_key(jkt) or read_asked(parameters)
    if isinstance(asked, Rejected):
        return asked
    return AuthorizationRequest(
        client=client,
        redirect=DEVICE_REDIRECT,
        state=None,
        code_challenge=code_challenge,
        proposal=asked.proposal,
        offline=asked.offline,
        dpop_jkt=jkt,
    )


def shown_user_code(code: str) -> str:
    """Return ``code`` as it is shown: in two halves."""
    half = USER_CODE_CHARS // 2
    return f"{code[:half]}-{code[half:]}"


def typed_user_code(text: str) -> str | None:
    """Return the code that was typed, in whatever case and however divided, or None."""
    code = re.sub(r"[\s\-]", "", text[:64]).upper()
    return code if _USER_CODE.fullmatch(code) else None


def may_be_typed(began_at: Instant, now: Instant) -> bool:
    """Return whether its code may still be typed; not if the clock was set back."""
    return began_at <= now < began_at + TYPING_MS


def is_over(began_at: Instant, now: Instant) -> bool:
    """Return whether nobody may poll for it any more; nor if the clock was set back."""
    return not began_at <= now < began_at + DEVICE_LIFETIME_MS


def judge_poll(polling: Polling, now: Instant, *, is_answered: bool) -> OAuthError | None:
    """Return why there is no answer to this poll (RFC 8628 section 3.5), or None."""
    if is_over(polling.began_at, now):
        return OAuthError.EXPIRED_TOKEN
    before = polling.polled_at
    if before is not None and before <= now < before + polling.interval_ms:
        return OAuthError.SLOW_DOWN
    return None if is_answered else OAuthError.AUTHORIZATION_PENDING
