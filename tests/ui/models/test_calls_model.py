"""Calls come as they are scrolled to, and new ones come in above."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, tzinfo

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.support.immediate_errands import HeldErrands, ImmediateErrands
from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import APPS, NOW, RUNNING, call
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import ActivityQuery, CallEnd, CallRow, CallStatus
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.models.calls_model import PIECE, CallsModel, Column

pytestmark = pytest.mark.usefixtures("qapp")

MANY = 100_000


class Table:
    """A model on a wallet whose calls can be put in above."""

    def __init__(self, calls: Sequence[CallRow], errands: Errands | None = None) -> None:
        self.wallet = PageWallet(calls=calls)
        self.failures: list[UserFacingError] = []
        self.model = CallsModel(
            acts=self.wallet,
            errands=ImmediateErrands() if errands is None else errands,
            now=self.now,
            zone=self.zone,
            failed=self.failures.append,
        )
        self.changed: list[tuple[int, int]] = []
        self.model.dataChanged.connect(self.note_change)

    def now(self) -> Instant:
        return NOW

    def zone(self) -> tzinfo:
        return UTC

    def note_change(self, first: QModelIndex, last: QModelIndex) -> None:
        self.changed.append((first.row(), last.row()))

    def begin(self, query: ActivityQuery | None = None) -> None:
        self.model.show(query or ActivityQuery())

    @property
    def ids(self) -> list[CallId]:
        rows = (self.model.call(row) for row in range(self.model.rowCount()))
        return [row.call for row in rows if row is not None]


def calls(first: int, last: int) -> tuple[CallRow, ...]:
    return tuple(call(number) for number in range(first, last))


def test_it_reads_in_pieces_until_the_end() -> None:
    table = Table(calls(0, 2 * PIECE + 7))
    table.begin()
    assert table.model.rowCount() == PIECE
    table.model.fetchMore()
    table.model.fetchMore()
    assert table.model.rowCount() == 2 * PIECE + 7
    assert not table.model.canFetchMore()
    assert table.ids == [row.call for row in table.wallet.calls]
    assert [query.offset for query in table.wallet.queries] == [0, PIECE, 2 * PIECE]


def test_it_keeps_to_the_rules_of_models() -> None:
    errands = HeldErrands()
    table = Table(calls(10, 10 + 2 * PIECE), errands)
    # It also asks for more on each change, so reading has to wait until it has looked.
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(table.model, fatal, table.model)
    table.begin()
    errands.let_all_go()
    table.wallet.calls = (*RUNNING, *calls(5, 10 + 2 * PIECE))
    table.model.refresh()
    errands.let_all_go()
    table.begin(ActivityQuery(text="chess"))
    errands.let_all_go()
    assert {row.removeprefix("call_")[-1] for row in table.ids} <= set("13579")


def test_cells_are_words() -> None:
    table = Table([call(9, input_tokens=23, output_tokens=190, cost=Nanos(1_930_000))])
    table.begin()
    cells = [table.model.index(0, column).data() for column in Column]
    assert cells == [
        "1 h ago",
        "Code Companion",
        "openai/gpt-5-mini",
        "Complete",
        "23 → 190",
        "$0.0019",
    ]
    heads = [table.model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert heads[Column.UNITS] == "Text units (tokens)"
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    told = table.model.index(0, Column.COST).data(Qt.ItemDataRole.TextAlignmentRole)
    assert int(told) == right


def test_new_calls_come_in_above_and_none_is_shown_twice() -> None:
    table = Table(calls(10, 10 + 2 * PIECE))
    table.begin()
    table.wallet.calls = calls(5, 10 + 2 * PIECE)
    table.model.refresh()
    assert table.ids[:6] == [f"call_{number}" for number in range(5, 11)]
    table.wallet.calls = calls(3, 10 + 2 * PIECE)
    while table.model.canFetchMore():
        table.model.fetchMore()
    assert len(table.ids) == len(set(table.ids))
    assert table.ids[-1] == f"call_{10 + 2 * PIECE - 1}"
    table.model.refresh()
    assert table.ids == [row.call for row in table.wallet.calls]


def test_a_running_call_that_ends_changes_where_it_stands() -> None:
    table = Table((*calls(10, 13), RUNNING[0], *calls(13, 20)))
    table.begin()
    ended = replace(RUNNING[0], status=CallStatus.SETTLED, end=CallEnd.COMPLETE)
    table.wallet.calls = (*calls(10, 13), ended, *calls(13, 20))
    table.model.refresh()
    assert table.changed == [(3, 3)]
    assert table.model.index(3, Column.STATUS).data() == "Complete"


def test_running_calls_far_down_are_looked_at_too() -> None:
    lower = (*calls(10, 10 + PIECE), RUNNING[0])
    table = Table(lower)
    table.begin()
    table.model.fetchMore()
    ended = replace(RUNNING[0], status=CallStatus.SETTLED, end=CallEnd.COMPLETE)
    table.wallet.calls = (*calls(10, 10 + PIECE), ended)
    table.model.refresh()
    assert table.changed == [(PIECE, PIECE)]


def test_after_very_many_new_ones_it_begins_anew() -> None:
    table = Table(calls(1_000, 1_100))
    table.begin()
    table.wallet.calls = calls(0, 1_100)
    table.model.refresh()
    assert table.ids == [f"call_{number}" for number in range(PIECE)]
    assert table.model.canFetchMore()


def test_another_question_drops_the_answer_to_the_last() -> None:
    errands = HeldErrands()
    table = Table(calls(0, 20), errands)
    table.begin()
    table.begin(ActivityQuery(app=APPS[0].id))
    errands.let_go(1)
    errands.let_go(0)
    assert table.ids
    assert all(row % 4 == 0 for row in (int(each.removeprefix("call_")) for each in table.ids))


def test_asked_to_refresh_while_it_reads_it_does_so_after() -> None:
    errands = HeldErrands()
    table = Table(calls(5, 20), errands)
    table.begin()
    table.model.refresh()
    assert len(errands) == 1
    errands.let_go()
    table.wallet.calls = calls(0, 20)
    errands.let_go()
    assert table.ids[0] == "call_0"


def test_a_failure_is_told_and_not_tried_again_by_itself() -> None:
    class Broken(PageWallet):
        async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
            raise UserFacingError("Locked", f"Unlock it. {query.offset}")

    table = Table(())
    table.wallet = Broken()
    table.model._acts = table.wallet
    table.begin()
    assert [error.title for error in table.failures] == ["Locked"]
    assert not table.model.canFetchMore()


def test_a_hundred_thousand_calls_are_scrolled_through() -> None:
    rows = [replace(call(7), call=CallId(f"call_{number}")) for number in range(MANY)]
    table = Table(rows)
    table.begin()
    slowest_s = 0.0
    while table.model.canFetchMore():
        began = time.perf_counter()
        table.model.fetchMore()
        slowest_s = max(slowest_s, time.perf_counter() - began)
    assert table.model.rowCount() == MANY
    # A generous bound for a busy machine; a piece takes some two milliseconds.
    assert slowest_s < 0.2
