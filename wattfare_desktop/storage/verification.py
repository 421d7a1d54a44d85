"""Are the books what was written: at each start in milliseconds, whole when the user asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.core.ledger.chain import BEGINNING, Head
from wattfare_desktop.core.ledger.chart import funding_account, spend_account
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.storage import chain, limits, sums
from wattfare_desktop.storage.connection import Connection, Row
from wattfare_desktop.storage.membership import AdmittedCall, Membership
from wattfare_desktop.storage.replay import Difference, Mended, Replay, compare

_STEP: Final = 5_000
_THE_FILE: Final = "The wallet's file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a verification has come; ``of`` grows where entries are written meanwhile."""

    done: int
    of: int


class Verification:
    """Everything recomputed from the first entry on, in steps that leave others their turn.

    Each step is one read. The last ones compare with balances and limits, and then with windows
    and days, one kind of sum in each, as they then stand.
    """

    def __init__(self) -> None:
        self._replay: Replay | None = None
        self._membership: Membership | None = None
        self._calls_until = 0
        self._are_limits_compared = False
        self._sums_compared = 0
        self.is_over = False
        self.progress = Progress(done=0, of=0)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What differs, as far as it has come; 100 at most."""
        return () if self._replay is None else tuple(self._replay.differences)

    def step(self, connection: Connection) -> None:
        """Go on for a tenth of a second; at the end for longer, about a second for a million."""
        if self._replay is None:
            self._replay = Replay(key=connection.chain.key, start=BEGINNING)
        replay = self._replay
        head, last_call = chain.head(connection).seq, _last_call(connection)
        replay.walk(connection, min(head, replay.seq + _STEP))
        if replay.seq >= head:
            self._compare(connection, replay, last_call)
        done = replay.seq + min(self._calls_until, last_call)
        self.progress = Progress(done=done, of=head + last_call)

    def _compare(self, connection: Connection, replay: Replay, last_call: int) -> None:
        """Compare some calls with the entries, all of which have been walked; at last the rest."""
        if self._membership is None:
            self._membership = Membership(replay.limits, partial(_tell, replay))
        if self._calls_until < last_call:
            span = (self._calls_until, self._calls_until + _STEP)
            self._membership.compare(connection, span, _compare_calls(connection, replay, span))
            self._calls_until += _STEP
            return
        if not self._are_limits_compared:
            compare(replay, chain.accounts(connection), chain.grant_states(connection), _THE_FILE)
            self._membership.finish()
            for what in limits.differences(connection, replay.limits):
                _tell(replay, what)
            self._are_limits_compared = True
            return
        for off in sums.differing_of(connection, self._sums_compared):
            if not replay.accepted.covers(off):
                _tell(replay, str(off))
        self._sums_compared += 1
        self.is_over = self._sums_compared == sums.KINDS


def verify(connection: Connection) -> Difference | None:
    """Recompute everything, at once; return the first difference, None where there is none."""
    verification = Verification()
    while not verification.is_over:
        verification.step(connection)
    return next(iter(verification.differences), None)


def look_over(connection: Connection) -> tuple[Difference, ...]:
    """Return what differs since the last digest in the chain: what a start can afford to look at.

    Balances and grants are rolled forward from that digest. Windows and caps are compared where
    nothing was written after it, as after each orderly end.
    """
    told, end = chain.latest_digest(connection), chain.head(connection)
    start = _before(connection, BEGINNING.seq if told is None else told.head.seq - 1)
    replay = Replay(
        key=connection.chain.key,
        start=start,
        accounts=None if told is None else told.accounts,
        grants=None if told is None else told.grants,
        earlier_hold=lambda hold: _hold(connection, hold),
    )
    while replay.seq < end.seq:
        replay.walk(connection, min(end.seq, replay.seq + _STEP))
    compare(replay, chain.accounts(connection), chain.grant_states(connection), _THE_FILE)
    is_last = told is not None and told.head == end
    if told is not None and is_last and told.limits and told.limits != chain.limits(connection):
        replay.tell(f"{_THE_FILE}: caps or windows are not those it was closed with")
    return tuple(replay.differences)


def _before(connection: Connection, seq: int) -> Head:
    return Head(seq=seq, mac=chain.mac_at(connection, seq) or b"")


def _hold(connection: Connection, hold: str) -> int | None:
    row = connection.execute(
        "SELECT amount FROM transfers WHERE id = ? AND kind = 'pending'", (hold,)
    ).fetchone()
    return None if row is None else int(row[0])


def _last_call(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(max(seq), 0) FROM calls").fetchone()
    assert row is not None
    return int(row[0])


def _tell(replay: Replay, what: str) -> None:
    replay.tell(f"{_THE_FILE}: {what}")


def _compare_calls(
    connection: Connection, replay: Replay, span: tuple[int, int]
) -> list[AdmittedCall]:
    """Compare calls with their transfers; return those whose windows are to be compared."""
    admitted = []
    for row in connection.execute(_CALLS, span).fetchall():
        number, call, grant, held_at = row[:4]
        if number <= replay.accepted.calls_until:
            continue
        for what in _call_differences(call, grant, row[4:], replay.booked.mended(call)):
            _tell(replay, what)
        if held_at is not None:
            admitted.append(AdmittedCall(number, call, grant, held_at))
    return admitted


def _call_differences(call: str, grant: str, row: Row, booked: Mended) -> Iterator[str]:
    status, funding, hold, cost, fee, held, posted, holds, resolved = row[:9]
    credited, corrected, is_told, fee_booked, *accounts = row[9:]
    if (hold, cost) != (held, posted):
        yield (
            f"{call} has a hold of {hold} and a cost of {cost},"
            f" its transfers say a hold of {held} and a cost of {posted}"
        )
    if resolved != (0 if status == CallStatus.RUNNING else holds):
        yield f"{call} is {status}, and {resolved} of its {holds} holds are resolved"
    if credited != booked.credited:
        yield f"{call} was credited {credited}, its transfers say {booked.credited}"
    if (corrected, is_told) != (booked.corrected, booked.corrections):
        yield (
            f"{call} was corrected by {corrected}, by its user {is_told} times,"
            f" its transfers say by {booked.corrected}, {booked.corrections} times"
        )
    if fee and fee != fee_booked:
        yield f"{call} has a fee of {fee}, its transfers say {fee_booked or 0}"
    debit, credit = funding_account(FundingId(funding)), spend_account(GrantId(grant))
    if holds and tuple(accounts) != (debit, debit, credit, credit):
        yield f"{call} is of {grant} and {funding}, its transfers are of others"


# By index: the holds of a call, what resolved each, and its fee where there is one.
_CALLS: Final = """
SELECT c.seq, c.id, c.grant_id, min(h.seq), c.status, c.funding_id, c.hold, c.cost, c.fee,
    coalesce(sum(h.amount), 0), coalesce(sum(r.amount), 0), count(h.seq), count(r.seq), c.credited,
    c.corrected, CASE WHEN c.basis = 'told' THEN 1 ELSE 0 END, max(f.amount), min(h.debit_account),
    max(h.debit_account), min(h.credit_account), max(h.credit_account)
FROM calls AS c
LEFT JOIN transfers AS h ON h.call_id = c.id AND h.kind = 'pending'
LEFT JOIN transfers AS r ON r.pending_id = h.id
LEFT JOIN transfers AS f ON c.fee > 0 AND f.id = c.id || '.fee'
WHERE c.seq > ? AND c.seq <= ?
GROUP BY c.seq
"""
