"""What is derived from the master key: the database's key, and secrets sealed for the database.

Subkeys come from HKDF-SHA256 (RFC 5869), each under a label of its own, so that none tells of
another. A sealed secret is one version byte, a random 96-bit nonce, and AES-256-GCM (SP 800-38D)
ciphertext; its context is authenticated along with it, so that it opens in its own row only.
"""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.passphrase import Cost, WrappedKey, wrap

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_DATABASE: Final = b"wattfare/1/database"
_SEALING: Final = b"wattfare/1/sealing"
_CHAIN: Final = b"wattfare/1/chain"
_ANCHOR: Final = b"wattfare/1/anchor"
_SIGNING: Final = b"wattfare/1/signing"


class SealBrokenError(UserFacingError):
    """A sealed secret was altered, belongs elsewhere, or was sealed under another master key."""


class Sealer:
    """The subkeys of one master key, and what they seal. Safe to use from any thread."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._master_key = master_key
        self._database_key = _derived(master_key, _DATABASE)
        self._cipher = AESGCM(_derived(master_key, _SEALING))
        self.chain_key = _derived(master_key, _CHAIN)
        self.anchor_key = _derived(master_key, _ANCHOR)
        self.signing_seed = _derived(master_key, _SIGNING)

    def database_key_hex(self) -> str:
        """Return SQLCipher's raw key as 64 lower-case hex digits."""
        return self._database_key.hex()

    def wrapped_under(self, passphrase: str, cost: Cost) -> WrappedKey:
        """Return the master key for a backup: whoever has the passphrase has all of this."""
        return wrap(self._master_key, passphrase, cost)

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Return ``plaintext`` sealed; it opens only with the same ``context``."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plaintext, _bound(context))

    def open_sealed(self, blob: bytes, context: str) -> bytes:
        """Return what was sealed. Raises SealBrokenError where that cannot be proven."""
        body = blob[len(_VERSION) :]
        if not blob.startswith(_VERSION) or len(body) < _NONCE_BYTES + _TAG_BYTES:
            raise _broken()
        try:
            return self._cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], _bound(context))
        except InvalidTag:
            raise _broken() from None


def _derived(master_key: bytes, label: bytes) -> bytes:
    # No salt: the master key is uniformly random already (RFC 5869, 3.1).
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(master_key)


def _bound(context: str) -> bytes:
    return _VERSION + context.encode()


def _broken() -> SealBrokenError:
    return SealBrokenError(
        "A stored key cannot be opened",
        "It was damaged or comes from another wallet. Remove that funding and add its key again.",
    )
