"""How far long work has come, a way to stop it, and in the end what came of it."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.components.notices import LineIcon
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text
from wattfare_desktop.ui.components.words import set_role, set_words
from wattfare_desktop.ui.presentation.books import Told
from wattfare_desktop.ui.presentation.long_work import Watch, progress_text

_WIDTH_PX: Final = 480
_LOOK_MS: Final = 100
_WHOLE: Final = 100


class WorkDialog(StyledDialog):
    """Looks on at ``watch`` until it is told the end; closing it before stops the work.

    It then stays until the end is told: only so is known what came of it.
    """

    def __init__(self, title: str, watch: Watch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watch = watch
        self._is_over = False
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(_WIDTH_PX)
        self._title = text(title, "title")
        self._phase = text(role="quiet")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._detail = text()
        self._detail.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._detail.hide()
        self._leave = button(self.tr("Cancel"))
        self._leave.clicked.connect(self.reject)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._on_look)
        self._lay_out()
        self._on_look()
        self._timer.start()

    def show_told(self, told: Told) -> None:
        """Tell the result."""
        self._end(told.title, told.detail, "" if told.is_good else "danger")

    def show_failure(self, error: UserFacingError) -> None:
        """Tell why there is none; who stopped it knows, and the window goes."""
        if self._watch.is_stopped:
            self._is_over = True
            self.close()
        else:
            self._end(error.title, error.detail, "danger")

    def reject(self) -> None:
        """Leave; while the work goes on, stop that first."""
        if self._is_over:
            super().reject()
            return
        self._watch.stop()
        self._leave.setEnabled(False)
        set_words(self._phase, self.tr("Stopping…"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Do as Escape does."""
        if self._is_over:
            super().closeEvent(event)
        else:
            event.ignore()
            self.reject()

    def _lay_out(self) -> None:
        self._mark = LineIcon("circle-alert", "danger", 24)
        self._mark.hide()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        card = Card()
        card.column.setSpacing(12)
        card.column.addLayout(head)
        for part in (self._phase, self._bar, self._detail):
            card.column.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    def _end(self, title: str, detail: str, colour: str) -> None:
        self._is_over = True
        self._timer.stop()
        self._phase.hide()
        self._bar.hide()
        self._mark.setVisible(bool(colour))
        set_words(self._title, title)
        set_role(self._title, "heading")
        set_words(self._detail, detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleDescription(f"{title}. {detail}")
        self._leave.setText(self.tr("Close"))
        self._leave.setAccessibleName(self.tr("Close"))
        self._leave.setEnabled(True)
        self._leave.setDefault(True)
        self._leave.setFocus(Qt.FocusReason.OtherFocusReason)
        self.adjustSize()

    @Slot()
    def _on_look(self) -> None:
        if self._watch.is_stopped:
            return
        progress = self._watch.progress
        percent = progress.percent
        set_words(self._phase, progress_text(progress))
        # A bar without an end runs to and fro.
        self._bar.setRange(0, 0 if percent is None else _WHOLE)
        self._bar.setValue(percent or 0)
