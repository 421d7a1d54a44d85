"""Choosing one of many providers: a search above the list of those it leaves."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget

from wattfare_desktop.ui.presentation.funding import ProviderChoice, provider_line

_ID: Final = Qt.ItemDataRole.UserRole
_SEARCHED: Final = Qt.ItemDataRole.UserRole + 1
_LIST_PX: Final = 260
_LIST_CHARS: Final = 34


class ProviderPicker(QWidget):
    """Providers in their order; what is typed leaves those that have it in name, id or address."""

    chosen = Signal(str)
    """The id of the provider that is marked now."""

    def __init__(self, providers: Sequence[ProviderChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QStandardItemModel(self)
        self._left = QSortFilterProxyModel(self)
        self._left.setSourceModel(self._model)
        self._left.setFilterRole(_SEARCHED)
        self._left.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = _Search()
        self.search.setObjectName("search")
        self.search.setAccessibleName(self.tr("Search providers"))
        self.search.setPlaceholderText(self.tr("Search providers"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_typed)
        self.search.moved.connect(self._on_moved)
        self._list = QListView()
        self._list.setObjectName("providers")
        self._list.setAccessibleName(self.tr("Providers"))
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setUniformItemSizes(True)
        self._list.setMinimumHeight(_LIST_PX)
        self._list.setMinimumWidth(self._list.fontMetrics().averageCharWidth() * _LIST_CHARS)
        self._list.setModel(self._left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self._list, 1)
        self.show_providers(providers)
        self._list.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def current(self) -> str | None:
        """The id of the provider that is marked; None where the search leaves none."""
        index = self._list.currentIndex()
        return str(index.data(_ID)) if index.isValid() else None

    def show_providers(self, providers: Sequence[ProviderChoice]) -> None:
        """List ``providers``; the one that is marked stays so where it is among them."""
        marked = self.current
        self._model.clear()
        for provider in providers:
            item = QStandardItem(provider_line(provider))
            item.setData(provider.id, _ID)
            item.setData(f"{provider.name} {provider.id} {provider.base_url}", _SEARCHED)
            self._model.appendRow(item)
        if marked is None or not self.choose(marked):
            self._mark(0)

    def choose(self, provider: str) -> bool:
        """Mark one by its id; return whether the search leaves it."""
        for row in range(self._left.rowCount()):
            if self._left.index(row, 0).data(_ID) == provider:
                self._mark(row)
                return True
        return False

    def _mark(self, row: int) -> None:
        index = self._left.index(row, 0)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index)

    @Slot(str)
    def _on_typed(self, words: str) -> None:
        marked = self.current
        self._left.setFilterFixedString(words.strip())
        if marked is None or not self.choose(marked):
            self._mark(0)

    @Slot(int)
    def _on_moved(self, step: int) -> None:
        row = self._list.currentIndex().row() + step
        if 0 <= row < self._left.rowCount():
            self._mark(row)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(str(current.data(_ID)))


class _Search(QLineEdit):
    """A line from which the arrow keys move the mark of the list below."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the arrows for the list, and leave the rest to the line."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(step)
