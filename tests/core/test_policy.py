"""Tests of ``wattfare_desktop.core.policy``: nothing passes a limit, and the refusal names it."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Budget, BudgetRefusal, Cap, LimitKind, Reason, decide

TOMORROW, NEXT_MONTH = Instant(1_000), Instant(9_000)


def budget(
    limit: int,
    spent: int = 0,
    held: int = 0,
    *,
    kind: LimitKind = LimitKind.APP,
    period: Period | None = Period.DAY,
    resets_at: Instant | None = TOMORROW,
) -> Budget:
    return Budget(
        kind=kind,
        period=period,
        limit=Nanos(limit),
        spent=Nanos(spent),
        held=Nanos(held),
        resets_at=resets_at,
    )


def monthly(limit: int, spent: int = 0) -> Budget:
    return budget(limit, spent, period=Period.MONTH, resets_at=NEXT_MONTH)


def balance(limit: int, spent: int = 0) -> Budget:
    return budget(limit, spent, kind=LimitKind.FUNDING, period=None, resets_at=None)


@pytest.mark.parametrize(
    ("amount", "budgets"),
    [
        (5, []),
        (0, [budget(0)]),
        (0, [budget(100, 60, 40)]),
        (100, [budget(100)]),
        (1, [budget(100, 60, 39)]),
        (10, [budget(10), budget(100, 90), budget(100, 0, 90)]),
    ],
)
def test_what_fits_every_limit_passes(amount: int, budgets: list[Budget]) -> None:
    assert decide(Nanos(amount), budgets) is None


@pytest.mark.parametrize(
    ("amount", "budgets", "named", "reason"),
    [
        (1, [budget(0)], 0, Reason.EXHAUSTED),
        (101, [budget(100)], 0, Reason.EXHAUSTED),
        (41, [budget(100, 60)], 0, Reason.EXHAUSTED),
        # It would fit once what is held has settled for nothing.
        (40, [budget(100, 60, 1)], 0, Reason.HELD),
        (41, [budget(100, 60, 1)], 0, Reason.EXHAUSTED),
        (1, [budget(100, 0, 100)], 0, Reason.HELD),
        # The one that says no is named wherever it stands.
        (50, [budget(100), budget(60, 20)], 1, Reason.EXHAUSTED),
        (50, [budget(60, 20), budget(100)], 0, Reason.EXHAUSTED),
        # Waiting does not help against an exhausted one.
        (50, [budget(100, 0, 99), budget(60, 20)], 1, Reason.EXHAUSTED),
        (50, [budget(60, 20), budget(100, 0, 99)], 0, Reason.EXHAUSTED),
        # Of two that say no the tighter: what fits it fits the other.
        (50, [budget(100, 60), budget(100, 90)], 1, Reason.EXHAUSTED),
        (50, [budget(100, 0, 60), budget(100, 0, 90)], 1, Reason.HELD),
        # What is held may come back, so it makes no exhausted limit tighter.
        (50, [budget(100, 60, 40), budget(100, 70)], 1, Reason.EXHAUSTED),
        # Of two as tight the one that keeps its user waiting longer, never ending ones first.
        (1, [budget(10, 10), monthly(50, 50)], 1, Reason.EXHAUSTED),
        (1, [monthly(50, 50), budget(10, 10)], 0, Reason.EXHAUSTED),
        (1, [budget(10, 10), balance(5, 5)], 1, Reason.EXHAUSTED),
        (1, [budget(10, 10), budget(10, 10)], 0, Reason.EXHAUSTED),
        # Limits that were lowered below what is gone.
        (1, [budget(10, 50)], 0, Reason.EXHAUSTED),
        (0, [budget(10, 50)], 0, Reason.EXHAUSTED),
        (5, [budget(10, 0, 50)], 0, Reason.HELD),
    ],
)
def test_what_does_not_fit_is_refused_by_the_limit_that_matters(
    amount: int, budgets: list[Budget], named: int, reason: Reason
) -> None:
    refusal = decide(Nanos(amount), budgets)
    assert refusal is not None
    assert refusal.budget is budgets[named]
    assert refusal == BudgetRefusal(
        reason=reason,
        budget=budgets[named],
        amount=Nanos(amount),
        raise_helps=refusal.raise_helps,
    )


def test_a_refusal_tells_when_its_limit_renews() -> None:
    refusal = decide(Nanos(2), [budget(1), monthly(0)])
    assert refusal is not None
    assert (refusal.budget.period, refusal.budget.resets_at) == (Period.MONTH, NEXT_MONTH)


# Small figures meet each other's edges often; large ones are an int64 column's.
sums = st.one_of(st.integers(min_value=0, max_value=12), st.integers(min_value=0, max_value=2**62))
all_budgets = st.lists(
    st.builds(
        Budget,
        kind=st.sampled_from(LimitKind),
        period=st.sampled_from(Period),
        limit=sums.map(Nanos),
        spent=sums.map(Nanos),
        held=sums.map(Nanos),
        resets_at=st.one_of(st.none(), st.integers(min_value=0, max_value=9).map(Instant)),
    ),
    max_size=6,
)


@given(sums.map(Nanos), all_budgets)
def test_nothing_passes_a_limit_and_all_else_passes(amount: Nanos, budgets: list[Budget]) -> None:
    over = [each for each in budgets if each.spent + each.held + amount > each.limit]
    assert (decide(amount, budgets) is None) == (not over)


@given(sums.map(Nanos), all_budgets)
def test_a_refusal_is_true(amount: Nanos, budgets: list[Budget]) -> None:
    refusal = decide(amount, budgets)
    if refusal is None:
        return
    named = refusal.budget
    assert any(named is each for each in budgets)
    assert named.spent + named.held + amount > named.limit
    settled_for_nothing = [
        budget(each.limit, each.spent, resets_at=each.resets_at) for each in budgets
    ]
    # "Held" is said where, and only where, waiting for running calls may help.
    assert (decide(amount, settled_for_nothing) is None) == (refusal.reason is Reason.HELD)


@given(sums.map(Nanos), all_budgets)
def test_what_fits_the_limit_that_was_named_fits_all(amount: Nanos, budgets: list[Budget]) -> None:
    refusal = decide(amount, budgets)
    if refusal is None or refusal.reason is not Reason.HELD or refusal.budget.left < 0:
        return
    assert decide(Nanos(refusal.budget.left), budgets) is None


@given(sums.map(Nanos), all_budgets)
def test_no_other_as_tight_renews_later(amount: Nanos, budgets: list[Budget]) -> None:
    refusal = decide(amount, budgets)
    if refusal is None or refusal.reason is not Reason.EXHAUSTED:
        return
    named = refusal.budget
    room = named.limit - named.spent
    as_tight = [each for each in budgets if each.limit - each.spent == room]
    assert room == min(each.limit - each.spent for each in budgets)
    waits = [inf if each.resets_at is None else each.resets_at for each in as_tight]
    assert (inf if named.resets_at is None else named.resets_at) == max(waits)


@given(all_budgets)
def test_admitting_what_fits_keeps_every_limit(budgets: list[Budget]) -> None:
    within = [each for each in budgets if each.left >= 0]
    if not within:
        return
    amount = Nanos(min(each.left for each in within))
    assert decide(amount, within) is None
    assert decide(Nanos(amount + 1), within) is not None


def test_what_is_left_may_be_less_than_nothing() -> None:
    assert budget(10, 3, 2).left == 5
    assert budget(10, 30, 2).left == -22


def test_amounts_are_never_negative() -> None:
    with pytest.raises(AssertionError):
        decide(Nanos(-1), [])
    with pytest.raises(AssertionError):
        Cap(period=Period.DAY, limit=Nanos(-1))
    assert Cap(period=Period.DAY, limit=Nanos(0)).limit == 0
