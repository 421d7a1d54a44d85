"""The real encrypted ledger beside a reference model, through thousands of random operations."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.support import ledger_worker
from tests.support.ledger_worker import FUNDING
from tests.support.reference_ledger import FOREVER, Call, Model, zone_of
from tests.support.small_ledger import APPS, BALANCE, SmallLedger, crash
from wattfare_desktop.core.corrections import Correction
from wattfare_desktop.core.disputes import Dispute, DisputeReason, DisputeRefusal, DisputeState
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.holds import Exactly, Fit
from wattfare_desktop.core.identifiers import CallId, GrantId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import (
    fee_account,
    funding_account,
    reserve_account,
    spend_account,
)
from wattfare_desktop.core.ledger.model import (
    TransferStatus,
)
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.storage import (
    budgets,
    calls,
    corrections,
    disputes,
    fundings,
    grants,
    ledger,
    raises,
    reserve,
    stuck_windows,
)
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.verification import verify

T = TypeVar("T")
NOON = 1_795_003_200_000
HOUR = 3_600_000
OWNERS = ("wallet", "grant:grant_a", "grant:grant_b", "grant:grant_c")
PERIODS = tuple(Period)
RAISED_MS = 30 * 24 * HOUR
CLOSED = {DisputeState.CREDITED, DisputeState.REJECTED, DisputeState.REVERSED}
_EVENTS = {
    GrantState.ACTIVE: "resume",
    GrantState.PAUSED: "pause",
    GrantState.REVOKED: "revoke",
}
AMOUNTS = st.integers(min_value=0, max_value=60)


class Ledger(RuleBasedStateMachine):
    """Does to the file and to the model what Hypothesis thinks of, and compares them."""

    running: Bundle[CallId] = Bundle("running")

    @initialize(target=running, points=st.sampled_from((0, 1_000)))
    def begin(self, points: int) -> Any:
        self.ledger = SmallLedger()
        fee = Fee(basis_points=points, reserve_percent=50)
        self.model = Model(now=NOON, balance=BALANCE, fee=fee)
        self.model.states = dict.fromkeys(APPS, GrantState.ACTIVE)
        self.made = 0
        self._caps("grant:grant_a", {Period.DAY: 80})
        self._caps("grant:grant_b", {Period.ONCE: 90})
        self._caps("grant:grant_c", {Period.MONTH: 70})
        lost = [self._admit(app, 12) for app in APPS]
        self.crash()
        self.fill_the_reserve(40)
        return multiple(*lost, *(self._admit(app, 12) for app in APPS))

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.remove()

    def _write(self, operation: Callable[[Connection], T]) -> T:
        return self.ledger.write(operation)

    def _caps(self, owner: str, limits: dict[Period, int]) -> None:
        caps = [Cap(period=period, limit=Nanos(limit)) for period, limit in limits.items()]
        now = Instant(self.model.now)
        self._write(
            lambda cx: budgets.set_caps(cx, budgets.Owner(owner), caps, now, self.model.zone)
        )
        self.model.set_caps(owner, limits)

    @rule(target=running, app=st.sampled_from(APPS), amount=AMOUNTS)
    def admit(self, app: GrantId, amount: int) -> Any:
        call = self._admit(app, amount)
        return multiple() if call is None else call

    def _admit(self, app: GrantId, amount: int) -> CallId | None:
        self.made += 1
        call = CallId(f"call_{self.made:06}")
        admission = replace(
            ledger_worker.admission(call),
            grant=app,
            wish=Exactly(amount=Nanos(amount)),
            now=Instant(self.model.now),
            zone=self.model.zone,
        )
        answer = self._write(lambda cx: calls.admit(cx, admission))
        model = self.model
        if model.states[app] is not GrantState.ACTIVE:
            assert answer == calls.GrantClosed(state=model.states[app])
            return None
        ruling = set(model.rule(app).values())
        room = min([model.free(), model.room_of_one(app), *map(model.left, ruling)])
        assert isinstance(answer, Fit) == (amount <= room), (answer, room)
        if not isinstance(answer, Fit):
            assert isinstance(answer, BudgetRefusal)
            return None
        model.calls[call] = Call(app=app, hold=amount, began=model.now, windows=ruling)
        return call

    @rule(call=running, amount=st.integers(min_value=1, max_value=40))
    def extend(self, call: CallId, amount: int) -> None:
        self.made += 1
        extension = calls.Extension(
            call=call,
            hold=TransferId(f"{call}.hold.{self.made}"),
            amount=Nanos(amount),
            now=Instant(self.model.now),
        )
        answer = self._write(lambda cx: calls.extend(cx, extension))
        known = self.model.calls[call]
        if known.cost is not None:
            assert answer == calls.CallEnded()
            return
        room = self.model.room(known)
        assert (answer is None) == (amount <= room), (answer, room)
        known.hold += amount if answer is None else 0

    @rule(call=running, cost=st.none() | st.integers(min_value=0, max_value=150))
    def settle(self, call: CallId, cost: int | None) -> None:
        known = self.model.calls[call]
        told = None if cost is None else Nanos(cost)
        settlement = replace(
            ledger_worker.settlement(call, Nanos(known.hold), told),
            now=Instant(self.model.now),
            fee=self.model.fee,
        )
        settled = self._write(lambda cx: calls.settle(cx, settlement))
        assert (settled is None) == (known.cost is not None)
        if settled is None:
            return
        self.model.settle(known, cost or 0)
        assert (settled.cost, settled.hold, settled.fee) == (known.cost, known.hold, known.fee)

    @rule()
    def crash(self) -> None:
        now = Instant(self.model.now)
        assert self._write(lambda cx: crash(cx, now)) == self.model.crash()

    @rule(call=running, billed=st.integers(min_value=0, max_value=150))
    def correct(self, call: CallId, billed: int) -> None:
        known, now, model = self.model.calls[call], Instant(self.model.now), self.model
        found = self._write(lambda cx: corrections.correct(cx, call, Nanos(billed), now))
        assert isinstance(found, Correction) == known.is_unsettled, found
        if isinstance(found, Correction):
            model.correct(known, billed)
            assert (found.cost, found.billed) == (known.cost, billed)

    @rule(points=st.sampled_from((0, 250, 1_000)), share=st.sampled_from((0, 50, 100)))
    def set_the_fee(self, points: int, share: int) -> None:
        self.model.fee = Fee(basis_points=points, reserve_percent=share)

    @rule(owner=st.sampled_from(OWNERS), limit=st.none() | st.integers(min_value=20, max_value=100))
    def limit_one_call(self, owner: str, limit: int | None) -> None:
        told, now = None if limit is None else Nanos(limit), Instant(self.model.now)
        self._write(lambda cx: budgets.set_call_limit(cx, budgets.Owner(owner), told, now))
        self.model.call_limits.pop(owner, None)
        if limit is not None:
            self.model.call_limits[owner] = limit

    @rule(app=st.sampled_from(APPS), pausing=st.booleans())
    def pause_or_resume(self, app: GrantId, pausing: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        if self.model.states[app] is not GrantState.REVOKED:
            self._become(app, GrantState.PAUSED if pausing else GrantState.ACTIVE)

    @rule()
    def revoke_the_last(self) -> None:
        self._become(APPS[-1], GrantState.REVOKED)

    def _become(self, app: GrantId, state: GrantState) -> None:
        now = Instant(self.model.now)
        self._write(lambda cx: grants.set_state(cx, app, state, _EVENTS[state], now))
        self.model.states[app] = state

    @rule(
        app=st.sampled_from(APPS),
        period=st.sampled_from(PERIODS),
        amount=st.integers(min_value=1, max_value=60),
        kind=st.sampled_from(RaiseKind),
    )
    def raise_cap(self, app: GrantId, period: Period, amount: int, kind: RaiseKind) -> None:
        now, model = Instant(self.model.now), self.model
        wanted = raises.Raise(grant=app, period=period, amount=Nanos(amount), kind=kind)

        def run(connection: Connection) -> bool:
            budgets.current(connection, app, now, model.zone)
            return raises.add(connection, wanted, now, model.zone)

        ruling, key = model.rule(app), (f"grant:{app}", period)
        assert self._write(run) == (key in model.limits)
        if key in model.limits:
            window = ruling[key]
            end = model.windows[window]
            ends_at = model.now + RAISED_MS if end == FOREVER else end
            model.raised.append((window, amount, ends_at))

    @rule(amount=st.integers(min_value=1, max_value=60))
    def fill_the_reserve(self, amount: int) -> None:
        self.made += 1
        name, now = TransferId(f"aside_{self.made}"), Instant(self.model.now)
        fits = amount <= self.model.free()
        status = self._write(lambda cx: reserve.add(cx, FUNDING, Nanos(amount), name, now))
        assert (status is TransferStatus.OK) == fits
        self.model.reserve += amount if fits else 0

    @rule(call=running)
    def dispute(self, call: CallId) -> None:
        """Nothing came of any call that was reported: what the reserve can pay comes back, once."""
        known, now, model = self.model.calls[call], Instant(self.model.now), self.model
        found = self._write(lambda cx: disputes.dispute(cx, call, DisputeReason.EMPTY, now))
        if not known.cost or known.dispute in CLOSED:
            assert isinstance(found, DisputeRefusal)
            return
        is_proven = not known.is_unsettled and not known.is_told
        is_paid = is_proven and known.cost <= model.reserve
        known.dispute = DisputeState.CREDITED if is_paid else DisputeState.OPEN
        assert isinstance(found, Dispute)
        assert (found.state, found.amount) == (known.dispute, known.cost if is_proven else 0)
        if is_paid:
            known.credited = known.cost
            model.reserve -= known.cost

    @rule(call=running, accepted=st.booleans())
    def close_the_dispute(self, call: CallId, accepted: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        known, now = self.model.calls[call], Instant(self.model.now)
        decide = disputes.accept if accepted else disputes.withdraw
        found = self._write(lambda cx: decide(cx, call, now))
        assert isinstance(found, Dispute) == (known.dispute is DisputeState.OPEN)
        if isinstance(found, Dispute):
            known.dispute = DisputeState.REJECTED if accepted else DisputeState.WITHDRAWN
            assert found.state is known.dispute

    @rule(call=running)
    def reverse(self, call: CallId) -> None:
        known, now, model = self.model.calls[call], Instant(self.model.now), self.model
        ruling = [each for each in known.windows if each == model.latest(each[:2])]
        rooms = [model.left(each) for each in ruling if each[:2] in model.limits]
        reversible = 0 < known.credited <= min([model.free(), *rooms])
        found = self._write(lambda cx: disputes.reverse(cx, call, now))
        assert isinstance(found, Dispute) == reversible, (found, rooms)
        if reversible:
            model.reserve += known.credited
            known.credited, known.dispute = 0, DisputeState.REVERSED

    @rule(
        owner=st.sampled_from(OWNERS),
        limits=st.dictionaries(
            st.sampled_from(PERIODS), st.integers(min_value=0, max_value=150), max_size=4
        ),
    )
    def set_caps(self, owner: str, limits: dict[Period, int]) -> None:
        if limits or owner == "wallet":
            self._caps(owner, limits)

    @rule(amount=st.integers(min_value=0, max_value=50))
    def top_up(self, amount: int) -> None:
        self.made += 1
        transfer = TransferId(f"transfer_{self.made}")
        now = Instant(self.model.now)
        self._write(lambda cx: fundings.top_up(cx, FUNDING, Nanos(amount), transfer, now))
        self.model.balance += amount

    @rule(hours=st.integers(min_value=-500, max_value=600))
    def move_the_clock(self, hours: int) -> None:
        self.model.now += hours * HOUR

    @rule(hours=st.sampled_from((-8, 0, 9)))
    def move_the_zone(self, hours: int) -> None:
        self.model.zone = zone_of(hours)

    @rule()
    def reset_windows(self) -> None:
        model, now = self.model, Instant(self.model.now)
        found = self._write(lambda cx: stuck_windows.reset(cx, now, model.zone))
        told = {
            ("wallet" if each.app is None else f"grant:{each.app}", each.period) for each in found
        }
        assert told == set(model.stuck())
        model.reset()
        assert verify(self.ledger.connection) is None

    @rule()
    def restart(self) -> None:
        self.ledger.reopen()

    @invariant()
    def the_books_are_the_models(self) -> None:
        if not hasattr(self, "model"):
            return
        model, file = self.model, self.ledger.connection
        assert ledger.trial_balance(file).balances
        funding = ledger.account(file, funding_account(FUNDING))
        assert funding is not None
        assert funding.debits_available == model.free()
        aside = ledger.account(file, reserve_account(FUNDING))
        assert aside is not None
        assert aside.credit_balance == model.reserve >= 0
        fee = ledger.account(file, fee_account(FUNDING))
        assert fee is not None
        assert fee.credit_balance == sum(c.fee for c in model.calls.values()) - model.shares
        for app in APPS:
            account = ledger.account(file, spend_account(app))
            assert account is not None
            mine = [call for call in model.calls.values() if call.app == app]
            assert account.credit_balance == sum((call.cost or 0) - call.fee for call in mine)
            assert account.credits_pending == sum(c.hold for c in mine if c.cost is None)
        for owner, period in model.limits:
            row = file.execute(
                "SELECT w.starts_at, w.spent, w.held, b.limit_nanos, w.raised FROM budgets AS b"
                " JOIN windows AS w ON w.id = b.window_id WHERE b.owner = ? AND b.period = ?",
                (owner, period.value),
            ).fetchone()
            assert row is not None
            window = (owner, period, row[0])
            assert window == model.latest((owner, period))
            assert row[1:3] == model.used(window), row
            assert row[3] == model.limits[owner, period]
            assert row[4] == model.raised_by(window)


def test_the_ledger_is_what_the_model_says() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=80,
            stateful_step_count=70,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
