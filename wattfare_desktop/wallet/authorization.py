"""The desk: where apps ask to spend and the user answers.

An authorization request becomes a ticket whose answer is one future that ends exactly once:
granted, denied, aborted or expired. The desk shows one ticket at a time to whoever presents them
(a dialog, a terminal, a policy that denies) and knows nothing of either dialogs or HTTP.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final, Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import MINUTE_MS, ClientId, Instant, TicketId, later
from wattfare_desktop.core.oauth.bindings import Bindings, is_interpreter, own_origin
from wattfare_desktop.core.oauth.clients import (
    Redirect,
    RedirectKind,
)
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable
from wattfare_desktop.core.oauth.grants import SpendProposal, SpendTerms, objection_to
from wattfare_desktop.core.oauth.lifecycle import TicketEvent, TicketState, next_ticket_state
from wattfare_desktop.core.oauth.prompting import Allowed, PromptHistory, Silenced
from wattfare_desktop.core.oauth.redirects import code_answer, error_answer
from wattfare_desktop.core.oauth.requests import (
    AuthorizationRequest,
    RejectedRequest,
    read_uri,
)
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.system.programs import Program, listening_program
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.disturbances import Disturbances
from wattfare_desktop.wallet.kept_requests import KeptRequest, KeptRequests
from wattfare_desktop.wallet.reading import RequestReader
from wattfare_desktop.wallet.tasks import Tasks

ANSWER_MS: Final = 2 * MINUTE_MS
"""How long a request waits for the user before it counts as denied."""

_KEPT_S: Final = 120.0
"""How long an answer is kept for the browser tab that waits for it."""


class Source(StrEnum):
    """How a request reached the wallet, and so how its answer leaves."""

    SCHEME = "scheme"
    BROWSER = "browser"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTicket:
    """One request before the user. ``proposal`` has the wallet's default where none was made."""

    id: TicketId
    request: AuthorizationRequest
    source: Source
    proposal: SpendProposal
    paying_from: tuple[str, ...]
    wallet_caps: tuple[Cap, ...]
    received_at: Instant
    expires_at: Instant
    fee_percent: str = "0"
    asked_by: Program | None = None
    """The program that will take the answer, or shows a code, where that is known."""
    asked_through: Program | None = None
    """The program, a browser for all that is known, that asked in a web page's name."""

    @property
    def program_to_bind(self) -> str | None:
        """The path that what is granted can be bound to; None where it would bind to nothing."""
        path = None if self.asked_by is None else self.asked_by.path
        return None if path is None or is_interpreter(path) else path


class ConsentPresenter(Protocol):
    """Asks the user. Called on the wallet's loop; must not block."""

    def present(self, ticket: ConsentTicket) -> None:
        """Ask about ``ticket``; the answer comes to the desk."""

    def withdraw(self, ticket_id: TicketId) -> None:
        """Stop asking: it was answered elsewhere, or expired."""

    def show_error(self, notice: UserFacingError) -> None:
        """Say why a request was not put to the user at all."""

    def ask_to_unlock(self) -> None:
        """Offer to unlock the wallet: a request waits for that."""


class AnswerCarrier(Protocol):
    """Brings an answer to the app: the gateway and the operating system fulfil it."""

    async def carry(self, request: AuthorizationRequest, uri: str) -> None:
        """Send the app's redirect ``uri`` on its way. Raises UserFacingError where it cannot."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Open:
    ticket: ConsentTicket
    state: TicketState
    answer: "asyncio.Future[str | None]"
    expiry: asyncio.TimerHandle


class AuthorizationDesk:
    """Takes requests, has one at a time presented, and ends each exactly once.

    ``books`` raises UserFacingError unless the wallet is open. ``presenter`` and ``carrier`` are
    set by the composition root before the first request.
    """

    presenter: ConsentPresenter
    carrier: AnswerCarrier

    def __init__(
        self,
        clock: Clock,
        books: Callable[[], Books],
        tasks: Tasks,
        *,
        is_locked: Callable[[], bool],
        find_program: Callable[[str, int], Program | None] = listening_program,
    ) -> None:
        self._clock = clock
        self._books = books
        self._tasks = tasks
        self._is_locked = is_locked
        self._find_program = find_program
        self._history = PromptHistory()
        self._kept = KeptRequests()
        # Apart: what is faulty must not use up the offers to unlock.
        self._faults, self._offers = Disturbances(), Disturbances()
        self._open: dict[TicketId, _Open] = {}
        self._answers: dict[TicketId, asyncio.Future[str | None]] = {}
        self.reader = RequestReader(clock, books, tasks)
        self._origins: dict[TicketId, str | None] = {}
        self.issuer = ""
        self.own_ports: Collection[int] = ()

    async def submit_uri(self, uri: str) -> UserFacingError | None:
        """Take a ``wattfare://`` request; its answer is carried to the app in its own time.

        What cannot be asked is shown to the user, and returned for whoever handed it over. A locked
        wallet keeps the request for a while and asks once it is open. Raises UserFacingError where
        there is no wallet to open.
        """
        # No answer goes out that no human decided: a faulty request is shown, not answered.
        read = partial(read_uri, uri, self.own_ports)
        match self.reader.resolve(await self.reader.read(read)):
            case AuthorizationRequest() as request:
                await self._submit(request)
                return None
            case faulty:
                fault = _in_words(faulty)
                self.tell(fault)
                return fault

    def tell(self, fault: UserFacingError) -> None:
        """Tell the user why a request is not even asked about, unless that came too often of late.

        A page can make as many faulty requests as good ones, and each would raise a window.
        """
        if self._faults.has_room(self._clock.now()):
            self.presenter.show_error(fault)

    def ask_about_kept(self) -> None:
        """Put the requests before the user that came while the wallet was locked."""
        kept = self._kept.take()
        if kept:
            self._tasks.start(self._submit_all(kept), "asking about kept requests")

    async def _submit_all(self, kept: Sequence[KeptRequest]) -> None:
        # One after the other, so that they are asked about in the order in which they came.
        for each in kept:
            if each.still_waits(self._clock.now()):
                await self._submit(each.request)

    async def take_in(
        self, request: AuthorizationRequest, source: Source, program: Program | None = None
    ) -> ConsentTicket | Silenced:
        """Put ``request`` before the user, now or after those that wait; or keep quiet.

        ``program`` asked, where that is known. Of a browser that tells through what a page asked;
        who takes an answer on loopback is whoever listens for it.
        Raises UserFacingError unless the wallet is open.
        """
        books = self._books()
        blocked = [each.client for each in await books.apps.blocked_clients()]
        known = await books.apps.knows(request.client)
        verdict = self._judge(request, blocked, known=known)
        if isinstance(verdict, Silenced):
            # Before anything is looked up for a window that there will not be.
            return verdict
        through = None
        if source is Source.BROWSER:
            through, program = program, None
        program = program or await self._listening(request.redirect)
        ticket = await self._ticket(request, source, books, program)
        ticket = replace(ticket, asked_through=through)
        # From here on nothing is awaited: neither a lock nor a second request comes in between.
        self._books()
        verdict = self._judge(request, blocked, known=known)
        if isinstance(verdict, Silenced):
            return verdict
        self._history = self._history.asked(
            verified=request.client.verified, known=known, now=ticket.received_at
        )
        loop = asyncio.get_running_loop()
        self._open[ticket.id] = _Open(
            ticket=ticket,
            state=TicketState.QUEUED,
            answer=loop.create_future(),
            expiry=loop.call_later(ANSWER_MS / 1000, self._expire, ticket.id),
        )
        self._answers[ticket.id] = self._open[ticket.id].answer
        self._origins[ticket.id] = own_origin(request.redirect)
        self._show_next()
        return ticket

    def _judge(
        self, request: AuthorizationRequest, blocked: Collection[ClientId], *, known: bool
    ) -> Allowed | Silenced:
        return self._history.judge(
            request.client.key,
            verified=request.client.verified,
            known=known,
            now=self._clock.now(),
            waiting=[each.ticket.request.client.key for each in self._open.values()],
            blocked=blocked,
        )

    def answer_to(self, ticket_id: TicketId) -> "asyncio.Future[str | None] | None":
        """Return the answer of a ticket, to come or kept for a while: the URI to redirect to."""
        return self._answers.get(ticket_id)

    def knows_origin(self, origin: str) -> bool:
        """Return whether a page of ``origin`` has asked of late: it may come for its access."""
        return origin in self._origins.values()

    def is_site(self, ticket_id: TicketId) -> bool:
        """Return whether a page from elsewhere asks, whose browser minds that we are here."""
        return (self._origins.get(ticket_id) or "").startswith("https:")

    async def approve(
        self, ticket_id: TicketId, terms: SpendTerms, *, only_program: bool = False
    ) -> None:
        """Grant ``terms``, durably, and let the answer go; to ``only_program`` where it is known.

        Raises UserFacingError where the ticket is over or the terms cannot be granted.
        """
        waiting = self._require(ticket_id)
        ticket, books = waiting.ticket, self._books()
        if waiting.state is not TicketState.SHOWN:
            raise UserFacingError("That request was not shown yet", "Answer the one before it.")
        objection = objection_to(terms, ticket.proposal, self._clock.now())
        if objection is not None:
            raise UserFacingError("That cannot be approved", objection)
        # Over before it is written: a second press, or the clock, must not end it twice.
        self._close(waiting, TicketEvent.GRANT)
        try:
            bound = _bindings(ticket, only_program=only_program)
            justification = ticket.proposal.justification
            code = await books.codes.grant(ticket.request, terms, justification, bound)
            books.registrations.approved(ticket.request.client_id)
        except BaseException:
            waiting.answer.set_result(self._refusal(ticket, OAuthError.SERVER_ERROR))
            raise
        uri = code_answer(
            ticket.request.redirect.uri, code=code, state=ticket.request.state, issuer=self.issuer
        )
        waiting.answer.set_result(uri)

    async def deny(self, ticket_id: TicketId, *, block: bool = False) -> None:
        """Refuse; with ``block`` the client is never asked about again."""
        waiting, books = self._require(ticket_id), self._books()
        self._close(waiting, TicketEvent.DENY)
        waiting.answer.set_result(self._refusal(waiting.ticket, OAuthError.ACCESS_DENIED))
        if block:
            await books.apps.block_client(waiting.ticket.request.client.key)

    def abort_all(self) -> None:
        """End every open ticket without an answer: the wallet is being locked."""
        # From behind, so that none of those that wait is shown for its last moment.
        for waiting in reversed(tuple(self._open.values())):
            self._close(waiting, TicketEvent.ABORT)
            self.presenter.withdraw(waiting.ticket.id)
            waiting.answer.set_result(None)

    async def _ticket(
        self, request: AuthorizationRequest, source: Source, books: Books, program: Program | None
    ) -> ConsentTicket:
        now = self._clock.now()
        overview = await books.reports.overview(paused=books.preferences.paused)
        default = (await books.preferences.get()).default_cap
        return ConsentTicket(
            id=TicketId(self._clock.identifier("ticket")),
            request=request,
            source=source,
            proposal=request.proposal or _default_proposal(default),
            paying_from=tuple(row.name for row in overview.fundings),
            wallet_caps=tuple(
                Cap(period=row.period, limit=row.limit) for row in overview.wallet_windows
            ),
            received_at=now,
            expires_at=later(now, ANSWER_MS),
            fee_percent=books.preferences.fee.percent,
            asked_by=program,
        )

    async def _listening(self, redirect: Redirect) -> Program | None:
        if redirect.kind is not RedirectKind.LOOPBACK:
            return None
        assert redirect.host is not None
        assert redirect.port is not None
        return await asyncio.to_thread(self._find_program, redirect.host, redirect.port)

    async def _submit(self, request: AuthorizationRequest) -> None:
        if self._is_locked():
            now = self._clock.now()
            if self._kept.keep(request, now) and self._offers.has_room(now):
                self.presenter.ask_to_unlock()
            return
        ticket = await self.take_in(request, Source.SCHEME)
        if not isinstance(ticket, Silenced):
            self._tasks.start(self._carry(ticket), f"answering {ticket.id}")

    async def _carry(self, ticket: ConsentTicket) -> None:
        uri = await self._answers[ticket.id]
        if uri is None:
            return
        try:
            await self.carrier.carry(ticket.request, uri)
        except UserFacingError as error:
            self.presenter.show_error(error)

    def _expire(self, ticket_id: TicketId) -> None:
        waiting = self._open.get(ticket_id)
        if waiting is None:
            return
        self._close(waiting, TicketEvent.EXPIRE)
        self.presenter.withdraw(ticket_id)
        # A browser's own tab and a program that polls are told; nothing else goes out that no
        # human decided.
        answer = None
        if waiting.ticket.source is not Source.SCHEME:
            answer = self._refusal(waiting.ticket, OAuthError.ACCESS_DENIED)
        waiting.answer.set_result(answer)

    def _refusal(self, ticket: ConsentTicket, code: OAuthError) -> str:
        return error_answer(
            ticket.request.redirect.uri,
            rejected=Rejected.because(code),
            state=ticket.request.state,
            issuer=self.issuer,
        )

    def _require(self, ticket_id: TicketId) -> _Open:
        waiting = self._open.get(ticket_id)
        if waiting is None:
            raise UserFacingError("That request is over", "Let the app ask again.")
        return waiting

    def _close(self, waiting: _Open, event: TicketEvent) -> None:
        state = next_ticket_state(waiting.state, event)
        assert state is not None, f"{waiting.state} cannot {event}"
        assert state.is_over
        # One that ran out behind another's window was seen by nobody: that refuses nothing.
        was_seen = waiting.state is TicketState.SHOWN or state is not TicketState.EXPIRED
        waiting.state = state
        waiting.expiry.cancel()
        del self._open[waiting.ticket.id]
        client = waiting.ticket.request.client.key
        if was_seen:
            self._history = self._history.record(client, state, self._clock.now())
        asyncio.get_running_loop().call_later(_KEPT_S, self._forget, waiting.ticket.id)
        self._show_next()

    def _forget(self, ticket_id: TicketId) -> None:
        self._answers.pop(ticket_id, None)
        self._origins.pop(ticket_id, None)

    def _show_next(self) -> None:
        if any(each.state is TicketState.SHOWN for each in self._open.values()):
            return
        for waiting in self._open.values():
            state = next_ticket_state(waiting.state, TicketEvent.SHOW)
            assert state is not None
            waiting.state = state
            self.presenter.present(waiting.ticket)
            return


def _bindings(ticket: ConsentTicket, *, only_program: bool) -> Bindings:
    # What a web page was approved for is of use in that page alone. A program with a browser to
    # send here looks the same but for its redirect.
    origin = ticket.request.redirect.origin
    is_page = ticket.source is Source.BROWSER and origin is not None
    return Bindings(
        origins=(origin,) if is_page and origin else (),
        programs=(ticket.program_to_bind,) if only_program and ticket.program_to_bind else (),
        asked_by=None if ticket.asked_by is None else ticket.asked_by.path,
    )


def _default_proposal(cap: Cap) -> SpendProposal:
    return SpendProposal(
        limit=cap.limit,
        period=cap.period,
        models=(),
        justification="",
        adjustable=True,
        expires_in_days=None,
    )


def _in_words(outcome: RejectedRequest | Unredirectable) -> UserFacingError:
    if isinstance(outcome, Unredirectable):
        return UserFacingError(outcome.title, outcome.detail)
    return UserFacingError(
        f'"{outcome.client.name}" asked in a way that cannot be understood',
        f"Its developer should know: {outcome.rejected.description.rstrip('.')}.",
    )
