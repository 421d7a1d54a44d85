"""Tests of ``wattfare_desktop.core.oauth.details``."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import DAY_MS, Instant, later
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos
from wattfare_desktop.core.oauth.details import PROPOSED_LIMIT_MAX, granted_details, read_details
from wattfare_desktop.core.oauth.display import plain
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.grants import (
    SpendProposal,
    SpendTerms,
    objection_to,
    proposed_terms,
)
from wattfare_desktop.core.periods import Period

NOW = Instant(1_800_000_000_000)
CAP = {"amount": "5.00", "currency": "USD"}
LEAST = {"type": "wattfare_spend", "cap": CAP, "period": "month"}


def _read(*objects: Any) -> SpendProposal | Rejected:
    return read_details(json.dumps(list(objects)))


def test_everything_an_app_can_ask() -> None:
    asked = LEAST | {
        "models": ["openai/gpt-*", "anthropic/*", "openai/gpt-*"],
        "justification": "Summarise\n your\u200b notes",
        "adjustable": False,
        "expires_in_days": 90,
    }
    assert _read(asked) == SpendProposal(
        limit=Nanos(5 * NANOS_PER_USD),
        period=Period.MONTH,
        models=("openai/gpt-*", "anthropic/*"),
        justification="Summarise your notes",
        adjustable=False,
        expires_in_days=90,
    )


def test_the_least_an_app_can_ask() -> None:
    assert _read(LEAST) == SpendProposal(
        limit=Nanos(5 * NANOS_PER_USD),
        period=Period.MONTH,
        models=(),
        justification="",
        adjustable=True,
        expires_in_days=None,
    )


@pytest.mark.parametrize("period", list(Period))
@pytest.mark.parametrize("amount", ["0.000000001", "10000", "10000.00"])
def test_bounds_are_within(period: Period, amount: str) -> None:
    asked = LEAST | {
        "period": period.value,
        "cap": CAP | {"amount": amount},
        "justification": "x" * 200,
        "models": [f"openai/m{number}" for number in range(20)],
        "expires_in_days": 366,
    }
    assert isinstance(_read(asked), SpendProposal)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "payment_initiation"},
        {"type": 1},
        {"type": None},
        {"surprise": 1},
        {"Cap": CAP},
        {"cap": None},
        {"cap": "5.00"},
        {"cap": []},
        {"cap": {}},
        {"cap": {"amount": "5.00"}},
        {"cap": {"currency": "USD"}},
        {"cap": CAP | {"currency": "EUR"}},
        {"cap": CAP | {"currency": "usd"}},
        {"cap": CAP | {"extra": 1}},
        {"cap": CAP | {"amount": 5}},
        {"cap": CAP | {"amount": 5.0}},
        {"cap": CAP | {"amount": None}},
        {"cap": CAP | {"amount": True}},
        {"cap": CAP | {"amount": ""}},
        {"cap": CAP | {"amount": "0"}},
        {"cap": CAP | {"amount": "0.00"}},
        {"cap": CAP | {"amount": "-1"}},
        {"cap": CAP | {"amount": "+1"}},
        {"cap": CAP | {"amount": "1e3"}},
        {"cap": CAP | {"amount": "1,000"}},
        {"cap": CAP | {"amount": "NaN"}},
        {"cap": CAP | {"amount": "\u0665"}},
        {"cap": CAP | {"amount": " 5"}},
        {"cap": CAP | {"amount": "10000.000000001"}},
        {"cap": CAP | {"amount": "9" * 400}},
        {"cap": CAP | {"amount": "0.0000000001"}},
        {"period": "fortnight"},
        {"period": "Month"},
        {"period": None},
        {"period": ["month"]},
        {"period": {}},
        {"models": "openai/*"},
        {"models": None},
        {"models": {"0": "openai/*"}},
        {"models": ["openai/*"] * 21},
        {"models": [""]},
        {"models": [1]},
        {"models": [["openai/*"]]},
        {"models": ["openai/gpt 5"]},
        {"models": ["openai/\u202egpt"]},
        {"justification": "x" * 201},
        {"justification": None},
        {"justification": 1},
        {"adjustable": "true"},
        {"adjustable": 1},
        {"adjustable": None},
        {"expires_in_days": 0},
        {"expires_in_days": 367},
        {"expires_in_days": -1},
        {"expires_in_days": 30.0},
        {"expires_in_days": "30"},
        {"expires_in_days": True},
        {"expires_in_days": None},
    ],
    ids=json.dumps,
)
def test_what_is_not_understood_is_refused(change: dict[str, Any]) -> None:
    _assert_refused(json.dumps([LEAST | change]))


@pytest.mark.parametrize("missing", sorted(LEAST))
def test_what_must_be_said_must_be_said(missing: str) -> None:
    _assert_refused(json.dumps([{name: LEAST[name] for name in LEAST if name != missing}]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "[",
        "[null]",
        "[[]]",
        '"wattfare_spend"',
        json.dumps(LEAST),
        json.dumps([LEAST, LEAST]),
        json.dumps([LEAST]) + "x",
        "[" * 8_000,
        "[" * 4_000 + "]" * 4_000,
        '{"a":' * 1_000 + "1" + "}" * 1_000,
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[1.5]",
        "[1e999]",
        "[" + "9" * 5_000 + "]",
        '[{"type":"wattfare_spend","type":"wattfare_spend"}]',
        json.dumps([LEAST])[:-2] + ',"period":"day"}]',
        json.dumps([LEAST]).replace('"USD"', '"USD","amount":"1.00"'),
        "\ufeff[]",
        "\x00",
        "\ud800",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_what_is_no_proper_json_is_refused(text: str) -> None:
    _assert_refused(text)


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    refused = _read(LEAST | {"period": "canary", "canary": "canary"})
    assert isinstance(refused, Rejected)
    assert "canary" not in refused.description


@given(st.text())
def test_no_text_raises(text: str) -> None:
    _assert_refused(text)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*LEAST, "models", "justification", "adjustable"]), JSON))
def test_no_json_raises(change: dict[str, Any]) -> None:
    read = _read(LEAST | change)
    assert isinstance(read, SpendProposal | Rejected)
    if isinstance(read, SpendProposal):
        _assert_grantable(read)


AMOUNTS = st.decimals("-1", "20000", places=3).map(str) | st.text("0123456789.-+e_ ", max_size=12)
LIKELY = st.fixed_dictionaries(
    {"cap": AMOUNTS.map(lambda amount: {"amount": amount, "currency": "USD"})},
    optional={
        "models": st.lists(st.text("ago/*-. ", max_size=12), max_size=22),
        "justification": st.text(max_size=220),
        "adjustable": st.booleans() | st.integers(0, 1),
        "expires_in_days": st.integers(-1, 400) | st.booleans(),
        "raise_allowed": st.booleans(),
        "dpop_bound_access_tokens": st.booleans() | st.just("true"),
    },
)


@given(LIKELY)
def test_whatever_is_taken_as_a_proposal_can_be_granted(change: dict[str, Any]) -> None:
    read = _read(LEAST | change)
    if isinstance(read, SpendProposal):
        _assert_grantable(read)


def _assert_grantable(proposal: SpendProposal) -> None:
    assert 0 < proposal.limit <= PROPOSED_LIMIT_MAX
    assert len(proposal.justification) <= 200
    assert plain(proposal.justification, 200) == proposal.justification
    assert objection_to(proposed_terms(proposal, NOW), proposal, NOW) is None


@given(
    st.builds(
        SpendProposal,
        limit=st.integers(1, PROPOSED_LIMIT_MAX).map(Nanos),
        period=st.sampled_from(Period),
        models=st.lists(
            st.from_regex(r"[a-z0-9*][a-z0-9./*-]{0,20}", fullmatch=True), max_size=20, unique=True
        ).map(tuple),
        justification=st.just(""),
        adjustable=st.just(value=True),
        expires_in_days=st.none() | st.integers(1, 366),
    ),
    st.integers(0, 60_000),
)
def test_what_is_granted_as_asked_reads_as_asked(proposal: SpendProposal, waited_ms: int) -> None:
    granted = granted_details(proposed_terms(proposal, NOW), later(NOW, waited_ms))
    assert read_details(json.dumps(granted)) == proposal


def test_what_was_granted_is_told_exactly() -> None:
    terms = SpendTerms(
        limit=Nanos(2_125_000_000), period=Period.DAY, models=("openai/*",), expires_at=None
    )
    assert granted_details(terms, NOW) == [
        {
            "type": "wattfare_spend",
            "cap": {"amount": "2.125", "currency": "USD"},
            "period": "day",
            "models": ["openai/*"],
        }
    ]


@pytest.mark.parametrize(
    ("left_ms", "days"), [(1, 1), (DAY_MS, 1), (DAY_MS + 1, 2), (0, 0), (-DAY_MS, 0)]
)
def test_days_left_are_rounded_up(left_ms: int, days: int) -> None:
    terms = SpendTerms(
        limit=Nanos(1), period=Period.ONCE, models=(), expires_at=later(NOW, left_ms)
    )
    assert granted_details(terms, NOW)[0]["expires_in_days"] == days


def _assert_refused(text: str) -> None:
    refused = read_details(text)
    assert isinstance(refused, Rejected)
    assert refused.code is OAuthError.INVALID_AUTHORIZATION_DETAILS
