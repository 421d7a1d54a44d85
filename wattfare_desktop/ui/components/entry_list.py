"""A short list of what a user keeps: a title and a note each, to be changed or removed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.pieces import button, text
from wattfare_desktop.ui.components.words import Shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One of them; ``name`` tells it from the others."""

    name: str
    note: str


class EntryList(QWidget):
    """Entries below each other; without any, ``nothing`` says so."""

    change_requested = Signal(str)
    remove_requested = Signal(str)
    """The entry's name."""

    def __init__(self, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Entry, ...] = ()
        self._rows: list[EntryRow] = []
        self._nothing = text(nothing, "quiet")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(self._nothing)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show ``entries``, in their order."""
        if tuple(entries) == self._shown:
            return
        self._shown = tuple(entries)
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [EntryRow(entry) for entry in entries]
        for row in self._rows:
            row.change_requested.connect(self.change_requested)
            row.remove_requested.connect(self.remove_requested)
            self._column.addWidget(row)
            # Shown now, not on the loop's next turn: else each change would flicker.
            row.show()
        self._nothing.setVisible(not entries)


class EntryRow(QWidget):
    """One entry."""

    change_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._name = entry.name
        change = button(self.tr("Change…"), "small")
        change.setAccessibleName(self.tr("Change %s") % entry.name)
        change.clicked.connect(self._on_change_clicked)
        remove = IconButton("trash-2", self.tr("Remove…"), icon_only=True)
        remove.setAccessibleName(self.tr("Remove %s") % entry.name)
        remove.clicked.connect(self._on_remove_clicked)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Shortened(entry.name, "strong"))
        words.addWidget(text(entry.note, "quiet"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(change)
        row.addWidget(remove)

    @Slot()
    def _on_change_clicked(self) -> None:
        self.change_requested.emit(self._name)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit(self._name)
