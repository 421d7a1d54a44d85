"""Typed consent over real pipes: each question one line, each answer typed after it."""

import asyncio
import io
import os
import shlex
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.cli.terminal_consent import (
    RefusingConsent,
    TerminalConsent,
    TypedQuestion,
    TypedRaise,
    cap_in,
    consent_line,
    raise_line,
)
from wattfare_desktop.cli.typed_lines import TypedLines
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.wallet.raising import RaiseId
from wattfare_desktop.wallet.tasks import Tasks

QUESTION = TypedQuestion(
    ticket=TicketId("ticket_1"),
    name="Notes AI",
    verified=False,
    redirect="127.0.0.1",
    justification="Summarise your notes",
    cap=Cap(period=Period.MONTH, limit=parse_usd("5.00")),
    models=("openai/gpt-*",),
    expires_in_days=None,
)
REACHED = TypedRaise(
    ticket=RaiseId("raise_1"),
    name="Notes AI",
    cap=Cap(period=Period.MONTH, limit=parse_usd("5.00")),
    needed=parse_usd("0.42"),
)
SECOND = replace(QUESTION, ticket=TicketId("ticket_2"), name="Other")


class RecordedAnswers:
    """Takes answers down; ``await next()`` waits for one."""

    def __init__(self) -> None:
        self._given: asyncio.Queue[tuple[str, TicketId, Cap | None]] = asyncio.Queue()
        self.refusal: UserFacingError | None = None

    async def approve(self, ticket: TicketId, cap: Cap | None, /) -> None:
        self._given.put_nowait(("approve", ticket, cap))
        if self.refusal is not None:
            raise self.refusal

    async def deny(self, ticket: TicketId, /) -> None:
        self._given.put_nowait(("deny", ticket, None))

    async def answer_raise(self, ticket: RaiseId, answer: RaiseAnswer, /) -> None:
        self._given.put_nowait((answer.value, TicketId(ticket), None))
        if self.refusal is not None:
            raise self.refusal

    async def next(self) -> tuple[str, TicketId, Cap | None]:
        return await asyncio.wait_for(self._given.get(), 10)

    @property
    def none_came(self) -> bool:
        return self._given.empty()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A presenter, its keyboard and what it printed."""

    consent: TerminalConsent
    answers: RecordedAnswers
    tasks: Tasks
    keyboard_fd: int
    stdout: io.StringIO
    stderr: io.StringIO

    def type(self, text: str) -> None:
        os.write(self.keyboard_fd, text.encode())

    @property
    def printed(self) -> list[str]:
        return self.stdout.getvalue().splitlines()

    async def drain(self) -> None:
        assert await self.tasks.drain(10)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    read_fd, write_fd = os.pipe()
    stdout, stderr = io.StringIO(), io.StringIO()
    terminal = Terminal(stdin=io.StringIO(), stdout=stdout, stderr=stderr)
    answers, tasks = RecordedAnswers(), Tasks()
    typed = TypedLines(read_fd)
    consent = TerminalConsent(answers=answers, terminal=terminal, typed=typed, tasks=tasks)
    yield Scene(
        consent=consent,
        answers=answers,
        tasks=tasks,
        keyboard_fd=write_fd,
        stdout=stdout,
        stderr=stderr,
    )
    typed.shut()
    os.close(read_fd)
    os.close(write_fd)


def test_a_question_is_one_line_of_words() -> None:
    words = shlex.split(consent_line(QUESTION))

    assert words[:5] == ["consent", "ticket_1", "Notes AI", "5.00", "month"]
    assert words[5:] == [
        "verified=no",
        "redirect=127.0.0.1",
        "models=openai/gpt-*",
        "days=unlimited",
        "for=Summarise your notes",
    ]


def test_what_is_known_of_an_app_is_told_in_words_of_their_own() -> None:
    asked = replace(
        QUESTION, described_by="notes.example", claim="Notes AI", confusable=True, asked_by="/bin/x"
    )
    words = shlex.split(consent_line(asked))
    assert words[-4:-1] == [
        "described=notes.example",
        "claims=Notes AI",
        "program=/bin/x",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x\nconsent ticket_9 Bank 1.00 day",
        "x' 0.01 day verified=yes '",
        "x\r\x1b[2K",
        "$(reboot)",
        "",
        "\u202e",
    ],
)
def test_an_app_forges_neither_a_line_nor_a_word(text: str) -> None:
    forged = replace(QUESTION, name=text, justification=text, redirect=text, models=(text,))
    line = consent_line(forged)

    assert len(line.splitlines()) == 1
    words = shlex.split(line)
    assert len(words) == len(shlex.split(consent_line(QUESTION)))
    assert words[3:6] == ["5.00", "month", "verified=no"]


def test_a_name_that_may_pass_for_another_is_marked() -> None:
    assert "looks-like-another=yes" in shlex.split(consent_line(replace(QUESTION, confusable=True)))
    assert "looks-like-another" not in consent_line(QUESTION)


@pytest.mark.parametrize(
    ("line", "cap"),
    [
        ("approve", None),
        ("approve 2.00 day", Cap(period=Period.DAY, limit=parse_usd("2"))),
        ("approve  0.5   once", Cap(period=Period.ONCE, limit=parse_usd("0.50"))),
    ],
)
def test_an_approval_may_name_a_cap(line: str, cap: Cap | None) -> None:
    assert cap_in(line) == cap


@pytest.mark.parametrize(
    "line",
    [
        "",
        "yes",
        "Approve",
        "approved",
        "approve 2.00",
        "approve 2.00 fortnight",
        "approve -1 day",
        "approve 0 day",
        "approve 1e9 day",
        "approve 2.00 day now",
        "deny approve",
    ],
)
def test_nothing_else_approves(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cap_in(line)


async def test_what_is_typed_after_the_question_answers_it(scene: Scene) -> None:
    scene.consent.present(QUESTION)
    scene.type("approve 2.00 day\n")

    cap = Cap(period=Period.DAY, limit=parse_usd("2"))
    assert await scene.answers.next() == ("approve", "ticket_1", cap)
    await scene.drain()
    assert scene.printed == [consent_line(QUESTION), "approved ticket_1"]


async def test_what_was_typed_before_the_question_is_no_answer(scene: Scene) -> None:
    scene.type("approve\napprove\n")
    scene.consent.present(QUESTION)
    scene.type("deny\n")

    assert await scene.answers.next() == ("deny", "ticket_1", None)
    await scene.drain()
    assert scene.answers.none_came


async def test_one_question_at_a_time_and_no_answer_serves_two(scene: Scene) -> None:
    scene.consent.present(QUESTION)
    scene.consent.present(SECOND)
    assert scene.printed == [consent_line(QUESTION)]

    scene.type("approve\napprove\n")
    assert await scene.answers.next() == ("approve", "ticket_1", None)
    await scene.drain()
    assert consent_line(SECOND) in scene.printed
    assert scene.answers.none_came

    scene.type("deny\n")
    assert await scene.answers.next() == ("deny", "ticket_2", None)


async def test_a_typing_mistake_asks_again(scene: Scene) -> None:
    scene.consent.present(QUESTION)
    scene.type("aprove\ndeny\n")

    assert await scene.answers.next() == ("deny", "ticket_1", None)
    assert "approve 2.00 day" in scene.printed[1]


async def test_a_withdrawn_question_is_left_and_the_next_is_asked(scene: Scene) -> None:
    scene.consent.present(QUESTION)
    scene.consent.present(SECOND)

    scene.consent.withdraw(QUESTION.ticket)

    assert scene.printed == [
        consent_line(QUESTION),
        "withdrawn ticket_1",
        consent_line(SECOND),
    ]
    scene.type("approve\n")
    assert await scene.answers.next() == ("approve", "ticket_2", None)


async def test_a_question_withdrawn_before_its_turn_is_never_asked(scene: Scene) -> None:
    scene.consent.present(QUESTION)
    scene.consent.present(SECOND)

    scene.consent.withdraw(SECOND.ticket)
    scene.type("deny\n")
    await scene.answers.next()
    await scene.drain()

    assert consent_line(SECOND) not in scene.printed


async def test_an_answer_that_comes_too_late_says_so(scene: Scene) -> None:
    scene.answers.refusal = UserFacingError("Too late", "Let the app ask again.")
    scene.consent.present(QUESTION)
    scene.type("approve\n")
    await scene.answers.next()
    await scene.drain()

    assert scene.stderr.getvalue() == "wattfare: Too late: Let the app ask again.\n"
    assert "approved ticket_1" not in scene.printed


async def test_where_nothing_can_be_typed_everything_is_denied() -> None:
    read_fd, write_fd = os.pipe()
    os.close(write_fd)
    stdout = io.StringIO()
    terminal = Terminal(stdin=io.StringIO(), stdout=stdout, stderr=io.StringIO())
    answers, tasks = RecordedAnswers(), Tasks()
    consent = TerminalConsent(
        answers=answers, terminal=terminal, typed=TypedLines(read_fd), tasks=tasks
    )

    consent.present(QUESTION)
    consent.present(SECOND)

    assert await answers.next() == ("deny", "ticket_1", None)
    assert await answers.next() == ("deny", "ticket_2", None)
    assert await tasks.drain(10)
    os.close(read_fd)


async def test_a_wallet_that_may_not_ask_denies() -> None:
    stdout = io.StringIO()
    terminal = Terminal(stdin=io.StringIO(), stdout=stdout, stderr=io.StringIO())
    answers, tasks = RecordedAnswers(), Tasks()

    RefusingConsent(answers=answers, terminal=terminal, tasks=tasks).present(QUESTION)

    assert await answers.next() == ("deny", "ticket_1", None)
    assert await tasks.drain(10)
    assert stdout.getvalue() == "denied ticket_1 'Notes AI'\n"


def test_a_reached_cap_is_one_line_of_words() -> None:
    words = shlex.split(raise_line(REACHED))
    assert words == ["raise", "raise_1", "Notes AI", "5.00", "month", "0.42"]
    hostile = replace(REACHED, name="x\nraise raise_2 y 9.00 day 1.00")
    assert "\n" not in raise_line(hostile)
    assert len(shlex.split(raise_line(hostile))) == 6


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("once", "raised raise_1"),
        ("window", "raised raise_1"),
        ("no", "not raised raise_1"),
        ("pause", "paused raise_1"),
    ],
)
async def test_a_raise_is_answered_by_a_word(scene: Scene, typed: str, told: str) -> None:
    scene.type("window\n")
    scene.consent.present(REACHED)
    scene.type("yes\napprove\n")
    scene.type(f" {typed} \n")
    assert await scene.answers.next() == (typed, "raise_1", None)
    await scene.drain()
    assert scene.printed[0] == raise_line(REACHED)
    assert [line.split(":")[0] for line in scene.printed[1:3]] == ["that is no answer"] * 2
    assert scene.printed[-1] == told
    assert scene.answers.none_came, "what was typed before the line is no answer to it"


async def test_raises_and_requests_wait_for_each_other(scene: Scene) -> None:
    scene.consent.present(QUESTION)
    scene.consent.present(REACHED)
    assert scene.printed == [consent_line(QUESTION)]
    scene.type("deny\n")
    assert (await scene.answers.next())[0] == "deny"
    scene.type("no\n")
    assert (await scene.answers.next())[0] == "no"
    scene.consent.present(REACHED)
    scene.consent.withdraw(REACHED.ticket)
    await scene.drain()
    assert "withdrawn raise_1" in scene.printed
