"""Which backup is restored: opened first, then told what it is, then asked about once."""

from datetime import tzinfo
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wattfare_desktop.ui.components.fields import PathField, PathKind, labelled, secret_edit
from wattfare_desktop.ui.components.pieces import StyledDialog, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.dialogs.form import Form
from wattfare_desktop.ui.presentation.books import Seen, restore_objection, seen_text
from wattfare_desktop.ui.presentation.first_run import passphrase_objection

_WIDTH_PX: Final = 500


class RestoreDialog(StyledDialog):
    """Whoever opens the backup answers by ``show_seen`` or ``show_trouble``."""

    look_requested = Signal(object, str)
    """The file's path and the backup's passphrase."""
    restore_requested = Signal(object, object)
    """What was shown, and the wallet's new passphrase or None."""

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._seen: Seen | None = None
        self.setMinimumWidth(_WIDTH_PX)
        self._file = PathField(self.tr("File of the backup"), PathKind.OPEN)
        self._secret = secret_edit(self.tr("Passphrase of this backup"), "backup_passphrase")
        self._facts = text()
        self._new = secret_edit(self.tr("New passphrase for the wallet"), "passphrase")
        self._repeated = secret_edit(self.tr("The same again"), "repeated")
        self._form = Form(self, self.tr("Restore from a backup"), action=self.tr("Continue"))
        self._form.act.clicked.connect(self._on_act_clicked)
        self._form.add(
            text(
                self.tr(
                    "Takes the books, your provider keys and the wallet's key from a backup. The "
                    "file is checked first, and nothing is touched until you agree."
                ),
                "quiet",
            ),
            labelled(self.tr("File"), self._file),
            self._secret,
            self._second_half(),
        )
        for edit in (self._file.edit, self._secret, self._new, self._repeated):
            edit.textChanged.connect(self._form.clear)
        self._file.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_seen(self, seen: Seen) -> None:
        """Tell what the backup is, and offer to restore it."""
        self._seen = seen
        set_words(self._facts, seen_text(seen, self._zone))
        for edit in (self._new, self._repeated):
            edit.setVisible(seen.needs_passphrase)
        self._second.show()
        self._form.name_action(self.tr("Restore"))
        self._set_busy(busy=False)
        if seen.needs_passphrase:
            self._new.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            # It is the last question: Enter alone must not answer it.
            self._form.act.setDefault(False)
        self.adjustSize()

    def show_trouble(self, words: str) -> None:
        """Say why it cannot be opened, and let the user try again."""
        self._set_busy(busy=False)
        self._form.object_to(words)
        self._secret.selectAll()
        self._secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _second_half(self) -> QWidget:
        self._second = QWidget()
        column = QVBoxLayout(self._second)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self._facts, self._new, self._repeated):
            column.addWidget(part)
        self._second.hide()
        return self._second

    def _set_busy(self, *, busy: bool) -> None:
        self._form.act.setEnabled(not busy)
        for field in (self._file, self._secret):
            field.setEnabled(not busy and self._seen is None)

    @Slot()
    def _on_act_clicked(self) -> None:
        if self._seen is None:
            self._look()
        else:
            self._restore(self._seen)

    def _look(self) -> None:
        objection = restore_objection(file=self._file.words, passphrase=self._secret.text())
        if objection:
            self._form.object_to(objection)
            return
        self._set_busy(busy=True)
        self.look_requested.emit(self._file.path, self._secret.text())

    def _restore(self, seen: Seen) -> None:
        passphrase = self._new.text() if seen.needs_passphrase else None
        if passphrase is not None:
            objection = passphrase_objection(passphrase, self._repeated.text())
            if objection:
                self._form.object_to(objection)
                return
        self.close()
        self.restore_requested.emit(seen, passphrase)
