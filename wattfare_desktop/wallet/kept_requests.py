"""Requests that came while the wallet was locked, kept in memory until it is open."""

from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import MINUTE_MS, Instant
from wattfare_desktop.core.oauth.requests import AuthorizationRequest

_WAITING_MS: Final = 10 * MINUTE_MS
"""How long one waits: whoever made it has long given up by then."""

_CLIENTS_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A request, and since when it waits."""

    request: AuthorizationRequest
    since: Instant

    def still_waits(self, now: Instant) -> bool:
        """Return whether it may be asked about; not if the clock was set back since."""
        return self.since <= now < self.since + _WAITING_MS


class KeptRequests:
    """Keeps those of three clients, the last word of each."""

    def __init__(self) -> None:
        self._kept: tuple[KeptRequest, ...] = ()

    def keep(self, request: AuthorizationRequest, now: Instant) -> bool:
        """Keep ``request``; False where too many other clients wait."""
        client = request.client.key
        # An app that asks again has forgotten what it asked before.
        others = [
            each
            for each in self._kept
            if each.still_waits(now) and each.request.client.key != client
        ]
        if len(others) >= _CLIENTS_MAX:
            return False
        self._kept = (*others, KeptRequest(request=request, since=now))
        return True

    def take(self) -> tuple[KeptRequest, ...]:
        """Return all of them, in the order in which they came; they are kept no more."""
        kept, self._kept = self._kept, ()
        return kept
