"""The raise window: an app has reached its cap while a call waits; the user says what then.

As guarded as the approval: nothing can be pressed until the window has been seen for a second, and
Enter never spends. Closing it, or Escape, is "not now".
"""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, tab_through, text
from wattfare_desktop.ui.dialogs.approve_button import ApproveButton
from wattfare_desktop.ui.dialogs.dead_time_watch import DeadTimeWatch
from wattfare_desktop.ui.presentation.consent import countdown_text
from wattfare_desktop.ui.presentation.raising import (
    RaiseAsk,
    needs_text,
    once_text,
    reached_text,
    who_text,
    window_text,
)

_WIDTH_PX = 480
_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


class RaiseDialog(StyledDialog):
    """Asks one :class:`RaiseAsk`; ends with exactly one signal, or none if withdrawn."""

    answered = Signal(str, str)
    """The question's id, and a :class:`RaiseAnswer`."""

    def __init__(
        self,
        ask: RaiseAsk,
        now_ms: Callable[[], int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._ended = False
        self._dead_time = DeadTimeWatch(self, now_ms)
        self._dead_time.changed.connect(self._on_dead_time_changed)
        self._shown_for = QElapsedTimer()
        self._countdown_timer = QTimer(self)
        self._countdown_timer.setInterval(1_000)
        self._countdown_timer.timeout.connect(self._on_countdown)
        self.setWindowTitle(self.tr("Wattfare raise"))
        self.setAccessibleName("Wattfare raise")
        self.setObjectName("raise")
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, on=False)
        # Keys go to the window itself at first: typing meant for another one lands on no button.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._make_buttons()
        self._lay_out()
        tab_through([self._not_now, self._pause, self._once, self._window])
        for child in self.findChildren(QWidget):
            child.installEventFilter(self)

    @property
    def ask(self) -> RaiseAsk:
        """What is asked."""
        return self._ask

    def present(self) -> None:
        """Show the window above the others."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def withdraw(self) -> None:
        """Close without an answer: nobody waits for one any more."""
        self._ended = True
        self.close()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to count down."""
        super().showEvent(event)
        if not self._shown_for.isValid():
            self._shown_for.start()
            self._countdown_timer.start()
            self._on_countdown()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window says not now."""
        self._countdown_timer.stop()
        super().closeEvent(event)
        if not self._ended:
            self._ended = True
            self.answered.emit(self._ask.id, RaiseAnswer.NO.value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape says not now, once it can have been meant; Enter says nothing."""
        if event.key() == Qt.Key.Key_Escape and self._dead_time.is_over():
            self.close()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow what is typed in the dead time: it was meant for another window."""
        if event.type() in _KEYS and not self._dead_time.is_over():
            return True
        return super().eventFilter(watched, event)

    def _make_buttons(self) -> None:
        self._not_now = button(self.tr("Not now"))
        self._not_now.setObjectName("not_now")
        self._not_now.clicked.connect(self._on_not_now_clicked)
        self._pause = button(self.tr("Pause the app"), "link")
        self._pause.setObjectName("pause")
        self._pause.setEnabled(False)
        self._pause.clicked.connect(self._on_pause_clicked)
        self._once = self._raising(once_text(self._ask), "once")
        self._once.clicked.connect(self._on_once_clicked)
        self._window = self._raising(window_text(self._ask), "window")
        self._window.clicked.connect(self._on_window_clicked)

    def _raising(self, words: str, name: str) -> ApproveButton:
        made = ApproveButton()
        made.setObjectName(name)
        made.setProperty("role", "primary")
        made.setText(words)
        made.setAccessibleName(words)
        return made

    def _lay_out(self) -> None:
        card = Card()
        card.column.addLayout(self._header())
        card.column.addWidget(text(needs_text(self._ask)))
        self._countdown = text("", "quiet", wrap=False)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._pause)
        buttons.addStretch(1)
        for each in (self._not_now, self._once, self._window):
            buttons.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.setSpacing(12)
        outer.addWidget(card, 1)
        outer.addLayout(buttons)
        outer.addWidget(self._countdown, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(_WIDTH_PX)

    def _header(self) -> QHBoxLayout:
        avatar = text(self._ask.name[:1].upper(), "avatar", wrap=False)
        avatar.setFixedSize(44, 44)
        avatar.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(text(who_text(self._ask), "title"))
        column.addWidget(text(reached_text(self._ask), "heading"))
        column.addWidget(text(self._ask.host, "quiet"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(avatar, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        return row

    @Slot(bool)
    def _on_dead_time_changed(self, over: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        for each in (self._once, self._window, self._pause):
            each.setEnabled(over)

    @Slot()
    def _on_countdown(self) -> None:
        left_ms = self._ask.answer_within_ms - self._shown_for.elapsed()
        self._countdown.setText(self.tr("Refused by itself in %s") % countdown_text(left_ms))

    @Slot()
    def _on_not_now_clicked(self) -> None:
        self._end(RaiseAnswer.NO)

    @Slot()
    def _on_pause_clicked(self) -> None:
        self._end_if_seen(RaiseAnswer.PAUSE)

    @Slot()
    def _on_once_clicked(self) -> None:
        self._end_if_seen(RaiseAnswer.ONCE)

    @Slot()
    def _on_window_clicked(self) -> None:
        self._end_if_seen(RaiseAnswer.WINDOW)

    def _end_if_seen(self, answer: RaiseAnswer) -> None:
        # Asked again: a press by other means than the button's own must not slip through.
        if self._dead_time.is_over():
            self._end(answer)

    def _end(self, answer: RaiseAnswer) -> None:
        if not self._ended:
            self._ended = True
            self.answered.emit(self._ask.id, answer.value)
            self.close()
