"""A field for a model's name that proposes those the providers list."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit, QWidget

from wattfare_desktop.ui.components.pieces import wear_style

_SHOWN_MAX: Final = 8
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class ModelEdit(QLineEdit):
    """Any part of a name finds it. Where it ``gathers``, each one chosen is given away at once."""

    gathered = Signal(str)
    """A name, where this field gathers several."""

    def __init__(self, name: str, *, gathers: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._gathers = gathers
        self._known = QStringListModel(self)
        self._proposals = QCompleter(self._known, self)
        self._proposals.setFilterMode(Qt.MatchFlag.MatchContains)
        self._proposals.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._proposals.setMaxVisibleItems(_SHOWN_MAX)
        self._popup().setAccessibleName(name)
        self._popup().setProperty("role", "popup")
        self.setCompleter(self._proposals)
        if gathers:
            # Queued, since the completer writes into the field after it has told.
            self._proposals.activated.connect(
                self._on_proposal_taken, Qt.ConnectionType.QueuedConnection
            )

    def propose(self, models: Sequence[str]) -> None:
        """Propose ``models`` from now on."""
        self._known.setStringList(list(models))
        # A window of its own, which no dialog's style reaches.
        wear_style(self._popup())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for what is typed here, before it is taken for the whole dialog."""
        typed = self.text().strip()
        if self._gathers and typed and Qt.Key(event.key()) in _ENTER:
            self._give(typed)
            event.accept()
        else:
            super().keyPressEvent(event)

    def _popup(self) -> QAbstractItemView:
        popup = self._proposals.popup()
        assert popup is not None, "it is made when it is first asked for"
        return popup

    def _give(self, model: str) -> None:
        self.clear()
        self.gathered.emit(model)

    @Slot(str)
    def _on_proposal_taken(self, model: str) -> None:
        self._give(model)
