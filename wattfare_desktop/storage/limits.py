"""Limits written into the chain: what each of them, and the window it rules in, has come to.

A note says the whole of one limit, so that the last one about it is what holds. Whoever changes a
limit, opens a window or sets it aside, or changes what it is raised by and until when, writes one.
"""

import json
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import NoteKind
from wattfare_desktop.core.periods import Period
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.connection import Connection, Row

CALL: Final = "call"
"""What stands in a period's place where the limit is one on a single call."""


@dataclass(frozen=True, slots=True)
class WindowKey:
    """What a window is known by outside the file's own numbering."""

    owner: str
    period: str
    starts_at: int

    def __str__(self) -> str:
        if self.period == Period.ONCE:
            return f"{self.owner}, {self.period}"
        return f"{self.owner}, {self.period} from {_moment(self.starts_at)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The calls up to number ``last_call`` that a window counts: how many, and their numbers' sum.

    Those after it are counted as each was admitted.
    """

    last_call: int
    calls: int
    numbers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitNote:
    """A limit, None where there is none any more, and the window it rules in.

    ``raise_ends``: when each raise of it ends that has not, the earliest given first. ``counted``
    only where the window began to count calls that were there before.
    """

    owner: str
    period: str
    limit: int | None
    starts_at: int = 0
    resets_at: int | None = None
    raised: int = 0
    raise_ends: tuple[int, ...] = ()
    set_aside_at: int | None = None
    counted: Counted | None = None

    @property
    def window(self) -> WindowKey:
        """The window; that of a limit on single calls does not exist."""
        return WindowKey(self.owner, self.period, self.starts_at)


def note(
    connection: Connection,
    owner: str,
    period: str,
    now: Instant,
    *,
    also: Collection[int] = (),
    counts_past: bool = False,
) -> None:
    """Write what the limit of ``owner`` for ``period`` has come to, or that it is gone.

    ``also``: windows of it by their numbers, that may rule no more and are written as well.
    ``counts_past``: the one that rules has just begun to count calls from before.
    """
    ruling = connection.execute(
        f"{_WINDOW} WHERE w.owner = ? AND w.period = ?"
        " ORDER BY b.limit_nanos IS NULL, w.starts_at DESC LIMIT 1",
        (owner, period),
    ).fetchone()
    assert ruling is not None, "a limit has a window"
    # The one that rules comes last, since the last note about a limit is what holds.
    for window in also:
        row = connection.execute(f"{_WINDOW} WHERE w.id = ?", (window,)).fetchone()
        if row is not None and row != ruling:
            _write_window(connection, row, now, counts_past=False)
    _write_window(connection, ruling, now, counts_past=counts_past)


def note_call_limit(connection: Connection, owner: str, limit: int | None, now: Instant) -> None:
    """Write what a single call of ``owner`` may cost at most, None: whatever its windows allow."""
    _write(connection, LimitNote(owner=owner, period=CALL, limit=limit), now)


def note_all(connection: Connection, now: Instant) -> None:
    """Write every limit and window as it stands, whatever was written of it before."""
    rows = connection.execute(f"{_WINDOW} ORDER BY b.limit_nanos IS NOT NULL, w.id").fetchall()
    for row in rows:
        _write_window(connection, row, now, counts_past=True)
    for owner, limit in connection.execute("SELECT owner, limit_nanos FROM call_limits").fetchall():
        note_call_limit(connection, owner, limit, now)


def note_what_an_older_program_left(connection: Connection) -> None:
    """Write every limit there is; to be called once, before this program writes one."""
    row = connection.execute("SELECT coalesce(max(at), 0) FROM chain_notes").fetchone()
    assert row is not None
    note_all(connection, Instant(row[0]))


def read_note(content: str) -> LimitNote:
    """Return what a note of a limit says; its mac has to be judged by the caller."""
    told: dict[str, Any] = json.loads(content)
    counted, raise_ends = told.pop("counted"), tuple(told.pop("raise_ends"))
    return LimitNote(
        **told,
        raise_ends=raise_ends,
        counted=None if counted is None else Counted(**counted),
    )


class LimitHistory:
    """What the notes say, one after the other: which limits there are, and which ruled when."""

    def __init__(self) -> None:
        self.limits: dict[tuple[str, str], LimitNote] = {}
        self.windows: dict[WindowKey, LimitNote] = {}
        self.counted: dict[WindowKey, Counted] = {}
        self._since: dict[str, list[int]] = {}
        self._ruling: dict[str, list[tuple[WindowKey, ...]]] = {}

    def hear(self, seq: int, told: LimitNote) -> None:
        """Take in a note, which is entry ``seq``."""
        self.limits[told.owner, told.period] = told
        if told.period == CALL:
            return
        self.windows[told.window] = told
        if told.counted is not None:
            self.counted[told.window] = told.counted
        ruling = (self.limits.get((told.owner, period)) for period in Period)
        self._rule(
            told.owner,
            seq,
            tuple(each.window for each in ruling if each is not None and each.limit is not None),
        )

    def forget(self, seq: int) -> None:
        """Forget at entry ``seq`` what holds, since notes follow that say all of it anew."""
        self.limits.clear()
        self.windows.clear()
        self.counted.clear()
        for owner in self._since:
            self._rule(owner, seq, ())

    def ruling(self, owner: str, seq: int) -> tuple[WindowKey, ...]:
        """Return the windows of ``owner`` in which a call counts that entry ``seq`` admitted."""
        place = bisect_left(self._since.get(owner, ()), seq)
        return self._ruling[owner][place - 1] if place else ()

    def _rule(self, owner: str, seq: int, windows: tuple[WindowKey, ...]) -> None:
        self._since.setdefault(owner, []).append(seq)
        self._ruling.setdefault(owner, []).append(windows)


def differences(connection: Connection, history: LimitHistory) -> Iterator[str]:
    """Yield, in words, each limit and each window that is not what ``history`` says."""
    windows, budgets = _windows(connection), _budgets(connection)
    for key in sorted(windows.keys() | history.windows.keys(), key=str):
        told = history.windows.get(key)
        says = None if told is None else _state(told)
        if windows.get(key) != says:
            yield f"{key}, {_window(windows.get(key))}; its notes say that it {_window(says)}"
    told_limits = {
        key: (told.limit, told.starts_at)
        for key, told in history.limits.items()
        if told.limit is not None
    }
    for owner, period in sorted(budgets.keys() | told_limits.keys()):
        kept, noted = budgets.get((owner, period)), told_limits.get((owner, period))
        if kept != noted:
            yield f"{_limit(owner, period, kept)}; its notes say {_limit(owner, period, noted)}"


_WINDOW: Final = (
    "SELECT w.owner, w.period, b.limit_nanos, w.starts_at, w.resets_at, w.raised, w.set_aside_at,"
    " w.id FROM windows AS w LEFT JOIN budgets AS b ON b.window_id = w.id"
)

_Window = tuple[int | None, int, tuple[int, ...], int | None]
_Limit = tuple[int, int]


def _windows(connection: Connection) -> dict[WindowKey, _Window]:
    ends: dict[int, list[int]] = {}
    for window, ends_at in connection.execute(
        "SELECT window_id, ends_at FROM raises WHERE ended_at IS NULL ORDER BY seq"
    ).fetchall():
        ends.setdefault(window, []).append(ends_at)
    rows = connection.execute(
        "SELECT owner, period, starts_at, resets_at, raised, set_aside_at, id FROM windows"
    ).fetchall()
    return {
        WindowKey(*row[:3]): (row[3], row[4], tuple(ends.get(row[6], ())), row[5]) for row in rows
    }


def _state(told: LimitNote) -> _Window:
    return told.resets_at, told.raised, told.raise_ends, told.set_aside_at


def _budgets(connection: Connection) -> dict[tuple[str, str], _Limit]:
    rows = connection.execute(
        "SELECT b.owner, b.period, b.limit_nanos, coalesce(w.starts_at, -1) FROM budgets AS b"
        " LEFT JOIN windows AS w"
        " ON w.id = b.window_id AND w.owner = b.owner AND w.period = b.period"
        f" UNION ALL SELECT owner, '{CALL}', limit_nanos, 0 FROM call_limits"
    ).fetchall()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _window(state: _Window | None) -> str:
    if state is None:
        return "is not there"
    resets_at, raised, raise_ends, set_aside_at = state
    ends = "never ends" if resets_at is None else f"ends at {_moment(resets_at)}"
    until = f" until {', '.join(map(_moment, raise_ends))}" if raise_ends else ""
    aside = "" if set_aside_at is None else f" and was set aside at {_moment(set_aside_at)}"
    return f"{ends} and is raised by {raised}{until}{aside}"


def _limit(owner: str, period: str, state: _Limit | None) -> str:
    if state is None:
        return f"the limit of {owner}, {period}, is none"
    limit, starts_at = state
    since = f", counted from {_moment(starts_at)}" if starts_at > 0 else ""
    return f"the limit of {owner}, {period}, is {limit}{since}"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _write_window(connection: Connection, row: Row, now: Instant, *, counts_past: bool) -> None:
    owner, period, limit, starts_at, resets_at, raised, set_aside_at, window = row
    ends = connection.execute(
        "SELECT ends_at FROM raises WHERE window_id = ? AND ended_at IS NULL ORDER BY seq",
        (window,),
    ).fetchall()
    told = LimitNote(
        owner=owner,
        period=period,
        limit=limit,
        starts_at=starts_at,
        resets_at=resets_at,
        raised=raised,
        raise_ends=tuple(row[0] for row in ends),
        set_aside_at=set_aside_at,
        counted=_counted(connection, window) if counts_past else None,
    )
    _write(connection, told, now)


def _write(connection: Connection, told: LimitNote, now: Instant) -> None:
    counted = told.counted
    content = {
        "owner": told.owner,
        "period": told.period,
        "limit": told.limit,
        "starts_at": told.starts_at,
        "resets_at": told.resets_at,
        "raised": told.raised,
        "raise_ends": list(told.raise_ends),
        "set_aside_at": told.set_aside_at,
        "counted": None
        if counted is None
        else {
            "last_call": counted.last_call,
            "calls": counted.calls,
            "numbers": counted.numbers,
        },
    }
    chain.add_note(connection, NoteKind.LIMIT, content, now)


def _counted(connection: Connection, window: int) -> Counted:
    row = connection.execute(
        "SELECT (SELECT coalesce(max(seq), 0) FROM calls), count(*), coalesce(sum(call_seq), 0)"
        " FROM call_windows WHERE window_id = ?",
        (window,),
    ).fetchone()
    assert row is not None
    return Counted(last_call=row[0], calls=row[1], numbers=row[2])
