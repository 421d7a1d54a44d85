"""Disputes: what a user says of a charge, what the wallet knows of it, and what follows.

A rule that stored facts meet gives the money back at once. The user's reason only chooses which
rule is asked: on its own it moves nothing, and the dispute stays open until its user decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd, CallStatus

_NOTHING: Final = Nanos(0)
_NO_FACT: Final = frozenset({None, Basis.ESTIMATED, Basis.TOLD})
TWIN_MS_MAX: Final = 10_000
"""So close together two calls that are alike may be one that was sent twice."""

TWIN_TOKENS_MIN: Final = 32
"""Shorter calls are alike by chance."""


class DisputeReason(StrEnum):
    """What the user says is wrong."""

    EMPTY = "empty"
    EARLY = "early"
    DUPLICATE = "duplicate"
    PRICE = "price"
    NOT_ME = "not-me"


class DisputeState(StrEnum):
    """Where a dispute stands; ``REJECTED`` is a charge that its user accepted after all."""

    OPEN = "open"
    CREDITED = "credited"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"


class DisputeEvent(StrEnum):
    """What may happen to a dispute."""

    OPEN = "open"
    CREDIT = "credit"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    REVERSE = "reverse"


_TRANSITIONS: Final[Mapping[tuple[DisputeState | None, DisputeEvent], DisputeState]] = {
    (None, DisputeEvent.OPEN): DisputeState.OPEN,
    (DisputeState.OPEN, DisputeEvent.OPEN): DisputeState.OPEN,
    (DisputeState.OPEN, DisputeEvent.CREDIT): DisputeState.CREDITED,
    (DisputeState.OPEN, DisputeEvent.ACCEPT): DisputeState.REJECTED,
    (DisputeState.OPEN, DisputeEvent.WITHDRAW): DisputeState.WITHDRAWN,
    (DisputeState.WITHDRAWN, DisputeEvent.OPEN): DisputeState.OPEN,
    (DisputeState.CREDITED, DisputeEvent.REVERSE): DisputeState.REVERSED,
}


def next_dispute_state(state: DisputeState | None, event: DisputeEvent) -> DisputeState | None:
    """Return the state after ``event``, or None where that cannot happen."""
    return _TRANSITIONS.get((state, event))


class DisputeRefusal(StrEnum):
    """Why a dispute cannot be opened or moved."""

    NO_SUCH_CALL = "no_such_call"
    STILL_RUNNING = "still_running"
    NOTHING_CHARGED = "nothing_charged"
    NOT_DISPUTED = "not_disputed"
    CLOSED = "closed"
    NO_ROOM_IN_BALANCE = "no_room_in_balance"
    NO_ROOM_IN_CAP = "no_room_in_cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the wallet recorded of a call by itself.

    ``twin`` is an earlier call of the same app just before it, alike in every figure and charged.
    ``recomputed`` is what its units come to at the prices that were kept with them, None where
    none were.
    """

    status: CallStatus
    end: CallEnd | None
    basis: Basis | None
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost: Nanos
    provider_cost: Nanos
    fee: Nanos = _NOTHING
    recomputed: Nanos | None = None
    twin: CallId | None = None

    @property
    def overcharged(self) -> Nanos:
        """What the app was charged above its units at their prices, and above the fee on that."""
        if self.recomputed is None or self.recomputed >= self.provider_cost:
            return Nanos(0)
        fee = -(-self.fee * self.recomputed // self.provider_cost)
        return Nanos(max(0, self.cost - self.recomputed - fee))


class Finding(StrEnum):
    """What a look at the evidence came to."""

    NOTHING_CAME = "nothing_came"
    PROVIDER_BROKE_OFF = "provider_broke_off"
    SENT_TWICE = "sent_twice"
    OVERCHARGED = "overcharged"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule gives back; nothing where none is met."""

    finding: Finding
    amount: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A disputed call; ``missing`` is what the reserve lacks to give ``amount`` back."""

    call: CallId
    app: GrantId
    app_name: str
    funding: FundingId
    provider: str
    model: str
    cost: Nanos
    reason: DisputeReason
    state: DisputeState
    finding: Finding
    amount: Nanos
    missing: Nanos
    opened_at: Instant
    changed_at: Instant


def judge(reason: DisputeReason, evidence: Evidence) -> Verdict:
    """Return what the stored facts say to ``reason``."""
    finding = _found(reason, evidence)
    match finding:
        case Finding.UNDECIDED:
            amount = Nanos(0)
        case Finding.OVERCHARGED:
            amount = evidence.overcharged
        case _:
            amount = evidence.cost
    return Verdict(finding=finding, amount=amount)


def _found(reason: DisputeReason, evidence: Evidence) -> Finding:
    if evidence.status is not CallStatus.SETTLED or evidence.basis in _NO_FACT:
        # What was used is a guess, or its user's own word: there is no fact to go by.
        return Finding.UNDECIDED
    match reason:
        case DisputeReason.EMPTY if _is_empty(evidence):
            return Finding.NOTHING_CAME
        case DisputeReason.EARLY if evidence.end is CallEnd.FAILED:
            return Finding.PROVIDER_BROKE_OFF
        case DisputeReason.DUPLICATE if evidence.twin is not None:
            return Finding.SENT_TWICE
        case DisputeReason.PRICE if evidence.overcharged:
            return Finding.OVERCHARGED
    return Finding.UNDECIDED


def _is_empty(evidence: Evidence) -> bool:
    # An app that left or was cut off did not wait for its answer.
    waited = evidence.end in {CallEnd.COMPLETE, CallEnd.FAILED}
    return waited and evidence.output_tokens <= evidence.reasoning_tokens
