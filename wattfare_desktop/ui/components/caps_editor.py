"""Limits to be changed: a line each, and one button that keeps them all."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.pieces import Choice, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.caps import CapDraft, drafts_of, free_period, judged_caps
from wattfare_desktop.ui.presentation.periods import renewal

_AMOUNT_CHARS_MAX: Final = 18
_AMOUNT_CHARS_SHOWN: Final = 10


class CapLine(QWidget):
    """One limit: an amount, how often it renews, and a way to be rid of it."""

    edited = Signal()
    removed = Signal()

    def __init__(self, draft: CapDraft, *, of: str, removable: bool) -> None:
        super().__init__()
        self._amount = QLineEdit(draft.amount)
        self._amount.setAccessibleName(self.tr("%s: amount in dollars") % of)
        self._amount.setMaxLength(_AMOUNT_CHARS_MAX)
        self._amount.setMinimumWidth(
            self._amount.fontMetrics().averageCharWidth() * _AMOUNT_CHARS_SHOWN + 22
        )
        self._period = Choice()
        self._period.setAccessibleName(self.tr("%s: how often it renews") % of)
        for period in Period:
            self._period.addItem(renewal(period), period)
        self._period.setCurrentIndex(list(Period).index(draft.period))
        self._amount.textEdited.connect(self.edited)
        self._period.activated.connect(self.edited)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        dollar = text("$", "strong", wrap=False)
        dollar.setBuddy(self._amount)
        row.addWidget(dollar)
        row.addWidget(self._amount, 1)
        row.addWidget(self._period, 1)
        if removable:
            remove = IconButton("trash-2", self.tr("Remove this limit"), icon_only=True)
            remove.clicked.connect(self.removed)
            row.addWidget(remove)

    @property
    def draft(self) -> CapDraft:
        """What the fields say."""
        return CapDraft(amount=self._amount.text(), period=Period(self._period.currentData()))

    def focus(self) -> None:
        """Put the cursor into the amount."""
        self._amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self._amount.selectAll()


class CapsEditor(QWidget):
    """Shows caps until they are edited; from then on keeps the edits until they are saved.

    ``fixed`` is for one cap, neither more nor less; ``may_be_empty`` for limits that need not be.
    """

    save_requested = Signal(object)
    """A tuple of :class:`Cap`."""

    def __init__(
        self,
        of: str,
        *,
        fixed: bool = False,
        may_be_empty: bool = False,
        nothing: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._of = of
        self._fixed = fixed
        self._may_be_empty = may_be_empty
        self._shown: tuple[Cap, ...] = ()
        self._is_edited = False
        self._lines: list[CapLine] = []
        self._nothing = text(nothing, "quiet")
        self._problem = text(role="problem")
        self._problem.hide()
        self._add = button(self.tr("Add a limit"), "link")
        self._add.clicked.connect(self._on_add_clicked)
        self._add.setVisible(not fixed)
        self._save = button(self.tr("Save"), "primary")
        self._save.setAccessibleName(self.tr("Save: %s") % of)
        self._save.clicked.connect(self._on_save_clicked)
        self._discard = button(self.tr("Discard"))
        self._discard.setAccessibleName(self.tr("Discard changes: %s") % of)
        self._discard.clicked.connect(self.discard)
        self._lay_out()
        self._judge()

    @property
    def is_edited(self) -> bool:
        """Whether there are edits that were not saved."""
        return self._is_edited

    def show_caps(self, caps: Sequence[Cap]) -> None:
        """Show ``caps``, unless the user is at changing them."""
        if self._is_edited:
            return
        if tuple(caps) != self._shown or len(self._lines) != len(caps):
            self._shown = tuple(caps)
            self._remake()

    def saved(self) -> None:
        """Take the edits for what is so now."""
        caps = self._judged()
        if not isinstance(caps, str):
            self._shown = caps
        self._is_edited = False
        self._judge()

    @Slot()
    def discard(self) -> None:
        """Forget the edits."""
        self._is_edited = False
        self._remake()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._add)
        buttons.addStretch(1)
        buttons.addWidget(self._discard)
        buttons.addWidget(self._save)
        column.addWidget(self._nothing)
        column.addLayout(self._column)
        column.addWidget(self._problem)
        column.addLayout(buttons)

    def _remake(self) -> None:
        for line in list(self._lines):
            self._drop(line)
        for draft in drafts_of(self._shown):
            self._append(draft)
        self._judge()

    def _append(self, draft: CapDraft) -> CapLine:
        line = CapLine(draft, of=self._of, removable=not self._fixed)
        line.edited.connect(self._on_edited)
        line.removed.connect(self._on_removed)
        self._lines.append(line)
        self._column.addWidget(line)
        # Shown now, not on the loop's next turn: it may be about to get the cursor.
        line.show()
        return line

    def _drop(self, line: CapLine) -> None:
        self._lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _drafts(self) -> tuple[CapDraft, ...]:
        return tuple(line.draft for line in self._lines)

    def _judged(self) -> tuple[Cap, ...] | str:
        return judged_caps(self._drafts(), may_be_empty=self._may_be_empty)

    def _judge(self) -> None:
        caps = self._judged()
        objection = caps if isinstance(caps, str) and self._is_edited else ""
        set_words(self._problem, objection)
        self._problem.setVisible(bool(objection))
        self._nothing.setVisible(not self._lines and bool(self._nothing.text()))
        self._save.setVisible(self._is_edited)
        self._discard.setVisible(self._is_edited)
        self._save.setEnabled(not isinstance(caps, str))
        self._add.setEnabled(free_period(self._drafts()) is not None)

    @Slot()
    def _on_edited(self) -> None:
        self._is_edited = True
        self._judge()

    @Slot()
    def _on_add_clicked(self) -> None:
        period = free_period(self._drafts())
        if period is not None:
            self._append(CapDraft(amount="", period=period)).focus()
            self._on_edited()

    @Slot()
    def _on_removed(self) -> None:
        line = self.sender()
        if isinstance(line, CapLine):
            self._drop(line)
            self._on_edited()

    @Slot()
    def _on_save_clicked(self) -> None:
        caps = self._judged()
        if not isinstance(caps, str):
            self.save_requested.emit(caps)
