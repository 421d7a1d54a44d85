"""Activity: every call, newest first, to be searched and opened."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from wattfare_desktop.core.identifiers import DAY_MS, CallId, GrantId, Instant, later
from wattfare_desktop.core.reports import ActivityQuery, AppRow, Overview
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.notices import EmptyState
from wattfare_desktop.ui.components.pieces import Choice
from wattfare_desktop.ui.components.side_by_side import SideBySide
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.icons import line_icon
from wattfare_desktop.ui.models.calls_model import CallsModel, Column
from wattfare_desktop.ui.pages.disputing import Disputing
from wattfare_desktop.ui.pages.page import GAP_PX, MARGIN_PX, Page
from wattfare_desktop.ui.pages.receipt import Receipt
from wattfare_desktop.ui.pages.receipting import Receipting
from wattfare_desktop.ui.pages.settling import Settling
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.ui.theme import figures_font, present_look
from wattfare_desktop.wallet.changes import Changes

_FILTER_CHARS: Final = 9
_TABLE_CHARS_MIN: Final = 40
_SEARCH_CHARS: Final = 24
_TYPING_MS: Final = 200
_SPANS_DAYS: Final = (None, 1, 7, 30)
_ALL, _PROBLEMS, _UNSETTLED = range(3)
_CELL_PADDING_PX: Final = 26
# The widest texts that are usual: these columns are made as wide as they need and no wider, so that
# no figure is ever cut, and what room is left goes to names.
_WIDEST: Final = {
    Column.WHEN: ("58 min ago", "28 days ago", "28 Nov 2028"),
    Column.STATUS: ("Failed, no cost", "Billed over the cap"),
    Column.UNITS: ("188,888 → 8,888",),
    Column.COST: ("$0.0088 held", "$1,888.88"),
}
# How wide a table beside the receipt must be to show them; the receipt tells them too.
_ROOM_CHARS: Final = {Column.STATUS: 100, Column.UNITS: 120, Column.COST: 64}


class ElidingLeft(QStyledItemDelegate):
    """Cuts what is too long at its beginning: models are told apart by the end of their names."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Say so to whoever paints."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class ActivityPage(Page):
    """A table that reads as it is scrolled, filters above it, a receipt beside it."""

    def __init__(self, *, acts: PageActs, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__(acts=acts, errands=errands, surroundings=surroundings)
        self.set_title(self.tr("Activity"))
        self._is_begun = False
        self._open_call: CallId | None = None
        self._app_names: tuple[tuple[str, str], ...] = ()
        self._model = CallsModel(
            acts=acts,
            errands=errands,
            now=surroundings.now,
            zone=surroundings.zone,
            failed=self.tell_trouble,
            parent=self,
        )
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._on_filtered)
        self._make_filters()
        self._make_table()
        self._make_empty_states()
        self._lay_out()
        for signal in (self._model.rowsInserted, self._model.modelReset):
            signal.connect(self._on_rows_changed)
        self._model.dataChanged.connect(self._on_calls_changed)

    def show_overview(self, overview: Overview) -> None:
        """Offer the apps to filter by; on the first showing read the first calls."""
        self._offer_apps(overview.apps)
        if not self._is_begun:
            self._is_begun = True
            self._on_filtered()

    def show_unsettled(self) -> None:
        """List the calls that a crash left and that wait for their user's word."""
        self._search.clear()
        for choice in (self._apps, self._span):
            choice.setCurrentIndex(0)
        self._status.setCurrentIndex(_UNSETTLED)
        self._on_filtered()

    def take(self, changes: Changes) -> None:
        """Read what is new."""
        if self._is_begun and (changes.calls or changes.wallet):
            self._model.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Let magnifying glass and columns follow the look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit_columns()
            self._glass.setIcon(line_icon("search", present_look().quiet, 16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the receipt from crowding the table."""
        super().resizeEvent(event)
        self._fit_columns()
        self._make_room()

    def _make_filters(self) -> None:
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search apps and models"))
        self._search.setAccessibleName(self.tr("Search apps and models"))
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(self._search.fontMetrics().averageCharWidth() * _SEARCH_CHARS)
        self._glass = QAction(line_icon("search", present_look().quiet, 16), "", self)
        self._search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._search.textChanged.connect(self._on_typed)
        self._apps = self._filter(self.tr("App"), [(self.tr("All apps"), None)])
        self._status = self._filter(
            self.tr("Status"),
            [
                (self.tr("All calls"), _ALL),
                (self.tr("Problems only"), _PROBLEMS),
                (self.tr("Unsettled only"), _UNSETTLED),
            ],
        )
        labels = (
            self.tr("Any time"),
            self.tr("Last day"),
            self.tr("Last 7 days"),
            self.tr("Last 30 days"),
        )
        self._span = self._filter(self.tr("Time"), list(zip(labels, _SPANS_DAYS, strict=True)))

    def _filter(self, name: str, choices: Sequence[tuple[str, object]]) -> Choice:
        choice = Choice()
        choice.setAccessibleName(self.tr("Filter: %s") % name)
        choice.setMinimumContentsLength(_FILTER_CHARS)
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for words, value in choices:
            choice.addItem(words, value)
        choice.activated.connect(self._on_filtered)
        return choice

    def _make_table(self) -> None:
        table = QTableView()
        table.setAccessibleName(self.tr("Calls"))
        table.setModel(self._model)
        table.setFont(figures_font(table.font()))
        table.setShowGrid(False)
        table.setWordWrap(False)
        self._from_the_left = ElidingLeft(table)
        table.setItemDelegateForColumn(Column.MODEL, self._from_the_left)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = table.verticalHeader()
        rows.hide()
        # One height for all: a row is never measured.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(2 * table.fontMetrics().height() + 8)
        heads = table.horizontalHeader()
        heads.setHighlightSections(False)
        for column in (Column.APP, Column.MODEL):
            heads.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._table = table

    def _make_empty_states(self) -> None:
        self._nothing = EmptyState(
            "receipt-text",
            self.tr("No calls yet"),
            self.tr(
                "Each call an app makes will be listed here with what it used and what it cost. "
                "What was said in it is not recorded."
            ),
        )
        self._no_match = EmptyState(
            "search",
            self.tr("No such calls"),
            self.tr("Nothing matches the search and the filters."),
            self.tr("Clear the filters"),
        )
        self._no_match.action_requested.connect(self._on_clear_requested)

    def _lay_out(self) -> None:
        chosen = QWidget()
        filters = QHBoxLayout(chosen)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(8)
        for choice in (self._apps, self._status, self._span):
            filters.addWidget(choice)
        self._stack = QStackedWidget()
        for part in (self._nothing, self._no_match, self._table):
            self._stack.addWidget(part)
        self._receipt = Receipt()
        self._receipt.closed.connect(self._on_receipt_closed)
        self._receipting = Receipting(self, self._receipt)
        self._disputing = Disputing(self)
        self._receipt.dispute_requested.connect(self._disputing.begin)
        self._settling = Settling(self)
        self._receipt.settle_requested.connect(self._settling.begin)
        beside = QHBoxLayout()
        beside.setSpacing(GAP_PX)
        beside.addWidget(self._stack, 1)
        beside.addWidget(self._receipt)
        self.column.addWidget(
            SideBySide((self._search, 1), (chosen, 0), spacing_px=8, centred=True)
        )
        self.column.addLayout(beside, 1)

    def _offer_apps(self, apps: Sequence[AppRow]) -> None:
        names = tuple((app.name, app.id) for app in sorted(apps, key=lambda app: app.name.lower()))
        if names == self._app_names:
            return
        self._app_names = names
        chosen = self._apps.currentData()
        while self._apps.count() > 1:
            self._apps.removeItem(1)
        for name, app in names:
            self._apps.addItem(name, app)
        self._apps.setCurrentIndex(max(0, self._apps.findData(chosen)))

    def _query(self) -> ActivityQuery:
        app, days = self._apps.currentData(), self._span.currentData()
        since: Instant | None = None
        if days is not None:
            since = later(self.surroundings.now(), -days * DAY_MS)
        return ActivityQuery(
            app=None if app is None else GrantId(app),
            since=since,
            only_failed=self._status.currentData() == _PROBLEMS,
            only_unsettled=self._status.currentData() == _UNSETTLED,
            text=self._search.text().strip(),
        )

    @Slot()
    def _on_typed(self) -> None:
        self._typing.start()

    @Slot()
    def _on_filtered(self) -> None:
        self._typing.stop()
        self._on_receipt_closed()
        self._model.show(self._query())

    @Slot()
    def _on_clear_requested(self) -> None:
        self._search.clear()
        for choice in (self._apps, self._status, self._span):
            choice.setCurrentIndex(0)
        self._on_filtered()

    @Slot()
    def _on_rows_changed(self) -> None:
        if self._model.rowCount():
            self._stack.setCurrentWidget(self._table)
            return
        is_filtered = replace(self._model.query, since=None) != ActivityQuery()
        is_filtered = is_filtered or self._model.query.since is not None
        self._stack.setCurrentWidget(self._no_match if is_filtered else self._nothing)

    @Slot(QItemSelection, QItemSelection)
    def _on_selection_changed(self, _chosen: QItemSelection, _left: QItemSelection) -> None:
        index = self._table.selectionModel().currentIndex()
        self._show_receipt(index if self._table.selectionModel().hasSelection() else QModelIndex())

    @Slot(QModelIndex, QModelIndex)
    def _on_calls_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        chosen = self._table.selectionModel().currentIndex()
        if chosen.isValid() and first.row() <= chosen.row() <= last.row():
            self._show_receipt(chosen)

    def _show_receipt(self, index: QModelIndex) -> None:
        call = self._model.call(index.row()) if index.isValid() else None
        self._open_call = None if call is None else call.call
        self._receipting.show(call)
        if call is not None:
            self._table.scrollTo(index)
        self._make_room()

    def _fit_columns(self) -> None:
        heads, metrics = self._table.horizontalHeader(), self._table.fontMetrics()
        for column, texts in _WIDEST.items():
            widest = max(metrics.horizontalAdvance(each) for each in texts) + _CELL_PADDING_PX
            self._table.setColumnWidth(column, max(widest, heads.sectionSizeHint(column)))

    def _make_room(self) -> None:
        """Leave away beside the receipt what it tells, and at last the table itself."""
        is_alone = self._receipt.isHidden()
        room = self.contentsRect().width() - self._receipt.width() - 2 * MARGIN_PX - GAP_PX
        char_px = self._table.fontMetrics().averageCharWidth()
        for column, chars in _ROOM_CHARS.items():
            self._table.setColumnHidden(column, not is_alone and room < chars * char_px)
        self._stack.setVisible(is_alone or room >= _TABLE_CHARS_MIN * char_px)

    @Slot()
    def _on_receipt_closed(self) -> None:
        self._table.clearSelection()
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
