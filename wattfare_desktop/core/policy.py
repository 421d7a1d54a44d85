"""Whether a call may be held: every limit at once, and which one says no.

Storage calls :func:`decide` inside the very transaction that would write the hold, with the rows
that the settlement will write. Nothing else admits a call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.periods import Period


class LimitKind(StrEnum):
    """Whose limit it is; ``CALL`` is what a single call may cost, by the app's limit or all's."""

    APP = "app"
    WALLET = "wallet"
    CALL = "call"
    FUNDING = "funding"


class Reason(StrEnum):
    """Why a limit says no.

    ``EXHAUSTED``: the call would go over it. ``HELD``: it would fit once running calls have
    settled for less than they hold, so waiting helps.
    """

    EXHAUSTED = "exhausted"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """A limit and how often it renews."""

    period: Period
    limit: Nanos

    def __post_init__(self) -> None:
        assert self.limit >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One limit as it stands now. ``limit`` counts posted and pending spending alike."""

    kind: LimitKind
    period: Period | None
    limit: Nanos
    spent: Nanos
    held: Nanos
    resets_at: Instant | None

    @property
    def left(self) -> int:
        """What neither was spent nor is held; negative where a cap was lowered below that."""
        return self.limit - self.spent - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRefusal:
    """The call does not fit ``budget``; it asked for ``amount``.

    ``raise_helps`` where nothing but windows of the app's own stands in its way.
    """

    reason: Reason
    budget: Budget
    amount: Nanos
    raise_helps: bool = False


def decide(amount: Nanos, budgets: Sequence[Budget]) -> BudgetRefusal | None:
    """Return None where ``amount`` fits every budget, else the refusal that helps most to know.

    An exhausted limit outranks one that is merely held by running calls: waiting for those would
    not help. Among equals it is the tightest, and of two as tight the one that renews last: what
    fits that one fits the others too.
    """
    assert amount >= 0
    refused = [budget for budget in budgets if amount > budget.left]
    if not refused:
        return None
    exhausted = [budget for budget in refused if budget.spent + amount > budget.limit]
    if exhausted:
        budget, reason = max(exhausted, key=_tightness_by_spent), Reason.EXHAUSTED
    else:
        budget, reason = max(refused, key=_tightness), Reason.HELD
    own = all(each.kind is LimitKind.APP for each in refused)
    return BudgetRefusal(
        reason=reason,
        budget=budget,
        amount=amount,
        raise_helps=own and reason is Reason.EXHAUSTED,
    )


def _tightness(budget: Budget) -> tuple[int, float]:
    return -budget.left, _renewal(budget)


def _tightness_by_spent(budget: Budget) -> tuple[int, float]:
    # What running calls hold may come back, so it does not count here.
    return budget.spent - budget.limit, _renewal(budget)


def _renewal(budget: Budget) -> float:
    return inf if budget.resets_at is None else budget.resets_at
