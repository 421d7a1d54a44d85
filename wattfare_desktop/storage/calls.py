"""Calls: admitted under a hold, then settled or voided, exactly once.

:func:`admit` is the only way money becomes held. It runs inside one transaction on the ledger
thread, so two calls can never both pass on the same balance.
"""

from dataclasses import dataclass
from datetime import date, tzinfo

from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import funding_account, spend_account
from wattfare_desktop.core.ledger.model import Account, Transfer, TransferCode, TransferKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import Budget, BudgetRefusal, LimitKind, decide
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import budgets, ledger
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
    parties = _parties(connection, admission)
    if not isinstance(parties, _Parties):
        return parties
    limits = budgets.current(connection, admission.grant, admission.now, admission.zone)
    refusal = decide(admission.amount, [*limits, _balance(parties.funding)])
    if refusal is not None:
        return refusal
    ledger.hold(connection, _hold(admission), debit=parties.funding, credit=parties.spend)
    _insert_call(connection, admission)
    return None


def settle(connection: Connection, settlement: Settlement) -> Settled | None:
    """Resolve the holds of a call, once; None where it had been resolved already."""
    ended = _write_end(connection, settlement)
    if ended is not None:
        _resolve_holds(connection, settlement, ended.cost)
    return ended


def running(connection: Connection) -> list[CallId]:
    """Return the calls whose holds are open: after a start, those a crash left behind."""
    rows = connection.execute("SELECT id FROM calls WHERE status = 'running' ORDER BY seq")
    return [CallId(row[0]) for row in rows.fetchall()]


def hold_of(connection: Connection, call: CallId) -> Nanos:
    """Return all that is held for ``call``."""
    row = connection.execute("SELECT hold FROM calls WHERE id = ?", (call,)).fetchone()
    assert row is not None, "no such call"
    return Nanos(row[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parties:
    """The accounts between which the money moves."""

    funding: Account
    spend: Account


def _parties(connection: Connection, admission: Admission) -> _Parties | GrantClosed | FundingGone:
    """Return both accounts, if the grant is open and the credential still there."""
    funding, spend = funding_account(admission.funding), spend_account(admission.grant)
    rows = connection.execute(
        f"SELECT state, expires_at, removed_at, {ledger.ACCOUNT_COLUMNS}"
        " FROM grants, fundings, accounts"
        " WHERE grants.id = ? AND fundings.id = ? AND accounts.id IN (?, ?)",
        (admission.grant, admission.funding, funding, spend),
    ).fetchall()
    assert len(rows) == len((funding, spend)), "an access and a route name what exists"
    state, expires_at, removed_at = rows[0][:3]
    if state == GrantState.ACTIVE and expires_at is not None and admission.now >= expires_at:
        state = GrantState.EXPIRED
    if state != GrantState.ACTIVE:
        return GrantClosed(state=GrantState(state))
    if removed_at is not None:
        return FundingGone()
    accounts = {row[3]: ledger.account_in(row[3:]) for row in rows}
    return _Parties(funding=accounts[funding], spend=accounts[spend])


def _balance(funding: Account) -> Budget:
    return Budget(
        kind=LimitKind.FUNDING,
        period=None,
        limit=Nanos(funding.credits_posted),
        spent=Nanos(funding.debits_posted),
        held=Nanos(funding.debits_pending),
        resets_at=None,
    )


def _hold(admission: Admission) -> Transfer:
    return Transfer(
        id=admission.hold,
        kind=TransferKind.PENDING,
        debit_account=funding_account(admission.funding),
        credit_account=spend_account(admission.grant),
        amount=admission.amount,
        code=TransferCode.CHARGE,
        created_at=admission.now,
        call_id=admission.call,
    )


def _insert_call(connection: Connection, admission: Admission) -> None:
    """Write the call, which a trigger counts in the windows that rule now."""
    connection.execute(
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


def _resolve_holds(connection: Connection, settlement: Settlement, cost: Nanos) -> None:
    """Post ``cost`` over the call's holds, oldest first, and void what is left of them."""
    left = cost
    holds = ledger.open_holds(connection, settlement.call)
    assert holds, "a running call has an open hold"
    for number, hold in enumerate(holds):
        amount = Nanos(min(left, hold.amount))
        left = Nanos(left - amount)
        posts = amount > 0
        ledger.resolve(
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
            hold,
        )
    assert left == 0, "a cost never exceeds its holds"


def _write_end(connection: Connection, settlement: Settlement) -> Settled | None:
    """End the call, which a trigger counts in its windows; None where it had ended already."""
    tokens = settlement.tokens
    cost = settlement.cost or 0
    row = connection.execute(
        "UPDATE calls SET status = ?, ended = ?, input_tokens = ?, cached_tokens = ?,"
        " output_tokens = ?, reasoning_tokens = ?, cost = min(?, hold), provider_cost = ?,"
        " basis = ?, first_byte_at = ?, finished_at = ?, settled_on = ?"
        " WHERE id = ? AND status = 'running' RETURNING grant_id, funding_id, hold, cost",
        (
            settlement.status.value,
            settlement.end.value,
            tokens.input_tokens,
            tokens.cached_tokens,
            tokens.output_tokens,
            tokens.reasoning_tokens,
            cost,
            cost,
            None if settlement.basis is None else settlement.basis.value,
            settlement.first_byte_at,
            settlement.now,
            settlement.day.isoformat(),
            settlement.call,
        ),
    ).fetchone()
    if row is None:
        return None
    grant, funding, hold, cost = row
    return Settled(
        grant=GrantId(grant), funding=FundingId(funding), hold=Nanos(hold), cost=Nanos(cost)
    )
