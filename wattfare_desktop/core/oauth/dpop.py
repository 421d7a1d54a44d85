"""Proofs of possession (RFC 9449): what one says, and whether that fits the request it came with.

A proof is a JWT signed with a key of the app's own, which it carries along. Nothing here looks at
the signature: that is done by ``vault.proofs``, between :func:`read_proof` and :func:`judge_proof`.
"""

import hashlib
import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Never
from urllib.parse import urlsplit

from wattfare_desktop.core.identifiers import SECOND_MS, Instant

ALGORITHMS: Final = ("ES256", "Ed25519", "EdDSA")
"""What a proof may be signed by. ``Ed25519`` is what RFC 9864 calls ``EdDSA`` with that curve."""

PROOF_TYPE: Final = "dpop+jwt"
PROOF_CHARS_MAX: Final = 4096
JTI_CHARS_MAX: Final = 256
AGE_MAX_MS: Final = 60 * SECOND_MS
"""How far ``iat`` may be from now, before or after."""

_PART: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)
_COORDINATE_BYTES: Final = 32
# RFC 7638 section 3.2 and RFC 8037 section 2: the members of each key that make its thumbprint.
_KEYS: Final = {
    "ES256": ("P-256", "EC", ("crv", "kty", "x", "y")),
    "Ed25519": ("Ed25519", "OKP", ("crv", "kty", "x")),
    "EdDSA": ("Ed25519", "OKP", ("crv", "kty", "x")),
}
# RFC 7518 section 6: what is private in any kind of key, and what makes one symmetric.
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class ProofFault(StrEnum):
    """Why a proof is refused, as its developer is told; never what was sent."""

    MALFORMED = "The DPoP header is not a signed JWT."
    TYPE = 'The header of the proof must say "typ": "dpop+jwt".'
    ALGORITHM = "The proof must be signed by ES256 or EdDSA."
    CRITICAL = "The proof names extensions that are not understood."
    KEY = "The jwk of the proof must be the public key of its algorithm, without private parts."
    CLAIMS = "The proof lacks jti, htm, htu or iat, or one of them is no such thing."
    METHOD = "htm is not the method of this request."
    ADDRESS = "htu is not the address of this request, without its query."
    TIME = "iat is more than a minute from now."
    ACCESS = "ath is not the SHA-256 of this access."
    OTHER_KEY = "The proof is signed with another key than the access is bound to."
    SIGNATURE = "The signature of the proof does not fit."
    REPLAYED = "The proof was used before."
    NONCE = "The proof needs the nonce that this answer brings in DPoP-Nonce."
    REPEATED = "Send one proof, in one DPoP header."
    TOO_MANY = "More proofs came than can be told apart: try again in two minutes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a proof says. ``jkt`` is the thumbprint of its key (RFC 7638), ``jwk`` no more than it.

    ``signed`` and ``signature`` are what the signature is over, and itself.
    """

    algorithm: str
    jwk: Mapping[str, str]
    jkt: str
    jti: str
    htm: str
    htu: str
    iat_ms: int
    ath: str | None
    nonce: str | None
    signed: bytes
    signature: bytes


class _FaultyError(ValueError):
    def __init__(self, fault: ProofFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read_proof(text: str) -> Proof | ProofFault:
    """Return what the proof ``text``, a compact JWS, says; its signature is yet to be looked at.

    RFC 9449 section 4.3, points 2 to 6 but for the signature.
    """
    try:
        return _read(text)
    except _FaultyError as error:
        return error.fault


def judge_proof(
    proof: Proof,
    *,
    method: str,
    address: str,
    now: Instant,
    access: str | None,
    nonces: Collection[str],
) -> ProofFault | None:
    """Return why ``proof`` does not fit the request it came with, or None.

    ``address`` is that of the request without query, ``access`` the one it carries (None at the
    token endpoint), ``nonces`` those that are good now. RFC 9449 section 4.3, points 8 to 12; the
    key an access is bound to, and whether the proof was used before, are for the caller to know.
    The nonce comes last: who is only told of a new one has everything else right.
    """
    if proof.htm != method:
        return ProofFault.METHOD
    if not same_address(proof.htu, address):
        return ProofFault.ADDRESS
    if abs(proof.iat_ms - now) > AGE_MAX_MS:
        return ProofFault.TIME
    if access is not None and proof.ath != access_hash(access):
        return ProofFault.ACCESS
    if proof.nonce not in nonces:
        return ProofFault.NONCE
    return None


def same_address(claimed: str, address: str) -> bool:
    """Return whether ``claimed`` is ``address`` once its query and fragment are left out.

    Scheme and host in any case (RFC 9449 section 4.3, RFC 3986 section 6.2.2.1); paths as they are.
    """
    try:
        theirs, ours = urlsplit(claimed), urlsplit(address)
    except ValueError:
        return False
    return (theirs.scheme, theirs.netloc.lower(), theirs.path or "/") == (
        ours.scheme,
        ours.netloc.lower(),
        ours.path or "/",
    )


def access_hash(access: str) -> str:
    """Return the ``ath`` of an access (RFC 9449 section 4.2)."""
    return _written(hashlib.sha256(access.encode("ascii", "replace")).digest())


def is_thumbprint(text: str) -> bool:
    """Return whether ``text`` can be the SHA-256 thumbprint of a key, as in ``dpop_jkt``."""
    return _THUMBPRINT.fullmatch(text) is not None


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the thumbprint of a key that has its required members only (RFC 7638 section 3)."""
    spelled = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return _written(hashlib.sha256(spelled.encode()).digest())


def _read(text: str) -> Proof:
    parts = text.split(".")
    if len(text) > PROOF_CHARS_MAX or len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        raise _FaultyError(ProofFault.MALFORMED)
    header, claims = _object(parts[0]), _object(parts[1])
    algorithm, jwk = _read_header(header)
    return Proof(
        algorithm=algorithm,
        jwk=jwk,
        jkt=thumbprint(jwk),
        jti=_text(claims, "jti", JTI_CHARS_MAX),
        htm=_text(claims, "htm", 16),
        htu=_text(claims, "htu", 2048),
        iat_ms=_iat_ms(claims.get("iat")),
        ath=_optional(claims, "ath"),
        nonce=_optional(claims, "nonce"),
        signed=f"{parts[0]}.{parts[1]}".encode("ascii"),
        signature=_bytes(parts[2]),
    )


def _read_header(header: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    if header.get("typ") != PROOF_TYPE:
        raise _FaultyError(ProofFault.TYPE)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _KEYS:
        raise _FaultyError(ProofFault.ALGORITHM)
    if "crit" in header or "b64" in header:
        raise _FaultyError(ProofFault.CRITICAL)
    return algorithm, _public_key(header.get("jwk"), algorithm)


def _public_key(jwk: Any, algorithm: str) -> dict[str, str]:
    curve, kind, members = _KEYS[algorithm]
    if not isinstance(jwk, dict) or _PRIVATE & jwk.keys():
        raise _FaultyError(ProofFault.KEY)
    if (jwk.get("crv"), jwk.get("kty")) != (curve, kind):
        raise _FaultyError(ProofFault.KEY)
    for name in members[2:]:
        part = jwk.get(name)
        if not isinstance(part, str) or len(_key_bytes(part)) != _COORDINATE_BYTES:
            raise _FaultyError(ProofFault.KEY)
    return {name: jwk[name] for name in members}


def _key_bytes(text: str) -> bytes:
    try:
        return _bytes(text)
    except _FaultyError:
        raise _FaultyError(ProofFault.KEY) from None


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(
            _bytes(part).decode(), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except _FaultyError:
        raise
    except (ValueError, RecursionError):
        raise _FaultyError(ProofFault.MALFORMED) from None
    if not isinstance(found, dict):
        raise _FaultyError(ProofFault.MALFORMED)
    return found


def _bytes(part: str) -> bytes:
    """Return what ``part`` stands for in base64url, of which one spelling only is taken."""
    if _PART.fullmatch(part) is None:
        raise _FaultyError(ProofFault.MALFORMED)
    try:
        content = b64decode(f"{part}{'=' * (-len(part) % 4)}", b"-_")
    except ValueError:
        raise _FaultyError(ProofFault.MALFORMED) from None
    if _written(content) != part:
        raise _FaultyError(ProofFault.MALFORMED)
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _FaultyError(ProofFault.MALFORMED)
    return members


def _no_constant(_: str) -> Never:
    raise _FaultyError(ProofFault.MALFORMED)


def _text(claims: Mapping[str, Any], name: str, chars_max: int) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= chars_max:
        raise _FaultyError(ProofFault.CLAIMS)
    return found


def _optional(claims: Mapping[str, Any], name: str) -> str | None:
    found = claims.get(name)
    if found is not None and not isinstance(found, str):
        raise _FaultyError(ProofFault.CLAIMS)
    return found


def _iat_ms(iat: Any) -> int:
    # RFC 7519 section 2: a NumericDate may have a fraction. A bool is an int to Python.
    if isinstance(iat, bool) or not isinstance(iat, int | float) or not 0 <= iat < 2**40:
        raise _FaultyError(ProofFault.CLAIMS)
    return int(iat * SECOND_MS)


def _written(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
