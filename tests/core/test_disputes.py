"""Disputes: the one table of transitions, and rules over stored facts."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.disputes import (
    DisputeEvent,
    DisputeReason,
    DisputeState,
    Evidence,
    Finding,
    judge,
    next_dispute_state,
)
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd, CallStatus

ORDINARY = Evidence(
    status=CallStatus.SETTLED,
    end=CallEnd.COMPLETE,
    basis=Basis.REPORTED,
    input_tokens=100,
    output_tokens=50,
    reasoning_tokens=20,
    cost=Nanos(7),
    provider_cost=Nanos(7),
)


@given(st.lists(st.sampled_from(DisputeEvent), max_size=12))
def test_whatever_happens_a_dispute_is_credited_once(events: list[DisputeEvent]) -> None:
    state: DisputeState | None = None
    credited = 0
    for event in events:
        after = next_dispute_state(state, event)
        credited += after is DisputeState.CREDITED
        state = after or state
    assert credited <= 1


@pytest.mark.parametrize("state", [DisputeState.REJECTED, DisputeState.REVERSED])
@pytest.mark.parametrize("event", list(DisputeEvent))
def test_what_is_over_stays_over(state: DisputeState, event: DisputeEvent) -> None:
    assert next_dispute_state(state, event) is None


@pytest.mark.parametrize("reason", list(DisputeReason))
def test_a_reason_alone_gives_nothing_back(reason: DisputeReason) -> None:
    verdict = judge(reason, ORDINARY)
    assert (verdict.finding, verdict.amount) == (Finding.UNDECIDED, 0)


@pytest.mark.parametrize(
    ("reason", "facts", "finding"),
    [
        (DisputeReason.EMPTY, {"output_tokens": 0, "reasoning_tokens": 0}, Finding.NOTHING_CAME),
        (DisputeReason.EMPTY, {"output_tokens": 20}, Finding.NOTHING_CAME),
        (
            DisputeReason.EMPTY,
            {"output_tokens": 20, "end": CallEnd.CLIENT_LEFT},
            Finding.UNDECIDED,
        ),
        (DisputeReason.EARLY, {"end": CallEnd.FAILED}, Finding.PROVIDER_BROKE_OFF),
        (DisputeReason.EARLY, {"end": CallEnd.STOPPED_AT_CAP}, Finding.UNDECIDED),
        (DisputeReason.EARLY, {"end": CallEnd.REVOKED}, Finding.UNDECIDED),
        (DisputeReason.DUPLICATE, {"twin": CallId("call_0")}, Finding.SENT_TWICE),
        # The facts of one reason do not prove another.
        (DisputeReason.NOT_ME, {"end": CallEnd.FAILED, "output_tokens": 0}, Finding.UNDECIDED),
        (DisputeReason.PRICE, {"twin": CallId("call_0")}, Finding.UNDECIDED),
    ],
)
def test_facts_decide(reason: DisputeReason, facts: dict[str, object], finding: Finding) -> None:
    verdict = judge(reason, dataclasses.replace(ORDINARY, **facts))  # type: ignore[arg-type]
    assert verdict.finding is finding
    assert verdict.amount == (0 if finding is Finding.UNDECIDED else ORDINARY.cost)


@pytest.mark.parametrize("reason", list(DisputeReason))
@pytest.mark.parametrize(
    "doubt",
    [{"basis": Basis.ESTIMATED}, {"basis": None}, {"status": CallStatus.UNSETTLED}],
)
def test_a_guess_is_no_fact(reason: DisputeReason, doubt: dict[str, object]) -> None:
    facts = {"end": CallEnd.FAILED, "output_tokens": 0, "twin": CallId("call_0"), **doubt}
    evidence = dataclasses.replace(ORDINARY, **facts)  # type: ignore[arg-type]
    assert judge(reason, evidence).amount == 0


@pytest.mark.parametrize(
    ("cost", "fee", "recomputed", "amount"),
    [
        (700, 0, 500, 200),
        (700, 0, 700, 0),
        (700, 0, 900, 0),  # too little was charged: nothing to give back
        (700, 0, None, 0),
        (770, 70, 500, 220),  # its part of the fee comes back too
        (771, 71, 500, 220),  # the right fee is rounded up, as every fee
        (600, 0, 650, 0),  # cut at the hold already
        (700, 0, 0, 700),
    ],
)
def test_what_was_charged_above_the_kept_prices_comes_back(
    cost: int, fee: int, recomputed: int | None, amount: int
) -> None:
    evidence = dataclasses.replace(
        ORDINARY,
        cost=Nanos(cost),
        fee=Nanos(fee),
        provider_cost=Nanos(700),
        recomputed=None if recomputed is None else Nanos(recomputed),
    )
    verdict = judge(DisputeReason.PRICE, evidence)
    assert verdict.amount == amount
    assert verdict.finding is (Finding.OVERCHARGED if amount else Finding.UNDECIDED)
    assert judge(DisputeReason.NOT_ME, evidence).amount == 0
