"""Programs without a browser: their codes, the user's typing, and their polling (RFC 8628).

Behind each stands an ordinary authorization code, of which the wallet is the client until the
program comes for it. Nothing is written before the user has approved.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from urllib.parse import parse_qs

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import MINUTE_MS, Instant
from wattfare_desktop.core.oauth.clients import DocumentWanted, KnownClients
from wattfare_desktop.core.oauth.device import (
    DEVICE_PREFIX,
    INTERVAL_MS,
    USER_CODE_CHARS,
    USER_CODE_LETTERS,
    Polling,
    is_over,
    judge_poll,
    may_be_typed,
    typed_user_code,
)
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable
from wattfare_desktop.core.oauth.prompting import Silenced
from wattfare_desktop.core.oauth.requests import AuthorizationRequest
from wattfare_desktop.core.oauth.tokens import digest, s256_challenge
from wattfare_desktop.system.programs import Program
from wattfare_desktop.vault.secret import new_code, new_secret
from wattfare_desktop.wallet.authorization import AuthorizationDesk, Source
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import NO_PROOF, OTHER_KEY, TokenRequest

_WAITING_MAX: Final = 20
_WRONG_MAX: Final = 10
_WRONG_SPAN_MS: Final = 10 * MINUTE_MS
"""So many wrong codes may be typed in so long: one in a billion would be right by chance."""

ReadRequest = Callable[[str, KnownClients], AuthorizationRequest | Rejected | DocumentWanted]
"""Makes the request, given the code challenge that the wallet will answer itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a program is told: its own code, and the one its user types."""

    device_code: str
    user_code: str


@dataclass(slots=True, kw_only=True, eq=False)
class _Waiting:
    request: AuthorizationRequest
    user_code: str
    verifier: str
    polling: Polling
    program: Program | None
    answer: "asyncio.Future[str | None] | None" = None


class DeviceFlow:
    """Lives beside the desk, which asks the user as for any other request."""

    def __init__(self, clock: Clock, desk: AuthorizationDesk) -> None:
        self._clock = clock
        self._desk = desk
        self._read = desk.reader.read
        self._waiting: dict[bytes, _Waiting] = {}
        self._wrong_at: tuple[Instant, ...] = ()

    async def begin(
        self, read: ReadRequest, program: Program | None = None
    ) -> Begun | Rejected | None:
        """Take in the request of ``program``, if it is known; None where too many wait already."""
        verifier = new_secret("")
        judge = partial(read, s256_challenge(verifier))
        request: AuthorizationRequest | Rejected | Unredirectable = await self._read(judge)
        if isinstance(request, Unredirectable):
            return Rejected.because(OAuthError.INVALID_CLIENT, request.detail)
        if isinstance(request, Rejected):
            return request
        now = self._clock.now()
        self._waiting = {
            key: each
            for key, each in self._waiting.items()
            if not is_over(each.polling.began_at, now)
        }
        if len(self._waiting) >= _WAITING_MAX:
            return None
        begun = Begun(
            device_code=new_secret(DEVICE_PREFIX),
            user_code=new_code(USER_CODE_LETTERS, USER_CODE_CHARS),
        )
        self._waiting[digest(begun.device_code)] = _Waiting(
            request=request,
            user_code=begun.user_code,
            verifier=verifier,
            polling=Polling(began_at=now, polled_at=None, interval_ms=INTERVAL_MS),
            program=program,
        )
        return begun

    async def enter(self, text: str) -> str:
        """Put the request with the user code ``text`` before the user; return the app's name.

        Raises UserFacingError where no such code waits, or the user is not to be asked.
        """
        found = self._find(text)
        ticket = await self._desk.take_in(found.request, Source.DEVICE, found.program)
        if isinstance(ticket, Silenced):
            raise UserFacingError(
                "That app is not asked about now",
                "It is blocked, asks already, or was refused a short while ago.",
            )
        found.answer = self._desk.answer_to(ticket.id)
        return found.request.client.name

    def poll(
        self, device_code: str, client_id: str, jkt: str | None = None
    ) -> TokenRequest | Rejected:
        """Return what the program's code is worth: a code to trade, once, or why there is none.

        ``jkt`` is the key whose proof came along.
        """
        key, now = digest(device_code), self._clock.now()
        waiting = self._waiting.get(key)
        if waiting is None or waiting.request.client_id != client_id:
            return Rejected.because(OAuthError.INVALID_GRANT, "The device code is unknown.")
        # Before its code is used up: the program may come again, and sign.
        if jkt is None and waiting.request.proof_required:
            return NO_PROOF
        if waiting.request.dpop_jkt not in {None, jkt}:
            return OTHER_KEY
        answer = waiting.answer
        answered = answer is not None and answer.done()
        refused = judge_poll(waiting.polling, now, is_answered=answered)
        longer = INTERVAL_MS if refused is OAuthError.SLOW_DOWN else 0
        waiting.polling = replace(
            waiting.polling, polled_at=now, interval_ms=waiting.polling.interval_ms + longer
        )
        if refused is not None or answer is None:
            return Rejected.because(refused or OAuthError.AUTHORIZATION_PENDING)
        del self._waiting[key]
        return _token_request(waiting, answer.result(), jkt)

    def _find(self, text: str) -> _Waiting:
        now, code = self._clock.now(), typed_user_code(text)
        self._wrong_at = tuple(at for at in self._wrong_at if at <= now < at + _WRONG_SPAN_MS)
        if len(self._wrong_at) >= _WRONG_MAX:
            raise UserFacingError(
                "Too many wrong codes were typed",
                "Wait ten minutes, then let the program show a new one.",
            )
        for waiting in self._waiting.values():
            is_live = waiting.answer is None and may_be_typed(waiting.polling.began_at, now)
            if is_live and waiting.user_code == code:
                return waiting
        self._wrong_at = (*self._wrong_at, now)
        raise UserFacingError(
            "No program shows that code",
            "Type the eight letters as they are shown. A code works once, for five minutes.",
        )


def _token_request(
    waiting: _Waiting, answer: str | None, jkt: str | None
) -> TokenRequest | Rejected:
    if answer is None:
        # The wallet was locked over it.
        return Rejected.because(OAuthError.EXPIRED_TOKEN)
    told = parse_qs(answer.partition("?")[2])
    if "code" not in told:
        return Rejected.because(OAuthError(told["error"][0]))
    return TokenRequest(
        code=told["code"][0],
        client_id=waiting.request.client_id,
        redirect_uri=None,
        verifier=waiting.verifier,
        jkt=jkt,
    )
