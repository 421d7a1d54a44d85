"""What the dialogs have in common that ask for one amount of money."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wattfare_desktop.core.money import Nanos, plain_usd
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.dialogs.asking import AskingDialog

_WIDTH_PX: Final = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountWords:
    """What such a dialog says: its name, over the amount, of the amount, and on its button.

    ``by_enter`` is for what can be undone: Enter then presses that button.
    """

    name: str
    title: str
    told: Sequence[str]
    amount: str
    action: str
    example: str = ""
    outcome_role: str = "strong"
    by_enter: bool = False


class AmountDialog(AskingDialog):
    """Asks how much, about ``subject``; ``read`` returns an amount, or what is wrong with it.

    The button is dead while the wallet works, and while :meth:`may_give` has nothing to gain.
    """

    given = Signal(str, object)
    """Subject and :data:`Nanos`, which a C++ int would cut off."""

    def __init__(
        self, subject: str, read: Callable[[str], Nanos | str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._subject = subject
        self._read = read
        self.setMinimumWidth(_WIDTH_PX)
        self._amount = QLineEdit()
        self._amount.setObjectName("amount")
        self._outcome = text()
        self._problem = text(role="problem")
        self._give = button("", "primary")
        self._amount_row = QHBoxLayout()
        self._buttons = QHBoxLayout()

    def ask(self, words: AmountWords) -> None:
        """Lay everything out, once the one who asks is ready for :meth:`outcome`."""
        self.setWindowTitle(words.name)
        self.setAccessibleName(words.name)
        self._amount.setAccessibleName(words.amount)
        self._amount.setPlaceholderText(words.example)
        self._give.setText(words.action)
        self._give.setDefault(words.by_enter)
        self._give.setAccessibleName(words.action)
        self._outcome.setProperty("role", words.outcome_role)
        self._lay_out(words)
        self._on_amount_changed()
        self._amount.textChanged.connect(self._on_amount_changed)
        self._give.clicked.connect(self._on_give_clicked)
        self._amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def outcome(self, amount: Nanos | None) -> str:
        """Return what would come of ``amount``, None while none is typed; "" says nothing."""
        del amount
        return ""

    def may_give(self, amount: Nanos) -> bool:
        """Return whether ``amount`` changes anything."""
        return amount >= 0

    def show_trouble(self, words: str) -> None:
        """Say why it was refused."""
        self._judge()
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def show_amount(self, amount: Nanos) -> None:
        """Type ``amount`` in."""
        self._amount.setText(plain_usd(amount))

    def beside_amount(self, part: QWidget) -> None:
        """Put ``part`` beside the amount."""
        self._amount_row.addWidget(part)

    def offer(self, other: QPushButton) -> None:
        """Put ``other`` between the way out and the button that gives."""
        self._buttons.insertWidget(self._buttons.count() - 1, other)

    def asked_amount(self) -> Nanos | None:
        """Return the amount as it stands; None where it is none, and that is said."""
        amount = self._read(self._amount.text())
        if isinstance(amount, str):
            self.show_trouble(amount)
            return None
        return amount

    def _judge(self) -> None:
        read = self._read(self._amount.text())
        amount = None if isinstance(read, str) else read
        # What is no amount may be given: the answer says what is wrong with it.
        self._give.setEnabled(amount is None or self.may_give(amount))
        outcome = self.outcome(amount)
        set_words(self._outcome, outcome)
        self._outcome.setVisible(bool(outcome))

    def _lay_out(self, words: AmountWords) -> None:
        card = Card()
        card.column.setSpacing(8)
        card.column.addWidget(text(words.title, "title"))
        for told in words.told:
            card.column.addWidget(text(told, "quiet"))
        self._amount_row.setSpacing(8)
        dollar = text("$", "strong", wrap=False)
        dollar.setBuddy(self._amount)
        self._amount_row.addWidget(dollar)
        self._amount_row.addWidget(self._amount, 1)
        card.column.addLayout(self._amount_row)
        card.column.addWidget(self._outcome)
        card.column.addWidget(self._problem)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        for each in (cancel, self._give):
            self._buttons.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(self._buttons)

    @Slot()
    def _on_amount_changed(self) -> None:
        self._problem.hide()
        self._judge()

    @Slot()
    def _on_give_clicked(self) -> None:
        amount = self.asked_amount()
        if amount is not None:
            self._give.setEnabled(False)
            self.given.emit(self._subject, amount)
