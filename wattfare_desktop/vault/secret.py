"""Secrets in memory: kept from every log and error text, and drawn anew."""

import hmac
import secrets
from typing import Never

SECRET_BYTES = 32


class Secret:
    """A key that does not show itself: only ``reveal`` gives it, so that each use can be found."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # In constant time: how long a comparison took must not tell how much of it was right.
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not pickled: it would be written out in the clear")


def new_code(letters: str, n_chars: int) -> str:
    """Return ``n_chars`` of ``letters`` drawn anew: short, to be typed, and so soon over."""
    return "".join(secrets.choice(letters) for _ in range(n_chars))


def new_secret(prefix: str, n_bytes: int = SECRET_BYTES) -> str:
    """Return ``prefix`` and ``n_bytes`` of randomness in base64url (32 bytes: 43 characters)."""
    return prefix + secrets.token_urlsafe(n_bytes)
