"""The ``Idempotency-Key`` header: a call sent again under its key gets the first one's answer.

The header is the one of draft-ietf-httpapi-idempotency-key-header. A key is opaque and belongs to
one app. Only what was paid for is kept: a call that was refused, or that cost nothing, may be
tried again under the same key.
"""

from collections.abc import Mapping
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.wallet.repeats import (
    ANSWER_BYTES_MAX,
    Answered,
    CallKey,
    Repeats,
    Taken,
    call_key,
)
from wattfare_desktop.wallet.spending import HeldCall

KEY_HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "idempotent-replayed"
KEY_CHARS_MAX: Final = 255

_OK: Final = 200
_FIRST_PRINTABLE: Final = " "
_LAST_PRINTABLE: Final = "~"
_RETRY_S: Final = 1


class Keeper:
    """Collects the answer of a call that has a key, and hands it to the call's settlement."""

    def __init__(self, repeats: Repeats, held: HeldCall) -> None:
        self._repeats = repeats
        self._held = held
        self._streamed = bytearray()

    def add(self, piece: bytes) -> None:
        """Take in what was streamed; of an answer too large to be kept no more than shows it."""
        if len(self._streamed) <= ANSWER_BYTES_MAX:
            self._streamed += piece

    def keep_stream(self, headers: Mapping[str, str]) -> None:
        """Keep what was streamed."""
        told = {"Cache-Control": "no-store", **headers}
        self.keep(_OK, told, bytes(self._streamed))

    def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Keep a whole answer."""
        answered = Answered(status=status, headers=headers, body=body)
        self._held.result = self._repeats.seal(self._held.id, answered)


async def key_of(request: BaseRequest, grant: GrantId) -> CallKey | CallRefusal | None:
    """Return what the app calls this call, None where it has no name for it."""
    told = request.headers.getall(KEY_HEADER, ())
    if not told:
        return None
    if len(told) > 1:
        return _bad_key(f"Send one {KEY_HEADER}, not {len(told)}.")
    key = told[0].strip()
    if not key:
        return _bad_key(f"The {KEY_HEADER} is empty.")
    if len(key) > KEY_CHARS_MAX:
        return _bad_key(f"The {KEY_HEADER} is longer than {KEY_CHARS_MAX} characters.")
    if not all(_FIRST_PRINTABLE <= each <= _LAST_PRINTABLE for each in key):
        return _bad_key(f"The {KEY_HEADER} may have printable ASCII characters only.")
    # Read before, and remembered by the request.
    return call_key(grant, key, request.rel_url.raw_path, await request.read())


def repeat(repeats: Repeats, key: CallKey, taken: Taken) -> web.Response | CallRefusal:
    """Answer a call whose key is taken, without calling again."""
    if taken.request != key.request:
        return _refusal(
            taken,
            422,
            "idempotency_key_reused",
            f"This {KEY_HEADER} was sent before with another request. Take a new key for it.",
        )
    if taken.status is CallStatus.RUNNING:
        return _running(taken)
    answered = repeats.open(taken)
    if answered is not None:
        return web.Response(
            status=answered.status,
            body=answered.body,
            headers={**answered.headers, REPLAYED_HEADER: "true"},
        )
    return _not_kept(taken)


def _running(taken: Taken) -> CallRefusal:
    return _refusal(
        taken,
        409,
        "idempotency_call_running",
        "The first call with this key still runs. Ask again once it has ended.",
        retry_s=_RETRY_S,
    )


def _not_kept(taken: Taken) -> CallRefusal:
    if taken.is_too_large:
        code, why = "idempotency_result_too_large", "its answer is too large to be kept"
    elif taken.status is CallStatus.UNSETTLED:
        code = "idempotency_result_lost"
        why = "the wallet stopped before its answer came, so it was charged in full, as unsettled"
    else:
        code, why = "idempotency_result_lost", "it was cut short, and charged for what it used"
    words = f"Call {taken.call} began under this key, but {why}. It is not made again: take a new"
    return _refusal(taken, 409, code, f"{words} key to pay for another answer.")


def _refusal(
    taken: Taken, status: int, code: str, message: str, *, retry_s: int | None = None
) -> CallRefusal:
    headers = {"x-should-retry": "false"} if retry_s is None else {"Retry-After": str(retry_s)}
    details = {"call": taken.call}
    return CallRefusal(
        error=RequestRefusal(message=message, status=status, code=code, details=details),
        headers=headers,
    )


def _bad_key(message: str) -> CallRefusal:
    error = RequestRefusal(
        message=message, status=400, code="bad_idempotency_key", param=KEY_HEADER
    )
    return CallRefusal(error=error)
