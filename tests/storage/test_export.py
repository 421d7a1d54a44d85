"""What an export reads is the books as they were when it began."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import ledger_worker
from tests.support.ledger_worker import COST, FUNDING, HOLD, KEY, NOW
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import CallId, TransferId
from wattfare_desktop.core.ledger.chain import EntryKind
from wattfare_desktop.core.ledger.model import TransferStatus
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.storage import calls, export, fundings, reserve
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.export import ExportedEntry
from wattfare_desktop.storage.migrate import migrate


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Connection]:
    connection = _books(tmp_path)
    yield connection
    connection.close()


def _books(folder: Path) -> Connection:
    connection = connect(folder / "wallet.db", KEY, chain_key=b"k" * 32)
    migrate(connection)
    ledger_worker.prepare(connection)
    return connection


def _begin(books: Connection, number: int) -> CallId:
    call = CallId(f"call_{number}")
    assert isinstance(calls.admit(books, ledger_worker.admission(call)), Fit)
    return call


def _end(books: Connection, call: CallId, cost: Nanos | None) -> None:
    assert calls.settle(books, ledger_worker.settlement(call, HOLD, cost)) is not None


def _posted(entries: tuple[ExportedEntry, ...]) -> dict[str, int]:
    """Return posted credits less debits, added up from the entries alone."""
    found: dict[str, int] = {}
    for entry in entries:
        _, kind, debit, credit, amount, *_rest = entry.fields
        if kind in {"posted", "post_pending"}:
            found[debit] = found.get(debit, 0) - amount
            found[credit] = found.get(credit, 0) + amount
    return {account: balance for account, balance in found.items() if balance}


def _balances(start: export.ExportStart) -> dict[str, int]:
    return {each.id: each.credit_balance for each in start.accounts if each.credit_balance}


def _all(books: Connection, start: export.ExportStart, step: int) -> tuple[ExportedEntry, ...]:
    return tuple(
        entry
        for after in range(0, start.head.seq, step)
        for entry in export.entries(
            books, EntryKind.TRANSFER, after, min(after + step, start.head.seq)
        )
    )


@settings(max_examples=25, deadline=None)
@given(
    acts=st.lists(st.sampled_from(["begin", "post", "void", "top up"]), max_size=40),
    step=st.integers(1, 20),
    later=st.integers(0, 40),
)
def test_exported_entries_come_to_the_balances(acts: list[str], step: int, later: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        books = _books(Path(folder))
        try:
            running: list[CallId] = []
            start = export.start(books)
            for number, act in enumerate(acts):
                _act(books, act, number, running)
                if number == later:
                    start = export.start(books)
            assert _posted(_all(books, start, step)) == _balances(start)
            end = export.start(books)
            assert _posted(_all(books, end, step)) == _balances(end)
        finally:
            books.close()


def _act(books: Connection, act: str, number: int, running: list[CallId]) -> None:
    if act == "begin":
        running.append(_begin(books, number))
    elif act == "top up":
        amount, name = Nanos(number + 1), TransferId(f"transfer_{number}")
        assert fundings.top_up(books, FUNDING, amount, name, NOW) is TransferStatus.OK
    elif running:
        _end(books, running.pop(0), COST if act == "post" else None)


def test_a_call_that_settles_meanwhile_is_still_running_in_the_export(books: Connection) -> None:
    call = _begin(books, 1)
    start = export.start(books)
    _end(books, call, COST)
    _begin(books, 2)
    assert [row.call for row in start.running] == [call]
    assert start.running[0].status is CallStatus.RUNNING
    found = export.calls(books, 0, start.last_call, start.head.seq)
    assert [row.call for row in found] == [call]
    kinds = [entry.fields[1] for entry in _all(books, start, 100)]
    assert kinds == ["posted", "pending"]


def test_a_credit_that_comes_meanwhile_is_not_in_the_export(books: Connection) -> None:
    call = _begin(books, 1)
    _end(books, call, COST)
    assert reserve.add(books, FUNDING, COST, TransferId("aside"), NOW) is TransferStatus.OK
    before = export.start(books)
    _credit(books, call)
    after = export.start(books)
    for start, credited in ((before, 0), (after, COST)):
        (row,) = export.calls(books, 0, start.last_call, start.head.seq)
        assert row.credited == credited


def _credit(books: Connection, call: CallId) -> None:
    charge = reserve.Charged(call=call, grant=ledger_worker.GRANT, funding=FUNDING, now=NOW)
    assert reserve.credit(books, charge, COST) is TransferStatus.OK
    books.execute("UPDATE calls SET credited = ? WHERE id = ?", (COST, call))


def test_a_transfer_tells_whose_call_it_was(books: Connection) -> None:
    _begin(books, 1)
    top_up, hold = export.entries(books, EntryKind.TRANSFER, 0, 100)
    assert top_up.spent_by == (None, None, None)
    assert hold.spent_by == ("grant_a", "openai", "gpt-5-mini")


def test_events_and_notes_are_read_by_their_numbers(books: Connection) -> None:
    (granted,) = export.entries(books, EntryKind.GRANT_EVENT, 0, 100)
    assert granted.fields[:2] == ("grant_a", "granted")
    assert export.entries(books, EntryKind.GRANT_EVENT, granted.seq, 100) == ()
    (limit,) = export.entries(books, EntryKind.NOTE, 0, 100)
    assert limit.fields[0] == "limit"
    assert export.entries(books, EntryKind.NOTE, limit.seq, 100) == ()


def test_a_removed_funding_is_told_without_its_key(books: Connection) -> None:
    assert fundings.remove(books, FUNDING, TransferId("out"), NOW)
    (funding,) = export.start(books).fundings
    assert (funding.id, funding.removed_at) == (FUNDING, NOW)
