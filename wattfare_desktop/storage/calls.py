"""Calls: admitted under a hold, then settled or voided, exactly once.

:func:`admit` is the only way money becomes held. It runs inside one transaction on the ledger
thread, so two calls can never both pass on the same balance.
"""

from dataclasses import dataclass, replace
from datetime import date, tzinfo

from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.holds import Fit, Wish
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import funding_account, spend_account
from wattfare_desktop.core.ledger.model import Account, Transfer, TransferCode, TransferKind
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import BudgetRefusal, decide
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import budgets, grants, ledger, reserve
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.receipts import items_text
from wattfare_desktop.storage.reserve import Charged, Overrun


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A call that wants to be held: who pays for what, and how much it can do with."""

    call: CallId
    hold: TransferId
    grant: GrantId
    funding: FundingId
    provider: str
    model: str
    streamed: bool
    wish: Wish
    price_version: str
    now: Instant
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A running call that wants more held."""

    call: CallId
    hold: TransferId
    amount: Nanos
    now: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """The call was settled by the time its extension reached the ledger."""


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
    spent. ``held`` is what the caller knows to be held. ``day`` is the date on the user's calendar.
    The ``fee`` comes on top, as far as the hold has room for it. ``items`` are what the cost is
    made of; ``provider_request`` is what the provider calls the call, None where it told nothing;
    ``program`` is the path of the one that made it.
    """

    call: CallId
    held: Nanos
    transfer_prefix: TransferId
    cost: Nanos | None
    tokens: TokenCounts
    basis: Basis | None
    end: CallEnd
    status: CallStatus
    first_byte_at: Instant | None
    now: Instant
    day: date
    fee: Fee = NO_FEE
    items: tuple[Item, ...] = ()
    provider_request: str | None = None
    program: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a settlement did: the app was charged ``cost``, never above its hold.

    ``fee`` is part of the cost; ``overrun`` is what the provider billed and the app was not.
    """

    grant: GrantId
    funding: FundingId
    hold: Nanos
    cost: Nanos
    fee: Nanos
    overrun: Overrun | None = None


def admit(connection: Connection, admission: Admission) -> Fit | Refused:
    """Hold the money for a call, as much as it can do with, or say why not."""
    parties = _parties(connection, admission)
    if not isinstance(parties, _Parties):
        return parties
    limits = budgets.current(connection, admission.grant, admission.now, admission.zone)
    limits.append(budgets.of_balance(parties.funding))
    fit = admission.wish.fit(min(limit.left for limit in limits))
    if fit is None:
        refusal = decide(admission.wish.least, limits)
        assert refusal is not None, "what does not fit the least of the limits fits not all"
        return refusal
    assert decide(fit.amount, limits) is None, "what fits the least of the limits fits all"
    hold = _hold(admission, fit.amount)
    ledger.hold(connection, hold, debit=parties.funding, credit=parties.spend)
    _insert_call(connection, admission, fit.amount)
    return fit


def extend(connection: Connection, extension: Extension) -> BudgetRefusal | CallEnded | None:
    """Hold more for a running call, or say why not. None: it is held.

    It counts in the windows in which the call was admitted, though these may have closed since.
    """
    row = connection.execute(
        "SELECT seq, grant_id, funding_id FROM calls WHERE id = ? AND status = 'running'",
        (extension.call,),
    ).fetchone()
    if row is None:
        return CallEnded()
    seq, grant, funding = row
    debit = ledger.account(connection, funding_account(FundingId(funding)))
    credit = ledger.account(connection, spend_account(GrantId(grant)))
    assert debit is not None
    assert credit is not None
    limits = [*budgets.of_call(connection, seq), budgets.of_balance(debit)]
    refusal = decide(extension.amount, limits)
    if refusal is not None:
        return refusal
    _hold_more(connection, extension, debit, credit)
    return None


def _hold_more(
    connection: Connection, extension: Extension, debit: Account, credit: Account
) -> None:
    ledger.hold(
        connection,
        Transfer(
            id=extension.hold,
            kind=TransferKind.PENDING,
            debit_account=debit.id,
            credit_account=credit.id,
            amount=extension.amount,
            code=TransferCode.CHARGE,
            created_at=extension.now,
            call_id=extension.call,
        ),
        debit=debit,
        credit=credit,
    )
    connection.execute(
        "UPDATE calls SET hold = hold + ? WHERE id = ?", (extension.amount, extension.call)
    )


def settle(connection: Connection, settlement: Settlement) -> Settled | None:
    """Resolve the holds of a call, once; None where it had been resolved already.

    A cost above what is held takes the room that is left in the call's own windows; beyond it the
    app is not charged, and what the provider bills all the same is an overrun.
    """
    billed = settlement.cost or Nanos(0)
    wanted = settlement.fee.on_top_of(billed)
    if wanted > settlement.held:
        _take_room(connection, settlement, wanted)
    ended = _write_end(connection, settlement)
    if ended is None:
        return None
    _resolve_holds(connection, settlement, ended.cost)
    if not ended.fee and billed == ended.cost:
        return ended
    charged = Charged(
        call=settlement.call, grant=ended.grant, funding=ended.funding, now=settlement.now
    )
    if ended.fee:
        reserve.book_fee(connection, charged, ended.fee, settlement.fee)
    excess = Nanos(billed - (ended.cost - ended.fee))
    if not excess:
        return ended
    return replace(ended, overrun=reserve.book_overrun(connection, charged, excess))


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
    is_live = state in {GrantState.ACTIVE, GrantState.PAUSED}
    if is_live and expires_at is not None and admission.now >= expires_at:
        # Written down, so that it stays so when the clock is set back.
        grants.expire(connection, admission.now)
        state = GrantState.EXPIRED
    if state != GrantState.ACTIVE:
        return GrantClosed(state=GrantState(state))
    if removed_at is not None:
        return FundingGone()
    accounts = {row[3]: ledger.account_in(row[3:]) for row in rows}
    return _Parties(funding=accounts[funding], spend=accounts[spend])


def room(connection: Connection, call_seq: int, funding: FundingId) -> int:
    """Return what the windows a call counts in and its balance leave; negative beyond a limit."""
    debit = ledger.account(connection, funding_account(funding))
    assert debit is not None
    return _left(connection, call_seq, debit)


def _left(connection: Connection, call_seq: int, debit: Account) -> int:
    limits = [*budgets.of_call(connection, call_seq), budgets.of_balance(debit)]
    return min(limit.left for limit in limits)


def _take_room(connection: Connection, settlement: Settlement, cost: Nanos) -> None:
    """Hold what ``cost`` exceeds the hold by, as far as there is room."""
    row = connection.execute(
        "SELECT seq, grant_id, funding_id, hold FROM calls WHERE id = ? AND status = 'running'",
        (settlement.call,),
    ).fetchone()
    if row is None:
        return
    seq, grant, funding, hold = row
    debit = ledger.account(connection, funding_account(FundingId(funding)))
    credit = ledger.account(connection, spend_account(GrantId(grant)))
    assert debit is not None
    assert credit is not None
    amount = min(cost - hold, _left(connection, seq, debit))
    if amount > 0:
        extension = Extension(
            call=settlement.call,
            hold=TransferId(f"{settlement.transfer_prefix}.room"),
            amount=Nanos(amount),
            now=settlement.now,
        )
        _hold_more(connection, extension, debit, credit)


def _hold(admission: Admission, amount: Nanos) -> Transfer:
    return Transfer(
        id=admission.hold,
        kind=TransferKind.PENDING,
        debit_account=funding_account(admission.funding),
        credit_account=spend_account(admission.grant),
        amount=amount,
        code=TransferCode.CHARGE,
        created_at=admission.now,
        call_id=admission.call,
    )


def _insert_call(connection: Connection, admission: Admission, amount: Nanos) -> None:
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
            amount,
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


def name_program(connection: Connection, call: CallId, program: str) -> None:
    """Note which ``program`` made a call, before its end or after, unless that is known."""
    connection.execute(
        "UPDATE calls SET program = ? WHERE id = ? AND program IS NULL", (program, call)
    )


def _write_end(connection: Connection, settlement: Settlement) -> Settled | None:
    """End the call, which a trigger counts in its windows; None where it had ended already."""
    tokens = settlement.tokens
    billed = settlement.cost or Nanos(0)
    fee = settlement.fee.of(billed)
    row = connection.execute(
        "UPDATE calls SET status = ?, ended = ?, input_tokens = ?, cached_tokens = ?,"
        " output_tokens = ?, reasoning_tokens = ?, cost = CASE WHEN hold < ? THEN hold ELSE ? END,"
        " fee = CASE WHEN hold < ? THEN 0 WHEN hold < ? THEN hold - ? ELSE ? END,"
        " provider_cost = ?, basis = ?,"
        " items = ?, provider_request = ?, program = coalesce(?, program),"
        " first_byte_at = ?, finished_at = ?, settled_on = ?"
        " WHERE id = ? AND status = 'running' RETURNING grant_id, funding_id, hold, cost, fee",
        (
            settlement.status.value,
            settlement.end.value,
            tokens.input_tokens,
            tokens.cached_tokens,
            tokens.output_tokens,
            tokens.reasoning_tokens,
            billed + fee,
            billed + fee,
            billed,
            billed + fee,
            billed,
            fee,
            billed,
            None if settlement.basis is None else settlement.basis.value,
            items_text(settlement.items),
            settlement.provider_request,
            settlement.program,
            settlement.first_byte_at,
            settlement.now,
            settlement.day.isoformat(),
            settlement.call,
        ),
    ).fetchone()
    if row is None:
        return None
    grant, funding, hold, cost, fee = row
    return Settled(
        grant=GrantId(grant),
        funding=FundingId(funding),
        hold=Nanos(hold),
        cost=Nanos(cost),
        fee=Nanos(fee),
    )
