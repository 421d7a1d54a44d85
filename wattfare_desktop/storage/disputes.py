"""Disputes over charges: judged on what is stored, paid out of the reserve, at most once a call."""

import json
from dataclasses import asdict
from typing import Final

from wattfare_desktop.core.disputes import (
    TWIN_MS_MAX,
    TWIN_TOKENS_MIN,
    Dispute,
    DisputeEvent,
    DisputeReason,
    DisputeRefusal,
    DisputeState,
    Evidence,
    Finding,
    judge,
    next_dispute_state,
)
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant
from wattfare_desktop.core.ledger.model import TransferStatus
from wattfare_desktop.core.metering.items import exact_cost_usd, rounded_up
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import reserve
from wattfare_desktop.storage.connection import Connection, Row
from wattfare_desktop.storage.receipts import items_in
from wattfare_desktop.storage.reserve import Charged

_SELECT: Final = (
    "SELECT d.call_id, c.grant_id, g.name, c.funding_id, c.provider, c.model,"
    " c.cost + c.corrected, d.reason,"
    " d.state, d.finding, d.amount, d.missing, d.opened_at, d.changed_at FROM disputes AS d"
    " JOIN calls AS c ON c.id = d.call_id JOIN grants AS g ON g.id = c.grant_id"
)
_TWIN_CALLS_MAX: Final = 500
"""So many calls back a twin is looked for: the writer's thread is not to be kept for long."""


def dispute(
    connection: Connection, call: CallId, reason: DisputeReason, now: Instant
) -> Dispute | DisputeRefusal:
    """Open a dispute, or look again at an open one, and credit it where a rule is met.

    It stays open where none is, or where the reserve cannot pay.
    """
    evidence = _evidence(connection, call)
    if not isinstance(evidence, Evidence):
        return evidence
    known = find(connection, call)
    state = None if known is None else known.state
    if next_dispute_state(state, DisputeEvent.OPEN) is None:
        return DisputeRefusal.CLOSED
    verdict = judge(reason, evidence)
    connection.execute(
        "INSERT INTO disputes"
        " (call_id, reason, state, evidence, finding, amount, opened_at, changed_at)"
        " VALUES (?, ?, 'open', ?, ?, ?, ?, ?) ON CONFLICT (call_id) DO UPDATE SET"
        " reason = excluded.reason, state = 'open', evidence = excluded.evidence,"
        " finding = excluded.finding, amount = excluded.amount, missing = 0,"
        " changed_at = excluded.changed_at",
        (
            call,
            reason.value,
            json.dumps(asdict(evidence)),
            verdict.finding.value,
            verdict.amount,
            now,
            now,
        ),
    )
    opened = _known(connection, call)
    return _pay(connection, opened, now) if verdict.amount else opened


def accept(connection: Connection, call: CallId, now: Instant) -> Dispute | DisputeRefusal:
    """Close an open dispute: its user accepts the charge."""
    return _move(connection, call, DisputeEvent.ACCEPT, now)


def withdraw(connection: Connection, call: CallId, now: Instant) -> Dispute | DisputeRefusal:
    """Close an open dispute that may be opened again."""
    return _move(connection, call, DisputeEvent.WITHDRAW, now)


def reverse(connection: Connection, call: CallId, now: Instant) -> Dispute | DisputeRefusal:
    """Take a credit back into the reserve, if balance and caps still have room for the charge."""
    known = find(connection, call)
    if known is None:
        return DisputeRefusal.NOT_DISPUTED
    if next_dispute_state(known.state, DisputeEvent.REVERSE) is None:
        return DisputeRefusal.CLOSED
    if not _has_room(connection, known):
        return DisputeRefusal.NO_ROOM_IN_CAP
    status = reserve.reverse(connection, _charged(known, now), known.amount)
    if status is not TransferStatus.OK:
        assert status is TransferStatus.EXCEEDS_CREDITS, status
        return DisputeRefusal.NO_ROOM_IN_BALANCE
    connection.execute("UPDATE calls SET credited = 0 WHERE id = ?", (call,))
    return _moved(connection, call, DisputeState.REVERSED, now)


def pay_waiting(connection: Connection, funding: FundingId, now: Instant) -> tuple[Dispute, ...]:
    """Credit the disputes that waited for the reserve of ``funding``, oldest first."""
    rows = connection.execute(
        f"{_SELECT} WHERE d.state = 'open' AND d.amount > 0 AND c.funding_id = ?"
        " ORDER BY d.opened_at, d.call_id",
        (funding,),
    ).fetchall()
    looked_at = [_pay(connection, _dispute(row), now) for row in rows]
    return tuple(each for each in looked_at if each.state is DisputeState.CREDITED)


def find(connection: Connection, call: CallId) -> Dispute | None:
    """Return the dispute over ``call``, if there is one."""
    row = connection.execute(f"{_SELECT} WHERE d.call_id = ?", (call,)).fetchone()
    return None if row is None else _dispute(row)


def listed(connection: Connection) -> tuple[Dispute, ...]:
    """Return every dispute, the open ones first, then newest first."""
    rows = connection.execute(
        f"{_SELECT} ORDER BY d.state <> 'open', d.opened_at DESC, d.call_id DESC"
    ).fetchall()
    return tuple(_dispute(row) for row in rows)


def _pay(connection: Connection, known: Dispute, now: Instant) -> Dispute:
    missing = reserve.missing_for(connection, known.funding, known.amount)
    if missing:
        connection.execute(
            "UPDATE disputes SET missing = ?, changed_at = ? WHERE call_id = ?",
            (missing, now, known.call),
        )
        return _known(connection, known.call)
    status = reserve.credit(connection, _charged(known, now), known.amount)
    assert status is TransferStatus.OK, status
    connection.execute("UPDATE calls SET credited = ? WHERE id = ?", (known.amount, known.call))
    return _moved(connection, known.call, DisputeState.CREDITED, now)


def _move(
    connection: Connection, call: CallId, event: DisputeEvent, now: Instant
) -> Dispute | DisputeRefusal:
    known = find(connection, call)
    if known is None:
        return DisputeRefusal.NOT_DISPUTED
    state = next_dispute_state(known.state, event)
    return DisputeRefusal.CLOSED if state is None else _moved(connection, call, state, now)


def _moved(connection: Connection, call: CallId, state: DisputeState, now: Instant) -> Dispute:
    connection.execute(
        "UPDATE disputes SET state = ?, missing = 0, changed_at = ? WHERE call_id = ?",
        (state.value, now, call),
    )
    return _known(connection, call)


def _has_room(connection: Connection, known: Dispute) -> bool:
    """Return whether each window that still rules has room for the charge to come back."""
    row = connection.execute(
        "SELECT min(b.limit_nanos + w.raised - w.spent - w.held) FROM calls AS c"
        " JOIN call_windows AS cw ON cw.call_seq = c.seq JOIN windows AS w ON w.id = cw.window_id"
        " JOIN budgets AS b ON b.window_id = w.id WHERE c.id = ?",
        (known.call,),
    ).fetchone()
    assert row is not None
    return row[0] is None or row[0] >= known.amount


def _evidence(connection: Connection, call: CallId) -> Evidence | DisputeRefusal:
    row = connection.execute(
        "SELECT status, ended, basis, input_tokens, output_tokens, reasoning_tokens,"
        " cost + corrected, provider_cost, fee, items FROM calls WHERE id = ?",
        (call,),
    ).fetchone()
    if row is None:
        return DisputeRefusal.NO_SUCH_CALL
    if row[0] == CallStatus.RUNNING:
        return DisputeRefusal.STILL_RUNNING
    if row[6] == 0:
        return DisputeRefusal.NOTHING_CHARGED
    return Evidence(
        status=CallStatus(row[0]),
        end=None if row[1] is None else CallEnd(row[1]),
        basis=None if row[2] is None else Basis(row[2]),
        input_tokens=row[3],
        output_tokens=row[4],
        reasoning_tokens=row[5],
        cost=Nanos(row[6]),
        provider_cost=Nanos(row[7]),
        fee=Nanos(row[8]),
        recomputed=_recomputed(row[9]),
        twin=_twin(connection, call),
    )


def _recomputed(items: str | None) -> Nanos | None:
    return None if items is None else rounded_up(exact_cost_usd(items_in(items)))


def _twin(connection: Connection, call: CallId) -> CallId | None:
    row = connection.execute(
        "SELECT t.id FROM calls AS c JOIN calls AS t ON t.grant_id = c.grant_id"
        " AND t.seq < c.seq AND t.seq >= c.seq - ? WHERE c.id = ? AND t.status = 'settled'"
        " AND t.credited = 0 AND t.started_at >= c.started_at - ?"
        " AND c.input_tokens + c.output_tokens >= ?"
        " AND (t.provider, t.model, t.input_tokens, t.cached_tokens, t.output_tokens,"
        " t.reasoning_tokens, t.cost) = (c.provider, c.model, c.input_tokens, c.cached_tokens,"
        " c.output_tokens, c.reasoning_tokens, c.cost) ORDER BY t.seq DESC LIMIT 1",
        (_TWIN_CALLS_MAX, call, TWIN_MS_MAX, TWIN_TOKENS_MIN),
    ).fetchone()
    return None if row is None else CallId(row[0])


def _charged(known: Dispute, now: Instant) -> Charged:
    return Charged(call=known.call, grant=known.app, funding=known.funding, now=now)


def _known(connection: Connection, call: CallId) -> Dispute:
    known = find(connection, call)
    assert known is not None, "a dispute is kept"
    return known


def _dispute(row: Row) -> Dispute:
    return Dispute(
        call=CallId(row[0]),
        app=GrantId(row[1]),
        app_name=row[2],
        funding=FundingId(row[3]),
        provider=row[4],
        model=row[5],
        cost=Nanos(row[6]),
        reason=DisputeReason(row[7]),
        state=DisputeState(row[8]),
        finding=Finding(row[9]),
        amount=Nanos(row[10]),
        missing=Nanos(row[11]),
        opened_at=Instant(row[12]),
        changed_at=Instant(row[13]),
    )
