"""Holds, settlements, and the calls that run under them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from wattfare_desktop.core.fees import NO_FEE
from wattfare_desktop.core.holds import Fit, Wish, WithFee
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId, Instant, TransferId
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import BudgetRefusal, LimitKind, Reason
from wattfare_desktop.core.reports import CallEnd, CallStatus, OverrunAlert
from wattfare_desktop.core.watching.trail import CallDone, CallHeld, CapRefused, News
from wattfare_desktop.storage import calls, kept_results
from wattfare_desktop.storage.calls import (
    Admission,
    CallEnded,
    Extension,
    FundingGone,
    GrantClosed,
    Settled,
    Settlement,
    TokenCounts,
)
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database, LedgerClosed, LedgerUnavailable
from wattfare_desktop.storage.kept_results import CallKey, Taken
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.held_calls import HeldCall
from wattfare_desktop.wallet.tasks import Tasks

__all__ = [
    "BooksDoubted",
    "FundingGone",
    "GrantClosed",
    "HeldCall",
    "Outcome",
    "Refused",
    "Spending",
    "Wanted",
]

_LOG: Final = logging.getLogger(__name__)
_RETRY_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksDoubted:
    """The file is not what it was left as: nothing is spent until its user has accepted it."""


Refused = calls.Refused | BooksDoubted
_Admitted = Fit | calls.Refused | Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call that asks for money: as much as its ``wish`` can do with.

    ``key`` is what its app calls it: no other call begins under that.
    """

    grant: GrantId
    funding: FundingId
    provider: str
    model: str
    streamed: bool
    wish: Wish
    price_version: str
    key: CallKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a call ended. ``cost`` None: nothing was spent, the hold is voided.

    ``items`` are what the cost is made of; ``provider_request`` is what the provider calls it.
    """

    cost: Nanos | None
    end: CallEnd
    tokens: TokenCounts = field(default_factory=TokenCounts)
    basis: Basis | None = None
    first_byte_at: Instant | None = None
    items: tuple[Item, ...] = ()
    provider_request: str | None = None


class Spending:
    """Admits calls, knows which run, and settles each exactly once."""

    def __init__(
        self, database: Database, clock: Clock, tasks: Tasks, publish: Callable[[Changes], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._tasks = tasks
        self._publish = publish
        self._running: dict[CallId, HeldCall] = {}
        self._closed_to: GrantState | None = None
        self.fee = NO_FEE
        """What comes on top of each call that begins from now on."""
        self.is_doubted = False
        self.tell: Callable[[News], None] = _tell_nobody
        """Hears of each call, beside it; must not wait."""

    @property
    def running_count(self) -> int:
        """How many calls are under way."""
        return len(self._running)

    def close_to_new(self) -> None:
        """Refuse whatever asks from now on: the wallet is being locked."""
        self._closed_to = GrantState.PAUSED

    async def reserve(self, wanted: Wanted) -> HeldCall | Refused | Taken:
        """Hold the money for a call; durable when this returns, and its key taken.

        Raises LedgerUnavailable where the disk refuses.
        """
        if self._closed_to is not None:
            return GrantClosed(state=self._closed_to)
        if self.is_doubted:
            return BooksDoubted()
        held = HeldCall(
            id=CallId(self._clock.identifier("call")),
            grant=wanted.grant,
            funding=wanted.funding,
            model=f"{wanted.provider}/{wanted.model}",
            fee=self.fee,
            has_key=wanted.key is not None,
        )
        # Known before it is durable: a revocation that arrives meanwhile finds it and cuts it.
        self._running[held.id] = held
        writing = self._database.write(self._admitting(held, wanted))
        try:
            answer = await asyncio.shield(writing)
        except asyncio.CancelledError:
            # The hold may be written all the same; nobody is left to use it.
            self._tasks.hold(writing)
            writing.add_done_callback(partial(self._give_back, held))
            raise
        except BaseException:
            del self._running[held.id]
            raise
        if not isinstance(answer, Fit):
            del self._running[held.id]
            if _is_beyond_cap(answer):
                self.tell(CapRefused(grant=held.grant, at=self._clock.now()))
            return answer
        held.fit, held.amount = answer, answer.amount
        self._tell_of_hold(held)
        self._publish(self._touched(held))
        return held

    async def extend(self, held: HeldCall, amount: Nanos) -> BudgetRefusal | CallEnded | None:
        """Hold ``amount`` more for a running call, and its fee; durable when this returns.

        None: it is held.

        Raises LedgerUnavailable where the disk refuses.
        """
        held.extensions += 1
        amount = held.fee.on_top_of(amount)
        extension = Extension(
            call=held.id,
            hold=TransferId(f"{held.id}.hold.{held.extensions}"),
            amount=amount,
            now=self._clock.now(),
        )
        refused = await self._database.write(partial(calls.extend, extension=extension))
        if refused is None:
            held.amount = Nanos(held.amount + amount)
            self._tell_of_hold(held)
            self._publish(self._touched(held))
        return refused

    def settle(self, held: HeldCall, outcome: Outcome) -> None:
        """Begin to settle ``held``.

        That goes on when the caller is cancelled or gone. A disk that refuses is tried again: money
        that was spent is always booked.
        """
        settlement = self._settlement(held.id, held.amount, outcome, _status(outcome))
        peer = held.peer
        program = None if peer is None else peer.known_program()
        self._settle(held, replace(settlement, fee=held.fee, program=program))
        to_come = None if peer is None else peer.program_to_come()
        if to_come is not None:
            self._tasks.start(self._name_program(held.id, to_come), "naming a program")

    async def _name_program(self, call: CallId, to_come: Awaitable[str | None]) -> None:
        program = await to_come
        if program is None:
            return
        # A name is no money: where the books are closed by now the receipt goes without.
        with suppress(LedgerUnavailable):
            naming = partial(calls.name_program, call=call, program=program)
            await self._database.write_in_company(naming)
            self._publish(Changes(calls=True))

    def _give_back(self, held: HeldCall, writing: "asyncio.Future[_Admitted]") -> None:
        if writing.cancelled() or writing.exception() is not None:
            self._running.pop(held.id, None)
        elif isinstance(writing.result(), Fit):
            self.settle(held, Outcome(cost=None, end=CallEnd.CLIENT_LEFT))
        else:
            self._running.pop(held.id, None)

    def cut(self, grant: GrantId | None = None) -> int:
        """Cut the running calls of ``grant``, or of every app; return how many."""
        cut = [call for call in self._running.values() if grant in {None, call.grant}]
        for call in cut:
            call.stop()
        return len(cut)

    def abandon(self) -> None:
        """End every running call as it stands: it is charged for what can be known of it."""
        for call in tuple(self._running.values()):
            call.abandon()

    def _settle(self, held: HeldCall, settlement: Settlement) -> None:
        operation = partial(calls.settle, settlement=settlement)
        if held.has_key:
            operation = partial(kept_results.settle, settlement=settlement, result=held.result)
        writing = self._database.write_in_company(operation)
        self._tasks.hold(writing)
        writing.add_done_callback(partial(self._settled, held, settlement))

    def _settled(
        self, held: HeldCall, settlement: Settlement, writing: "asyncio.Future[Settled | None]"
    ) -> None:
        refused = None if writing.cancelled() else writing.exception()
        if isinstance(refused, LedgerUnavailable) and not isinstance(refused, LedgerClosed):
            _LOG.warning("%s could not be settled yet; trying again", held.id)
            self._tasks.start(self._settle_again(held, settlement), f"settling {held.id}")
            return
        if refused is not None:
            # Its hold stays, and is charged and shown as unsettled when the wallet opens again.
            _LOG.error("settling %s failed: %s", held.id, type(refused).__name__)
        self._running.pop(held.id, None)
        self._publish(self._touched(held))
        if refused is None and not writing.cancelled():
            self._tell_of_end(held, settlement, writing.result())
            self._tell_of_overrun(held, writing.result())

    def _tell_of_hold(self, held: HeldCall) -> None:
        self.tell(CallHeld(grant=held.grant, at=self._clock.now(), amount=held.amount))

    def _tell_of_end(self, held: HeldCall, settlement: Settlement, settled: Settled | None) -> None:
        self.tell(
            CallDone(
                grant=held.grant,
                at=settlement.now,
                model=held.model,
                cost=Nanos(0) if settled is None else settled.cost,
                tokens=settlement.tokens.input_tokens + settlement.tokens.output_tokens,
                failed=settlement.end is CallEnd.FAILED,
            )
        )

    def _tell_of_overrun(self, held: HeldCall, settled: Settled | None) -> None:
        if settled is None or settled.overrun is None:
            return
        alert = OverrunAlert(
            call=held.id,
            app=held.grant,
            funding=held.funding,
            from_reserve=settled.overrun.from_reserve,
            uncovered=settled.overrun.uncovered,
        )
        _LOG.warning("%s was billed above its cap", held.id)
        self._publish(Changes(overruns=(alert,)))

    async def _settle_again(self, held: HeldCall, settlement: Settlement) -> None:
        await asyncio.sleep(_RETRY_S)
        self._settle(held, settlement)

    def _admitting(self, held: HeldCall, wanted: Wanted) -> Callable[[Connection], _Admitted]:
        admission = self._admission(held, wanted)
        if wanted.key is None:
            return partial(calls.admit, admission=admission)
        return partial(kept_results.admit, admission=admission, key=wanted.key)

    def _admission(self, held: HeldCall, wanted: Wanted) -> Admission:
        return Admission(
            call=held.id,
            hold=TransferId(f"{held.id}.hold"),
            grant=wanted.grant,
            funding=wanted.funding,
            provider=wanted.provider,
            model=wanted.model,
            streamed=wanted.streamed,
            wish=wanted.wish if held.fee == NO_FEE else WithFee(wish=wanted.wish, fee=held.fee),
            price_version=wanted.price_version,
            now=self._clock.now(),
            zone=self._clock.zone,
        )

    def _settlement(
        self, call: CallId, held: Nanos, outcome: Outcome, status: CallStatus
    ) -> Settlement:
        return Settlement(
            call=call,
            held=held,
            transfer_prefix=TransferId(f"{call}.end"),
            cost=outcome.cost,
            tokens=outcome.tokens,
            basis=outcome.basis,
            end=outcome.end,
            status=status,
            first_byte_at=outcome.first_byte_at,
            items=outcome.items,
            provider_request=outcome.provider_request,
            now=self._clock.now(),
            day=self._clock.today(),
        )

    async def recover(self) -> int:
        """Charge in full, as unsettled, the calls a crash left held; return how many.

        They were sent, so the provider may have billed them; never voided silently. Their user is
        told and settles them (``wallet.mending``). To be called before the first call is admitted.
        """
        ended = await self._database.write(self._recover)
        if ended:
            self._publish(
                Changes(
                    grants=frozenset(each.grant for each in ended),
                    fundings=frozenset(each.funding for each in ended),
                    calls=True,
                    unsettled=len(ended),
                )
            )
        return len(ended)

    def _recover(self, connection: Connection) -> list[Settled]:
        ended = []
        for call in calls.running(connection):
            held = calls.hold_of(connection, call)
            outcome = Outcome(cost=held, end=CallEnd.CRASHED, basis=Basis.ESTIMATED)
            settlement = self._settlement(call, held, outcome, CallStatus.UNSETTLED)
            settled = calls.settle(connection, settlement)
            assert settled is not None, "a running call can be ended"
            ended.append(settled)
        return ended

    def _touched(self, held: HeldCall) -> Changes:
        return Changes(
            grants=frozenset({held.grant}), fundings=frozenset({held.funding}), calls=True
        )


def _tell_nobody(_news: News) -> None:
    """Nobody watches yet."""


def _is_beyond_cap(answer: object) -> bool:
    """Return whether the app has met a limit of its own, for which waiting is no help."""
    if not isinstance(answer, BudgetRefusal) or answer.reason is not Reason.EXHAUSTED:
        return False
    return answer.budget.kind in {LimitKind.APP, LimitKind.CALL}


def _status(outcome: Outcome) -> CallStatus:
    return CallStatus.VOIDED if outcome.cost is None else CallStatus.SETTLED
