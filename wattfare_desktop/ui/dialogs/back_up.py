"""Where a backup goes, and under which passphrase."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from wattfare_desktop.ui.components.fields import PathField, PathKind, labelled, secret_edit
from wattfare_desktop.ui.components.pieces import StyledDialog, text
from wattfare_desktop.ui.dialogs.form import Form
from wattfare_desktop.ui.presentation.books import backup_objection
from wattfare_desktop.wallet.backup import BackupWish

_WIDTH_PX: Final = 500


class BackUpDialog(StyledDialog):
    """Asks once, and is gone when a backup is wanted."""

    backup_requested = Signal(object)
    """A :class:`BackupWish`."""

    def __init__(self, proposed: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(_WIDTH_PX)
        self._file = PathField(self.tr("File of the backup"), PathKind.SAVE)
        self._file.set_path(proposed)
        self._passphrase = secret_edit(self.tr("Passphrase for this backup"), "passphrase")
        self._repeated = secret_edit(self.tr("The same again"), "repeated")
        self._form = Form(self, self.tr("Back up"), action=self.tr("Back up"))
        self._form.act.clicked.connect(self._on_back_up_clicked)
        self._form.add(
            text(
                self.tr(
                    "One encrypted file with everything: the books, your provider keys and the "
                    "wallet's own key. Apps go on meanwhile."
                ),
                "quiet",
            ),
            labelled(self.tr("File"), self._file),
            self._passphrase,
            self._repeated,
            text(
                self.tr("Keep the passphrase apart from the file. Nobody can look it up."), "quiet"
            ),
        )
        for edit in (self._file.edit, self._passphrase, self._repeated):
            edit.textChanged.connect(self._form.clear)
        self._passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_back_up_clicked(self) -> None:
        path, replaces = self._file.path, self._file.may_replace
        objection = backup_objection(
            file=str(path) if self._file.words else "",
            is_taken=path.exists() and not replaces,
            is_folder=path.is_dir(),
            passphrase=self._passphrase.text(),
            repeated=self._repeated.text(),
        )
        if objection:
            self._form.object_to(objection)
            return
        wish = BackupWish(target=path, passphrase=self._passphrase.text(), replaces=replaces)
        self.close()
        self.backup_requested.emit(wish)
