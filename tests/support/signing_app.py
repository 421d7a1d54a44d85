"""An app that signs its requests (RFC 9449), as an OAuth library does: by joserfc, from outside."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

_LEFT_OUT: Final = object()
LEFT_OUT: Any = _LEFT_OUT
"""In place of a claim or a member: send none."""


def b64(content: bytes) -> str:
    """Return ``content`` in base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class SigningApp:
    """Holds a key and makes proofs with it, good ones unless told otherwise."""

    def __init__(self, algorithm: str = "ES256", clock_s: Callable[[], float] = time.time) -> None:
        self.algorithm = algorithm
        self._clock_s = clock_s
        self.key: ECKey | OKPKey
        if algorithm == "ES256":
            self.key = ECKey.generate_key("P-256")
        else:
            self.key = OKPKey.generate_key("Ed25519")
        members = self.key.as_dict(private=False)
        self.jwk = {name: members[name] for name in members if name in {"kty", "crv", "x", "y"}}
        self.jkt = self.key.thumbprint()

    def proof(
        self,
        method: str,
        address: str,
        *,
        access: str | None = None,
        nonce: str | None = None,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Return a proof for a request; ``header`` and ``claims`` replace what would be in it."""
        ath = None if access is None else b64(hashlib.sha256(access.encode()).digest())
        said = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": address,
            "iat": int(self._clock_s()),
            "ath": LEFT_OUT if ath is None else ath,
            "nonce": LEFT_OUT if nonce is None else nonce,
        } | claims
        head = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk} | (header or {})
        return self.signed(_spelled(head), _spelled(said))

    def signed(self, header: bytes, claims: bytes) -> str:
        """Return a JWS over just these bytes."""
        text = f"{b64(header)}.{b64(claims)}"
        model = JWSRegistry.algorithms[self.algorithm]
        return f"{text}.{b64(model.sign(text.encode(), self.key))}"


def _spelled(members: dict[str, Any]) -> bytes:
    return json.dumps({k: v for k, v in members.items() if v is not _LEFT_OUT}).encode()
