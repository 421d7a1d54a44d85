"""The first minute: protect the wallet, give it something to spend, try it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.money import Nanos
from wattfare_desktop.ui.components.fields import secret_edit
from wattfare_desktop.ui.components.pieces import Card, Choice, StyledDialog, button, text
from wattfare_desktop.ui.presentation.first_run import (
    PRACTICE_PROVIDER,
    Step,
    funding_balance,
    funding_objection,
    passphrase_objection,
)

_PLAY_MONEY: Final = "10.00"
_WIDTH_PX: Final = 520
_HEIGHT_PX: Final = 460


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingWish:
    """A provider to add. ``key`` is None for one that needs none."""

    provider: str
    key: str | None
    balance: Nanos

    def __repr__(self) -> str:
        return f"FundingWish({self.provider!r}, {self.balance})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstChoices:
    """What the last step asks: whether links are to come here, and whether to start at log-in."""

    links: bool
    at_login: bool


class ProtectStep(QWidget):
    """Keyring or passphrase. ``keyring_trouble`` says why the keyring cannot be had."""

    def __init__(self, keyring_trouble: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = _column(self)
        column.addWidget(text(self.tr("Protect your wallet"), "title"))
        column.addWidget(
            text(
                self.tr("Your provider keys are encrypted. Where should the key be kept?"), "quiet"
            )
        )
        self._keyring = QRadioButton(self.tr("In this computer's &keyring (recommended)"))
        self._keyring.setObjectName("keyring")
        self._keyring.setAccessibleName(self.tr("In this computer's keyring"))
        self._keyring.setEnabled(keyring_trouble is None)
        self._by_passphrase = QRadioButton(self.tr("Under a &passphrase of mine"))
        self._by_passphrase.setObjectName("by_passphrase")
        self._by_passphrase.setAccessibleName(self.tr("Under a passphrase of mine"))
        self._passphrase = secret_edit(self.tr("Passphrase"), "passphrase")
        self._repeated = secret_edit(self.tr("The same again"), "repeated")
        column.addWidget(self._keyring)
        if keyring_trouble is not None:
            column.addWidget(text(keyring_trouble, "quiet"))
        for widget in (self._by_passphrase, self._passphrase, self._repeated):
            column.addWidget(widget)
        column.addStretch(1)
        self._by_passphrase.toggled.connect(self._on_toggled)
        chosen = self._keyring if keyring_trouble is None else self._by_passphrase
        chosen.setChecked(True)
        self._on_toggled(self._by_passphrase.isChecked())

    @property
    def passphrase(self) -> str | None:
        """What was typed; None for the keyring."""
        return self._passphrase.text() if self._by_passphrase.isChecked() else None

    def objection(self) -> str:
        """Return what is missing; empty if nothing is."""
        if self.passphrase is None:
            return ""
        return passphrase_objection(self.passphrase, self._repeated.text())

    @Slot(bool)
    def _on_toggled(self, chosen: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._passphrase.setVisible(chosen)
        self._repeated.setVisible(chosen)


class FundStep(QWidget):
    """The practice provider, or a real one with its key and what was paid in."""

    def __init__(self, providers: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = _column(self)
        column.addWidget(text(self.tr("Give it something to spend"), "title"))
        self._practice = QRadioButton(self.tr("&Practice first, with $10.00 of play money"))
        self._practice.setObjectName("practice")
        self._practice.setAccessibleName(self.tr("Practice first, with play money"))
        self._real = QRadioButton(self.tr("Add a provider &key of mine"))
        self._real.setObjectName("real")
        self._real.setAccessibleName(self.tr("Add a provider key of mine"))
        self._provider = Choice()
        self._provider.setObjectName("provider")
        self._provider.setAccessibleName(self.tr("Provider"))
        for provider, name in providers:
            self._provider.addItem(name, provider)
        self._key = secret_edit(self.tr("Paste the key here"), "key")
        self._balance = QLineEdit(_PLAY_MONEY)
        self._balance.setObjectName("balance")
        self._balance.setAccessibleName(self.tr("Dollars you have paid in there"))
        self._hint = text(self.tr("Dollars you have paid in there"), "quiet")
        self._hint.setBuddy(self._balance)
        self._real_parts = (self._provider, self._key, self._hint, self._balance)
        column.addWidget(self._practice)
        note = self.tr("A built-in provider with made-up answers and real prices.")
        column.addWidget(text(note, "quiet"))
        column.addWidget(self._real)
        for part in self._real_parts:
            column.addWidget(part)
        column.addStretch(1)
        self._real.toggled.connect(self._on_toggled)
        self._real.setEnabled(bool(providers))
        self._practice.setChecked(True)
        self._on_toggled(False)  # noqa: FBT003 - as the signal gives it

    def objection(self) -> str:
        """Return what is missing; empty if nothing is."""
        return funding_objection(
            practice=self._practice.isChecked(), key=self._key.text(), balance=self._amount()
        )

    def wish(self) -> FundingWish:
        """Return what to add; only where there is no objection."""
        balance = funding_balance(self._amount())
        if self._practice.isChecked():
            return FundingWish(provider=PRACTICE_PROVIDER, key=None, balance=balance)
        return FundingWish(
            provider=str(self._provider.currentData()),
            key=self._key.text().strip(),
            balance=balance,
        )

    def forget_key(self) -> None:
        """Keep no key in a field once it is stored."""
        self._key.clear()

    def _amount(self) -> str:
        return _PLAY_MONEY if self._practice.isChecked() else self._balance.text()

    @Slot(bool)
    def _on_toggled(self, real: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        for part in self._real_parts:
            part.setVisible(real)


class TryStep(QWidget):
    """A sample app asks; and how this computer is to go on with the wallet."""

    try_requested = Signal()

    def __init__(self, *, at_login: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = _column(self)
        column.addWidget(text(self.tr("Try it"), "title"))
        words = self.tr(
            "Apps ask you before they spend. Let a sample app ask for $1.00: "
            "you will see who asks, change what you like, and approve or deny."
        )
        column.addWidget(text(words))
        self._try = button(self.tr("&Let a sample app ask"))
        self._try.setObjectName("try_sample")
        self._try.clicked.connect(self.try_requested)
        column.addWidget(self._try, 0, Qt.AlignmentFlag.AlignLeft)
        self._links = QCheckBox(self.tr("&Open “wattfare:” links with this wallet"))
        self._links.setObjectName("links")
        self._links.setAccessibleName(self.tr("Open wattfare: links with this wallet"))
        self._links.setChecked(True)
        column.addWidget(self._links)
        self._at_login = QCheckBox(self.tr("&Start Wattfare when I log in"))
        self._at_login.setObjectName("at_login")
        self._at_login.setAccessibleName(self.tr("Start Wattfare when I log in"))
        # Never ticked by us: only where it is on already, by an installer or an earlier wallet.
        self._at_login.setChecked(at_login)
        column.addWidget(self._at_login)
        column.addStretch(1)

    def choices(self) -> FirstChoices:
        """Return what is ticked."""
        return FirstChoices(links=self._links.isChecked(), at_login=self._at_login.isChecked())


class FirstRun(StyledDialog):
    """Three steps. Whoever does the work calls ``step_done`` or ``show_trouble`` after each."""

    create_requested = Signal(object)
    """The passphrase; None for the keyring."""
    fund_requested = Signal(object)
    """A :class:`FundingWish`."""
    try_requested = Signal()
    restore_requested = Signal()
    """There is a wallet already, in a backup."""
    finished_with = Signal(object)
    """The :class:`FirstChoices`."""

    def __init__(
        self,
        *,
        keyring_trouble: str | None,
        providers: Sequence[tuple[str, str]],
        at_login: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Welcome to Wattfare"))
        self.setAccessibleName("Welcome to Wattfare")
        self.resize(_WIDTH_PX, _HEIGHT_PX)
        self._protect = ProtectStep(keyring_trouble)
        self._fund = FundStep(providers)
        self._try = TryStep(at_login=at_login)
        self._try.try_requested.connect(self.try_requested)
        self._steps = QStackedWidget()
        for page in (self._protect, self._fund, self._try):
            self._steps.addWidget(page)
        self._progress = text("", "quiet", wrap=False)
        self._trouble = text("", "problem")
        self._skip = button(self.tr("&Skip"))
        self._skip.setObjectName("skip")
        self._skip.clicked.connect(self._on_skip_clicked)
        self._restore = button(self.tr("Restore from a backup…"), "link")
        self._restore.clicked.connect(self.restore_requested)
        self._next = button(self.tr("Continue"), "primary")
        self._next.setObjectName("next")
        # Here Enter is welcome: nothing is spent by going on.
        self._next.setDefault(True)
        self._next.clicked.connect(self._on_next_clicked)
        self._lay_out()
        self._show_step(Step.PROTECT)

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return Step(self._steps.currentIndex())

    def step_done(self) -> None:
        """Go on: what the step asked for has been done."""
        self._set_busy(busy=False)
        if self.step is Step.FUND:
            self._fund.forget_key()
        if self.step is not Step.TRY:
            self._show_step(Step(self.step + 1))

    def show_trouble(self, words: str) -> None:
        """Say what went wrong in this step, and let the user try again."""
        self._set_busy(busy=False)
        self._trouble.setText(words)
        self._trouble.setVisible(bool(words))

    def _lay_out(self) -> None:
        card = Card()
        card.column.addWidget(self._progress)
        card.column.addWidget(self._steps, 1)
        card.column.addWidget(self._trouble)
        buttons = QHBoxLayout()
        buttons.addWidget(self._skip)
        buttons.addWidget(self._restore)
        buttons.addStretch(1)
        buttons.addWidget(self._next)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    def _show_step(self, step: Step) -> None:
        self._steps.setCurrentIndex(step)
        self._progress.setText(self.tr("Step %d of %d") % (step + 1, len(Step)))
        self._skip.setVisible(step is Step.FUND)
        self._restore.setVisible(step is Step.PROTECT)
        words = self.tr("Done") if step is Step.TRY else self.tr("Continue")
        self._next.setText(words)
        self._next.setAccessibleName(words)
        self.show_trouble("")

    def _set_busy(self, *, busy: bool) -> None:
        for widget in (self._next, self._skip, self._restore, self._steps):
            widget.setEnabled(not busy)

    @Slot()
    def _on_skip_clicked(self) -> None:
        self.step_done()

    @Slot()
    def _on_next_clicked(self) -> None:
        if self.step is Step.TRY:
            self.finished_with.emit(self._try.choices())
            self.close()
            return
        page = self._protect if self.step is Step.PROTECT else self._fund
        objection = page.objection()
        self.show_trouble(objection)
        if objection:
            return
        self._set_busy(busy=True)
        if self.step is Step.PROTECT:
            self.create_requested.emit(self._protect.passphrase)
        else:
            self.fund_requested.emit(self._fund.wish())


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    return column
