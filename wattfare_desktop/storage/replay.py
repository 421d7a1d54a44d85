"""The chain walked from one of its entries on: are the macs right, and what do the entries come to.

Counters are added up here a second time, in other words than the triggers that keep them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from wattfare_desktop.core.ledger.chain import EntryKind, Head, NoteKind, link
from wattfare_desktop.core.ledger.model import TransferCode, TransferKind
from wattfare_desktop.core.oauth.lifecycle import GrantEvent, GrantState, next_grant_state
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.acceptance import NOTHING_ACCEPTED, Acceptance, read_acceptance
from wattfare_desktop.storage.connection import Connection, Row
from wattfare_desktop.storage.limits import LimitHistory, read_note

DIFFERENCES_MAX: Final = 100
"""Whoever has read so many knows enough; they are not collected without end."""

_FUNDING: Final = "funding:"
_EVENTS: Final = {
    "granted": GrantEvent.APPROVE,
    "replaced": GrantEvent.REVOKE,
    **{event.value: event for event in GrantEvent},
}
_SELECT: Final = {
    kind: f"SELECT seq, mac, {chain.COLUMNS[kind]} FROM {table} WHERE seq > ? AND seq <= ?"
    for kind, table in chain.TABLES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it was written; ``seq`` is the entry of the chain, where it is one.

    ``what`` is a sentence for the user.
    """

    what: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Mended:
    """What a call cost less, or more, than it was charged at first, by what the journal says.

    ``corrections``: how often its user said what it cost.
    """

    credited: int = 0
    corrected: int = 0
    corrections: int = 0


class Booked:
    """What the journal changed of the cost of calls: gave back by disputes, or by a user's word.

    Told by where the money goes: into the funding that paid, or out of it again.
    """

    def __init__(self) -> None:
        self._mended: dict[str, Mended] = {}

    def take(self, call: str, debit: str, credit: str, code: str, amount: int) -> None:
        """Take in a transfer of ``call`` besides its holds and what they were posted for."""
        is_back = credit.startswith(_FUNDING)
        if not is_back and (not debit.startswith(_FUNDING) or code == TransferCode.OVERRUN):
            return
        known, back = self.mended(call), amount if is_back else -amount
        if code == TransferCode.CORRECTION:
            self._mended[call] = replace(
                known, corrected=known.corrected - back, corrections=known.corrections + 1
            )
        else:
            self._mended[call] = replace(known, credited=known.credited + back)

    def mended(self, call: str) -> Mended:
        """Return what the cost of ``call`` was changed by."""
        return self._mended.get(call, _AS_CHARGED)


_AS_CHARGED: Final = Mended()


class Replay:
    """What the entries after ``start`` come to, on top of what there was by then."""

    def __init__(
        self,
        *,
        key: bytes,
        start: Head,
        accounts: Mapping[str, tuple[int, int, int, int]] | None = None,
        grants: Mapping[str, str] | None = None,
        earlier_hold: Callable[[str], int | None] = lambda _hold: None,
    ) -> None:
        self._key = key
        self._earlier_hold = earlier_hold
        self._holds: dict[str, int] = {}
        self._at = start
        self.accounts = {name: list(counters) for name, counters in (accounts or {}).items()}
        self.grants = dict(grants or {})
        self.booked = Booked()
        self.limits = LimitHistory()
        self.accepted = NOTHING_ACCEPTED
        self._is_accepting = False
        self.differences: list[Difference] = []

    @property
    def seq(self) -> int:
        """The entry that was walked over last."""
        return self._at.seq

    def walk(self, connection: Connection, until_seq: int) -> None:
        """Go on over the entries up to ``until_seq``."""
        span = (self._at.seq, until_seq)
        rows = [
            (row[0], kind, row)
            for kind, sql in _SELECT.items()
            for row in connection.execute(sql, span).fetchall()
        ]
        rows.sort(key=itemgetter(0))
        for _, kind, row in rows:
            self._step(kind, row)
        if self._at.seq < until_seq:
            self._missing(self._at.seq + 1, until_seq)
            self._at = Head(seq=until_seq, mac=chain.mac_at(connection, until_seq) or b"")

    def tell(self, what: str, seq: int | None = None) -> None:
        """Take down a difference."""
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(Difference(what=what, seq=seq))

    def _step(self, kind: EntryKind, row: Row) -> None:
        seq, mac, *fields = row
        is_own = False
        if seq == self._at.seq + 1:
            is_own = link(self._key, self._at, kind, fields).mac == mac
            if not is_own:
                self.tell(f"Entry {seq}{_named(kind, fields)} is not as it was written", seq)
        elif seq == self._at.seq:
            self.tell(f"There are two entries {seq}", seq)
        else:
            self._missing(self._at.seq + 1, seq - 1)
        # From what is stored there, so that one difference is not told of all that follows it.
        self._at = Head(seq=seq, mac=mac)
        if kind is EntryKind.TRANSFER:
            self._move(fields)
        elif kind is EntryKind.GRANT_EVENT:
            self._happen(fields)
        elif is_own:
            self._heed(fields[0], fields[1])

    def _missing(self, first: int, last: int) -> None:
        named = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
        self.tell(f"{named} missing", first)

    def _move(self, fields: list[str | int | None]) -> None:
        transfer, kind, debit, credit, amount, code, pending, call, _at = fields
        assert isinstance(amount, int)
        is_pending = kind == TransferKind.PENDING
        released = 0
        if is_pending:
            self._holds[str(transfer)] = amount
        elif pending is not None:
            released = self._resolved(str(pending), str(transfer))
        held = (amount if is_pending else 0) - released
        posted = 0 if is_pending else amount
        for account, place in ((debit, 0), (credit, 2)):
            counters = self.accounts.setdefault(str(account), [0, 0, 0, 0])
            counters[place] += held
            counters[place + 1] += posted
        if kind == TransferKind.POSTED and call is not None:
            self.booked.take(str(call), str(debit), str(credit), str(code), amount)

    def _heed(self, kind: object, content: object) -> None:
        """Take in what a note says that the wallet itself has written."""
        assert isinstance(content, str)
        match kind:
            case NoteKind.LIMIT:
                self.limits.hear(self._at.seq, read_note(content))
            case NoteKind.ACCEPTED:
                # What was found by then, the user has taken as it was: nothing of it is told.
                self._accept(read_acceptance(content))
            case NoteKind.DIGEST:
                self._compare_digest(chain.read_digest(self._at, content))

    def _resolved(self, hold: str, by: str) -> int:
        amount = self._holds.pop(hold, None)
        if amount is None:
            amount = self._earlier_hold(hold)
        if amount is None:
            self.tell(f"{by} resolves {hold}, which is no open hold", self._at.seq)
        return amount or 0

    def _happen(self, fields: list[str | int | None]) -> None:
        grant, event = str(fields[0]), _EVENTS.get(str(fields[1]))
        if event is None:
            return
        before = self.grants.get(grant)
        after = next_grant_state(None if before is None else GrantState(before), event)
        if after is None:
            self.tell(f"{grant} was {before} and could not {event.value}", self._at.seq)
        else:
            self.grants[grant] = after.value

    def _accept(self, accepted: Acceptance | None) -> None:
        if accepted is not None:
            self.accepted, self._is_accepting = accepted, True
            self.differences.clear()
            self.limits.forget(self._at.seq)

    def _compare_digest(self, told: chain.Digest) -> None:
        if self._is_accepting:
            self._is_accepting = False
            self.accounts = {name: list(counters) for name, counters in told.accounts.items()}
            self.grants = dict(told.grants)
            return
        compare(self, told.accounts, told.grants, f"The digest at entry {told.head.seq}")


def compare(
    replay: Replay,
    accounts: Mapping[str, tuple[int, int, int, int]],
    grants: Mapping[str, str],
    whose: str,
) -> None:
    """Have ``replay`` take down where these are not what its entries come to."""
    for account in sorted(accounts.keys() | replay.accounts.keys()):
        kept = accounts.get(account, _NOTHING)
        reckoned = tuple(replay.accounts.get(account, _NOTHING))
        for name, one, other in zip(_COUNTERS, kept, reckoned, strict=True):
            if one != other:
                replay.tell(f"{whose}: {name} of {account} is {one}, its entries say {other}")
    for grant in sorted(grants.keys() | replay.grants.keys()):
        state, events_say = grants.get(grant, "gone"), replay.grants.get(grant, "never granted")
        if state != events_say:
            replay.tell(f"{whose}: {grant} is {state}, its events say {events_say}")


def _named(kind: EntryKind, fields: list[str | int | None]) -> str:
    match kind:
        case EntryKind.TRANSFER:
            return f", transfer {fields[0]},"
        case EntryKind.GRANT_EVENT:
            return f", {fields[1]} of {fields[0]},"
        case EntryKind.NOTE:
            return f", a note ({fields[0]}),"


_NOTHING: Final = (0, 0, 0, 0)
_COUNTERS: Final = ("debits pending", "debits posted", "credits pending", "credits posted")
