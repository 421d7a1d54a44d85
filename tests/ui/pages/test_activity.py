"""Every call: listed, searched, opened."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import CALLS, CODER, EMPTY, NOW, RUNNING, call
from tests.support.widgets import named, press, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.identifiers import DAY_MS, CallId, later
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import ActivityQuery, CallEnd, CallStatus
from wattfare_desktop.ui.models.calls_model import PIECE, Column
from wattfare_desktop.ui.pages.receipt import Receipt
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("activity")
    return here


def table(here: OpenWindow) -> QTableView:
    return named(here.window.activity, QTableView, "Calls")


def choose(here: OpenWindow, name: str, words_chosen: str) -> None:
    choice = named(here.window.activity, QComboBox, name)
    choice.setCurrentText(words_chosen)
    choice.activated.emit(choice.currentIndex())


def receipt(here: OpenWindow) -> Receipt:
    found = here.window.activity.findChild(Receipt)
    assert isinstance(found, Receipt)
    return found


def test_every_call_is_listed_newest_first(here: OpenWindow) -> None:
    model = table(here).model()
    assert model.rowCount() == len(CALLS)
    assert model.index(0, 3).data() == "Running"


def test_nothing_is_read_before_it_is_looked_at(qtbot: QtBot) -> None:
    here = open_window(qtbot)
    here.window.take(Changes(calls=True))
    assert here.wallet.queries == []


def test_filters_ask_the_wallet(here: OpenWindow) -> None:
    choose(here, "Filter: App", "Code Companion")
    choose(here, "Filter: Status", "Problems only")
    choose(here, "Filter: Time", "Last 7 days")
    assert here.wallet.queries[-1] == ActivityQuery(
        app=CODER.id, since=later(NOW, -7 * DAY_MS), only_failed=True, limit=PIECE, offset=0
    )


def test_what_is_not_settled_is_listed_alone(here: OpenWindow) -> None:
    choose(here, "Filter: App", "Code Companion")
    here.window.activity.show_unsettled()
    assert here.wallet.queries[-1] == ActivityQuery(only_unsettled=True, limit=PIECE, offset=0)
    assert {row.status for row in here.wallet.calls} > {CallStatus.UNSETTLED}
    assert table(here).model().rowCount() == 1


def test_typing_searches_once_one_stops(here: OpenWindow, qtbot: QtBot) -> None:
    asked = len(here.wallet.queries)
    search = named(here.window.activity, QLineEdit, "Search apps and models")
    QTest.keyClicks(search, "chess")
    qtbot.waitUntil(lambda: len(here.wallet.queries) > asked)
    assert [query.text for query in here.wallet.queries[asked:]] == ["chess"]


def test_what_is_not_found_says_so_and_the_way_back_is_offered(
    here: OpenWindow, qtbot: QtBot
) -> None:
    search = named(here.window.activity, QLineEdit, "Search apps and models")
    search.setText("no such app")
    qtbot.waitUntil(lambda: "No such calls" in words(here.window.activity))
    press(here.window.activity, "Clear the filters")
    assert table(here).model().rowCount() == len(CALLS)
    assert search.text() == ""


def test_a_row_opens_its_receipt(here: OpenWindow) -> None:
    table(here).selectRow(5)
    shown = words(receipt(here))
    assert {"Receipt", "Code Companion", "reported by the provider", "call_5"} <= set(shown)
    press(receipt(here), "Copy the receipt")
    assert "Call: call_5" in QApplication.clipboard().text()
    press(receipt(here), "Close the receipt")
    assert receipt(here).isHidden()
    assert not table(here).selectionModel().hasSelection()


def test_rows_are_walked_by_key(here: OpenWindow) -> None:
    table(here).selectRow(4)
    QTest.keyClick(table(here), Qt.Key.Key_Down)
    assert "call_5" in words(receipt(here))


def test_an_open_receipt_follows_its_call(here: OpenWindow) -> None:
    table(here).selectRow(0)
    assert "Running" in words(receipt(here))
    ended = replace(call(0), status=CallStatus.SETTLED, end=CallEnd.REVOKED)
    here.wallet.calls = (ended, *CALLS[1:])
    here.window.take(Changes(calls=True))
    assert "Cut: revoked" in words(receipt(here))


def test_new_calls_do_not_move_what_is_open(here: OpenWindow) -> None:
    table(here).selectRow(5)
    new = replace(RUNNING[0], call=CallId("call_new"))
    here.wallet.calls = (new, *CALLS)
    here.window.take(Changes(calls=True))
    assert table(here).selectionModel().currentIndex().row() == 6
    assert "call_5" in words(receipt(here))


def test_where_there_is_no_room_the_receipt_stands_alone(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.resize(1_100, 720)
    table(here).selectRow(5)
    assert table(here).isVisible()
    here.window.activity._receipt.setFixedWidth(here.window.activity.width() - 100)
    here.window.resize(1_000, 700)
    qtbot.waitUntil(lambda: not here.window.activity._table.isVisible())
    press(receipt(here), "Close the receipt")
    assert table(here).isVisible()


def test_empty_it_says_what_will_be_here_and_what_never(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(shown=EMPTY, calls=()))
    here.window.show_page("activity")
    shown = " ".join(words(here.window.activity))
    assert "No calls yet" in shown
    assert "not recorded" in shown


WIDE = (Column.WHEN, Column.STATUS, Column.UNITS, Column.COST)


@pytest.mark.parametrize("width_px", [960, 1100, 1600])
def test_no_head_and_no_figure_is_cut(here: OpenWindow, width_px: int) -> None:
    overrun = call(0, cost=Nanos(5_000_000), provider_cost=Nanos(6_000_000))
    here.wallet.calls = (overrun, *CALLS[1:])
    here.window.take(Changes(calls=True))
    here.window.resize(width_px, 640)
    QApplication.processEvents()
    shown = table(here)
    heads, model = shown.horizontalHeader(), shown.model()
    for column in Column:
        assert heads.sectionSizeHint(column) <= shown.columnWidth(column), column.name
    for column in WIDE:
        for row in range(model.rowCount()):
            needed = shown.sizeHintForIndex(model.index(row, column)).width()
            assert needed <= shown.columnWidth(column), (column.name, row)
    assert not shown.horizontalScrollBar().isVisible()


def test_a_name_that_is_cut_is_told_in_full_by_its_tooltip(here: OpenWindow) -> None:
    index = table(here).model().index(0, Column.MODEL)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == index.data()
