"""What is said of apps and their limits."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.support.sample_rows import CODER, DAY_ENDS, MONTH_ENDS, NOTES, NOW, OLD, window
from wattfare_desktop.core.identifiers import MINUTE_MS, later
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import GrantNote
from wattfare_desktop.ui.presentation.apps import (
    Level,
    facts,
    identity_text,
    initial,
    is_over,
    last_call_text,
    limit_bar,
    note_text,
    row_text,
    state_text,
)


def test_a_limit_with_room() -> None:
    bar = limit_bar(window(Period.MONTH, "5", "1.25", "0.5", MONTH_ENDS), UTC)
    assert (bar.spent_part, bar.held_part, bar.level) == (0.25, 0.1, Level.ROOM)
    assert bar.text == "$1.25 of $5.00 a month"
    assert bar.note == "$0.50 held · renews 1 Dec"


@pytest.mark.parametrize(("spent", "held"), [("5", "0"), ("4", "1"), ("7", "1")])
def test_a_full_limit_says_so_in_words_and_never_overflows(spent: str, held: str) -> None:
    bar = limit_bar(window(Period.DAY, "5", spent, held, DAY_ENDS), UTC)
    assert bar.level is Level.FULL
    assert bar.spent_part + bar.held_part == 1
    assert bar.note.startswith("used up")


def test_a_limit_of_nothing_is_full() -> None:
    bar = limit_bar(window(Period.DAY, "0", "0"), UTC)
    assert (bar.spent_part, bar.held_part, bar.level) == (1, 0, Level.FULL)


def test_an_ended_apps_limit_only_tells_what_was_spent() -> None:
    bar = limit_bar(window(Period.MONTH, "5", "5", "0", MONTH_ENDS), UTC, ended=True)
    assert (bar.level, bar.note) == (Level.ENDED, "")


@pytest.mark.parametrize("state", GrantState)
def test_every_state_has_a_word(state: GrantState) -> None:
    assert state_text(state)
    assert is_over(state) is (state in {GrantState.REVOKED, GrantState.EXPIRED})


def test_who_it_is() -> None:
    assert identity_text(NOTES) == "127.0.0.1 · unverified"
    assert identity_text(CODER) == "code-companion.example · verified"
    assert initial("notes") == "N"
    assert initial("") == ""


def test_when_it_called_last() -> None:
    assert last_call_text(NOTES, NOW, UTC) == "1 call running"
    assert last_call_text(replace(NOTES, running_calls=2), NOW, UTC) == "2 calls running"
    quiet = replace(NOTES, running_calls=0)
    assert last_call_text(quiet, NOW, UTC) == "7 min ago"
    assert last_call_text(replace(quiet, last_call_at=None), NOW, UTC) == "no call yet"


def test_a_row_is_a_sentence_for_those_who_listen() -> None:
    words = "Notes AI, Active, $1.20 of $5.00 a month, 1 call running"
    assert row_text(NOTES, NOW, UTC) == words


def test_the_facts_name_a_claim_as_one() -> None:
    shown = dict(facts(NOTES, UTC))
    assert shown["Says it is for"] == f"“{NOTES.justification}”"
    assert shown["Ends"] == "when you revoke it"
    assert dict(facts(replace(NOTES, justification=""), UTC))["Says it is for"] == "nothing said"
    ends = replace(NOTES, expires_at=later(NOW, MINUTE_MS))
    assert dict(facts(ends, UTC))["Ends"] == "23 Nov 2026"
    assert dict(facts(OLD, UTC))["Ends"] == "revoked"


@pytest.mark.parametrize(
    ("event", "detail", "expected"),
    [
        ("revoke", "", "Revoked"),
        (
            "revoke",
            "a refresh token was used twice",
            "Revoked: a refresh token was used twice",
        ),
        ("pause", "never told", "Paused"),
        ("what_comes", "", "what comes"),
    ],
)
def test_what_happened_is_told_with_its_reason(event: str, detail: str, expected: str) -> None:
    assert note_text(GrantNote(event=event, detail=detail, at=NOW)) == expected
