"""Requests that were pushed here and wait for the link that names them (RFC 9126).

They live for a minute and are written nowhere: whoever starts the wallet anew lets the app ask
again.
"""

from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.core.oauth.pushed import REFERENCE_PREFIX, PushedReference, is_over
from wattfare_desktop.core.oauth.requests import AuthorizationRequest
from wattfare_desktop.vault.secret import new_secret
from wattfare_desktop.wallet.clock import Clock

_WAITING_MAX: Final = 100
"""Any program of this machine may push; each may cost some 16 KB for a minute."""

_OVER: Final = Unredirectable(
    title="That request is over",
    detail="It was used before, has waited for more than a minute, or is of another app."
    " Go back to the app and let it ask again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pushed:
    request: AuthorizationRequest
    at: Instant


class PushedRequests:
    """Keeps each for a minute, and gives it away once, to the client that pushed it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, _Pushed] = {}

    def push(self, request: AuthorizationRequest) -> str | None:
        """Keep ``request``; return its ``request_uri``, or None where too many wait already."""
        now = self._clock.now()
        self._waiting = {
            reference: pushed
            for reference, pushed in self._waiting.items()
            if not is_over(pushed.at, now)
        }
        if len(self._waiting) >= _WAITING_MAX:
            return None
        reference = new_secret(REFERENCE_PREFIX)
        self._waiting[reference] = _Pushed(request=request, at=now)
        return reference

    def take(self, reference: PushedReference) -> AuthorizationRequest | Unredirectable:
        """Return what ``reference`` names, which is gone then; of another client's it stays."""
        pushed = self._waiting.get(reference.request_uri)
        if pushed is None or pushed.request.client_id != reference.client_id:
            return _OVER
        del self._waiting[reference.request_uri]
        return _OVER if is_over(pushed.at, self._clock.now()) else pushed.request
