"""The answers of calls that an app may repeat under one key: sealed, and kept for a day."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from wattfare_desktop.core.identifiers import CallId, GrantId
from wattfare_desktop.storage import kept_results
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.kept_results import CallKey, Result, Taken
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.wallet.clock import Clock

__all__ = ["ANSWER_BYTES_MAX", "Answered", "CallKey", "Repeats", "Result", "Taken", "call_key"]

ANSWER_BYTES_MAX: Final = 1024 * 1024
"""How large an answer is kept at most, its headers included."""

_HEAD_END: Final = b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as it went to the app."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Repeats:
    """Finds what came of a call that is repeated, and seals answers."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer

    async def find(self, key: CallKey) -> Taken | None:
        """Return the call that began under ``key``; None where it is free."""
        return await self._database.read(partial(kept_results.find, key=key, now=self._clock.now()))

    async def sweep(self) -> None:
        """Delete what was kept for its day."""
        await self._database.write(partial(kept_results.sweep, now=self._clock.now()))

    def seal(self, call: CallId, answered: Answered) -> Result:
        """Return ``answered`` as it is kept; one that is too large is not."""
        head = json.dumps({"status": answered.status, "headers": dict(answered.headers)})
        plain = head.encode() + _HEAD_END + answered.body
        if len(plain) > ANSWER_BYTES_MAX:
            return Result(is_too_large=True)
        return Result(sealed=self._sealer.seal(plain, _context(call)))

    def open(self, taken: Taken) -> Answered | None:
        """Return the answer that was kept; None where there is none.

        Raises SealBrokenError where it is not the one that was sealed for this call.
        """
        if taken.result_sealed is None:
            return None
        plain = self._sealer.open_sealed(taken.result_sealed, _context(taken.call))
        head, _, body = plain.partition(_HEAD_END)
        told = json.loads(head)
        return Answered(status=told["status"], headers=told["headers"], body=body)


def call_key(grant: GrantId, key: str, path: str, body: bytes) -> CallKey:
    """Return what an app means by ``key``: this very body, sent to this path."""
    request = hashlib.sha256(path.encode() + _HEAD_END + body).digest()
    return CallKey(grant=grant, key=hashlib.sha256(key.encode()).digest(), request=request)


def _context(call: CallId) -> str:
    return f"kept_results/{call}"
