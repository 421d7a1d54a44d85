"""What to do when the window is closed and no tray icon would be left of the wallet."""

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from wattfare_desktop.ui.dialogs.question import Question


class ClosingQuestion(Question):
    """Asks whether the wallet is to go on unseen; ``confirmed`` is to quit."""

    keep_running_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "",
            title=_tr("Close Wattfare"),
            words=_tr("Keep Wattfare running?"),
            detail=_tr(
                "This desktop shows no tray icons, so nothing will be seen of it. Approved apps "
                "can spend only while it runs. To see it again, start Wattfare once more."
            ),
            action=_tr("Quit"),
            parent=parent,
        )
        self.setObjectName("closing_question")
        self.setIcon(QMessageBox.Icon.Question)
        words = _tr("Keep running")
        self._keep = self.addButton(words, QMessageBox.ButtonRole.AcceptRole)
        self._keep.setAccessibleName(words)
        self.buttonClicked.connect(self._on_kept)

    @Slot(QAbstractButton)
    def _on_kept(self, clicked: QAbstractButton) -> None:
        if clicked is self._keep:
            self.keep_running_requested.emit()


def _tr(words: str) -> str:
    return QCoreApplication.translate("ClosingQuestion", words)
