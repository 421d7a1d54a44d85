"""A real file with a little money and three apps, for tests that do thousands of things to it."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from tests.support import ledger_worker
from tests.support.ledger_worker import FUNDING, GRANT, KEY, NOW
from wattfare_desktop.core.identifiers import CallId, GrantId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import EXTERNAL, funding_account
from wattfare_desktop.core.ledger.model import Transfer, TransferCode, TransferKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import calls, grants, ledger
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import verify

T = TypeVar("T")
APPS: Final = (GRANT, GrantId("grant_b"), GrantId("grant_c"))
BALANCE: Final = 200
_TOPPED_UP: Final = 100 * 10**9


class SmallLedger:
    """The file, and what is done to it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "wallet.db"
        self.connection = self._open()
        self.write(_prepare)

    def write(self, operation: Callable[[Connection], T]) -> T:
        """Do it in a transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        done = operation(self.connection)
        self.connection.execute("COMMIT")
        return done

    def reopen(self) -> None:
        """Close the file, which must be as it was written, and open it again."""
        self._close()
        self.connection = self._open()

    def remove(self) -> None:
        """Take it away; it must be as it was written."""
        self._close()
        self._folder.cleanup()

    def _open(self) -> Connection:
        connection = connect(self._path, KEY)
        # What it comes to is looked at, not whether a disk keeps it.
        connection.execute("PRAGMA synchronous = OFF")
        migrate(connection)
        return connection

    def _close(self) -> None:
        assert verify(self.connection) is None
        self.connection.close()


def crash(connection: Connection, now: Instant) -> list[CallId]:
    """Charge in full what runs, as the start after a crash does; return what did."""
    ended = calls.running(connection)
    for call in ended:
        held = calls.hold_of(connection, call)
        settlement = replace(
            ledger_worker.settlement(call, held, held),
            now=now,
            basis=Basis.ESTIMATED,
            end=CallEnd.CRASHED,
            status=CallStatus.UNSETTLED,
        )
        assert calls.settle(connection, settlement) is not None
    return ended


def _prepare(connection: Connection) -> None:
    ledger_worker.prepare(connection)
    record = grants.get(connection, GRANT)
    assert record is not None
    for app in APPS[1:]:
        grants.insert(connection, replace(record, id=app))
    # So much is taken back of what the worker topped up.
    surplus = Transfer(
        id=TransferId("surplus"),
        kind=TransferKind.POSTED,
        debit_account=funding_account(FUNDING),
        credit_account=EXTERNAL,
        amount=Nanos(_TOPPED_UP - BALANCE),
        code=TransferCode.WITHDRAWAL,
        created_at=NOW,
    )
    ledger.apply(connection, surplus)
