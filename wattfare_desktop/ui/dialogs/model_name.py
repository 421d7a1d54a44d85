"""A name is given to models, or stands for others than before."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from wattfare_desktop.ui.components.fields import labelled
from wattfare_desktop.ui.components.model_edit import ModelEdit
from wattfare_desktop.ui.components.pieces import text
from wattfare_desktop.ui.dialogs.asking import AskingDialog
from wattfare_desktop.ui.dialogs.form import Form
from wattfare_desktop.ui.presentation.naming import (
    EXAMPLE_MODEL,
    EXAMPLE_NAME,
    NameWish,
    judged_name,
)
from wattfare_desktop.wallet.aliases import NAME_CHARS_MAX

_WIDTH_PX: Final = 480
_LINES: Final = 4


class ModelNameDialog(AskingDialog):
    """Asks for a name and its models. Stays until they are kept."""

    save_requested = Signal(object)
    """A :class:`NameWish`."""

    def __init__(self, given: NameWish | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = given
        self.setMinimumWidth(_WIDTH_PX)
        self._name = QLineEdit()
        self._name.setObjectName("name")
        self._name.setAccessibleName(self.tr("Name"))
        self._name.setPlaceholderText(EXAMPLE_NAME)
        self._name.setMaxLength(NAME_CHARS_MAX)
        self._models = QPlainTextEdit()
        self._models.setObjectName("models")
        self._models.setAccessibleName(self.tr("Models, one a line"))
        self._models.setTabChangesFocus(True)
        self._models.setPlaceholderText(EXAMPLE_MODEL)
        lines_px = self._models.fontMetrics().lineSpacing() * _LINES
        self._models.setFixedHeight(lines_px + 2 * self._models.fontMetrics().height())
        self.add = ModelEdit(self.tr("Find a model to add"), gathers=True)
        self.add.setPlaceholderText(self.tr("Part of its name"))
        self.add.gathered.connect(self._on_gathered)
        title = self.tr("Add a name") if given is None else self.tr("Change %s") % given.name
        self._form = Form(self, title, action=self.tr("Save"))
        self._form.act.clicked.connect(self._on_save_clicked)
        self._lay_out()
        for signal in (self._name.textChanged, self._models.textChanged):
            signal.connect(self._form.clear)

    def propose(self, models: Sequence[str]) -> None:
        """Propose models to add."""
        self.add.propose(models)

    def show_trouble(self, words: str) -> None:
        """Say why they were not kept."""
        self._form.act.setEnabled(True)
        self._form.object_to(words)

    def _lay_out(self) -> None:
        note = text(
            self.tr("The first one answers. Where its provider cannot, the next one is asked."),
            "quiet",
        )
        if self._given is None:
            self._form.add(labelled(self.tr("Name that apps ask for"), self._name))
            self._name.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._models.setPlainText("\n".join(self._given.models))
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self._form.add(
            labelled(self.tr("Models, one a line"), self._models),
            note,
            labelled(self.tr("Find a model to add"), self.add),
        )

    @Slot(str)
    def _on_gathered(self, model: str) -> None:
        typed = self._models.toPlainText().rstrip()
        self._models.setPlainText(f"{typed}\n{model}" if typed else model)

    @Slot()
    def _on_save_clicked(self) -> None:
        name = self._name.text() if self._given is None else self._given.name
        wish = judged_name(name, self._models.toPlainText())
        if isinstance(wish, str):
            self._form.object_to(wish)
            return
        self._form.act.setEnabled(False)
        self.save_requested.emit(wish)
