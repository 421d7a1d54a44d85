"""What an app asks the user for, what the user makes of it, and the words for both.

Plain values: the approval window shows a :class:`ConsentQuestion`, keeps the user's edits in a
:class:`ConsentDraft`, and gives away a :class:`ConsentAnswer`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.money import Nanos, parse_usd, plain_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.ui.presentation.periods import limit_text, renewal

EXPIRY_CHOICES_DAYS: Final[tuple[int | None, ...]] = (None, 1, 7, 30, 90, 365)
_MODEL_PATTERN: Final = re.compile(r"[A-Za-z0-9*][A-Za-z0-9._:/*@+-]{0,99}", re.ASCII)
_LENGTHS: Final = (Period.DAY, Period.WEEK, Period.MONTH, Period.YEAR, Period.ONCE)
_SECONDS_IN_MINUTE: Final = 60
_PIECE_CHARS: Final = 16
_ENDLESS: Final = re.compile(rf"\S{{{_PIECE_CHARS + 1},}}")
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_QUOTES: Final = dict.fromkeys(map(ord, '“”„‟«»‹›❝❞〝〞＂"'), "’")  # noqa: RUF001 - these it is


class TypicalUse(Protocol):
    """How many calls of a usual kind an amount pays for."""

    @property
    def count(self) -> int:
        """How many."""

    @property
    def model(self) -> str:
        """With which model."""


Typical = Callable[[Nanos, Sequence[str]], TypicalUse | None]
"""What a limit is worth on the given models; None where that cannot be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentQuestion:
    """One request to spend. Every text but the wallet's own is a claim of whoever asks.

    ``models`` are patterns, none means any model; ``wallet_caps`` are the wallet's own limits,
    above which no app can be given anything.
    """

    ticket: TicketId
    name: str
    verified: bool
    identity: str
    client_id: str
    redirect: str
    justification: str
    cap: Cap
    models: tuple[str, ...]
    expires_in_days: int | None
    adjustable: bool
    paying_from: tuple[str, ...]
    wallet_caps: tuple[Cap, ...]
    answer_within_ms: int
    raise_allowed: bool = False
    fee_percent: str = "0"
    asked_by: str = ""
    """The program that takes the answer, "" where it is not known."""
    asked_through: str = ""
    """The program that asked in a web page's name, a browser if all is well; "" as above."""
    confusable: bool = False
    """Whether the name, or the address, may pass for another's by the look of its letters."""
    can_bind_program: bool = False
    """Whether what is granted can be kept to that program: it is known, and runs no scripts."""
    described_by: str = ""
    """The host that publishes a description of the client, "" where it has none."""
    claim: str = ""
    """What the client calls itself in that description."""
    shows_code: bool = False
    """Whether its user typed a code that it shows: the answer goes to no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAnswer:
    """What the user grants."""

    cap: Cap
    models: tuple[str, ...]
    expires_in_days: int | None
    raise_allowed: bool = False
    only_program: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDraft:
    """The fields as the user has left them. ``any_model`` tells none chosen from all allowed."""

    amount: str
    period: Period
    models: tuple[str, ...]
    any_model: bool
    expires_in_days: int | None
    raise_allowed: bool = False
    only_program: bool = False


def first_draft(question: ConsentQuestion) -> ConsentDraft:
    """Return the fields as the app would have them."""
    return ConsentDraft(
        amount=plain_usd(question.cap.limit),
        period=question.cap.period,
        models=question.models,
        any_model=not question.models,
        expires_in_days=question.expires_in_days,
        raise_allowed=question.raise_allowed,
    )


def judged(draft: ConsentDraft, question: ConsentQuestion) -> ConsentAnswer | str:
    """Return what ``draft`` grants, or the sentence that says why it cannot be granted."""
    limit = amount_in(draft.amount)
    if isinstance(limit, str):
        return limit
    cap = Cap(period=draft.period, limit=limit)
    objection = _over_the_top(cap, question)
    if objection is not None:
        return objection
    if not draft.any_model and not draft.models:
        return "Choose at least one model."
    models = () if draft.any_model else draft.models
    return ConsentAnswer(
        cap=cap,
        models=models,
        expires_in_days=draft.expires_in_days,
        raise_allowed=draft.raise_allowed,
        only_program=draft.only_program and question.can_bind_program,
    )


def amount_in(text: str) -> Nanos | str:
    """Return the positive amount a person typed, or what is wrong with it."""
    amount = sum_in(text)
    return "The amount must be above zero." if amount == 0 else amount


def sum_in(text: str) -> Nanos | str:
    """Return the amount a person typed, which may be nothing, or what is wrong with it."""
    typed = text.strip().removeprefix("$").strip()
    if not typed:
        return "Enter an amount."
    try:
        return parse_usd(typed)
    except ValueError as error:
        return f"{str(error)[:1].upper()}{str(error)[1:]}."


def approve_text(answer: ConsentAnswer | str) -> str:
    """Return the words on the approving button: exactly what pressing it will grant."""
    if isinstance(answer, str):
        return "Approve …"
    # Exact, not rounded for display: the button is what the user agrees to.
    return f"Approve ${plain_usd(answer.cap.limit)} {renewal(answer.cap.period)}"


def worth_text(answer: ConsentAnswer | str, typical: Typical) -> str:
    """Return what the amount buys, ``"about 160 chats with gpt-5-mini"``; empty if unknown."""
    use = None if isinstance(answer, str) else typical(answer.cap.limit, answer.models)
    if use is None:
        return ""
    if use.count < 1:
        return f"less than one chat with {use.model}"
    return f"about {use.count:,} {'chat' if use.count == 1 else 'chats'} with {use.model}"


def claimed_name(question: ConsentQuestion) -> str:
    """Return who asks, marked as a mere claim where nobody vouches for it."""
    if question.verified:
        return quoted(question.name)
    return f"{quoted(question.name)} (unverified)"


def quoted(claim: str) -> str:
    """Return what an app says between quotes that it cannot end by itself."""
    return f"“{claim.translate(_QUOTES)}”"


def breakable(words: str) -> str:
    """Return ``words`` such that a line can be broken within the longest of them.

    One endless word would else make the window wider than the screen, its buttons outside.
    """
    return _ENDLESS.sub(lambda run: _BREAK.join(pieces(run[0], _PIECE_CHARS)), words)


def pieces(words: str, chars: int) -> list[str]:
    """Return ``words`` in pieces of at most ``chars``."""
    return [words[at : at + chars] for at in range(0, len(words), chars)]


def warning_text(question: ConsentQuestion) -> str:
    """Return what to look at twice before anything else; "" where nothing is odd."""
    if not question.confusable:
        return ""
    if question.claim:
        return (
            "This app's name or address holds letters that can look like others: it may pass for "
            "an app you know. Deny it unless you have just asked for it yourself."
        )
    if question.verified:
        return (
            "This address stands for letters of other scripts, which can look like those of an "
            "address you know. It is not the one you may take it for."
        )
    return (
        "This name mixes letters that look alike: it may pass for an app you know. Deny it unless "
        "you have just asked for it yourself."
    )


def identity_text(question: ConsentQuestion) -> str:
    """Return what is known about whoever asks."""
    through = f" Asked through {question.asked_through}." if question.asked_through else ""
    return f"{_known_text(question)}{through}"


def _known_text(question: ConsentQuestion) -> str:
    if not question.described_by:
        if question.verified:
            return f"Verified: {question.identity}"
        return f"Anyone can use this name. {_answer_text(question)}"
    calls = f" calls it {quoted(question.claim)}" if question.claim else " describes it"
    if not question.verified:
        return (
            f"{question.described_by}{calls}, but any program of this computer can pass for it."
            f" {_answer_text(question)}"
        )
    if question.redirect == question.described_by:
        return f"Verified: {question.identity}, which{calls}."
    return f"Verified: {question.identity}, which{calls}. {_answer_text(question)}"


def _answer_text(question: ConsentQuestion) -> str:
    if question.shows_code:
        by = f": {question.asked_by}" if question.asked_by else ""
        return f"The answer goes to {question.redirect}{by}."
    taken = f", taken there by {question.asked_by}" if question.asked_by else ""
    return f"The answer goes to {question.redirect}{taken}."


def expiry_text(days: int | None) -> str:
    """Return how long a grant lasts, as a choice to pick."""
    if days is None:
        return "until you revoke it"
    return "for 1 day" if days == 1 else f"for {days} days"


def expiry_choices(question: ConsentQuestion) -> tuple[int | None, ...]:
    """Return the offered lifetimes in days, the proposed one among them; None never ends."""
    if question.expires_in_days in EXPIRY_CHOICES_DAYS:
        return EXPIRY_CHOICES_DAYS
    days = {each for each in (*EXPIRY_CHOICES_DAYS, question.expires_in_days) if each is not None}
    return (None, *sorted(days))


def is_model_pattern(text: str) -> bool:
    """Return whether ``text`` can name models: ``gpt-5-mini``, ``openai/gpt-*``."""
    return _MODEL_PATTERN.fullmatch(text) is not None


def countdown_text(left_ms: int) -> str:
    """Return how long the question still waits: ``"1:58"``."""
    minutes, seconds = divmod(-(-max(0, left_ms) // 1000), _SECONDS_IN_MINUTE)
    return f"{minutes}:{seconds:02d}"


def _over_the_top(cap: Cap, question: ConsentQuestion) -> str | None:
    asked = question.cap
    # Less is always the user's to give; an app that says "not adjustable" gets no more than that.
    if not question.adjustable and (cap.period is not asked.period or cap.limit > asked.limit):
        return f"The app takes {limit_text(asked.limit, asked.period)} or less, nothing else."
    for wallet_cap in question.wallet_caps:
        covers = _LENGTHS.index(wallet_cap.period) >= _LENGTHS.index(cap.period)
        if covers and cap.limit > wallet_cap.limit:
            whole = limit_text(wallet_cap.limit, wallet_cap.period)
            return f"Your whole wallet may spend {whole}: no app can get more."
    return None
