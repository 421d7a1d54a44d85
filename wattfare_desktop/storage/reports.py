"""The rows behind every page, read on the reader thread."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta

from wattfare_desktop.core.identifiers import CallId, ClientId, FundingId, GrantId, Instant
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import (
    ActivityQuery,
    AppRow,
    CallEnd,
    CallRow,
    CallStatus,
    DaySpend,
    WindowRow,
)
from wattfare_desktop.storage.bindings import all_bindings
from wattfare_desktop.storage.budgets import WALLET, Owner, owner_of
from wattfare_desktop.storage.connection import Connection, Parameter, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingFigures:
    """The counters of one funding's accounts."""

    balance: Nanos
    held: Nanos
    spent: Nanos
    reserve: Nanos
    fee: Nanos
    overrun: Nanos


_BEYOND = "\N{LATIN SMALL LETTER THORN}"
"""Sorts after every sign of an id."""

_APPS = """
SELECT g.id, g.client_id, g.name, g.verified, g.redirect_host, g.state, g.models, g.justification,
    g.created_at, g.expires_at,
    (SELECT started_at FROM calls WHERE grant_id = g.id ORDER BY seq DESC LIMIT 1) AS last_call_at,
    (SELECT count(*) FROM calls WHERE grant_id = g.id AND status = 'running'),
    a.credits_posted
        - (SELECT coalesce(sum(credited), 0) FROM calls WHERE grant_id = g.id AND credited > 0)
        + (SELECT coalesce(sum(CASE WHEN corrected < 0 THEN corrected END), 0) FROM calls
            WHERE grant_id = g.id AND corrected <> 0),
    g.raise_allowed,
    (SELECT limit_nanos FROM call_limits WHERE owner = 'grant:' || g.id)
FROM grants AS g JOIN accounts AS a ON a.id = 'spend:' || g.id
ORDER BY coalesce(last_call_at, g.created_at) DESC, g.id DESC
"""

_CALLS = """
SELECT c.id, c.grant_id, g.name, c.funding_id, c.provider, c.model, c.streamed, c.status, c.ended,
    c.input_tokens, c.cached_tokens, c.output_tokens, c.reasoning_tokens, c.hold,
    c.cost + c.corrected, c.basis, c.price_version, c.started_at, c.first_byte_at, c.finished_at,
    c.provider_cost, c.fee, c.credited, c.corrected
FROM calls AS c JOIN grants AS g ON g.id = c.grant_id
"""


def apps(connection: Connection, now: Instant) -> tuple[AppRow, ...]:
    """Return every grant ever given, the most recent spender first."""
    bound = all_bindings(connection)
    rows = (_app(connection, row, now) for row in connection.execute(_APPS).fetchall())
    return tuple(replace(row, bindings=bound[row.id]) if row.id in bound else row for row in rows)


def windows(connection: Connection, owner: Owner, now: Instant) -> tuple[WindowRow, ...]:
    """Return the limits of ``owner`` as they stand at ``now``.

    A window that is over shows as empty: the next admission opens its successor.
    """
    rows = connection.execute(
        "SELECT b.period, b.limit_nanos, w.spent, w.held, w.resets_at,"
        " CASE WHEN w.raised > 0 THEN (SELECT coalesce(sum(amount), 0) FROM raises"
        " WHERE window_id = w.id AND ended_at IS NULL AND ends_at > ?) ELSE 0 END, w.warned_at"
        " FROM budgets AS b JOIN windows AS w ON w.id = b.window_id WHERE b.owner = ?"
        " ORDER BY w.resets_at IS NULL, w.resets_at",
        (now, owner),
    ).fetchall()
    return tuple(_window(row, now) for row in rows)


def wallet_windows(connection: Connection, now: Instant) -> tuple[WindowRow, ...]:
    """Return the limits over all apps together."""
    return windows(connection, WALLET, now)


def calls(connection: Connection, query: ActivityQuery) -> tuple[CallRow, ...]:
    """Return the calls that ``query`` asks for, newest first."""
    clauses: list[str] = []
    parameters: list[Parameter] = []
    if query.app is not None:
        clauses.append("c.grant_id = ?")
        parameters.append(query.app)
    if query.since is not None:
        clauses.append("c.started_at >= ?")
        parameters.append(query.since)
    if query.only_failed:
        clauses.append("(c.status IN ('voided', 'unsettled') OR c.ended <> 'complete')")
    if query.only_unsettled:
        clauses.append("c.status = 'unsettled'")
    if query.text:
        clauses.append("instr(lower(g.name || ' ' || c.provider || '/' || c.model), ?) > 0")
        parameters.append(query.text.lower())
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    parameters += [-1 if query.limit is None else query.limit, query.offset]
    rows = connection.execute(
        f"{_CALLS} {where} ORDER BY c.seq DESC LIMIT ? OFFSET ?", parameters
    ).fetchall()
    return tuple(_call(row) for row in rows)


def calls_named(connection: Connection, beginning: str) -> tuple[CallRow, ...]:
    """Return calls whose id begins like that: two at most, so that one alone is known to be it."""
    rows = connection.execute(
        f"{_CALLS} WHERE c.id >= ? AND c.id < ? ORDER BY c.id LIMIT 2",
        (beginning, f"{beginning}{_BEYOND}"),
    ).fetchall()
    return tuple(_call(row) for row in rows)


def running_calls(connection: Connection) -> tuple[CallRow, ...]:
    """Return the calls whose money is held now, newest first."""
    rows = connection.execute(f"{_CALLS} WHERE c.status = 'running' ORDER BY c.seq DESC")
    return tuple(_call(row) for row in rows.fetchall())


def calls_between(connection: Connection, after: int, until: int) -> tuple[CallRow, ...]:
    """Return the calls numbered after the one and up to the other, oldest first."""
    rows = connection.execute(
        f"{_CALLS} WHERE c.seq > ? AND c.seq <= ? ORDER BY c.seq", (after, until)
    )
    return tuple(_call(row) for row in rows.fetchall())


def funding_figures(connection: Connection) -> dict[FundingId, FundingFigures]:
    """Return the counters behind every credential that has not been removed."""
    rows = connection.execute(
        "SELECT f.id, a.credits_posted - a.debits_posted, a.debits_pending,"
        " a.debits_posted - (SELECT coalesce(sum(amount), 0) FROM transfers"
        " WHERE debit_account = a.id"
        " AND code IN ('reserve', 'reconcile', 'overrun', 'dispute_reversal'))"
        " - (SELECT coalesce(sum(amount), 0) FROM transfers"
        " WHERE credit_account = a.id AND code = 'correction'),"
        " r.credits_posted - r.debits_posted, s.credits_posted - s.debits_posted,"
        " o.credits_posted - o.debits_posted"
        " FROM fundings AS f JOIN accounts AS a ON a.id = 'funding:' || f.id"
        " JOIN accounts AS r ON r.id = 'reserve:' || f.id"
        " JOIN accounts AS s ON s.id = 'fee:' || f.id"
        " JOIN accounts AS o ON o.id = 'overrun:' || f.id"
        " WHERE f.removed_at IS NULL"
    ).fetchall()
    return {
        FundingId(funding): FundingFigures(
            balance=Nanos(balance),
            held=Nanos(held),
            spent=Nanos(spent),
            reserve=Nanos(aside),
            fee=Nanos(fee),
            overrun=Nanos(overrun),
        )
        for funding, balance, held, spent, aside, fee, overrun in rows
    }


def spent_between(connection: Connection, first: date, last: date) -> Nanos:
    """Return what all apps spent from the day ``first`` to the day ``last``, both included."""
    row = connection.execute(
        "SELECT coalesce(sum(spent), 0) FROM daily_spend WHERE day BETWEEN ? AND ?",
        (first.isoformat(), last.isoformat()),
    ).fetchone()
    assert row is not None
    return Nanos(row[0])


def daily_spend(
    connection: Connection, last: date, days: int, app: GrantId | None
) -> tuple[DaySpend, ...]:
    """Return each app's spending on each of the ``days`` up to ``last``, oldest first."""
    first = last - timedelta(days=days - 1)
    rows = connection.execute(
        "SELECT d.day, d.grant_id, g.name, d.spent FROM daily_spend AS d"
        " JOIN grants AS g ON g.id = d.grant_id"
        " WHERE d.day BETWEEN ? AND ? AND (? IS NULL OR d.grant_id = ?) ORDER BY d.day, g.name",
        (first.isoformat(), last.isoformat(), app, app),
    ).fetchall()
    return tuple(
        DaySpend(day=date.fromisoformat(day), app=GrantId(grant), app_name=name, spent=Nanos(spent))
        for day, grant, name, spent in rows
    )


def _app(connection: Connection, row: Row, now: Instant) -> AppRow:
    grant, expires_at = GrantId(row[0]), row[9]
    state = GrantState(row[5])
    if state is not GrantState.REVOKED and expires_at is not None and now >= expires_at:
        state = GrantState.EXPIRED
    return AppRow(
        id=grant,
        client_id=ClientId(row[1]),
        name=row[2],
        verified=bool(row[3]),
        redirect_host=row[4],
        state=state,
        windows=windows(connection, owner_of(grant), now),
        models=tuple(json.loads(row[6])),
        justification=row[7],
        created_at=Instant(row[8]),
        expires_at=expires_at,
        last_call_at=row[10],
        running_calls=row[11],
        spent_total=Nanos(row[12]),
        raise_allowed=bool(row[13]),
        call_limit=row[14],
    )


def _window(row: Row, now: Instant) -> WindowRow:
    period, limit, spent, held, resets_at, raised, warned_at = row
    over = resets_at is not None and now >= resets_at
    raised = 0 if over else raised
    return WindowRow(
        period=Period(period),
        limit=Nanos(limit + raised),
        spent=Nanos(0 if over else spent),
        held=Nanos(0 if over else held),
        resets_at=None if over else resets_at,
        raised=Nanos(raised),
        warned=not over and warned_at is not None,
    )


def _call(row: Row) -> CallRow:
    return CallRow(
        call=CallId(row[0]),
        app=GrantId(row[1]),
        app_name=row[2],
        funding=FundingId(row[3]),
        provider=row[4],
        model=row[5],
        streamed=bool(row[6]),
        status=CallStatus(row[7]),
        end=None if row[8] is None else CallEnd(row[8]),
        input_tokens=row[9],
        cached_tokens=row[10],
        output_tokens=row[11],
        reasoning_tokens=row[12],
        hold=Nanos(row[13]),
        cost=Nanos(row[14]),
        basis=None if row[15] is None else Basis(row[15]),
        price_version=row[16],
        started_at=Instant(row[17]),
        first_byte_at=row[18],
        finished_at=row[19],
        provider_cost=Nanos(row[20]),
        fee=Nanos(row[21]),
        credited=Nanos(row[22]),
        corrected=Nanos(row[23]),
    )
