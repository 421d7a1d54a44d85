"""Books with all that can be in them, and what takes their guards away for a forger."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Final

from tests.support import ledger_worker
from tests.support.ledger_worker import (
    COST,
    FUNDING,
    GRANT,
    HOLD,
    KEY,
    NOW,
    admission,
    settlement,
)
from tests.support.small_ledger import crash
from wattfare_desktop.core.corrections import Correction
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import CallId, Instant, TransferId
from wattfare_desktop.core.ledger.model import TransferStatus
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.storage import budgets, calls, corrections, raises, reserve, stuck_windows
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.reserve import Charged
from wattfare_desktop.storage.verification import Verification, verify

CHAIN_KEY: Final = b"c" * 32
TEN: Final = Nanos(10_000)
RAISED: Final = Nanos(2_000)
TOMORROW: Final = Instant(NOW + 86_400_000)
FAR: Final = Instant(1_939_291_200_000)
"""A day in June of 2031, to which a clock was set by mistake."""


def lived_in_books(path: Path) -> Connection:
    """A ledger with all that limits can be: new, raised, counted from before, renewed, gone."""
    connection = connect(path, KEY, chain_key=CHAIN_KEY)
    migrate(connection)
    ledger_worker.prepare(connection)
    owner = budgets.owner_of(GRANT)
    for number in range(3):
        make_call(connection, number, NOW)
    day, month = (Cap(period=each, limit=TEN) for each in (Period.DAY, Period.MONTH))
    budgets.set_caps(connection, budgets.WALLET, [month], NOW, UTC)
    budgets.set_call_limit(connection, budgets.WALLET, TEN, NOW)
    budgets.set_caps(connection, owner, [day, month], NOW, UTC)
    wanted = raises.Raise(grant=GRANT, period=Period.DAY, amount=RAISED, kind=RaiseKind.WINDOW)
    assert raises.add(connection, wanted, NOW, UTC)
    reserve.add(connection, FUNDING, TEN, TransferId("set_aside"), NOW)
    charged = Charged(call=CallId("call_0"), grant=GRANT, funding=FUNDING, now=NOW)
    assert reserve.credit(connection, charged, Nanos(300)) is TransferStatus.OK
    connection.execute("UPDATE calls SET credited = 300 WHERE id = 'call_0'")
    # The next day: windows renew, and one limit goes.
    for number in range(3, 6):
        make_call(connection, number, TOMORROW)
    budgets.set_caps(connection, owner, [day], TOMORROW, UTC)
    assert raises.add(connection, wanted, TOMORROW, UTC)
    make_call(connection, 6, TOMORROW, ends=False)
    assert verify(connection) is None
    return connection


def mended_books(path: Path) -> Connection:
    """The same, after its user set aside a window of the future, and settled a lost call."""
    connection = lived_in_books(path)
    make_call(connection, 1_000, FAR)
    wanted = raises.Raise(grant=GRANT, period=Period.DAY, amount=RAISED, kind=RaiseKind.WINDOW)
    assert raises.add(connection, wanted, FAR, UTC)
    assert len(stuck_windows.reset(connection, TOMORROW, UTC)) == 2
    assert raises.add(connection, wanted, TOMORROW, UTC)
    make_call(connection, 1_001, TOMORROW, ends=False)
    crash(connection, TOMORROW)
    found = corrections.correct(connection, CallId("call_1001"), Nanos(400), TOMORROW)
    assert isinstance(found, Correction)
    assert verify(connection) is None
    return connection


def make_call(connection: Connection, number: int, now: Instant, *, ends: bool = True) -> None:
    """Make a call named by ``number``."""
    call = CallId(f"call_{number}")
    assert isinstance(calls.admit(connection, replace(admission(call), now=now)), Fit)
    if ends:
        calls.settle(connection, settlement(call, HOLD, COST))


def disarm(connection: Connection) -> None:
    """Drop whatever in the file itself stands in a forger's way."""
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in rows:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")


def differences(connection: Connection) -> list[str]:
    """Return all that a whole verification tells."""
    verification = Verification()
    while not verification.is_over:
        verification.step(connection)
    return [each.what for each in verification.differences]
