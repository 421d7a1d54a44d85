"""The master key wrapped under a passphrase, for machines without a keyring.

Argon2id (RFC 9106) makes a key of the passphrase, AES-256-GCM wraps the master key under it. All
that the file says of the derivation is authenticated along with it.
"""

import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

PASSPHRASE_CHARS_MIN: Final = 8
PASSPHRASE_CHARS_MAX: Final = 1_000
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
WRAPPED_BYTES: Final = 48
_KEY_BYTES: Final = 32

_MEMORY_KIB_MAX: Final = 512 * 1024
_ITERATIONS_MAX: Final = 16
_LANES_MAX: Final = 16
_MEMORY_KIB_PER_LANE_MIN: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess costs: the second recommendation of RFC 9106, section 4."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        """Refuse what Argon2 cannot do, and what a tampered file could use to exhaust us."""
        within = (
            1 <= self.lanes <= _LANES_MAX
            and 1 <= self.iterations <= _ITERATIONS_MAX
            and _MEMORY_KIB_PER_LANE_MIN * self.lanes <= self.memory_kib <= _MEMORY_KIB_MAX
        )
        if not within:
            raise ValueError("the cost of the key derivation is out of bounds")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A master key that only its passphrase opens."""

    cost: Cost
    salt: bytes
    nonce: bytes
    wrapped: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what ``wrap`` cannot have made."""
        sizes = (len(self.salt), len(self.nonce), len(self.wrapped))
        if sizes != (SALT_BYTES, NONCE_BYTES, WRAPPED_BYTES):
            raise ValueError("the wrapped key has the wrong size")


def unfit_passphrase(passphrase: str) -> str | None:
    """Return in a sentence why a new passphrase will not do; None where it will."""
    characters = len(_normal(passphrase))
    if characters < PASSPHRASE_CHARS_MIN:
        return f"Take at least {PASSPHRASE_CHARS_MIN} characters; a few words are easy to keep."
    if characters > PASSPHRASE_CHARS_MAX:
        return f"Take at most {PASSPHRASE_CHARS_MAX} characters."
    return None


def wrap(master_key: bytes, passphrase: str, cost: Cost) -> WrappedKey:
    """Return ``master_key`` wrapped under ``passphrase`` with a fresh salt and nonce."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    cipher = AESGCM(_derived(passphrase, salt, cost))
    wrapped = cipher.encrypt(nonce, master_key, _bound(cost, salt))
    return WrappedKey(cost=cost, salt=salt, nonce=nonce, wrapped=wrapped)


def unwrap(key: WrappedKey, passphrase: str) -> bytes | None:
    """Return the master key; None where the passphrase is not the one."""
    if len(passphrase) > PASSPHRASE_CHARS_MAX:
        return None
    cipher = AESGCM(_derived(passphrase, key.salt, key.cost))
    try:
        return cipher.decrypt(key.nonce, key.wrapped, _bound(key.cost, key.salt))
    except InvalidTag:
        return None


def _derived(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    derivation = Argon2id(
        salt=salt,
        length=_KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return derivation.derive(_normal(passphrase).encode("utf-8", "surrogatepass"))


def _normal(passphrase: str) -> str:
    # One keyboard sends é as one code point, another as e and an accent: the same passphrase must
    # open the wallet on both, and from a file.
    return unicodedata.normalize("NFKC", passphrase)


def _bound(cost: Cost, salt: bytes) -> bytes:
    return (
        f"wattfare/1/passphrase/{cost.memory_kib}/{cost.iterations}/{cost.lanes}/".encode() + salt
    )
