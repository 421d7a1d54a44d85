"""What the dialogs that ask for a few fields have in common: a card, an objection, two buttons."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.fitting import Fitting
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text
from wattfare_desktop.ui.components.words import set_words


class Form(QObject):
    """Lays ``dialog`` out. Enter does what it is for, Escape and Cancel leave it."""

    def __init__(self, dialog: StyledDialog, title: str, *, action: str) -> None:
        super().__init__(dialog)
        dialog.setWindowTitle(title)
        dialog.setAccessibleName(title)
        self.act = button(action, "primary")
        self.act.setDefault(True)
        self._cancel = button(dialog.tr("Cancel"))
        self._cancel.clicked.connect(dialog.reject)
        self._problem = text(role="problem")
        self._problem.hide()
        self._card = Card()
        self._card.column.setSpacing(12)
        self._card.column.addWidget(text(title, "title"))
        self._card.column.addWidget(self._problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.act)
        column = QVBoxLayout(dialog)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(Fitting(self._card, title), 1)
        column.addLayout(buttons)

    def add(self, *parts: QWidget) -> None:
        """Put ``parts`` below each other, the objection after them."""
        column = self._card.column
        for part in parts:
            column.insertWidget(column.count() - 1, part)

    def object_to(self, words: str) -> None:
        """Say what is missing."""
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def name_action(self, words: str) -> None:
        """Have the button say something else."""
        self.act.setText(words)
        self.act.setAccessibleName(words)

    @Slot()
    def clear(self) -> None:
        """Take the objection back: somebody is mending it."""
        self.object_to("")
