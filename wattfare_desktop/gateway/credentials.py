"""Finding the access in a request: in whatever header the stock SDK puts its key."""

from collections.abc import Mapping
from typing import Final

_SCHEMES: Final = ("bearer ", "key ")
"""fal's clients say Key."""
_KEY_HEADERS: Final = ("x-api-key", "x-goog-api-key")


def access_in(headers: Mapping[str, str]) -> str | None:
    """Return the access that ``headers`` carry, or None.

    ``Authorization: Bearer`` (RFC 6750 section 2.1) or an SDK's own key header. Never from the
    query: that would land in logs and histories.
    """
    authorization = headers.get("Authorization", "")
    for scheme in _SCHEMES:
        if authorization[: len(scheme)].lower() == scheme:
            return authorization[len(scheme) :].strip()
    for name in _KEY_HEADERS:
        if name in headers:
            return headers[name].strip()
    return None
