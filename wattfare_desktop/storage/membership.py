"""Which calls count in which windows, recomputed from the chain.

A call counts in the windows that ruled when its first hold was written. A window whose limit is new
counts calls from before as well; the note about that limit says how many those were.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.limits import LimitHistory, WindowKey
from wattfare_desktop.storage.owners import WALLET, owner_of


@dataclass(frozen=True, slots=True)
class AdmittedCall:
    """A call and the entry by which it was admitted."""

    number: int
    call: str
    grant: str
    held_at: int


class Membership:
    """Compares call after call, in the order of their numbers, with what the notes say."""

    def __init__(self, history: LimitHistory, tell: Callable[[str], None]) -> None:
        self._history = history
        self._tell = tell
        self._keys: dict[int, WindowKey] = {}
        # Limits may change while this goes on: what is counted is what was there at the beginning.
        self._counted = dict(history.counted)
        self._found = {window: [0, 0] for window in self._counted}

    def compare(
        self, connection: Connection, span: tuple[int, int], calls: Iterable[AdmittedCall]
    ) -> None:
        """Compare the ``calls`` numbered after the first and up to the second of ``span``."""
        members = self._members(connection, span)
        for call in calls:
            self._compare_call(call, members.pop(call.number, set()))
        for number, windows in members.items():
            for window in windows:
                if not self._takes_up(window, number):
                    self._tell(f"{window} counts a call {number} that does not exist")

    def finish(self) -> None:
        """Compare how many calls from before each window counts."""
        for window, (calls, numbers) in self._found.items():
            counted = self._counted[window]
            if self._history.counted.get(window) is not counted:
                continue
            if (calls, numbers) != (counted.calls, counted.numbers):
                self._tell(
                    f"{window} counts {calls} calls from before its limit was set,"
                    f" its note says {counted.calls} or others"
                )

    def _compare_call(self, call: AdmittedCall, windows: set[WindowKey]) -> None:
        ruling = {
            *self._history.ruling(owner_of(GrantId(call.grant)), call.held_at),
            *self._history.ruling(WALLET, call.held_at),
        }
        for window in ruling - windows:
            self._tell(f"{window} does not count {call.call}, which was admitted in it")
        for window in windows:
            if not self._takes_up(window, call.number) and window not in ruling:
                self._tell(f"{window} counts {call.call}, which was not admitted in it")

    def _takes_up(self, window: WindowKey, number: int) -> bool:
        """Add a call from before to those found; return whether it is one."""
        counted = self._history.counted.get(window)
        if counted is None or number > counted.last_call:
            return False
        if self._counted.get(window) is counted:
            found = self._found[window]
            found[0] += 1
            found[1] += number
        return True

    def _members(self, connection: Connection, span: tuple[int, int]) -> dict[int, set[WindowKey]]:
        rows = connection.execute(
            "SELECT call_seq, window_id FROM call_windows WHERE call_seq > ? AND call_seq <= ?",
            span,
        ).fetchall()
        members: dict[int, set[WindowKey]] = {}
        for number, window in rows:
            if window not in self._keys:
                self._read_windows(connection)
            known = self._keys.get(window) or WindowKey(f"window {window}", "gone", 0)
            members.setdefault(number, set()).add(known)
        return members

    def _read_windows(self, connection: Connection) -> None:
        rows = connection.execute("SELECT id, owner, period, starts_at FROM windows").fetchall()
        self._keys = {row[0]: WindowKey(*row[1:]) for row in rows}
