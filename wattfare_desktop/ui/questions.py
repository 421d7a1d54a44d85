"""What apps ask of the user: one question on the screen at a time, the others wait."""

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.ui.dialogs.consent import ConsentDialog
from wattfare_desktop.ui.dialogs.raise_cap import RaiseDialog
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion, Typical
from wattfare_desktop.ui.presentation.raising import RaiseAsk
from wattfare_desktop.ui.wallet_acts import WalletActs


class Questions(QObject):
    """Shows each until it is answered here or withdrawn, and carries the answer to the wallet.

    ``act`` has work done on the wallet's loop, and shows its refusal.
    """

    counted = Signal(int)
    """How many there are, the one on the screen among them."""

    def __init__(
        self,
        acts: WalletActs,
        act: Callable[[Coroutine[Any, Any, None]], None],
        typical: Typical,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self._act = act
        self._typical = typical
        self._waiting: deque[ConsentQuestion | RaiseAsk] = deque()
        self.consent: ConsentDialog | None = None
        self.raising: RaiseDialog | None = None

    def close(self) -> None:
        """Take what is shown from the screen; it stays with the desk."""
        for shown in (self.consent, self.raising):
            if shown is not None:
                shown.withdraw()

    def ask(self, question: ConsentQuestion) -> None:
        """Ask whether an app may spend, after the questions that wait already."""
        self._waiting.append(question)
        self._show_next()

    @Slot(str)
    def withdraw(self, ticket: str) -> None:
        """Ask no more: answered elsewhere, or expired."""
        self._forget(ticket)
        if self.consent is not None and self.consent.question.ticket == ticket:
            self.consent.withdraw()
            self._ended()
        self._count()

    def ask_raise(self, ask: RaiseAsk) -> None:
        """Ask whether to raise a cap, after the questions that wait already."""
        self._waiting.append(ask)
        self._show_next()

    @Slot(str)
    def withdraw_raise(self, question: str) -> None:
        """Ask no more whether to raise that cap."""
        self._forget(question)
        if self.raising is not None and self.raising.ask.id == question:
            self.raising.withdraw()
            self._ended()
        self._count()

    def _show_next(self) -> None:
        if not self._is_asking() and self._waiting:
            question = self._waiting.popleft()
            if isinstance(question, RaiseAsk):
                self._show_raise(question)
            else:
                self._show_consent(question)
        self._count()

    def _show_consent(self, question: ConsentQuestion) -> None:
        dialog = ConsentDialog(question, self._typical)
        dialog.approved.connect(self._on_approved)
        dialog.denied.connect(self._on_denied)
        self.consent = dialog
        dialog.present()

    def _show_raise(self, ask: RaiseAsk) -> None:
        dialog = RaiseDialog(ask)
        dialog.answered.connect(self._on_raise_answered)
        self.raising = dialog
        dialog.present()

    def _forget(self, name: str) -> None:
        self._waiting = deque(each for each in self._waiting if _name_of(each) != name)

    def _is_asking(self) -> bool:
        return self.consent is not None or self.raising is not None

    def _ended(self) -> None:
        self.consent = self.raising = None
        self._show_next()

    def _count(self) -> None:
        self.counted.emit(len(self._waiting) + self._is_asking())

    @Slot(str, str)
    def _on_raise_answered(self, question: str, answer: str) -> None:
        self._act(self._acts.answer_raise(question, RaiseAnswer(answer)))
        self._ended()

    @Slot(str, object)
    def _on_approved(self, ticket: str, answer: ConsentAnswer) -> None:
        self._act(self._acts.approve(TicketId(ticket), answer))
        self._ended()

    @Slot(str, bool)
    def _on_denied(self, ticket: str, block: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._act(self._acts.deny(TicketId(ticket), block=block))
        self._ended()


def _name_of(question: ConsentQuestion | RaiseAsk) -> str:
    return question.id if isinstance(question, RaiseAsk) else question.ticket
