"""Every call, newest first, read in pieces as the view asks for more.

New calls come in above without the view losing its place; running ones change where they stand.
"""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, Instant
from wattfare_desktop.core.reports import ActivityQuery, CallRow, CallStatus
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.presentation.calls import (
    cost_text,
    model_text,
    status_text,
    units_text,
    when_text,
)

PIECE: Final = 200
_LOOKED_BACK_MAX: Final = 2_000
Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()


class Column(IntEnum):
    """What is shown of a call."""

    WHEN = 0
    APP = 1
    MODEL = 2
    STATUS = 3
    UNITS = 4
    COST = 5


# What a narrow column cuts short is told by its tooltip.
_TEXT_ROLES: Final = frozenset({Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole})
_RIGHT: Final = frozenset({Column.UNITS, Column.COST})


class CallsModel(QAbstractTableModel):
    """The calls that a query asks for. ``failed`` is told what went wrong."""

    def __init__(
        self,
        *,
        acts: PageActs,
        errands: Errands,
        now: Callable[[], Instant],
        zone: Callable[[], tzinfo],
        failed: Callable[[UserFacingError], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self._errands = errands
        self._now = now
        self._zone = zone
        self._failed = failed
        self._query = ActivityQuery()
        self._rows: list[CallRow] = []
        self._ids: set[CallId] = set()
        self._is_all_read = True
        self._is_reading = False
        self._refresh_again = False
        # An answer to a question that is no longer asked is thrown away.
        self._asked = 0
        self._heads = (
            self.tr("When"),
            self.tr("App"),
            self.tr("Model"),
            self.tr("Status"),
            self.tr("Text units (tokens)"),
            self.tr("Cost"),
        )

    @property
    def query(self) -> ActivityQuery:
        """Which calls are shown."""
        return self._query

    def call(self, row: int) -> CallRow | None:
        """Return the call at ``row``; None where there is none."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def show(self, query: ActivityQuery) -> None:
        """Show the calls that ``query`` asks for, from the newest on."""
        self._query = query
        self._asked += 1
        self._is_reading = False
        self._replace((), is_all=False)
        self.fetchMore()

    def refresh(self) -> None:
        """Read the newest again, and with them all that still run."""
        if self._is_reading:
            self._refresh_again = True
            return
        running = [place for place, row in enumerate(self._rows) if _runs(row)]
        lowest = running[-1] + 1 if running else 0
        limit = max(PIECE, min(lowest, _LOOKED_BACK_MAX))
        self._read(limit, 0, self._take_newest)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many were read so far."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index = _NOWHERE) -> bool:
        """Return whether there may be more below."""
        return not parent.isValid() and not self._is_all_read and not self._is_reading

    def fetchMore(self, parent: Index = _NOWHERE) -> None:
        """Read the next piece."""
        if self.canFetchMore(parent):
            self._read(PIECE, len(self._rows), self._take_older)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's head."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, or how it stands in its column."""
        call = self.call(index.row())
        if call is None:
            return None
        if role in _TEXT_ROLES:
            return self._cell(call, Column(index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def _cell(self, call: CallRow, column: Column) -> str:
        match column:
            case Column.WHEN:
                return when_text(call, self._now(), self._zone())
            case Column.APP:
                return call.app_name
            case Column.MODEL:
                return model_text(call)
            case Column.STATUS:
                return status_text(call)
            case Column.UNITS:
                return units_text(call)
            case Column.COST:
                return cost_text(call)

    def _read(
        self, limit: int, offset: int, take: Callable[[Sequence[CallRow], int], None]
    ) -> None:
        self._is_reading = True
        asked, query = self._asked, self._query

        async def read() -> tuple[CallRow, ...]:
            return await self._acts.activity(
                ActivityQuery(
                    app=query.app,
                    since=query.since,
                    only_failed=query.only_failed,
                    only_unsettled=query.only_unsettled,
                    text=query.text,
                    limit=limit,
                    offset=offset,
                )
            )

        def done(rows: tuple[CallRow, ...]) -> None:
            if asked == self._asked:
                self._is_reading = False
                take(rows, limit)
                self._read_again()

        def failed(error: UserFacingError) -> None:
            if asked == self._asked:
                self._is_reading = False
                # Not tried again by itself: the view would ask on every turn of the wheel.
                self._is_all_read = True
                self._failed(error)

        self._errands.run(read(), done, failed)

    def _read_again(self) -> None:
        if self._refresh_again and not self._is_reading:
            self._refresh_again = False
            self.refresh()

    def _take_older(self, rows: Sequence[CallRow], limit: int) -> None:
        self._is_all_read = len(rows) < limit
        # Calls that came in above have pushed down what was read already.
        self._insert(len(self._rows), [row for row in rows if row.call not in self._ids])

    def _take_newest(self, rows: Sequence[CallRow], limit: int) -> None:
        new = [row for row in rows if row.call not in self._ids]
        if len(new) == len(rows) == limit:
            # So many came that they do not join on to those below.
            self._replace(rows, is_all=False)
            return
        self._insert(0, new)
        self._change({row.call: row for row in rows})

    def _insert(self, at: int, rows: Sequence[CallRow]) -> None:
        if not rows:
            return
        self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
        self._rows[at:at] = rows
        self._ids.update(row.call for row in rows)
        self.endInsertRows()

    def _change(self, newest: dict[CallId, CallRow]) -> None:
        """Take over what changed of the calls in ``newest``."""
        for place, row in enumerate(self._rows[: len(newest)]):
            now = newest.get(row.call, row)
            if now != row:
                self._rows[place] = now
                first, last = self.index(place, 0), self.index(place, len(Column) - 1)
                self.dataChanged.emit(first, last)

    def _replace(self, rows: Sequence[CallRow], *, is_all: bool) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._ids = {row.call for row in rows}
        self._is_all_read = is_all
        self.endResetModel()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _runs(row: CallRow) -> bool:
    return row.status is CallStatus.RUNNING
