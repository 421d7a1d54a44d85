"""Tests of ``wattfare_desktop.core.oauth.grants``."""

import re
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import DAY_MS, Instant
from wattfare_desktop.core.money import LARGEST_AMOUNT, NANOS_PER_USD, Nanos
from wattfare_desktop.core.oauth.grants import (
    SpendProposal,
    SpendTerms,
    is_model_pattern,
    models_allow,
    objection_to,
    proposed_terms,
)
from wattfare_desktop.core.periods import Period

NOW = Instant(1_800_000_000_000)
FIVE = Nanos(5 * NANOS_PER_USD)
PROPOSAL = SpendProposal(
    limit=FIVE,
    period=Period.MONTH,
    models=("openai/gpt-*",),
    justification="Summarise your notes",
    adjustable=True,
    expires_in_days=90,
)
FIXED = replace(PROPOSAL, adjustable=False)
TERMS = proposed_terms(PROPOSAL, NOW)


def test_terms_taken_as_proposed() -> None:
    assert (
        SpendTerms(
            limit=FIVE,
            period=Period.MONTH,
            models=("openai/gpt-*",),
            expires_at=Instant(NOW + 90 * DAY_MS),
        )
        == TERMS
    )
    assert proposed_terms(replace(PROPOSAL, expires_in_days=None), NOW).expires_at is None


@pytest.mark.parametrize(
    "terms",
    [
        TERMS,
        replace(TERMS, limit=Nanos(1)),
        replace(TERMS, limit=LARGEST_AMOUNT),
        replace(TERMS, period=Period.ONCE),
        replace(TERMS, models=()),
        replace(TERMS, models=("*",) * 20),
        replace(TERMS, expires_at=None),
        replace(TERMS, expires_at=Instant(NOW + 1)),
        replace(TERMS, expires_at=Instant(NOW + 366 * DAY_MS)),
    ],
)
def test_the_user_may_give_less_or_more(terms: SpendTerms) -> None:
    assert objection_to(terms, PROPOSAL, NOW) is None


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (replace(TERMS, limit=Nanos(0)), "above zero"),
        (replace(TERMS, limit=Nanos(-1)), "above zero"),
        (replace(TERMS, limit=Nanos(LARGEST_AMOUNT + 1)), "at most a million"),
        (replace(TERMS, models=("*",) * 21), "at most 20 models"),
        (replace(TERMS, models=("openai/*", "no good")), "like openai/gpt"),
        (replace(TERMS, expires_at=NOW), "within 366 days"),
        (replace(TERMS, expires_at=Instant(NOW + 366 * DAY_MS + 1)), "within 366 days"),
    ],
)
def test_senseless_terms_are_objected_to(terms: SpendTerms, words: str) -> None:
    objection = objection_to(terms, PROPOSAL, NOW)
    assert objection is not None
    assert words in objection


def test_an_app_that_cannot_be_adjusted_gets_what_it_asked_or_less() -> None:
    assert objection_to(TERMS, FIXED, NOW) is None
    assert objection_to(replace(TERMS, limit=Nanos(FIVE - 1)), FIXED, NOW) is None
    for more in (replace(TERMS, limit=Nanos(FIVE + 1)), replace(TERMS, period=Period.DAY)):
        assert "lower one of the same period" in (objection_to(more, FIXED, NOW) or "")


@pytest.mark.parametrize(
    ("patterns", "model", "allowed"),
    [
        ((), "openai/gpt-5-mini", True),
        (("openai/gpt-5-mini",), "openai/gpt-5-mini", True),
        (("openai/gpt-5-mini",), "openai/gpt-5-mini-high", False),
        (("openai/gpt-5-mini",), "xopenai/gpt-5-mini", False),
        (("openai/gpt-*",), "openai/gpt-5-mini", True),
        (("openai/gpt-*",), "openai/gpt-", True),
        (("openai/gpt-*",), "openai/o3", False),
        (("openai/gpt-*",), "OpenAI/gpt-5", False),
        (("openai/*", "anthropic/*"), "anthropic/claude", True),
        (("openai/*", "anthropic/*"), "gemini/flash", False),
        (("*",), "openai/o3", True),
        (("*/o3",), "openai/o3", True),
        (("*/o3",), "openai/o3-mini", False),
        (("openrouter/*/gpt*mini",), "openrouter/openai/gpt-5-mini", True),
        (("a/b*b",), "a/b", False),
        (("a/b*b",), "a/bb", True),
        (("a/*b*b",), "a/b", False),
        (("a/**",), "a/", True),
        (("gpt-5-mini",), "openai/gpt-5-mini", True),
        (("gpt-5-*",), "openai/gpt-5-mini", True),
        (("gpt-5-mini",), "gpt-5-mini", True),
        (("openai*",), "openai/gpt-5-mini", False),
        (("a/?",), "a/b", False),
        (("a/[b]",), "a/b", False),
        (("a/.",), "a/b", False),
    ],
)
def test_which_models_a_grant_covers(
    patterns: tuple[str, ...],
    model: str,
    allowed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert models_allow(patterns, model) is allowed


@given(st.text("ab/*", max_size=12), st.text("ab/", max_size=12))
def test_a_star_means_what_it_means_to_fnmatch(pattern: str, name: str) -> None:
    full = f"p/{pattern}"
    assert models_allow((full,), f"p/{name}") is fnmatchcase(f"p/{name}", full)


def test_no_pattern_makes_matching_slow() -> None:
    assert not models_allow(("a/" + "*a" * 49,), "a/" + "a" * 48 + "b" * 5_000)


@pytest.mark.parametrize("text", ["*", "openai/gpt-*", "gpt-5-mini", "a/b:free", "a" * 100])
def test_patterns(text: str) -> None:
    assert is_model_pattern(text)


@pytest.mark.parametrize("text", ["", "a b", "/a", "-a", "a\n", "caf\xe9", "a" * 101, "a/<b>", "?"])
def test_what_is_no_pattern(text: str) -> None:
    assert not is_model_pattern(text)
    assert re.search(r"\s", text) or not models_allow((text,), "openai/gpt-5")
