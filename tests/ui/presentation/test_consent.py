"""What may be granted, and the words that say it."""

import re
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.money import LARGEST_AMOUNT, Nanos, parse_usd, plain_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.ui.presentation.consent import (
    ConsentAnswer,
    ConsentQuestion,
    amount_in,
    approve_text,
    breakable,
    claimed_name,
    countdown_text,
    expiry_choices,
    expiry_text,
    first_draft,
    identity_text,
    is_model_pattern,
    judged,
    pieces,
    quoted,
    warning_text,
    worth_text,
)

QUESTION = ConsentQuestion(
    ticket=TicketId("ticket_1"),
    name="Notes AI",
    verified=False,
    identity="notes.example",
    client_id="notes",
    redirect="127.0.0.1",
    justification="",
    cap=Cap(period=Period.MONTH, limit=parse_usd("5.00")),
    models=(),
    expires_in_days=None,
    adjustable=True,
    paying_from=(),
    wallet_caps=(),
    answer_within_ms=120_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    count: int
    model: str


@given(st.integers(1, LARGEST_AMOUNT), st.sampled_from(list(Period)))
def test_the_button_says_exactly_what_is_granted(nanos: int, period: Period) -> None:
    draft = replace(first_draft(QUESTION), amount=plain_usd(Nanos(nanos)), period=period)
    answer = judged(draft, QUESTION)
    assert isinstance(answer, ConsentAnswer)
    assert answer.cap == Cap(period=period, limit=Nanos(nanos))
    assert approve_text(answer).startswith(f"Approve ${plain_usd(Nanos(nanos))} ")


@given(st.text(max_size=20))
def test_no_text_is_granted_as_nothing(typed: str) -> None:
    limit = amount_in(typed)
    assert isinstance(limit, str) or 0 < limit <= LARGEST_AMOUNT


def test_untouched_fields_grant_what_was_asked() -> None:
    question = replace(QUESTION, models=("gpt-*",), expires_in_days=90)
    assert judged(first_draft(question), question) == ConsentAnswer(
        cap=question.cap, models=("gpt-*",), expires_in_days=90
    )


@pytest.mark.parametrize(
    ("wallet_cap", "asked", "fits"),
    [
        (Cap(period=Period.DAY, limit=parse_usd("10")), (Period.DAY, "10"), True),
        (Cap(period=Period.DAY, limit=parse_usd("10")), (Period.DAY, "10.01"), False),
        (Cap(period=Period.DAY, limit=parse_usd("10")), (Period.MONTH, "50"), True),
        (Cap(period=Period.MONTH, limit=parse_usd("10")), (Period.DAY, "11"), False),
        (Cap(period=Period.ONCE, limit=parse_usd("10")), (Period.YEAR, "11"), False),
    ],
)
def test_no_app_gets_more_than_the_whole_wallet(
    wallet_cap: Cap,
    asked: tuple[Period, str],
    fits: bool,  # noqa: FBT001 - a table
) -> None:
    question = replace(QUESTION, wallet_caps=(wallet_cap,))
    draft = replace(first_draft(question), period=asked[0], amount=asked[1])
    assert isinstance(judged(draft, question), ConsentAnswer) is fits


@pytest.mark.parametrize(("amount", "fits"), [("5.00", True), ("1.00", True), ("5.01", False)])
def test_an_unadjustable_request_may_still_be_lowered(amount: str, fits: bool) -> None:  # noqa: FBT001 - a table
    question = replace(QUESTION, adjustable=False)
    draft = replace(first_draft(question), amount=amount)
    assert isinstance(judged(draft, question), ConsentAnswer) is fits


def test_no_model_left_is_not_any_model() -> None:
    draft = replace(first_draft(QUESTION), any_model=False)
    assert judged(draft, QUESTION) == "Choose at least one model."


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (160, "about 160 chats with gpt-5-mini"),
        (12_000, "about 12,000 chats with gpt-5-mini"),
        (1, "about 1 chat with gpt-5-mini"),
        (0, "less than one chat with gpt-5-mini"),
    ],
)
def test_an_amount_is_told_in_chats(count: int, words: str) -> None:
    answer = judged(first_draft(QUESTION), QUESTION)
    assert worth_text(answer, lambda _limit, _models: Use(count=count, model="gpt-5-mini")) == words


def test_what_is_not_known_is_not_told() -> None:
    answer = judged(first_draft(QUESTION), QUESTION)
    assert worth_text(answer, lambda _limit, _models: None) == ""
    assert worth_text("Enter an amount.", lambda _limit, _models: None) == ""
    assert approve_text("Enter an amount.").startswith("Approve ")


def test_a_name_is_a_claim_unless_verified() -> None:
    assert claimed_name(QUESTION) == "“Notes AI” (unverified)"
    verified = replace(QUESTION, verified=True)
    assert claimed_name(verified) == "“Notes AI”"
    assert identity_text(verified) == "Verified: notes.example"


def test_a_proposed_lifetime_is_among_the_choices() -> None:
    assert expiry_choices(QUESTION)[0] is None
    assert 45 in expiry_choices(replace(QUESTION, expires_in_days=45))
    assert [expiry_text(days) for days in (None, 1, 45)] == [
        "until you revoke it",
        "for 1 day",
        "for 45 days",
    ]


@pytest.mark.parametrize(("left_ms", "words"), [(120_000, "2:00"), (500, "0:01"), (-5, "0:00")])
def test_the_time_left_is_told(left_ms: int, words: str) -> None:
    assert countdown_text(left_ms) == words


@pytest.mark.parametrize(
    ("text", "fits"), [("openai/gpt-*", True), ("*", True), ("", False), ("a b", False)]
)
def test_models_are_named_by_patterns(text: str, fits: bool) -> None:  # noqa: FBT001 - a table
    assert is_model_pattern(text) is fits


def test_the_program_that_takes_the_answer_is_named() -> None:
    shown = identity_text(replace(QUESTION, verified=False, asked_by="/usr/bin/notes"))
    assert shown.endswith(", taken there by /usr/bin/notes.")


def test_an_answer_is_kept_to_a_program_that_can_be_bound_alone() -> None:
    for can in (True, False):
        question = replace(QUESTION, can_bind_program=can)
        answer = judged(replace(first_draft(question), only_program=True), question)
        assert isinstance(answer, ConsentAnswer)
        assert answer.only_program is can


def test_who_describes_an_app_is_told_and_what_that_is_worth() -> None:
    described = replace(QUESTION, name="notes.example", described_by="notes.example")
    assert identity_text(described) == (
        "notes.example describes it, but any program of this computer can pass for it."
        " The answer goes to 127.0.0.1."
    )
    web = replace(
        described, verified=True, identity="https://notes.example", redirect="notes.example"
    )
    assert identity_text(web) == "Verified: https://notes.example, which describes it."
    claiming = replace(web, claim="Notes AI", redirect="app.example")
    assert identity_text(claiming) == (
        "Verified: https://notes.example, which calls it “Notes AI”."
        " The answer goes to app.example."
    )
    forging = replace(web, claim="Notes” (verified) “x")
    assert "calls it “Notes\u2019 (verified) \u2019x”" in identity_text(forging)


def test_the_program_that_shows_a_code_is_named() -> None:
    shown = "the program that shows the code"
    question = replace(QUESTION, shows_code=True, redirect=shown)
    assert identity_text(question).endswith(f"The answer goes to {shown}.")
    asked = replace(question, asked_by="/usr/bin/backup, started by bash")
    assert identity_text(asked).endswith(f"{shown}: /usr/bin/backup, started by bash.")


@given(st.text(max_size=300))
def test_any_words_can_be_broken_and_stay_what_they_are(words: str) -> None:
    shown = breakable(words.replace("\u200b", ""))
    assert shown.replace("\u200b", "") == words.replace("\u200b", "")
    assert all(len(run) <= 16 for run in re.split(r"[\s\u200b]", shown))


def test_a_claim_stays_within_its_quotes() -> None:
    assert quoted("a”b“c") == "“a\u2019b\u2019c”"
    assert quoted("it\u2019s") == "“it\u2019s”"


def test_what_may_pass_for_another_is_warned_of() -> None:
    assert warning_text(QUESTION) == ""
    name = warning_text(replace(QUESTION, confusable=True))
    address = warning_text(replace(QUESTION, confusable=True, verified=True))
    assert "This name" in name
    assert "This address" in address
    described = replace(QUESTION, confusable=True, verified=True, claim="Nоtes")  # noqa: RUF001 - it is
    assert "name or address" in warning_text(described)


def test_pieces_lose_nothing() -> None:
    assert pieces("abcdefg", 3) == ["abc", "def", "g"]
    assert pieces("", 3) == []
