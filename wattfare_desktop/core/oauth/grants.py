"""What an app asks to spend and what the user grants; which models a grant covers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import DAY_MS, Instant, later
from wattfare_desktop.core.money import LARGEST_AMOUNT, Nanos
from wattfare_desktop.core.periods import Period

MODELS_MAX: Final = 20
LIFETIME_DAYS_MAX: Final = 366
_PATTERN: Final = re.compile(r"[A-Za-z0-9*][A-Za-z0-9._:/*@+-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendProposal:
    """What an app asks for. No ``models`` means any; ``expires_in_days`` None lasts until revoked.

    ``justification`` is the app's own claim, cleaned for display. Where it is not ``adjustable``
    the app works with this limit or a lower one of the same period only. ``raise_allowed`` asks
    that the user be asked for more when a call does not fit, ``proof_required`` that no access be
    given out but to a key that signs (RFC 9449).
    """

    limit: Nanos
    period: Period
    models: tuple[str, ...]
    justification: str
    adjustable: bool
    expires_in_days: int | None
    raise_allowed: bool = False
    proof_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendTerms:
    """What the user grants. No ``models`` means any; ``expires_at`` None lasts until revoked."""

    limit: Nanos
    period: Period
    models: tuple[str, ...]
    expires_at: Instant | None
    raise_allowed: bool = False


def proposed_terms(proposal: SpendProposal, now: Instant) -> SpendTerms:
    """Return the terms of a user who grants at ``now`` exactly what was proposed."""
    days = proposal.expires_in_days
    return SpendTerms(
        limit=proposal.limit,
        period=proposal.period,
        models=proposal.models,
        expires_at=None if days is None else later(now, days * DAY_MS),
        raise_allowed=proposal.raise_allowed,
    )


def objection_to(terms: SpendTerms, proposal: SpendProposal, now: Instant) -> str | None:
    """Return why ``terms`` cannot be granted at ``now``, fit to be shown, or None.

    The user may give more than was asked, except to an app that says it cannot be adjusted:
    that one is given what it asked or less.
    """
    if not 0 < terms.limit <= LARGEST_AMOUNT:
        return "The limit must be above zero and at most a million dollars."
    if not proposal.adjustable and not _is_no_more(terms, proposal):
        return "This app takes the limit it asked for, or a lower one of the same period."
    if len(terms.models) > MODELS_MAX or not all(map(is_model_pattern, terms.models)):
        return f"Name at most {MODELS_MAX} models, each like openai/gpt-* or gpt-5-mini."
    if terms.expires_at is not None and not _is_in_reach(terms.expires_at, now):
        return f"An approval ends within {LIFETIME_DAYS_MAX} days from now, or never."
    return None


def is_model_pattern(text: str) -> bool:
    """Return whether ``text`` can name models: ``openai/gpt-*``, ``gpt-5-mini``, ``*``."""
    return _PATTERN.fullmatch(text) is not None


def models_allow(patterns: Sequence[str], model: str) -> bool:
    """Return whether a grant for ``patterns`` covers ``model``, named ``provider/model``.

    A star stands for any text, slashes included; case matters. No patterns cover every model, and
    a pattern without a slash is about the model's own name, whoever provides it.
    """
    return not patterns or any(_covers(pattern, model) for pattern in patterns)


def _covers(pattern: str, model: str) -> bool:
    subject = model if "/" in pattern else model.partition("/")[2] or model
    first, *rest = pattern.split("*")
    if not rest:
        return subject == first
    *middle, last = rest
    # Leftmost places for each piece suffice, so that no pattern can make matching slow.
    if not subject.startswith(first):
        return False
    position = len(first)
    for piece in middle:
        found = subject.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return len(subject) - position >= len(last) and subject.endswith(last)


def _is_no_more(terms: SpendTerms, proposal: SpendProposal) -> bool:
    return terms.period is proposal.period and terms.limit <= proposal.limit


def _is_in_reach(expires_at: Instant, now: Instant) -> bool:
    return now < expires_at <= later(now, LIFETIME_DAYS_MAX * DAY_MS)
