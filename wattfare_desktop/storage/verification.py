"""Are the books what was written: at each start in milliseconds, whole when the user asks."""

from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.ledger.chain import BEGINNING, Head
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.replay import Difference, Replay, compare

_STEP: Final = 5_000
_THE_FILE: Final = "The wallet's file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a verification has come; ``of`` grows where entries are written meanwhile."""

    done: int
    of: int


class Verification:
    """Everything recomputed from the first entry on, in steps that leave others their turn.

    Each step is one read; the last compares with balances, windows and days as they then stand.
    """

    def __init__(self) -> None:
        self._replay: Replay | None = None
        self._calls_until = 0
        self.is_over = False
        self.progress = Progress(done=0, of=0)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What differs, as far as it has come; 100 at most."""
        return () if self._replay is None else tuple(self._replay.differences)

    def step(self, connection: Connection) -> None:
        """Go on for some hundredths of a second; at the end for longer."""
        if self._replay is None:
            self._replay = Replay(key=connection.chain.key, start=BEGINNING)
        replay = self._replay
        head, last_call = chain.head(connection).seq, _last_call(connection)
        replay.walk(connection, min(head, replay.seq + _STEP))
        if replay.seq >= head:
            if self._calls_until < last_call:
                self._compare_calls(connection, replay)
            else:
                compare(
                    replay, chain.accounts(connection), chain.grant_states(connection), _THE_FILE
                )
                _compare_sums(connection, replay)
                self.is_over = True
        done = replay.seq + min(self._calls_until, last_call)
        self.progress = Progress(done=done, of=head + last_call)

    def _compare_calls(self, connection: Connection, replay: Replay) -> None:
        span = (self._calls_until, self._calls_until + _STEP)
        for call, kept, reckoned in connection.execute(_CALLS, span).fetchall():
            replay.tell(f"{_THE_FILE}: {call} has {kept}, its transfers say {reckoned}")
        self._calls_until += _STEP


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


def _compare_sums(connection: Connection, replay: Replay) -> None:
    for sql, what in _SUMS:
        for name, kept, reckoned in connection.execute(sql).fetchall():
            replay.tell(f"{_THE_FILE}: {what} {name} is {kept}, its calls say {reckoned}")
    for call, kept, reckoned in connection.execute(_MENDED).fetchall():
        replay.tell(f"{_THE_FILE}: {call} is {kept}, its transfers say {reckoned}")


# Both by index: the holds of a call, and what resolved each.
_CALLS: Final = """
SELECT id, 'a hold of ' || hold || ' and a cost of ' || cost,
    'a hold of ' || held || ' and a cost of ' || posted
FROM (
    SELECT c.id AS id, c.hold AS hold, c.cost AS cost, coalesce(sum(h.amount), 0) AS held,
        coalesce(sum(r.amount), 0) AS posted
    FROM calls AS c
    LEFT JOIN transfers AS h ON h.call_id = c.id AND h.kind = 'pending'
    LEFT JOIN transfers AS r ON r.pending_id = h.id
    WHERE c.seq > ?1 AND c.seq <= ?2 AND c.status <> 'running'
    GROUP BY c.seq
)
WHERE hold <> held OR cost <> posted
"""

_WINDOWS: Final = """
SELECT w.owner || ', ' || w.period, {column}, coalesce(reckoned, 0)
FROM windows AS w LEFT JOIN (
    SELECT window_id, sum({size}) AS reckoned
    FROM call_windows JOIN calls ON calls.seq = call_windows.call_seq WHERE {which} GROUP BY 1
) ON window_id = w.id
WHERE {column} <> coalesce(reckoned, 0)
"""

_DAYS: Final = """
SELECT coalesce(d.day, r.day) || ', ' || coalesce(d.grant_id, r.grant_id), coalesce(d.spent, 0),
    coalesce(r.spent, 0)
FROM daily_spend AS d FULL JOIN (
    SELECT settled_on AS day, grant_id, sum(cost + corrected - credited) AS spent FROM calls
    WHERE cost > 0 OR corrected <> 0
    GROUP BY 1, 2
) AS r ON r.day = d.day AND r.grant_id = d.grant_id
WHERE coalesce(d.spent, 0) <> coalesce(r.spent, 0)
"""

_SUMS: Final = (
    (
        _WINDOWS.format(
            column="spent", size="cost + corrected - credited", which="status <> 'running'"
        ),
        "spent in",
    ),
    (_WINDOWS.format(column="held", size="hold", which="status = 'running'"), "held in"),
    (_DAYS, "spent on"),
)

# What a call is less, or more, than it was charged, and by what transfers.
_MENDED: Final = """
SELECT coalesce(c.id, t.call_id),
    'credited ' || coalesce(credited, 0) || ', corrected ' || coalesce(corrected, 0)
        || ', by its user ' || coalesce(c.told, 0) || ' times',
    'credited ' || coalesce(t.credits, 0) || ', corrected ' || coalesce(t.corrections, 0)
        || ', by its user ' || coalesce(t.told, 0) || ' times'
FROM (
    SELECT id, credited, corrected, basis IS 'told' AS told FROM calls
    WHERE credited > 0 OR corrected <> 0 OR basis = 'told'
) AS c FULL JOIN (
    SELECT call_id,
        sum(CASE code WHEN 'dispute_credit' THEN amount WHEN 'dispute_reversal' THEN -amount
            ELSE 0 END) AS credits,
        sum(CASE WHEN code <> 'correction' THEN 0 WHEN credit_account LIKE 'spend:%' THEN amount
            ELSE -amount END) AS corrections,
        sum(code = 'correction') AS told
    FROM transfers WHERE code IN ('correction', 'dispute_credit', 'dispute_reversal') GROUP BY 1
) AS t ON t.call_id = c.id
WHERE (coalesce(c.credited, 0), coalesce(c.corrected, 0), coalesce(c.told, 0))
    <> (coalesce(t.credits, 0), coalesce(t.corrections, 0), coalesce(t.told, 0))
"""
