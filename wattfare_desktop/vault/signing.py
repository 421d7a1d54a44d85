"""The wallet's own signature: Ed25519 (RFC 8032), for receipts and nothing else.

Keys and signatures are written in base64url without padding. A key's short name is its thumbprint
as a JSON Web Key (RFC 7638 with RFC 8037), so that others can make the same name of it.
"""

import base64
import binascii
import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64


class Signer:
    """Signs with the key that ``seed``, 32 random bytes, stands for."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = _written(self._private.public_key().public_bytes_raw())
        self.id = thumbprint(self.public)

    def sign(self, message: bytes) -> str:
        """Return the signature over ``message``."""
        return _written(self._private.sign(message))


def is_signature(signature: str, message: bytes, public: str) -> bool:
    """Return whether the key ``public`` signed just this ``message``."""
    key, signed = _read(public, _KEY_BYTES), _read(signature, _SIGNATURE_BYTES)
    if key is None or signed is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def thumbprint(public: str) -> str:
    """Return the short name of a public key."""
    spelled = f'{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}'
    return _written(hashlib.sha256(spelled.encode()).digest())


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _read(text: str, n_bytes: int) -> bytes | None:
    """Return what ``text`` stands for; None where it is not the one spelling of so many bytes."""
    try:
        content = base64.b64decode(f"{text}{'=' * (-len(text) % 4)}", b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return content if len(content) == n_bytes and _written(content) == text else None
