"""Spending by app and day: drawn as stacked columns, and the same as a table behind it."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.ui.components.pieces import button, text
from wattfare_desktop.ui.presentation.moments import day_text
from wattfare_desktop.ui.presentation.spend_chart import (
    SpendChart,
    day_summary,
    summary,
    table_heads,
    table_rows,
)
from wattfare_desktop.ui.theme import Look, figures_font, present_look

_GAP_PART: Final = 0.3
_COLUMN_PX_MAX: Final = 26.0
_LABELS: Final = 6
_SWATCH_PX: Final = 10.0
_PAD_PX: Final = 8.0


class ChartCanvas(QWidget):
    """The drawing. The pointer asks a column what it stands for."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: SpendChart | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_chart(self, chart: SpendChart) -> None:
        """Draw ``chart``."""
        if chart != self._chart:
            self._chart = chart
            self.setAccessibleDescription(summary(chart))
            self.update()

    def sizeHint(self) -> QSize:
        """Return a usual size."""
        return QSize(480, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return what leaves columns above the words."""
        return QSize(240, 60 + 4 * self.fontMetrics().height())

    def event(self, event: QEvent) -> bool:
        """Tell of the day under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tell(event)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw axes, columns and legend."""
        if self._chart is None:
            return
        look = present_look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        area = self._area(self._chart)
        _draw_axes(painter, self._chart, area, look)
        if self._chart.series:
            _draw_columns(painter, self._chart, area, look)
            _draw_legend(painter, self._chart, self.width(), look)
        else:
            painter.setPen(QColor(look.quiet))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, summary(self._chart))
        painter.end()

    def _small(self) -> QFont:
        return figures_font(self.font())

    def _area(self, chart: SpendChart) -> QRectF:
        """Return where the columns stand, beside the amounts and between legend and days."""
        metrics = QFontMetricsF(self._small())
        left = max(metrics.horizontalAdvance(display_usd(tick)) for tick in chart.ticks) + _PAD_PX
        top = metrics.height() * (2 if chart.series else 0.5) + _PAD_PX
        bottom = metrics.height() + _PAD_PX
        return QRectF(left, top, self.width() - left, self.height() - top - bottom)

    def _tell(self, event: QHelpEvent) -> None:
        if self._chart is None:
            return
        area = self._area(self._chart)
        day = int((event.pos().x() - area.left()) / (area.width() / len(self._chart.days)))
        if 0 <= day < len(self._chart.days) and area.left() <= event.pos().x():
            # App names are foreign: without markup in front they could be taken for some.
            words = day_summary(self._chart, day).replace("&", "&amp;").replace("<", "&lt;")
            QToolTip.showText(event.globalPos(), words.replace("\n", "<br>"), self)


class SpendChartView(QWidget):
    """The drawing, or by a button its table."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: SpendChart | None = None
        self._switch = button(self.tr("Show as table"), "link")
        self._switch.setCheckable(True)
        self._switch.toggled.connect(self._on_switched)
        head = QHBoxLayout()
        head.addWidget(text(title, "heading", wrap=False))
        head.addStretch(1)
        head.addWidget(self._switch)
        self._canvas = ChartCanvas(title)
        self._table = _table(title)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._canvas)
        self._stack.addWidget(self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def show_chart(self, chart: SpendChart) -> None:
        """Show ``chart`` in both forms."""
        if chart != self._chart:
            self._chart = chart
            self._canvas.show_chart(chart)
            self._fill_table()

    @Slot(bool)
    def _on_switched(self, as_table: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        words = self.tr("Show as chart") if as_table else self.tr("Show as table")
        self._switch.setText(words)
        self._switch.setAccessibleName(words)
        self._stack.setCurrentIndex(int(as_table))

    def _fill_table(self) -> None:
        assert self._chart is not None
        heads, rows = table_heads(self._chart), table_rows(self._chart)
        self._table.setColumnCount(len(heads))
        self._table.setHorizontalHeaderLabels(heads)
        self._table.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                if column:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self._table.setItem(row, column, item)


def _table(title: str) -> QTableWidget:
    table = QTableWidget()
    table.setAccessibleName(title)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setFont(figures_font(table.font()))
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.setTabKeyNavigation(False)
    # The drawing says how high both are.
    table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    return table


def _draw_axes(painter: QPainter, chart: SpendChart, area: QRectF, look: Look) -> None:
    metrics = QFontMetricsF(painter.font())
    for tick in (Nanos(0), *chart.ticks):
        y = round(area.bottom() - area.height() * tick / chart.ticks[-1]) + 0.5
        painter.setPen(QPen(QColor(look.edge if tick == 0 else look.line), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if tick:
            painter.setPen(QColor(look.quiet))
            box = QRectF(0, y - metrics.height() / 2, area.left() - _PAD_PX, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, display_usd(tick))
    _draw_days(painter, chart, area, look)


def _draw_days(painter: QPainter, chart: SpendChart, area: QRectF, look: Look) -> None:
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QColor(look.quiet))
    step = area.width() / len(chart.days)
    widest = metrics.horizontalAdvance("00 Mmm") + 2 * _PAD_PX
    count = max(2, min(_LABELS, int(area.width() / widest)))
    every = max(1, -(-(len(chart.days) - 1) // (count - 1)))
    # Counted from the newest day, so that today is always named.
    for place in range(len(chart.days) - 1, -1, -every):
        words = day_text(chart.days[place])
        width = metrics.horizontalAdvance(words)
        centre = area.left() + step * (place + 0.5)
        left = min(max(centre - width / 2, area.left()), area.right() - width)
        painter.drawText(QPointF(left, area.bottom() + _PAD_PX / 2 + metrics.ascent()), words)


def _draw_columns(painter: QPainter, chart: SpendChart, area: QRectF, look: Look) -> None:
    step = area.width() / len(chart.days)
    width = min(_COLUMN_PX_MAX, step * (1 - _GAP_PART))
    painter.setPen(Qt.PenStyle.NoPen)
    for day in range(len(chart.days)):
        left = area.left() + step * (day + 0.5) - width / 2
        base = area.bottom()
        for series in chart.series:
            height = area.height() * series.amounts[day] / chart.ticks[-1]
            if not height:
                continue
            # What is not nothing is never drawn as nothing.
            height = max(1.0, height)
            painter.setBrush(QColor(look.series[series.colour]))
            painter.drawRect(QRectF(left, base - height, width, height))
            base -= height


def _draw_legend(painter: QPainter, chart: SpendChart, width: int, look: Look) -> None:
    metrics = QFontMetricsF(painter.font())
    room = (width - _PAD_PX) / len(chart.series)
    left = 0.0
    for series in chart.series:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.series[series.colour]))
        top = (metrics.height() - _SWATCH_PX) / 2
        painter.drawRoundedRect(QRectF(left, top, _SWATCH_PX, _SWATCH_PX), 2, 2)
        painter.setPen(QColor(look.ink))
        words = f"{series.name} {display_usd(series.total)}"
        room_for_words = room - _SWATCH_PX - 3 * _PAD_PX
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room_for_words)
        painter.drawText(QPointF(left + _SWATCH_PX + _PAD_PX, metrics.ascent()), shown)
        left += _SWATCH_PX + 3 * _PAD_PX + metrics.horizontalAdvance(shown)
