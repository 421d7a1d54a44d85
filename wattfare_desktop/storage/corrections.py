"""Unsettled calls set right by their user's word: one transfer of the journal, once a call."""

from dataclasses import dataclass

from wattfare_desktop.core.corrections import Correction, CorrectionRefusal
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant
from wattfare_desktop.core.ledger.chart import funding_account, spend_account
from wattfare_desktop.core.ledger.model import TransferCode, TransferStatus
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.storage import calls, ledger, reserve
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.reserve import Charged, Overrun


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unsettled:
    seq: int
    charged: Charged
    cost: Nanos


def correct(
    connection: Connection, call: CallId, billed: Nanos, now: Instant
) -> Correction | CorrectionRefusal:
    """Settle an unsettled call at what its provider ``billed``.

    More than was charged takes the room left in the call's own windows, as a settlement does; the
    rest is an overrun.
    """
    found = _unsettled(connection, call, now)
    if not isinstance(found, _Unsettled):
        return found
    cost = min(billed, Nanos(found.cost + _room(connection, found)))
    corrected = Nanos(cost - found.cost)
    _move(connection, found.charged, corrected)
    connection.execute(
        "UPDATE calls SET status = 'settled', basis = ?, provider_cost = ?, corrected = ?"
        " WHERE seq = ?",
        (Basis.TOLD.value, billed, corrected, found.seq),
    )
    overrun = Overrun(from_reserve=Nanos(0), uncovered=Nanos(0))
    if billed > cost:
        overrun = reserve.book_overrun(connection, found.charged, Nanos(billed - cost))
    return Correction(
        call=call,
        app=found.charged.grant,
        funding=found.charged.funding,
        charged=found.cost,
        billed=billed,
        cost=cost,
        from_reserve=overrun.from_reserve,
        uncovered=overrun.uncovered,
    )


def unsettled_count(connection: Connection) -> int:
    """Return how many calls wait for their user's word."""
    row = connection.execute("SELECT count(*) FROM calls WHERE status = 'unsettled'").fetchone()
    assert row is not None
    return int(row[0])


def _unsettled(
    connection: Connection, call: CallId, now: Instant
) -> _Unsettled | CorrectionRefusal:
    row = connection.execute(
        "SELECT seq, status, basis, grant_id, funding_id, cost FROM calls WHERE id = ?", (call,)
    ).fetchone()
    if row is None:
        return CorrectionRefusal.NO_SUCH_CALL
    seq, status, basis, grant, funding, cost = row
    match status:
        case CallStatus.RUNNING:
            return CorrectionRefusal.STILL_RUNNING
        case CallStatus.UNSETTLED:
            charged = Charged(call=call, grant=GrantId(grant), funding=FundingId(funding), now=now)
            return _Unsettled(seq=seq, charged=charged, cost=Nanos(cost))
        case _ if basis == Basis.TOLD:
            return CorrectionRefusal.ALREADY_CORRECTED
        case _:
            return CorrectionRefusal.SETTLED


def _room(connection: Connection, found: _Unsettled) -> Nanos:
    """Return how much more the app could be charged for this call."""
    return Nanos(max(0, calls.room(connection, found.seq, found.charged.funding)))


def _move(connection: Connection, charged: Charged, corrected: Nanos) -> None:
    """Book the difference, none too: the user's word is an entry of the journal."""
    app, balance = spend_account(charged.grant), funding_account(charged.funding)
    is_more = corrected > 0
    status = ledger.apply(
        connection,
        charged.transfer(
            "correction",
            TransferCode.CORRECTION,
            debit=balance if is_more else app,
            credit=app if is_more else balance,
            amount=Nanos(abs(corrected)),
        ),
    )
    assert status is TransferStatus.OK, status
