"""Fields that the dialogs about files share: a secret, and a place on the disk."""

from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.pieces import button, text


class PathKind(Enum):
    """What is chosen."""

    OPEN = auto()
    SAVE = auto()
    FOLDER = auto()


class PathField(QWidget):
    """A path to be typed, or chosen in the system's own dialog."""

    changed = Signal()

    def __init__(self, name: str, kind: PathKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._kind = kind
        self._replaced: Path | None = None
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.textChanged.connect(self._on_changed)
        self.choose = button(self.tr("Choose…"), "small")
        self.choose.setAccessibleName(self.tr("Choose: %s") % name)
        self.choose.clicked.connect(self._on_choose_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose)

    @property
    def words(self) -> str:
        """What was typed or chosen."""
        return self.edit.text().strip()

    @property
    def path(self) -> Path:
        """The same as a path."""
        return Path(self.words).expanduser()

    @property
    def may_replace(self) -> bool:
        """Whether its user agreed, in the system's dialog, that the file there is replaced."""
        return self._replaced == self.path

    def set_path(self, path: Path) -> None:
        """Propose ``path``."""
        self.edit.setText(str(path))

    @Slot()
    def _on_changed(self) -> None:
        # A path is told by its end.
        self.edit.setToolTip(self.edit.text())
        self.changed.emit()

    @Slot()
    def _on_choose_clicked(self) -> None:
        path = self.path
        folder = path if self._kind is PathKind.FOLDER else path.parent
        dialog = QFileDialog(self.window(), self._name, str(folder) if self.words else "")
        match self._kind:
            case PathKind.SAVE:
                dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
                dialog.selectFile(path.name)
            case PathKind.OPEN:
                dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            case PathKind.FOLDER:
                dialog.setFileMode(QFileDialog.FileMode.Directory)
                dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_file_selected(self, chosen: str) -> None:
        if self._kind is PathKind.SAVE:
            self._replaced = Path(chosen)
        self.set_path(Path(chosen))


def secret_edit(name: str, object_name: str) -> QLineEdit:
    """Return a field that shows nothing of what is typed."""
    edit = QLineEdit()
    edit.setObjectName(object_name)
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    edit.setAccessibleName(name)
    edit.setPlaceholderText(name)
    return edit


def labelled(words: str, field: QWidget) -> QWidget:
    """Return ``field`` below a label that names it."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    label = text(words, "quiet", wrap=False)
    label.setBuddy(field)
    column.addWidget(label)
    column.addWidget(field)
    return whole
