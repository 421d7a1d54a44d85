"""Whether whoever uses an access holds the key that it is bound to (RFC 9449)."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections import deque
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, GrantId, Instant
from wattfare_desktop.core.oauth.dpop import AGE_MAX_MS, Proof, ProofFault, judge_proof, read_proof
from wattfare_desktop.core.oauth.replays import Replays
from wattfare_desktop.vault.proofs import is_signed
from wattfare_desktop.vault.secret import new_secret
from wattfare_desktop.wallet.clock import Clock

NONCE_MS: Final = 120 * SECOND_MS
"""How long a nonce is the current one; it is taken for as long again."""

FAILURES_MAX: Final = 5
FAILURES_MS: Final = 60 * SECOND_MS
_NONCE_BYTES: Final = 18
_REPLAY_MS: Final = 2 * AGE_MAX_MS + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The request that a proof came with: its method and address, and the access in it.

    At the token endpoint there is no access; where there is one, ``jkt`` is the key it is bound to.
    """

    method: str
    address: str
    access: str | None = None
    jkt: str | None = None


class Possession:
    """Judges proofs, each of which is good once. Nonces need no memory: they are made of the time.

    Proofs at the token endpoint, which anybody can make, are remembered apart: whoever sends
    many there takes no room from those that come with an access.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._nonce_key = new_secret("").encode()
        self._of_calls = Replays(_REPLAY_MS)
        self._of_tokens = Replays(_REPLAY_MS)
        self._failed: dict[GrantId, deque[Instant]] = {}

    @property
    def nonce(self) -> str:
        """The nonce that the next proof is to hold."""
        return self._nonce(self._clock.now() // NONCE_MS)

    def judge(self, text: str, asked: Asked) -> Proof | ProofFault:
        """Return the proof ``text``, which was good and is so no more, or what is wrong with it."""
        proof = read_proof(text)
        if isinstance(proof, ProofFault):
            return proof
        return self._fault(proof, asked) or proof

    def failed(self, grant: GrantId) -> bool:
        """Note a bad proof with an access of ``grant``; return whether there were too many."""
        now = self._clock.now()
        times = self._failed.setdefault(grant, deque(maxlen=FAILURES_MAX))
        times.append(now)
        if len(times) < FAILURES_MAX or now - times[0] > FAILURES_MS:
            return False
        del self._failed[grant]
        return True

    def _fault(self, proof: Proof, asked: Asked) -> ProofFault | None:
        now = self._clock.now()
        if asked.jkt is not None and proof.jkt != asked.jkt:
            return ProofFault.OTHER_KEY
        step = now // NONCE_MS
        fault = judge_proof(
            proof,
            method=asked.method,
            address=asked.address,
            now=now,
            access=asked.access,
            nonces=(self._nonce(step), self._nonce(step - 1)),
        )
        if fault is not None:
            return fault
        if not is_signed(proof):
            return ProofFault.SIGNATURE
        return self._replay(proof, asked, now)

    def _replay(self, proof: Proof, asked: Asked, now: Instant) -> ProofFault | None:
        replays = self._of_tokens if asked.access is None else self._of_calls
        entry = hashlib.sha256(f"{proof.jkt} {proof.jti}".encode(errors="surrogatepass")).digest()
        first = replays.is_first(entry, now)
        if first is None:
            return ProofFault.TOO_MANY
        return None if first else ProofFault.REPLAYED

    def _nonce(self, step: int) -> str:
        made = hmac.digest(self._nonce_key, str(step).encode(), "sha256")
        return urlsafe_b64encode(made[:_NONCE_BYTES]).decode("ascii")
