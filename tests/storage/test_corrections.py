"""Calls that a crash left unsettled, set right by their user's word, on a real SQLCipher file."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.ledger_worker import FUNDING, GRANT, HOLD, KEY, NOW, admission
from wattfare_desktop.core.corrections import Correction, CorrectionRefusal
from wattfare_desktop.core.disputes import Dispute, DisputeReason, DisputeState
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import AccountId, CallId, TransferId
from wattfare_desktop.core.ledger.chart import (
    funding_account,
    overrun_account,
    reserve_account,
    spend_account,
)
from wattfare_desktop.core.ledger.model import TransferStatus
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import ActivityQuery, CallEnd, CallRow, CallStatus
from wattfare_desktop.storage import (
    budgets,
    calls,
    corrections,
    disputes,
    export,
    ledger,
    reports,
    reserve,
)
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database, LedgerUnavailable
from wattfare_desktop.storage.verification import Verification, verify

CALL = CallId("call_1")
TOPPED_UP = parse_usd("100.00")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "wallet.db", KEY)
    await opened.write(ledger_worker.prepare)
    yield opened
    assert await opened.read(verify) is None
    await asyncio.to_thread(opened.close)


def crash(connection: Connection, call: CallId = CALL) -> None:
    """Hold for a call, and end it as the start after a crash does."""
    assert isinstance(calls.admit(connection, admission(call)), Fit)
    ending = calls.Settlement(
        call=call,
        held=HOLD,
        transfer_prefix=TransferId(f"{call}.end"),
        cost=HOLD,
        tokens=calls.TokenCounts(),
        basis=Basis.ESTIMATED,
        end=CallEnd.CRASHED,
        status=CallStatus.UNSETTLED,
        first_byte_at=None,
        now=NOW,
        day=date(2026, 11, 23),
    )
    assert calls.settle(connection, ending) is not None


def corrected(connection: Connection, billed: int, call: CallId = CALL) -> Correction:
    found = corrections.correct(connection, call, Nanos(billed), NOW)
    assert isinstance(found, Correction), found
    return found


def balance(connection: Connection, account: AccountId) -> int:
    found = ledger.account(connection, account)
    assert found is not None
    return found.credit_balance


def counted(connection: Connection) -> tuple[int, int, int]:
    """Return what the window has spent and holds, and what the day says."""
    window = connection.execute("SELECT spent, held FROM windows").fetchone()
    day = connection.execute("SELECT spent FROM daily_spend").fetchone()
    assert window is not None
    assert day is not None
    return window[0], window[1], day[0]


def row(connection: Connection, call: CallId = CALL) -> CallRow:
    return next(each for each in reports.calls(connection, ActivityQuery()) if each.call == call)


@pytest.mark.parametrize("billed", [0, 1, 400, HOLD])
async def test_what_was_charged_too_much_comes_back(database: Database, billed: int) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        assert corrections.unsettled_count(connection) == 1
        assert counted(connection) == (HOLD, 0, HOLD)
        found = corrected(connection, billed)
        assert (found.charged, found.cost, found.returned) == (HOLD, billed, HOLD - billed)
        assert counted(connection) == (billed, 0, billed)
        assert balance(connection, funding_account(FUNDING)) == TOPPED_UP - billed
        assert balance(connection, spend_account(GRANT)) == billed
        assert corrections.unsettled_count(connection) == 0
        told = row(connection)
        assert (told.status, told.basis) == (CallStatus.SETTLED, Basis.TOLD)
        assert (told.cost, told.provider_cost, told.overrun) == (billed, billed, 0)
        assert (told.charged_at_first, told.corrected) == (HOLD, billed - HOLD)
        (app,) = reports.apps(connection, NOW)
        assert app.spent_total == billed
        assert reports.funding_figures(connection)[FUNDING].spent == billed

    await database.write(run)


async def test_what_was_charged_too_little_takes_the_room_that_is_left(
    database: Database,
) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        found = corrected(connection, HOLD + 500)
        assert (found.cost, found.returned, found.uncovered) == (HOLD + 500, -500, 0)
        assert counted(connection) == (HOLD + 500, 0, HOLD + 500)
        assert balance(connection, funding_account(FUNDING)) == TOPPED_UP - HOLD - 500
        (app,) = reports.apps(connection, NOW)
        assert app.spent_total == HOLD + 500
        assert reports.funding_figures(connection)[FUNDING].spent == HOLD + 500

    await database.write(run)


async def test_what_no_room_is_left_for_is_an_overrun(database: Database) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        caps = [Cap(period=Period.DAY, limit=Nanos(HOLD + 200))]
        budgets.set_caps(connection, budgets.owner_of(GRANT), caps, NOW, UTC)
        aside = reserve.add(connection, FUNDING, Nanos(100), TransferId("aside"), NOW)
        assert aside is TransferStatus.OK
        found = corrected(connection, HOLD + 500)
        assert (found.cost, found.from_reserve, found.uncovered) == (HOLD + 200, 100, 200)
        assert counted(connection) == (HOLD + 200, 0, HOLD + 200)
        assert balance(connection, reserve_account(FUNDING)) == 0
        assert balance(connection, overrun_account(FUNDING)) == 200
        assert row(connection).overrun == 300

    await database.write(run)


async def test_a_cap_that_was_lowered_since_is_only_used_up(database: Database) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        caps = [Cap(period=Period.DAY, limit=Nanos(HOLD - 300))]
        budgets.set_caps(connection, budgets.owner_of(GRANT), caps, NOW, UTC)
        found = corrected(connection, HOLD + 1)
        assert (found.cost, found.uncovered) == (HOLD, 1)

    await database.write(run)


async def test_it_is_asked_once_and_only_of_what_a_crash_left(database: Database) -> None:
    def run(connection: Connection) -> None:
        def refused(call: str) -> object:
            return corrections.correct(connection, CallId(call), Nanos(1), NOW)

        assert refused("call_none") is CorrectionRefusal.NO_SUCH_CALL
        running = CallId("call_2")
        calls.admit(connection, admission(running))
        assert refused("call_2") is CorrectionRefusal.STILL_RUNNING
        calls.settle(connection, ledger_worker.settlement(running, HOLD, Nanos(700)))
        assert refused("call_2") is CorrectionRefusal.SETTLED
        crash(connection)
        corrected(connection, HOLD)
        assert refused("call_1") is CorrectionRefusal.ALREADY_CORRECTED

    await database.write(run)


async def test_a_cap_that_is_new_counts_what_was_corrected(database: Database) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        corrected(connection, 250)
        caps = [Cap(period=Period.MONTH, limit=Nanos(600))]
        budgets.set_caps(connection, budgets.owner_of(GRANT), caps, NOW, UTC)
        (window,) = reports.windows(connection, budgets.owner_of(GRANT), NOW)
        assert (window.spent, window.left) == (250, 350)

    await database.write(run)


async def test_the_users_word_proves_nothing_in_a_dispute(database: Database) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        corrected(connection, 250)
        found = disputes.dispute(connection, CALL, DisputeReason.EMPTY, NOW)
        assert isinstance(found, Dispute)
        assert (found.state, found.cost, found.amount) == (DisputeState.OPEN, 250, 0)

    await database.write(run)


async def test_an_export_that_began_before_does_not_have_it(database: Database) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        before = export.start(connection)
        corrected(connection, 250)
        after = export.start(connection)
        (old,) = export.calls(connection, 0, before.last_call, before.head.seq)
        assert (old.status, old.basis) == (CallStatus.UNSETTLED, Basis.ESTIMATED)
        assert (old.cost, old.provider_cost, old.corrected) == (HOLD, HOLD, 0)
        (new,) = export.calls(connection, 0, after.last_call, after.head.seq)
        assert (new.status, new.cost) == (CallStatus.SETTLED, 250)

    await database.write(run)


_CORRECTED = "UPDATE calls SET status = 'settled', basis = 'told', corrected = -5"


@pytest.mark.parametrize(
    "forgery",
    [
        _CORRECTED,
        "UPDATE calls SET corrected = -5",
        "UPDATE calls SET status = 'settled'",
        "UPDATE calls SET status = 'settled', basis = 'reported'",
        "UPDATE calls SET provider_cost = 5",
        "UPDATE calls SET basis = 'told'",
    ],
)
async def test_the_file_itself_corrects_nothing(database: Database, forgery: str) -> None:
    await database.write(crash)
    with pytest.raises(LedgerUnavailable, match=r"settles once|journal|never changes"):
        await database.write(lambda connection: connection.execute(forgery).rowcount)


@pytest.mark.parametrize("forgery", [_CORRECTED, "UPDATE calls SET corrected = corrected - 1"])
async def test_nor_does_it_correct_twice(database: Database, forgery: str) -> None:
    def run(connection: Connection) -> None:
        crash(connection)
        corrected(connection, 250)

    await database.write(run)
    with pytest.raises(LedgerUnavailable, match=r"settles once|never changes"):
        await database.write(lambda connection: connection.execute(forgery).rowcount)


@pytest.mark.parametrize(
    ("forgery", "told"),
    [
        ("UPDATE calls SET corrected = -999", "call_1 was corrected by -999, by its user 1 times,"),
        ("UPDATE calls SET credited = 5", "call_1 was credited 5, its transfers say 0"),
        ("UPDATE calls SET basis = 'reported'", "by its user 0 times, its transfers say"),
    ],
)
async def test_a_verification_tells_what_was_altered(
    tmp_path: Path, forgery: str, told: str
) -> None:
    opened = Database(tmp_path / "wallet.db", KEY)

    def run(connection: Connection) -> tuple[str, ...]:
        ledger_worker.prepare(connection)
        crash(connection)
        corrected(connection, 250)
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(forgery)
        verification = Verification()
        while not verification.is_over:
            verification.step(connection)
        return tuple(each.what for each in verification.differences)

    differences = await opened.write(run)
    assert any(told in each for each in differences), differences
    await asyncio.to_thread(opened.close)
