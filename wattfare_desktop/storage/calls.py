"""Calls: admitted under a hold, then settled or voided, exactly once.

:func:`admit` is the only way money becomes held. It runs inside one transaction on the ledger
thread, so two calls can never both pass on the same balance.
"""

from dataclasses import dataclass
from datetime import date, tzinfo

from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import funding_account, spend_account
from wattfare_desktop.core.ledger.model import (
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import Budget, BudgetRefusal, LimitKind, decide
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import budgets, ledger
from wattfare_desktop.storage.budgets import WindowBudget, WindowId
from wattfare_desktop.storage.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A call that wants to be held: who pays for what, and at most how much."""

    call: CallId
    hold: TransferId
    grant: GrantId
    funding: FundingId
    provider: str
    model: str
    streamed: bool
    amount: Nanos
    price_version: str
    now: Instant
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantClosed:
    """The grant was revoked, paused or expired by the time its call reached the ledger."""

    state: GrantState


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingGone:
    """The provider credential was removed by the time the call reached the ledger."""


Refused = BudgetRefusal | GrantClosed | FundingGone


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCounts:
    """Text units by kind as a receipt shows them; cached is part of input, reasoning of output."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a call ended and what it used.

    ``cost`` is what the provider bills by our prices; None voids the hold because nothing was
    spent. ``day`` is the date on the user's calendar.
    """

    call: CallId
    transfer_prefix: TransferId
    cost: Nanos | None
    tokens: TokenCounts
    basis: Basis | None
    end: CallEnd
    status: CallStatus
    first_byte_at: Instant | None
    now: Instant
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a settlement did: the app was charged ``cost``, never above its hold."""

    grant: GrantId
    funding: FundingId
    hold: Nanos
    cost: Nanos


def admit(connection: Connection, admission: Admission) -> Refused | None:
    """Hold the money for a call, or say why not. None: it is held."""
    if (closed := _grant_closed(connection, admission)) is not None:
        return closed
    windows = budgets.current(connection, admission.grant, admission.now, admission.zone)
    funding = _funding_budget(connection, admission.funding)
    if funding is None:
        return FundingGone()
    limits = [window.budget for window in windows]
    refusal = decide(admission.amount, [*limits, funding])
    if refusal is not None:
        return refusal
    _hold(connection, admission, windows)
    return None


def settle(connection: Connection, settlement: Settlement) -> Settled | None:
    """Resolve the holds of a call, once; None where it had been resolved already."""
    row = connection.execute(
        "SELECT seq, grant_id, funding_id, hold FROM calls WHERE id = ? AND status = 'running'",
        (settlement.call,),
    ).fetchone()
    if row is None:
        return None
    seq, grant, funding, hold = row
    cost = Nanos(min(settlement.cost or 0, hold))
    _resolve_holds(connection, settlement, cost)
    for (window,) in connection.execute(
        "SELECT window_id FROM call_windows WHERE call_seq = ?", (seq,)
    ).fetchall():
        budgets.settle(connection, WindowId(window), released=Nanos(hold), spent=cost)
    _write_end(connection, settlement, seq, cost)
    _count_day(connection, settlement.day, grant, cost)
    return Settled(grant=GrantId(grant), funding=FundingId(funding), hold=Nanos(hold), cost=cost)


def running(connection: Connection) -> list[CallId]:
    """Return the calls whose holds are open: after a start, those a crash left behind."""
    rows = connection.execute("SELECT id FROM calls WHERE status = 'running' ORDER BY seq")
    return [CallId(row[0]) for row in rows.fetchall()]


def hold_of(connection: Connection, call: CallId) -> Nanos:
    """Return all that is held for ``call``."""
    row = connection.execute("SELECT hold FROM calls WHERE id = ?", (call,)).fetchone()
    assert row is not None, "no such call"
    return Nanos(row[0])


def _grant_closed(connection: Connection, admission: Admission) -> GrantClosed | None:
    row = connection.execute(
        "SELECT state, expires_at FROM grants WHERE id = ?", (admission.grant,)
    ).fetchone()
    assert row is not None, "an access names a grant that exists"
    state, expires_at = GrantState(row[0]), row[1]
    if state is GrantState.ACTIVE and expires_at is not None and admission.now >= expires_at:
        state = GrantState.EXPIRED
    return None if state is GrantState.ACTIVE else GrantClosed(state=state)


def _funding_budget(connection: Connection, funding: FundingId) -> Budget | None:
    row = connection.execute(
        "SELECT credits_posted, debits_posted, debits_pending FROM accounts"
        " JOIN fundings ON accounts.id = 'funding:' || fundings.id"
        " WHERE fundings.id = ? AND removed_at IS NULL",
        (funding,),
    ).fetchone()
    if row is None:
        return None
    credits_posted, debits_posted, debits_pending = row
    return Budget(
        kind=LimitKind.FUNDING,
        period=None,
        limit=Nanos(credits_posted),
        spent=Nanos(debits_posted),
        held=Nanos(debits_pending),
        resets_at=None,
    )


def _hold(connection: Connection, admission: Admission, windows: list[WindowBudget]) -> None:
    status = ledger.apply(
        connection,
        Transfer(
            id=admission.hold,
            kind=TransferKind.PENDING,
            debit_account=funding_account(admission.funding),
            credit_account=spend_account(admission.grant),
            amount=admission.amount,
            code=TransferCode.CHARGE,
            created_at=admission.now,
            call_id=admission.call,
        ),
    )
    assert status is TransferStatus.OK, f"decided, yet the ledger says {status.name}"
    seq = _insert_call(connection, admission)
    for window in windows:
        budgets.hold(connection, window.window, admission.amount)
        connection.execute(
            "INSERT INTO call_windows (call_seq, window_id) VALUES (?, ?)", (seq, window.window)
        )


def _insert_call(connection: Connection, admission: Admission) -> int:
    cursor = connection.execute(
        "INSERT INTO calls (id, grant_id, funding_id, provider, model, streamed, status, hold,"
        " price_version, started_at) VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)",
        (
            admission.call,
            admission.grant,
            admission.funding,
            admission.provider,
            admission.model,
            int(admission.streamed),
            admission.amount,
            admission.price_version,
            admission.now,
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _resolve_holds(connection: Connection, settlement: Settlement, cost: Nanos) -> None:
    """Post ``cost`` over the call's holds, oldest first, and void what is left of them."""
    left = cost
    holds = ledger.open_holds(connection, settlement.call)
    assert holds, "a running call has an open hold"
    for number, hold in enumerate(holds):
        amount = Nanos(min(left, hold.amount))
        left = Nanos(left - amount)
        posts = amount > 0
        status = ledger.apply(
            connection,
            Transfer(
                id=TransferId(f"{settlement.transfer_prefix}.{number}"),
                kind=TransferKind.POST_PENDING if posts else TransferKind.VOID_PENDING,
                debit_account=hold.debit_account,
                credit_account=hold.credit_account,
                amount=amount,
                code=hold.code,
                created_at=settlement.now,
                pending_id=hold.id,
                call_id=settlement.call,
            ),
            pending=hold,
        )
        assert status is TransferStatus.OK, f"an open hold cannot be resolved: {status.name}"
    assert left == 0, "a cost never exceeds its holds"


def _write_end(connection: Connection, settlement: Settlement, seq: int, cost: Nanos) -> None:
    tokens = settlement.tokens
    connection.execute(
        "UPDATE calls SET status = ?, ended = ?, input_tokens = ?, cached_tokens = ?,"
        " output_tokens = ?, reasoning_tokens = ?, cost = ?, provider_cost = ?, basis = ?,"
        " first_byte_at = ?, finished_at = ? WHERE seq = ?",
        (
            settlement.status.value,
            settlement.end.value,
            tokens.input_tokens,
            tokens.cached_tokens,
            tokens.output_tokens,
            tokens.reasoning_tokens,
            cost,
            settlement.cost or 0,
            None if settlement.basis is None else settlement.basis.value,
            settlement.first_byte_at,
            settlement.now,
            seq,
        ),
    )


def _count_day(connection: Connection, day: date, grant: str, cost: Nanos) -> None:
    if cost:
        connection.execute(
            "INSERT INTO daily_spend (day, grant_id, spent) VALUES (?, ?, ?)"
            " ON CONFLICT (day, grant_id) DO UPDATE SET spent = spent + excluded.spent",
            (day.isoformat(), grant, cost),
        )
