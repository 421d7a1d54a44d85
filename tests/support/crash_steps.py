"""Every durable step by its name, and a process killed right before or after it is durable.

``python -m tests.support.crash_steps`` reads lines ``FILE STEP WHEN``. For each it forks a process
that takes all steps in their order on that file, is killed at the one named, and answers with a
line of JSON: by which signal it ended, and which steps it was told to be durable by then.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from tests.support import ledger_worker
from tests.support.altered_books import FAR
from tests.support.ledger_worker import (
    COST,
    FUNDING,
    GRANT,
    HOLD,
    KEY,
    MORE,
    NOW,
    admission,
    settlement,
)
from tests.support.small_ledger import crash
from wattfare_desktop.core.corrections import Correction
from wattfare_desktop.core.disputes import Dispute, DisputeReason
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import CallId, TransferId
from wattfare_desktop.core.ledger.chain import NoteKind
from wattfare_desktop.core.ledger.model import TransferStatus
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.storage import (
    acceptance,
    budgets,
    calls,
    chain,
    corrections,
    database,
    disputes,
    fundings,
    grants,
    raises,
    reserve,
    stuck_windows,
)
from wattfare_desktop.storage.connection import ChainEnd, Connection, Cursor, Parameter, connect
from wattfare_desktop.storage.database import Database
from wattfare_desktop.vault.anchor import AnchorFile, seal_anchor

CHAIN_KEY: Final = b"c" * 32
ANCHOR_KEY: Final = b"a" * 32
CALL: Final = CallId("call_steps")
_LOST: Final = CallId("call_lost")
_TEN: Final = parse_usd("10.00")


class Step(StrEnum):
    """What is to be durable when it returns, in the order in which it is done here."""

    MIGRATE = "migrate"
    GRANT = "grant"
    TOP_UP = "top up"
    SET_ASIDE = "set aside"
    ADMIT = "admit"
    EXTEND = "extend"
    SETTLE = "settle"
    RAISE = "raise"
    CHANGE_CAPS = "change caps"
    DISPUTE = "dispute"
    REVERSE = "reverse"
    DIGEST = "digest"
    DOUBT = "doubt"
    ACCEPT = "accept"
    RESET = "reset"
    CORRECT = "correct"
    REVOKE = "revoke"
    ANCHOR = "anchor"


class When(StrEnum):
    """On which side of a step's last write the process ends."""

    BEFORE = "before"
    AFTER = "after"


class CrashPoint:
    """Knows which step is being taken, and kills the process at the one it was told."""

    def __init__(self, step: Step, when: When) -> None:
        self._step = step
        self._when = when
        self.current: Step = Step.MIGRATE

    def reached(self, when: When) -> None:
        """End as kill -9 does, if this is the point."""
        if (self.current, when) == (self._step, self._when):
            os.kill(os.getpid(), signal.SIGKILL)


class CrashingConnection:
    """A connection that passes a crash point before and after each commit."""

    def __init__(self, connection: Connection, point: CrashPoint) -> None:
        self._connection = connection
        self._point = point

    @property
    def chain(self) -> ChainEnd:
        """The end of the chain."""
        return self._connection.chain

    def execute(self, sql: str, parameters: Sequence[Parameter] = (), /) -> Cursor:
        """Run one statement."""
        if sql != "COMMIT":
            return self._connection.execute(sql, parameters)
        self._point.reached(When.BEFORE)
        cursor = self._connection.execute(sql, parameters)
        self._point.reached(When.AFTER)
        return cursor

    def executescript(self, sql: str, /) -> Cursor:
        """Run several statements."""
        return self._connection.executescript(sql)

    def interrupt(self) -> None:
        """Have the statement that runs fail."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _admit(connection: Connection) -> None:
    assert isinstance(calls.admit(connection, admission(CALL)), Fit)


def _extend(connection: Connection) -> None:
    more = calls.Extension(call=CALL, hold=TransferId(f"{CALL}.hold.1"), amount=MORE, now=NOW)
    assert calls.extend(connection, more) is None


def _settle(connection: Connection) -> None:
    ending = settlement(CALL, Nanos(HOLD + MORE), COST)
    assert calls.settle(connection, replace(ending, end=CallEnd.FAILED)) is not None


def _set_aside(connection: Connection) -> None:
    added = reserve.add(connection, FUNDING, _TEN, TransferId("set_aside"), NOW)
    assert added is TransferStatus.OK


def _raise(connection: Connection) -> None:
    wanted = raises.Raise(grant=GRANT, period=Period.DAY, amount=_TEN, kind=RaiseKind.WINDOW)
    assert raises.add(connection, wanted, NOW, UTC)


def _change_caps(connection: Connection) -> None:
    caps = [Cap(period=period, limit=_TEN) for period in (Period.DAY, Period.MONTH)]
    budgets.set_caps(connection, budgets.owner_of(GRANT), caps, NOW, UTC)


def _dispute(connection: Connection) -> None:
    opened = disputes.dispute(connection, CALL, DisputeReason.EARLY, NOW)
    assert isinstance(opened, Dispute)
    assert opened.amount == COST


def _reset_windows(connection: Connection) -> None:
    """Set aside windows of the future, that a call of the same step has opened there."""
    early = replace(admission(_LOST), now=FAR)
    assert isinstance(calls.admit(connection, early), Fit)
    assert stuck_windows.reset(connection, NOW, UTC)


def _correct(connection: Connection) -> None:
    assert crash(connection, NOW) == [_LOST]
    assert isinstance(corrections.correct(connection, _LOST, COST, NOW), Correction)


def _reverse(connection: Connection) -> None:
    assert isinstance(disputes.reverse(connection, CALL, NOW), Dispute)


OPERATIONS: Final[dict[Step, Callable[[Connection], object]]] = {
    Step.GRANT: ledger_worker.prepare,
    Step.TOP_UP: partial(
        fundings.top_up, funding=FUNDING, amount=_TEN, transfer=TransferId("more"), now=NOW
    ),
    Step.SET_ASIDE: _set_aside,
    Step.ADMIT: _admit,
    Step.EXTEND: _extend,
    Step.SETTLE: _settle,
    Step.RAISE: _raise,
    Step.CHANGE_CAPS: _change_caps,
    Step.DISPUTE: _dispute,
    Step.REVERSE: _reverse,
    Step.DIGEST: partial(chain.add_digest, now=NOW, with_limits=False),
    Step.DOUBT: partial(chain.add_note, kind=NoteKind.DOUBTED, content="a test", now=NOW),
    Step.ACCEPT: partial(acceptance.accept, content={"why": "a test"}, now=NOW),
    Step.RESET: _reset_windows,
    Step.CORRECT: _correct,
    Step.REVOKE: partial(
        grants.set_state, grant=GRANT, state=GrantState.REVOKED, event="revoke", now=NOW
    ),
}
"""What is done to the books in each step; the first and the last are none of the books'."""

EVIDENCE: Final[dict[Step, str]] = {
    Step.MIGRATE: "SELECT 1 FROM chain_notes WHERE kind = 'limit'",
    Step.GRANT: "SELECT 1 FROM budgets WHERE owner = 'grant:grant_a'",
    Step.TOP_UP: "SELECT 1 FROM transfers WHERE id = 'more'",
    Step.SET_ASIDE: "SELECT 1 FROM transfers WHERE id = 'set_aside'",
    Step.ADMIT: "SELECT 1 FROM call_windows JOIN calls ON seq = call_seq WHERE id = 'call_steps'",
    Step.EXTEND: "SELECT 1 FROM calls WHERE hold = 1500",
    Step.SETTLE: "SELECT 1 FROM daily_spend JOIN calls USING (grant_id) WHERE cost = 700",
    Step.RAISE: "SELECT 1 FROM raises",
    Step.CHANGE_CAPS: "SELECT 1 FROM budgets WHERE period = 'month'",
    Step.DISPUTE: "SELECT 1 FROM disputes JOIN transfers ON id = 'call_steps.credit'",
    Step.REVERSE: "SELECT 1 FROM disputes WHERE state = 'reversed'",
    Step.DIGEST: "SELECT 1 FROM chain_notes WHERE kind = 'digest'",
    Step.DOUBT: "SELECT 1 FROM chain_notes WHERE kind = 'doubted'",
    Step.ACCEPT: "SELECT 1 FROM chain_notes WHERE kind = 'accepted'",
    Step.RESET: "SELECT 1 FROM windows WHERE set_aside_at IS NOT NULL",
    Step.CORRECT: "SELECT 1 FROM calls WHERE corrected < 0",
    Step.REVOKE: "SELECT 1 FROM grants WHERE state = 'revoked'",
}
"""What finds something once the step is done, and nothing before."""


async def _take(path: Path, point: CrashPoint, tell: Callable[[Step], None]) -> None:
    def connect_with(
        path: Path, key_hex: str, *, chain_key: bytes, read_only: bool = False
    ) -> Connection:
        connection = connect(path, key_hex, chain_key=chain_key, read_only=read_only)
        return connection if read_only else CrashingConnection(connection, point)

    vars(database)["connect"] = connect_with
    opened = await asyncio.to_thread(Database, path, KEY, CHAIN_KEY)
    tell(Step.MIGRATE)
    for step, operation in OPERATIONS.items():
        point.current = step
        await opened.write(operation)
        tell(step)
    point.current = Step.ANCHOR
    head = await opened.read(chain.head)
    _crash_at_replacing(point)
    AnchorFile(path.parent).write(seal_anchor(ANCHOR_KEY, head))
    tell(Step.ANCHOR)


def _crash_at_replacing(point: CrashPoint) -> None:
    def replace_with(self: Path, target: Path) -> Path:
        point.reached(When.BEFORE)
        os.replace(self, target)  # noqa: PTH105 - it stands in for the other
        point.reached(When.AFTER)
        return target

    setattr(Path, "replace", replace_with)  # noqa: B010 - in a process that is about to end


def _fork(path: Path, point: CrashPoint) -> dict[str, object]:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        asyncio.run(_take(path, point, lambda step: _write(writing, f"{step}\n")))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        steps = told.read().splitlines()
    _, status = os.waitpid(child, 0)
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "told": steps}


def _write(descriptor: int, line: str) -> None:
    os.write(descriptor, line.encode())


if __name__ == "__main__":
    for line in sys.stdin:
        place, step, when = line.rstrip("\n").split("\t")
        answer = _fork(Path(place), CrashPoint(Step(step), When(when)))
        _write(sys.stdout.fileno(), json.dumps(answer) + "\n")
