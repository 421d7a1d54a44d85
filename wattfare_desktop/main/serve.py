"""The wallet without windows: consent is typed, or refused."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress

from wattfare_desktop.cli.notices import PrintedNotices
from wattfare_desktop.cli.options import Consent, ServeOptions
from wattfare_desktop.cli.passphrase import read_passphrase
from wattfare_desktop.cli.plain import quoted
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.cli.terminal_consent import (
    RefusingConsent,
    TerminalConsent,
    Typed,
    TypedQuestion,
    TypedRaise,
)
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.oauth.grants import SpendTerms, proposed_terms
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.main.assembly import (
    Parts,
    assembled,
    controlled,
    new_loop,
    open_or_make,
    published,
)
from wattfare_desktop.main.examination import Examiner, TrayReport
from wattfare_desktop.system.platforms import this_platform
from wattfare_desktop.system.program import program_command
from wattfare_desktop.ui.presentation.calls import unsettled_notice
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.wallet.authorization import ConsentPresenter, ConsentTicket
from wattfare_desktop.wallet.raising import RaiseId, RaiseQuestion, RaisingDesk
from wattfare_desktop.wallet.tasks import Tasks
from wattfare_desktop.wallet.wallet import Wallet, WalletState


def run_serve(options: ServeOptions, environment: Mapping[str, str], terminal: Terminal) -> None:
    """Run the wallet on a loop of its own until it is stopped. Raises UserFacingError."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(options, environment, terminal))


async def serve(options: ServeOptions, environment: Mapping[str, str], terminal: Terminal) -> None:
    """Run the wallet until a signal or the command line stops it. Raises UserFacingError."""
    stop = asyncio.Event()
    passphrase = None
    if options.wallet.passphrase_file is not None:
        passphrase = read_passphrase(options.wallet.passphrase_file)
    platform = this_platform(program_command(environment), environment)
    async with (
        assembled(options.wallet, environment, platform) as parts,
        controlled(
            parts,
            consent=options.consent.value,
            show=None,
            stop=stop.set,
            examine=Examiner(parts, TrayReport()).examine,
        ) as is_first,
    ):
        if not is_first:
            raise UserFacingError(
                "This wallet is running already", "Stop it first, or use another --home."
            )
        parts.wallet.desk.presenter = _presenter(parts, options.consent, terminal)
        parts.wallet.subscribe(PrintedNotices(terminal).take)
        await _open(parts.wallet, passphrase)
        async with published(parts, options.wallet.port) as port:
            _stop_on_signals(stop)
            terminal.say(f"listening on http://127.0.0.1:{port}")
            await _tell_of_unsettled(parts.wallet, terminal)
            doubt = parts.wallet.proof().doubt
            if doubt is not None:
                # It goes on: apps can be revoked, and the books accepted, while nothing is spent.
                terminal.complain(doubt.error())
            await stop.wait()


async def _tell_of_unsettled(wallet: Wallet, terminal: Terminal) -> None:
    unsettled = (await wallet.overview()).unsettled
    if unsettled:
        title, _ = unsettled_notice(unsettled)
        terminal.say(f"{title}: charged in full; say what was billed with `wattfare settle`")


async def _open(wallet: Wallet, passphrase: str | None) -> None:
    try:
        await open_or_make(wallet, passphrase)
    except UserFacingError as error:
        lacks_key = error is wallet.trouble and wallet.state is not WalletState.BROKEN
        if passphrase or not lacks_key or await wallet.protection() is Protection.KEYRING:
            raise
        # No window will ask for it here.
        hint = "Without windows a passphrase is given with --passphrase-file FILE."
        raise UserFacingError(error.title, f"{error.detail} {hint}") from error


class DeskAnswers:
    """Brings typed answers to the desk, and tickets to whoever asks by typing."""

    def __init__(self, parts: Parts) -> None:
        self._desk = parts.wallet.desk
        self._raising = parts.wallet.raising
        self._clock = parts.clock
        self._tickets: dict[TicketId, ConsentTicket] = {}

    def question(self, ticket: ConsentTicket) -> TypedQuestion:
        """Return ``ticket`` as it is printed, and remember what it proposed."""
        self._tickets[ticket.id] = ticket
        proposal = ticket.proposal
        return TypedQuestion(
            ticket=ticket.id,
            name=ticket.request.client.name,
            verified=ticket.request.client.verified,
            redirect=ticket.request.redirect.target,
            justification=proposal.justification,
            cap=Cap(period=proposal.period, limit=proposal.limit),
            models=proposal.models,
            expires_in_days=proposal.expires_in_days,
            fee_percent=ticket.fee_percent,
            confusable=ticket.request.client.confusable,
            asked_by="" if ticket.asked_by is None else ticket.asked_by.path,
            asked_through="" if ticket.asked_through is None else ticket.asked_through.path,
            described_by=ticket.request.client.host or "",
            claim=ticket.request.client.claim,
        )

    async def approve(self, ticket: TicketId, cap: Cap | None, /) -> None:
        """Grant what was proposed, under ``cap`` where one was typed."""
        terms = proposed_terms(self._tickets.pop(ticket).proposal, self._clock.now())
        if cap is not None:
            terms = SpendTerms(
                limit=cap.limit,
                period=cap.period,
                models=terms.models,
                expires_at=terms.expires_at,
                raise_allowed=terms.raise_allowed,
            )
        await self._desk.approve(ticket, terms)

    async def deny(self, ticket: TicketId, /) -> None:
        """Grant nothing."""
        self._tickets.pop(ticket, None)
        await self._desk.deny(ticket)

    async def answer_raise(self, ticket: RaiseId, answer: RaiseAnswer, /) -> None:
        """Raise the cap, or do not."""
        await self._raising.answer(ticket, answer)


class TypedRaises:
    """Presents caps that were reached to a consent by typing."""

    def __init__(self, asked: TerminalConsent) -> None:
        self._asked = asked

    def present_raise(self, question: RaiseQuestion) -> None:
        """Ask."""
        offer = question.offer
        self._asked.present(
            TypedRaise(
                ticket=question.id,
                name=question.name,
                cap=Cap(period=offer.period, limit=offer.limit),
                needed=offer.needed,
            )
        )

    def withdraw_raise(self, question_id: RaiseId) -> None:
        """Ask no more."""
        self._asked.withdraw(question_id)


class RefusedRaises:
    """Says no to every raise and prints that: nobody can be asked on this machine."""

    def __init__(self, raising: RaisingDesk, terminal: Terminal, tasks: Tasks) -> None:
        self._raising = raising
        self._terminal = terminal
        self._tasks = tasks

    def present_raise(self, question: RaiseQuestion) -> None:
        """Refuse it."""
        self._tasks.start(self._refuse(question), "refusing to raise a cap")

    def withdraw_raise(self, question_id: RaiseId) -> None:
        """Nothing was shown that could be taken away."""

    async def _refuse(self, question: RaiseQuestion) -> None:
        with suppress(UserFacingError):
            await self._raising.answer(question.id, RaiseAnswer.NO)
            self._terminal.say(f"not raised {question.id} {quoted(question.name)}")


class TypedPresenter:
    """Presents the desk's tickets to a consent by typing."""

    def __init__(self, answers: DeskAnswers, asked: TerminalConsent | RefusingConsent) -> None:
        self._answers = answers
        self._asked = asked

    def present(self, ticket: ConsentTicket) -> None:
        """Ask."""
        self._asked.present(self._answers.question(ticket))

    def withdraw(self, ticket_id: TicketId) -> None:
        """Ask no more."""
        self._asked.withdraw(ticket_id)

    def show_error(self, notice: UserFacingError) -> None:
        """Print it."""
        self._asked.show_error(notice)

    def ask_to_unlock(self) -> None:
        """Say so: a wallet without windows is unlocked by starting it."""
        self.show_error(
            UserFacingError("The wallet is locked", "Start it with --passphrase-file, then retry.")
        )


def _presenter(parts: Parts, consent: Consent, terminal: Terminal) -> ConsentPresenter:
    answers = DeskAnswers(parts)
    if consent is Consent.DENY:
        refusing = RefusingConsent(answers=answers, terminal=terminal, tasks=parts.tasks)
        parts.wallet.raising.presenter = RefusedRaises(parts.wallet.raising, terminal, parts.tasks)
        return TypedPresenter(answers, refusing)
    asked = TerminalConsent(
        answers=answers, terminal=terminal, typed=_typed_lines(), tasks=parts.tasks
    )
    parts.wallet.raising.presenter = TypedRaises(asked)
    return TypedPresenter(answers, asked)


def _typed_lines() -> Typed:
    if sys.platform == "win32":
        from wattfare_desktop.cli.threaded_lines import ThreadedLines  # noqa: PLC0415

        return ThreadedLines(sys.stdin.buffer)
    from wattfare_desktop.cli.typed_lines import TypedLines  # noqa: PLC0415

    return TypedLines(0)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
