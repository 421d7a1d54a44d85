"""That a port is this wallet's, proven to programs of its user.

Any program can take a port while the wallet is not running, and be given accesses that were meant
for it. The public half of a key that each run makes anew stands in the wallet's runtime file, which
is closed to other users; who answers at the port with its signature is the wallet that wrote the
file. The key signs nothing else.
"""

import os
import re
from typing import Final

from wattfare_desktop.vault.signing import Signer, is_signature

_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)


class InstanceKey:
    """The key of one run, open or locked."""

    def __init__(self) -> None:
        self._signer = Signer(os.urandom(32))

    @property
    def public(self) -> str:
        """The public key (Ed25519, RFC 8032) in base64url without padding."""
        return self._signer.public

    def prove(self, nonce: str, port: int) -> str | None:
        """Return the signature over ``nonce`` and the ``port`` that was asked.

        None where it is no nonce: 16 to 128 characters of base64url.
        """
        if _NONCE.fullmatch(nonce) is None:
            return None
        return self._signer.sign(proven(nonce, port))


def proven(nonce: str, port: int) -> bytes:
    """Return what is signed. The port is in it, so that no answer can be passed on from another."""
    return f"wattfare-instance-v1\n{port}\n{nonce}".encode("ascii")


def is_instance(signature: str, nonce: str, port: int, public: str) -> bool:
    """Return whether the run whose key is ``public`` answered on ``port``."""
    return is_signature(signature, proven(nonce, port), public)
