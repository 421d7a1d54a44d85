"""In which form the books are exported, and into which folder."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.fields import PathField, PathKind, labelled
from wattfare_desktop.ui.components.pieces import StyledDialog, text
from wattfare_desktop.ui.dialogs.form import Form
from wattfare_desktop.ui.presentation.books import ExportKind, ExportWish, export_objection

_WIDTH_PX: Final = 500


class ExportDialog(StyledDialog):
    """Asks once, and is gone when an export is wanted."""

    export_requested = Signal(object)
    """An :class:`ExportWish`."""

    def __init__(self, proposed: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(_WIDTH_PX)
        self._kinds = QButtonGroup(self)
        self._folder = PathField(self.tr("Folder for the export"), PathKind.FOLDER)
        self._folder.set_path(proposed)
        self._form = Form(self, self.tr("Export the books"), action=self.tr("Export"))
        self._form.act.clicked.connect(self._on_export_clicked)
        self._form.add(
            text(
                self.tr(
                    "Written in plain text: no key and nothing of what was said, but what you "
                    "spent and where. No file that is there is replaced."
                ),
                "quiet",
            ),
            self._choices(),
            labelled(self.tr("Folder"), self._folder),
        )
        self._folder.changed.connect(self._form.clear)
        self._kinds.button(0).setFocus()

    def _choices(self) -> QWidget:
        words = {
            ExportKind.CSV: (
                self.tr("CSV"),
                self.tr("For a spreadsheet: a file each for accounts, transfers, calls and more."),
            ),
            ExportKind.JSON: (self.tr("JSON"), self.tr("Everything in one file, for programs.")),
            ExportKind.BEANCOUNT: (
                self.tr("Beancount"),
                self.tr("For plain-text accounting: what was posted, in one file."),
            ),
        }
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for place, kind in enumerate(ExportKind):
            name, note = words[kind]
            choice = QRadioButton(name)
            choice.setAccessibleName(name)
            choice.setAccessibleDescription(note)
            choice.setChecked(place == 0)
            self._kinds.addButton(choice, place)
            told = text(note, "quiet")
            told.setIndent(22)
            column.addWidget(choice)
            column.addWidget(told)
        return whole

    @Slot()
    def _on_export_clicked(self) -> None:
        folder = self._folder.path
        objection = export_objection(folder=self._folder.words, is_there=folder.is_dir())
        if objection:
            self._form.object_to(objection)
            return
        wish = ExportWish(kind=tuple(ExportKind)[self._kinds.checkedId()], folder=folder)
        self.close()
        self.export_requested.emit(wish)
