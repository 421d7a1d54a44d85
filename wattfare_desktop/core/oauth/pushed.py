"""Requests that were pushed beforehand (RFC 9126), and how one is referred to.

What a link then carries is the client and a reference; every other parameter of it is passed over
(RFC 9101 section 6.3): what counts is what was pushed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, Instant

REFERENCE_PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
PUSHED_LIFETIME_MS: Final = 60 * SECOND_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedReference:
    """A link that refers to a pushed request, as it was sent."""

    client_id: str
    request_uri: str


def reference_in(pairs: Sequence[tuple[str, str]]) -> PushedReference | None:
    """Return the reference that a request's decoded parameters consist of, if they do.

    Any other kind of ``request_uri`` is none: nothing is ever fetched.
    """
    clients = [value for name, value in pairs if name == "client_id"]
    references = [value for name, value in pairs if name == "request_uri"]
    if len(clients) != 1 or len(references) != 1:
        return None
    if not references[0].startswith(REFERENCE_PREFIX):
        return None
    return PushedReference(client_id=clients[0], request_uri=references[0])


def is_over(pushed_at: Instant, now: Instant) -> bool:
    """Return whether what was pushed then may not be asked any more.

    A clock that was set back does not lengthen its life.
    """
    return not pushed_at <= now < pushed_at + PUSHED_LIFETIME_MS
