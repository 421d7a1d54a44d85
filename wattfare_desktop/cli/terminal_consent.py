"""Consent by typing: one line a request, one typed line an answer.

    consent ticket_0k3v 'Notes AI' 5.00 month verified=no redirect=127.0.0.1 ...

    raise raise_9f2c 'Notes AI' 5.00 month 0.42

The second says that a call waits which lacks so much under the app's cap; it is answered with
``once``, ``window``, ``no`` or ``pause``. A script may split both like a shell: words are quoted so
that nothing an app says begins a second line or a second word. What was typed before a line was
printed is no answer to it.
"""

import re
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Protocol

from wattfare_desktop.cli.plain import quoted
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.money import Nanos, parse_usd, plain_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.wallet.raising import RaiseId
from wattfare_desktop.wallet.tasks import Tasks

_APPROVE: Final = re.compile(r"approve(?:\s+(?P<amount>\S+)\s+(?P<period>[a-z]+))?", re.ASCII)
_HOW: Final = "answer with: approve, or approve 2.00 day, or deny"
_HOW_TO_RAISE: Final = "answer with: once, window, no, or pause"
_RAISE_TOLD: Final = {
    RaiseAnswer.ONCE: "raised",
    RaiseAnswer.WINDOW: "raised",
    RaiseAnswer.NO: "not raised",
    RaiseAnswer.PAUSE: "paused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedQuestion:
    """One request to spend, as it is printed. Texts of the app are claims, quoted when printed.

    ``models`` are patterns, none means any; ``expires_in_days`` None lasts until revoked.
    """

    ticket: TicketId
    name: str
    verified: bool
    redirect: str
    justification: str
    cap: Cap
    models: tuple[str, ...]
    expires_in_days: int | None
    fee_percent: str = "0"
    asked_by: str = ""
    asked_through: str = ""
    described_by: str = ""
    claim: str = ""
    confusable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRaise:
    """A cap that an app has reached, as it is printed: a waiting call lacks ``needed``."""

    ticket: RaiseId
    name: str
    cap: Cap
    needed: Nanos


class Answers(Protocol):
    """Where answers go."""

    async def approve(self, ticket: TicketId, cap: Cap | None, /) -> None:
        """Grant what was asked, under ``cap`` where one was typed."""

    async def deny(self, ticket: TicketId, /) -> None:
        """Grant nothing."""

    async def answer_raise(self, ticket: RaiseId, answer: RaiseAnswer, /) -> None:
        """Raise the cap, or do not."""


class Typed(Protocol):
    """Where answers are typed; see ``typed_lines``."""

    def discard(self) -> None:
        """Throw away what was typed so far."""

    def listen(self, on_line: Callable[[str | None], None], /) -> None:
        """Call ``on_line`` for each line from now on; with None where there will be no more."""

    def shut(self) -> None:
        """Call nobody any more."""


class TerminalConsent:
    """Presents tickets on a terminal, one at a time. Lives on the wallet's loop."""

    def __init__(self, *, answers: Answers, terminal: Terminal, typed: Typed, tasks: Tasks) -> None:
        self._answers = answers
        self._terminal = terminal
        self._typed = typed
        self._tasks = tasks
        self._waiting: deque[TypedQuestion | TypedRaise] = deque()
        self._shown: TypedQuestion | TypedRaise | None = None

    def present(self, question: TypedQuestion | TypedRaise) -> None:
        """Print the request as soon as those before it are answered, then read the answer."""
        self._waiting.append(question)
        self._show_next()

    def withdraw(self, ticket_id: TicketId | RaiseId) -> None:
        """Stop asking: it expired, or was answered elsewhere."""
        self._waiting = deque(each for each in self._waiting if each.ticket != ticket_id)
        if self._shown is not None and self._shown.ticket == ticket_id:
            self._terminal.say(f"withdrawn {ticket_id}")
            self._leave()

    def show_error(self, notice: UserFacingError) -> None:
        """Print why a request was not even asked about."""
        self._terminal.complain(notice)

    def _show_next(self) -> None:
        if self._shown is not None or not self._waiting:
            return
        self._shown = self._waiting.popleft()
        self._typed.discard()
        asked = self._shown
        self._terminal.say(
            raise_line(asked) if isinstance(asked, TypedRaise) else consent_line(asked)
        )
        self._typed.listen(self._on_line)

    def _leave(self) -> None:
        self._shown = None
        self._typed.shut()
        self._show_next()

    def _on_line(self, line: str | None) -> None:
        question = self._shown
        if isinstance(question, TypedRaise):
            self._on_raise_line(question, "no" if line is None else line.strip())
        elif question is not None:
            self._on_consent_line(question, line)

    def _on_raise_line(self, question: TypedRaise, line: str) -> None:
        if line not in set(RaiseAnswer):
            self._terminal.say(f"that is no answer: {_HOW_TO_RAISE}")
            return
        answer = RaiseAnswer(line)
        given = self._answers.answer_raise(question.ticket, answer)
        self._end(question, given, _RAISE_TOLD[answer])

    def _on_consent_line(self, question: TypedQuestion, line: str | None) -> None:
        if line is None or line.strip() == "deny":
            self._end(question, self._answers.deny(question.ticket), "denied")
            return
        try:
            cap = cap_in(line.strip())
        except ValueError as error:
            self._terminal.say(f"{error}: {_HOW}")
            return
        self._end(question, self._answers.approve(question.ticket, cap), "approved")

    def _end(
        self,
        question: TypedQuestion | TypedRaise,
        answer: Coroutine[Any, Any, None],
        told: str,
    ) -> None:
        self._tasks.start(self._deliver(question, answer, told), "an answer to an app")
        self._leave()

    async def _deliver(
        self,
        question: TypedQuestion | TypedRaise,
        answer: Coroutine[Any, Any, None],
        told: str,
    ) -> None:
        try:
            await answer
        except UserFacingError as error:
            self._terminal.complain(error)
        else:
            self._terminal.say(f"{told} {question.ticket}")


class RefusingConsent:
    """Denies every request at once: the wallet of a machine where nobody can be asked."""

    def __init__(self, *, answers: Answers, terminal: Terminal, tasks: Tasks) -> None:
        self._answers = answers
        self._terminal = terminal
        self._tasks = tasks

    def present(self, question: TypedQuestion) -> None:
        """Deny it."""
        self._tasks.start(self._deny(question), "a denial")

    def withdraw(self, ticket_id: TicketId) -> None:
        """Nothing was shown that could be taken away."""

    def show_error(self, notice: UserFacingError) -> None:
        """Print why a request was not even looked at."""
        self._terminal.complain(notice)

    async def _deny(self, question: TypedQuestion) -> None:
        await self._answers.deny(question.ticket)
        self._terminal.say(f"denied {question.ticket} {quoted(question.name)}")


def consent_line(question: TypedQuestion) -> str:
    """Return ``consent <id> <app> <cap> <period>`` and what else there is to know, as one line."""
    days = question.expires_in_days
    return " ".join(
        (
            "consent",
            quoted(question.ticket),
            quoted(question.name),
            plain_usd(question.cap.limit),
            question.cap.period.value,
            f"verified={'yes' if question.verified else 'no'}",
            *(("looks-like-another=yes",) if question.confusable else ()),
            f"redirect={quoted(question.redirect)}",
            f"models={quoted(','.join(question.models) or 'any')}",
            f"days={'unlimited' if days is None else days}",
            *(() if question.fee_percent == "0" else (f"fee={question.fee_percent}%",)),
            *((f"described={quoted(question.described_by)}",) if question.described_by else ()),
            *((f"claims={quoted(question.claim)}",) if question.claim else ()),
            *((f"program={quoted(question.asked_by)}",) if question.asked_by else ()),
            *((f"through={quoted(question.asked_through)}",) if question.asked_through else ()),
            f"for={quoted(question.justification)}",
        )
    )


def raise_line(question: TypedRaise) -> str:
    """Return ``raise <id> <app> <cap> <period> <needed>``, as one line."""
    return " ".join(
        (
            "raise",
            quoted(question.ticket),
            quoted(question.name),
            plain_usd(question.cap.limit),
            question.cap.period.value,
            plain_usd(question.needed),
        )
    )


def cap_in(line: str) -> Cap | None:
    """Return the cap that an approving ``line`` names; None where it takes what was asked.

    Raises ValueError, fit to be shown, where the line approves nothing.
    """
    match = _APPROVE.fullmatch(line)
    if match is None:
        raise ValueError("that is no answer")
    if match["amount"] is None:
        return None
    limit = parse_usd(match["amount"])
    if limit == 0:
        raise ValueError("a cap is more than nothing")
    if match["period"] not in set(Period):
        raise ValueError(f"a period is one of {', '.join(Period)}")
    return Cap(period=Period(match["period"]), limit=limit)
