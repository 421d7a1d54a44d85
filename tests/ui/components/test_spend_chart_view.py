"""The chart is drawn, told in words, and there as a table."""

from datetime import date

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QTableWidget, QToolTip
from pytestqt.qtbot import QtBot

from tests.support.sample_rows import DAILY, TODAY
from tests.support.widgets import named, press
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.reports import DaySpend
from wattfare_desktop.ui.components.spend_chart_view import ChartCanvas, SpendChartView
from wattfare_desktop.ui.presentation.spend_chart import spend_chart
from wattfare_desktop.ui.theme import LIGHT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="view")
def _view(qtbot: QtBot) -> SpendChartView:
    view = SpendChartView("Spend by app")
    qtbot.addWidget(view)
    view.resize(700, 320)
    view.show()
    return view


def canvas(view: SpendChartView) -> ChartCanvas:
    found = view.findChild(ChartCanvas)
    assert isinstance(found, ChartCanvas)
    return found


def test_every_series_is_drawn_in_its_colour(view: SpendChartView) -> None:
    chart = spend_chart(DAILY, TODAY, 30)
    view.show_chart(chart)
    image = canvas(view).grab().toImage()
    seen = {
        QColor(image.pixel(x, y)).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
    assert {LIGHT.series[series.colour] for series in chart.series} <= seen


def test_it_is_told_to_those_who_do_not_see_it(view: SpendChartView) -> None:
    view.show_chart(spend_chart(DAILY, TODAY, 30))
    assert canvas(view).accessibleName() == "Spend by app"
    assert "Notes AI $19.10" in canvas(view).accessibleDescription()


def test_the_table_behind_it_says_the_same(view: SpendChartView) -> None:
    chart = spend_chart(DAILY, TODAY, 30)
    view.show_chart(chart)
    press(view, "Show as table")
    table = named(view, QTableWidget, "Spend by app")
    assert table.columnCount() == len(chart.series) + 2
    assert table.rowCount() == sum(bool(chart.day_total(day)) for day in range(30))
    press(view, "Show as chart")
    assert canvas(view).isVisible()


def test_an_empty_chart_says_so(view: SpendChartView) -> None:
    view.show_chart(spend_chart((), TODAY, 30))
    assert canvas(view).accessibleDescription() == "Nothing was spent in the last 30 days."
    assert not canvas(view).grab().isNull()


def test_a_column_tells_its_day_and_names_are_no_markup(view: SpendChartView, qtbot: QtBot) -> None:
    row = DaySpend(
        day=date(2026, 11, 23),
        app=GrantId("a"),
        app_name="<b>Notes</b>",
        spent=parse_usd("1"),
    )
    view.show_chart(spend_chart([row], TODAY, 30))
    chart = canvas(view)
    place = QPoint(chart.width() - 5, chart.height() // 2)
    event = QHelpEvent(QEvent.Type.ToolTip, place, chart.mapToGlobal(place))
    QApplication.sendEvent(chart, event)
    qtbot.waitUntil(lambda: bool(QToolTip.text()))
    assert QToolTip.text() == "23 Nov: $1.00<br>&lt;b>Notes&lt;/b>: $1.00"
    QToolTip.hideText()
