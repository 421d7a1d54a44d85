"""The desk where an app's user is asked to raise its cap, while the call that needs it waits.

Nothing was sent and nothing is held meanwhile. All waiting calls of one app share one question,
whose answer is a future that ends exactly once. One question is shown at a time to whoever presents
them; where nobody does, nobody is asked.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType, Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import SECOND_MS, GrantId
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import BudgetRefusal
from wattfare_desktop.core.raises import (
    ASKING_MS,
    Offer,
    Quiet,
    RaiseAnswer,
    RaiseKind,
    offer_for,
)
from wattfare_desktop.wallet.accesses import Access
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.tasks import Tasks

RaiseId = NewType("RaiseId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseQuestion:
    """An app has reached its cap. Its name is its own claim unless it is ``verified``."""

    id: RaiseId
    grant: GrantId
    name: str
    verified: bool
    host: str
    offer: Offer
    answer_within_ms: int


class RaisePresenter(Protocol):
    """Asks the user. Called on the wallet's loop; must not block."""

    def present_raise(self, question: RaiseQuestion) -> None:
        """Ask; the answer comes to the desk."""

    def withdraw_raise(self, question_id: RaiseId) -> None:
        """Stop asking: nobody waits any more, or it was settled elsewhere."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Open:
    question: RaiseQuestion
    access: Access
    answer: "asyncio.Future[bool]"
    expiry: asyncio.TimerHandle
    waiting: int = 0
    is_shown: bool = False
    is_looked_at: bool = False


class RaisingDesk:
    """Asks, and has the answer written. ``presenter`` is set by the composition root."""

    presenter: RaisePresenter | None

    def __init__(self, clock: Clock, books: Callable[[], Books], tasks: Tasks) -> None:
        self._clock = clock
        self._books = books
        self._tasks = tasks
        self._open: dict[GrantId, _Open] = {}
        self._quiet: dict[GrantId, Quiet] = {}
        self.presenter = None

    async def ask(self, access: Access, refusal: BudgetRefusal, until_s: float) -> bool:
        """Wait for the user's answer to ``refusal``; True where it is worth trying again.

        ``until_s`` is when the call has waited long enough, by the loop's clock. Whoever is
        cancelled waits no more, and takes the question back if nobody else does.
        """
        wait_s = until_s - asyncio.get_running_loop().time()
        opened = self._opened(access, refusal) if wait_s > 0 else None
        if opened is None:
            return False
        opened.waiting += 1
        try:
            async with asyncio.timeout(wait_s):
                return await asyncio.shield(opened.answer)
        except TimeoutError:
            return False
        finally:
            opened.waiting -= 1
            if not opened.waiting and self._is_open(opened):
                self._withdraw(opened, again=False)

    async def answer(self, question_id: RaiseId, answer: RaiseAnswer) -> None:
        """Do as the user says, durably, and let the waiting calls go on.

        Raises UserFacingError where the question is over or the cap cannot be raised.
        """
        opened = next(
            (each for each in self._open.values() if each.question.id == question_id), None
        )
        if opened is None or not opened.is_shown:
            raise UserFacingError("That question is over", "The app may try again.")
        # Over before it is written: a second press must not raise it twice.
        self._close(opened)
        try:
            again = await self._do(opened.question, answer)
        except BaseException:
            opened.answer.set_result(False)
            raise
        opened.answer.set_result(again)

    def heed(self, changes: Changes) -> None:
        """Ask no more where what was written settles the question."""
        for opened in tuple(self._open.values()):
            if opened.question.grant in changes.grants and not opened.is_looked_at:
                opened.is_looked_at = True
                self._tasks.start(self._look_again(opened), "looking whether to ask on")

    def withdraw_all(self) -> None:
        """Ask nobody any more: the wallet is being locked."""
        for opened in reversed(tuple(self._open.values())):
            self._withdraw(opened, again=False)

    def _opened(self, access: Access, refusal: BudgetRefusal) -> _Open | None:
        """Return the question to wait for, a new one if need be; None where none is asked."""
        if access.grant in self._open:
            return self._open[access.grant]
        offer, now = offer_for(refusal), self._clock.now()
        is_wanted = access.raise_allowed and not self._quiet_of(access.grant).reigns(now)
        if offer is None or self.presenter is None or not is_wanted:
            return None
        loop = asyncio.get_running_loop()
        opened = _Open(
            question=RaiseQuestion(
                id=RaiseId(self._clock.identifier("raise")),
                grant=access.grant,
                name=access.name,
                verified=access.verified,
                host=access.redirect_host,
                offer=offer,
                answer_within_ms=ASKING_MS,
            ),
            access=access,
            answer=loop.create_future(),
            expiry=loop.call_later(ASKING_MS / SECOND_MS, self._expire, access.grant),
        )
        self._open[access.grant] = opened
        self._show_next()
        return opened

    async def _do(self, question: RaiseQuestion, answer: RaiseAnswer) -> bool:
        apps, grant = self._books().apps, question.grant
        match answer:
            case RaiseAnswer.NO:
                self._keep_quiet(grant)
                return False
            case RaiseAnswer.PAUSE:
                await apps.pause(grant)
            case RaiseAnswer.ONCE | RaiseAnswer.WINDOW:
                await apps.raise_cap(grant, question.offer, RaiseKind(answer.value))
        self._quiet.pop(grant, None)
        return True

    async def _look_again(self, opened: _Open) -> None:
        opened.is_looked_at = False
        grant, offer = opened.question.grant, opened.question.offer
        books = self._books()
        state = books.accesses.state_of(grant)
        is_open = state in {None, GrantState.ACTIVE}
        is_settled = not is_open or await books.apps.fits(grant, offer.amount)
        if is_settled and self._is_open(opened):
            self._withdraw(opened, again=True)

    def _expire(self, grant: GrantId) -> None:
        opened = self._open[grant]
        if opened.is_shown:
            self._keep_quiet(grant)
        self._withdraw(opened, again=False)

    def _withdraw(self, opened: _Open, *, again: bool) -> None:
        was_shown = opened.is_shown
        self._close(opened, show_next=False)
        if was_shown and self.presenter is not None:
            self.presenter.withdraw_raise(opened.question.id)
        opened.answer.set_result(again)
        self._show_next()

    def _close(self, opened: _Open, *, show_next: bool = True) -> None:
        opened.expiry.cancel()
        del self._open[opened.question.grant]
        if show_next:
            self._show_next()

    def _is_open(self, opened: _Open) -> bool:
        return self._open.get(opened.question.grant) is opened

    def _show_next(self) -> None:
        if self.presenter is None or any(each.is_shown for each in self._open.values()):
            return
        for opened in self._open.values():
            opened.is_shown = True
            self.presenter.present_raise(opened.question)
            return

    def _quiet_of(self, grant: GrantId) -> Quiet:
        return self._quiet.get(grant, Quiet())

    def _keep_quiet(self, grant: GrantId) -> None:
        self._quiet[grant] = self._quiet_of(grant).refused(self._clock.now())
