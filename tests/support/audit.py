"""Every limit recomputed from the journal alone, after each of its entries, as an auditor would.

Windows, calls and fundings are added up here from transfers, and never read from where the wallet
keeps them; only which windows a call counts in, and what the limits are, is looked up.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wattfare_desktop.storage.connection import Connection, Row

_CHARGE: Final = "charge"
_PENDING: Final = "pending"


@dataclass(slots=True, kw_only=True)
class Audit:
    """What was found: ``used`` is what each limit came to in the end, by its name.

    ``passed`` tells each limit that was passed at some entry; ``raised`` how often one was raised.
    """

    used: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    passed: list[str] = field(default_factory=list)
    raised: int = 0


def audit(connection: Connection) -> Audit:
    """Walk the journal from its beginning. Every state that was ever committed is passed by."""
    found = Audit()
    limits = _Limits(connection)
    holds: dict[str, int] = {}
    for kind, row in _entries(connection):
        if kind == "raised":
            limits.raise_next(row[0])
            found.raised += 1
            continue
        for name, amount in _moved(limits, holds, row):
            found.used[name] += amount
            if amount > 0 and found.used[name] > limits.of(name):
                found.passed.append(f"{name}: {found.used[name]} of {limits.of(name)} at {row[0]}")
    return found


def _moved(limits: "_Limits", holds: dict[str, int], row: Row) -> Iterator[tuple[str, int]]:
    """Yield what one transfer adds to which limits, and takes from them."""
    transfer, kind, debit, credit, amount, code, pending, call = row
    if code != _CHARGE:
        if debit.startswith("funding:"):
            # What the provider took all the same is no hold and passes nothing by itself.
            limits.put(debit, -amount)
        elif credit.startswith("funding:"):
            limits.put(credit, amount)
        return
    change = amount
    if kind == _PENDING:
        holds[transfer] = amount
    else:
        assert amount <= holds[pending], "a post never exceeds its hold"
        change -= holds.pop(pending)
    for name in (*limits.windows_of(call), f"call:{call}", debit):
        yield name, change


class _Limits:
    """What each window, call and funding has room for."""

    def __init__(self, connection: Connection) -> None:
        self._limits: dict[str, int] = defaultdict(int)
        self._windows: dict[str, list[str]] = defaultdict(list)
        self._raises: dict[str, list[tuple[str, int]]] = defaultdict(list)
        names = {}
        for window, owner, period, limit in connection.execute(_WINDOWS).fetchall():
            names[window] = f"{owner} {period}"
            self._limits[names[window]] = limit
        for call, window in connection.execute(_CALL_WINDOWS).fetchall():
            self._windows[call].append(names[window])
        for call, limit in connection.execute(_CALLS).fetchall():
            self._limits[f"call:{call}"] = limit
        for grant, window, amount in connection.execute(_RAISES).fetchall():
            self._raises[grant].append((names[window], amount))

    def of(self, name: str) -> int:
        return self._limits[name]

    def windows_of(self, call: str) -> list[str]:
        return self._windows[call]

    def put(self, name: str, amount: int) -> None:
        self._limits[name] += amount

    def raise_next(self, grant: str) -> None:
        """Raise the limit that this grant had raised next."""
        name, amount = self._raises[grant].pop(0)
        self._limits[name] += amount


def _entries(connection: Connection) -> Iterator[tuple[str, Row]]:
    """Yield transfers and raises in the order of the chain."""
    rows = [(row[0], "transfer", row[1:]) for row in connection.execute(_TRANSFERS).fetchall()]
    rows += [(row[0], "raised", row[1:]) for row in connection.execute(_RAISED).fetchall()]
    for _, kind, row in sorted(rows):
        yield kind, row


_TRANSFERS: Final = (
    "SELECT seq, id, kind, debit_account, credit_account, amount, code, pending_id, call_id"
    " FROM transfers"
)
_RAISED: Final = "SELECT seq, grant_id FROM grant_events WHERE event = 'raised'"
_RAISES: Final = "SELECT grant_id, window_id, amount FROM raises ORDER BY seq"
_WINDOWS: Final = (
    "SELECT w.id, w.owner, w.period, b.limit_nanos FROM windows AS w"
    " JOIN budgets AS b ON b.owner = w.owner AND b.period = w.period AND b.window_id = w.id"
)
_CALL_WINDOWS: Final = (
    "SELECT c.id, cw.window_id FROM call_windows AS cw JOIN calls AS c ON c.seq = cw.call_seq"
    " JOIN budgets AS b ON b.window_id = cw.window_id"
)
_CALLS: Final = (
    "SELECT id, coalesce((SELECT min(limit_nanos) FROM call_limits"
    " WHERE owner IN ('wallet', 'grant:' || grant_id)), 1 << 62) FROM calls"
)
