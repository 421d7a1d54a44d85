"""Finding the access in a request: in whatever header the stock SDK puts its key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_SCHEMES: Final = ("bearer ", "key ")
"""fal's clients say Key."""
_DPOP: Final = "dpop "
_KEY_HEADERS: Final = ("x-api-key", "x-goog-api-key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """An access as it was sent; ``signed`` where the scheme says that a proof comes with it."""

    text: str
    signed: bool = False


def presented_in(headers: Mapping[str, str]) -> Presented | None:
    """Return the access that ``headers`` carry, or None.

    ``Authorization`` by ``Bearer`` (RFC 6750 section 2.1) or ``DPoP`` (RFC 9449 section 7.1), or an
    SDK's own key header. Never from the query: that would land in logs and histories.
    """
    authorization = headers.get("Authorization", "")
    for scheme in _SCHEMES:
        if authorization[: len(scheme)].lower() == scheme:
            return Presented(text=authorization[len(scheme) :].strip())
    if authorization[: len(_DPOP)].lower() == _DPOP:
        return Presented(text=authorization[len(_DPOP) :].strip(), signed=True)
    for name in _KEY_HEADERS:
        if name in headers:
            return Presented(text=headers[name].strip())
    return None


def access_in(headers: Mapping[str, str]) -> str | None:
    """Return the text of the access that ``headers`` carry, or None."""
    found = presented_in(headers)
    return None if found is None else found.text
