"""The approval window: an app asks to spend, the user says how much, or no.

Everything an app says about itself is plain text between quotes. Approve is dead until the window
has been seen for a second (see ``presentation.dead_time``); no key but a fresh Space on it
approves; what its words say is what is granted.
"""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.periods import Period
from wattfare_desktop.ui.components.fitting import Fitting
from wattfare_desktop.ui.components.notices import standing_warning
from wattfare_desktop.ui.components.pieces import (
    Card,
    Choice,
    StyledDialog,
    button,
    tab_through,
    text,
)
from wattfare_desktop.ui.dialogs.approve_button import ApproveButton
from wattfare_desktop.ui.dialogs.dead_time_watch import DeadTimeWatch
from wattfare_desktop.ui.dialogs.model_chips import ModelChips
from wattfare_desktop.ui.presentation.consent import (
    ConsentAnswer,
    ConsentDraft,
    ConsentQuestion,
    Typical,
    approve_text,
    breakable,
    claimed_name,
    countdown_text,
    expiry_choices,
    expiry_text,
    first_draft,
    identity_text,
    judged,
    quoted,
    warning_text,
    worth_text,
)
from wattfare_desktop.ui.presentation.periods import renewal

_WIDTH_PX = 500
_AMOUNT_CHARS_MAX = 18
_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


class ConsentDialog(StyledDialog):
    """Asks one :class:`ConsentQuestion`; ends with exactly one signal, or none if withdrawn."""

    approved = Signal(str, object)
    """Ticket and :class:`ConsentAnswer`."""
    denied = Signal(str, bool)
    """Ticket, and whether the app is never to ask again."""

    def __init__(
        self,
        question: ConsentQuestion,
        typical: Typical,
        now_ms: Callable[[], int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._question = question
        self._typical = typical
        self._ended = False
        self._dead_time = DeadTimeWatch(self, now_ms)
        self._dead_time.changed.connect(self._on_dead_time_changed)
        self._shown_for = QElapsedTimer()
        self._countdown_timer = QTimer(self)
        self._countdown_timer.setInterval(1_000)
        self._countdown_timer.timeout.connect(self._on_countdown)
        self.setWindowTitle(self.tr("Wattfare approval"))
        self.setAccessibleName("Wattfare approval")
        self.setObjectName("consent")
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, on=False)
        # Keys go to the window itself at first: typing meant for another one lands on no button.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._make_fields()
        self._lay_out()
        self._order_tabs()
        # What the app asks for beyond its cap is before the user's eyes, not behind a button.
        self._more_button.setChecked(question.raise_allowed)
        for child in self.findChildren(QWidget):
            child.installEventFilter(self)
        self._models.chip_added.connect(self._on_chip_added)
        self._refresh()

    @property
    def question(self) -> ConsentQuestion:
        """What is asked."""
        return self._question

    @property
    def answer(self) -> ConsentAnswer | str:
        """What Approve would grant as the fields stand, or why it cannot."""
        return judged(self._draft(), self._question)

    def present(self) -> None:
        """Show the window above the others; the time to answer begins."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def withdraw(self) -> None:
        """Close without an answer: the request expired or was answered elsewhere."""
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
        """Closing the window says no."""
        self._countdown_timer.stop()
        super().closeEvent(event)
        if not self._ended:
            self._ended = True
            self.denied.emit(self._question.ticket, False)  # noqa: FBT003 - a signal has no keywords

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape says no, once it can have been meant; Enter says nothing."""
        if event.key() == Qt.Key.Key_Escape and self._dead_time.is_over():
            self.close()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow what is typed in the dead time: it was meant for another window."""
        if event.type() in _KEYS and not self._dead_time.is_over():
            return True
        return super().eventFilter(watched, event)

    def _make_fields(self) -> None:
        question, draft = self._question, first_draft(self._question)
        self._amount = QLineEdit(draft.amount)
        self._amount.setObjectName("amount")
        self._amount.setProperty("role", "amount")
        self._amount.setAccessibleName(self.tr("Amount in dollars"))
        self._amount.setMaxLength(_AMOUNT_CHARS_MAX)
        self._amount.setMinimumWidth(150)
        self._period = Choice()
        self._period.setObjectName("period")
        self._period.setProperty("role", "period")
        self._period.setAccessibleName(self.tr("How often the amount renews"))
        for period in Period:
            self._period.addItem(renewal(period), period)
        self._period.setCurrentIndex(list(Period).index(draft.period))
        self._period.setEnabled(question.adjustable)
        self._models = ModelChips(question.models)
        self._models.setObjectName("models")
        self._expiry = Choice()
        self._expiry.setObjectName("expiry")
        self._expiry.setAccessibleName(self.tr("How long the approval lasts"))
        for days in expiry_choices(question):
            self._expiry.addItem(expiry_text(days), days)
        self._expiry.setCurrentIndex(expiry_choices(question).index(draft.expires_in_days))
        self._raise_allowed = QCheckBox(self.tr("It may ask for more when the limit is reached"))
        self._raise_allowed.setObjectName("raise_allowed")
        self._raise_allowed.setAccessibleName(self._raise_allowed.text())
        self._raise_allowed.setChecked(draft.raise_allowed)
        self._only_program: QCheckBox | None = None
        if question.can_bind_program:
            self._only_program = QCheckBox(self.tr("Only this program may use it"))
            self._only_program.setObjectName("only_program")
            self._only_program.setAccessibleName(self._only_program.text())
        self._amount.textChanged.connect(self._refresh)
        self._period.currentIndexChanged.connect(self._refresh)
        self._expiry.currentIndexChanged.connect(self._refresh)
        self._models.models_changed.connect(self._refresh)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.setSpacing(12)
        card = Card()
        card.column.addLayout(self._header())
        if warning := warning_text(self._question):
            card.column.addWidget(standing_warning(warning))
        if self._question.justification:
            card.column.addWidget(text(breakable(quoted(self._question.justification)), "quote"))
        card.column.addLayout(self._money())
        card.column.addLayout(self._details())
        card.column.addWidget(self._more())
        outer.addWidget(Fitting(card, self.tr("What is asked")), 1)
        outer.addLayout(self._footer())
        self.setMinimumWidth(_WIDTH_PX)

    def _header(self) -> QHBoxLayout:
        avatar = text(self._question.name[:1].upper(), "avatar", wrap=False)
        avatar.setFixedSize(44, 44)
        avatar.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(text(breakable(claimed_name(self._question)), "title"))
        column.addWidget(text(self.tr("asks to use AI with your money"), "heading"))
        role = "quiet" if self._question.verified else "caution"
        column.addWidget(text(breakable(identity_text(self._question)), role))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(avatar, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        return row

    def _money(self) -> QVBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        dollar = text("$", "title", wrap=False)
        dollar.setBuddy(self._amount)
        row.addWidget(dollar)
        row.addWidget(self._amount, 1)
        row.addWidget(self._period)
        self._worth = text("", "quiet")
        self._problem = text("", "problem")
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(text(self.tr("It may spend at most"), "quiet"))
        column.addLayout(row)
        column.addWidget(self._worth)
        if fee := self._fee_words():
            column.addWidget(text(fee, "quiet"))
        column.addWidget(self._problem)
        return column

    def _fee_words(self) -> str:
        percent = self._question.fee_percent
        return "" if percent == "0" else self.tr("includes a service fee of %s %%") % percent

    def _details(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self._label(self.tr("With"), self._models), self._models)
        form.addRow(self._label(self.tr("Lasts"), self._expiry), self._expiry)
        paying = ", ".join(self._question.paying_from) or self.tr("nothing yet: add funds")
        form.addRow(self._label(self.tr("Paid from")), text(paying))
        return form

    def _label(self, words: str, buddy: QWidget | None = None) -> QLabel:
        label = text(words, "quiet", wrap=False)
        label.setMinimumHeight(26)
        if buddy is not None:
            label.setBuddy(buddy)
        return label

    def _more(self) -> QWidget:
        self._more_button = button(self.tr("More ▸"), "link")
        self._more_button.setObjectName("more")
        self._more_button.setAccessibleName(self.tr("More"))
        self._more_button.setCheckable(True)
        self._more_button.toggled.connect(self._on_more_toggled)
        self._more_part = QWidget()
        form = QFormLayout(self._more_part)
        form.setContentsMargins(0, 4, 0, 0)
        form.setHorizontalSpacing(16)
        for name, shown in (
            (self.tr("Answer goes to"), self._question.redirect),
            (self.tr("Client id"), self._question.client_id),
            (self.tr("Service fee"), self._fee_words() or self.tr("none")),
        ):
            form.addRow(text(name, "quiet", wrap=False), text(breakable(shown), "quiet"))
        form.addRow(self._raise_allowed)
        if self._only_program is not None:
            form.addRow(self._only_program)
        self._more_part.hide()
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._more_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._more_part)
        return part

    def _footer(self) -> QVBoxLayout:
        self._block = button(self.tr("Block this app"), "link")
        self._block.setObjectName("block")
        self._block.clicked.connect(self._on_block_clicked)
        self._deny = button(self.tr("Deny"))
        self._deny.setObjectName("deny")
        self._deny.clicked.connect(self._on_deny_clicked)
        self._approve = ApproveButton()
        self._approve.clicked.connect(self._on_approve_clicked)
        self._countdown = text("", "quiet", wrap=False)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._block)
        buttons.addStretch(1)
        buttons.addWidget(self._deny)
        buttons.addWidget(self._approve)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(buttons)
        column.addWidget(self._countdown, 0, Qt.AlignmentFlag.AlignRight)
        return column

    def _order_tabs(self) -> None:
        tab_through(
            [
                self._amount,
                self._period,
                *self._models.findChildren(QWidget),
                self._expiry,
                self._more_button,
                self._raise_allowed,
                *((self._only_program,) if self._only_program is not None else ()),
                self._block,
                self._deny,
                self._approve,
            ]
        )

    def _draft(self) -> ConsentDraft:
        return ConsentDraft(
            amount=self._amount.text(),
            period=Period(self._period.currentData()),
            models=self._models.models,
            any_model=self._models.any_model,
            expires_in_days=self._expiry.currentData(),
            raise_allowed=self._raise_allowed.isChecked(),
            only_program=self._only_program is not None and self._only_program.isChecked(),
        )

    @Slot()
    def _refresh(self) -> None:
        answer = self.answer
        words = approve_text(answer)
        self._approve.setText(words)
        self._approve.setAccessibleName(words)
        self._worth.setText(worth_text(answer, self._typical))
        self._worth.setVisible(not isinstance(answer, str) and bool(self._worth.text()))
        self._problem.setText(answer if isinstance(answer, str) else "")
        self._problem.setVisible(isinstance(answer, str))
        self._approve.setEnabled(self._dead_time.is_over() and not isinstance(answer, str))

    @Slot(bool)
    def _on_dead_time_changed(self, _over: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._refresh()

    @Slot()
    def _on_countdown(self) -> None:
        left_ms = self._question.answer_within_ms - self._shown_for.elapsed()
        self._countdown.setText(self.tr("Denied by itself in %s") % countdown_text(left_ms))

    @Slot(QWidget)
    def _on_chip_added(self, chip: QWidget) -> None:
        chip.installEventFilter(self)

    @Slot(bool)
    def _on_more_toggled(self, shown: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._more_part.setVisible(shown)
        self._more_button.setText(self.tr("Less ▾") if shown else self.tr("More ▸"))

    @Slot()
    def _on_block_clicked(self) -> None:
        self._end(block=True)

    @Slot()
    def _on_deny_clicked(self) -> None:
        self._end(block=False)

    def _end(self, *, block: bool) -> None:
        if self._ended:
            return
        self._ended = True
        self.denied.emit(self._question.ticket, block)
        self.close()

    @Slot()
    def _on_approve_clicked(self) -> None:
        answer = self.answer
        # Asked again: a press by other means than the button's own must not slip through.
        if self._ended or isinstance(answer, str) or not self._dead_time.is_over():
            return
        self._ended = True
        self.approved.emit(self._question.ticket, answer)
        self.close()
