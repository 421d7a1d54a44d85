"""The real encrypted ledger beside a reference model, through thousands of random operations."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
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
from tests.support.ledger_worker import FUNDING, KEY
from wattfare_desktop.core.disputes import Dispute, DisputeReason, DisputeRefusal, DisputeState
from wattfare_desktop.core.holds import Exactly, Fit
from wattfare_desktop.core.identifiers import CallId, GrantId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import (
    EXTERNAL,
    funding_account,
    reserve_account,
    spend_account,
)
from wattfare_desktop.core.ledger.model import (
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import (
    budgets,
    calls,
    disputes,
    fundings,
    grants,
    ledger,
    raises,
    reserve,
)
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import verify

T = TypeVar("T")
NOON = 1_795_003_200_000
HOUR = 3_600_000
APPS = (GrantId("grant_a"), GrantId("grant_b"), GrantId("grant_c"))
OWNERS = ("wallet", "grant:grant_a", "grant:grant_b", "grant:grant_c")
PERIODS = (Period.ONCE, Period.DAY, Period.MONTH)
_EVENTS = {
    GrantState.ACTIVE: "resume",
    GrantState.PAUSED: "pause",
    GrantState.REVOKED: "revoke",
}
AMOUNTS = st.integers(min_value=0, max_value=60)


@dataclass
class Call:
    app: GrantId
    hold: int
    began: int
    windows: dict[tuple[str, Period], int]
    cost: int | None = None
    excess: int = 0
    credited: int = 0
    is_given: bool = False


@dataclass
class Model:
    """What the ledger is to come to, in as few words as can be."""

    balance: int = 0
    reserve: int = 0
    now: int = NOON
    states: dict[GrantId, GrantState] = field(default_factory=dict)
    limits: dict[tuple[str, Period], int] = field(default_factory=dict)
    latest: dict[tuple[str, Period], int] = field(default_factory=dict)
    raised: dict[tuple[str, Period, int], int] = field(default_factory=dict)
    calls: dict[CallId, Call] = field(default_factory=dict)

    def window(self, owner: str, period: Period) -> int:
        """Return the start of the window that rules now; it never goes back."""
        day = datetime.fromtimestamp(self.now / 1000, UTC).replace(hour=0, minute=0, second=0)
        month = day.replace(day=1)
        start = {Period.ONCE: 0.0, Period.DAY: day.timestamp(), Period.MONTH: month.timestamp()}
        known = self.latest.get((owner, period), 0)
        self.latest[owner, period] = max(int(start[period] * 1000), known)
        return self.latest[owner, period]

    def used(self, owner: str, period: Period, start: int) -> tuple[int, int]:
        """Return what was spent and is held in a window."""
        counted = [c for c in self.calls.values() if c.windows.get((owner, period)) == start]
        spent = sum(c.cost - c.credited for c in counted if c.cost is not None)
        return spent, sum(c.hold for c in counted if c.cost is None)

    def left(self, owner: str, period: Period, start: int) -> int:
        """Return what a limit has left in a window."""
        limit = self.limits[owner, period] + self.raised.get((owner, period, start), 0)
        return limit - sum(self.used(owner, period, start))

    def free(self) -> int:
        """Return what of the balance is neither spent nor held nor set aside."""
        mine = self.calls.values()
        used = sum(c.hold if c.cost is None else c.cost + c.excess for c in mine)
        return self.balance - self.reserve - used

    def of(self, app: GrantId) -> list[tuple[str, Period]]:
        """Return the limits that rule an app's calls."""
        return [key for key in self.limits if key[0] in {"wallet", f"grant:{app}"}]


class Ledger(RuleBasedStateMachine):
    """Does to the file and to the model what Hypothesis thinks of, and compares them."""

    running: Bundle[CallId] = Bundle("running")

    @initialize()
    def begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "wallet.db"
        self.file = connect(self.path, KEY)
        migrate(self.file)
        self.model = Model()
        self.made = 0
        ledger_worker.prepare(self.file)
        self.model.balance = 200
        for app in APPS[1:]:
            self._insert(app)
        self.model.states = dict.fromkeys(APPS, GrantState.ACTIVE)
        self._write(lambda cx: _drain(cx, 100 * 10**9 - 200))
        self._caps("grant:grant_a", {Period.DAY: 80})
        self._caps("grant:grant_b", {Period.ONCE: 90})
        self._caps("grant:grant_c", {Period.MONTH: 70})

    def teardown(self) -> None:
        if hasattr(self, "file"):
            assert verify(self.file) is None
            self.file.close()
            self._folder.cleanup()

    def _insert(self, app: GrantId) -> None:
        record = grants.get(self.file, APPS[0])
        assert record is not None
        fields = {name: getattr(record, name) for name in record.__slots__}
        self._write(lambda cx: grants.insert(cx, grants.GrantRecord(**{**fields, "id": app})))

    def _write(self, operation: Callable[[Connection], T]) -> T:
        self.file.execute("BEGIN IMMEDIATE")
        done = operation(self.file)
        self.file.execute("COMMIT")
        return done

    def _caps(self, owner: str, limits: dict[Period, int]) -> None:
        caps = [Cap(period=period, limit=Nanos(limit)) for period, limit in limits.items()]
        now = Instant(self.model.now)
        self._write(lambda cx: budgets.set_caps(cx, budgets.Owner(owner), caps, now, UTC))
        model = self.model
        before = {key for key in model.limits if key[0] == owner}
        for key in before:
            if limits.get(key[1]) != model.limits[key]:
                model.raised.pop((*key, model.latest[key]), None)
            if key[1] not in limits:
                del model.limits[key]
        for period, limit in limits.items():
            if (owner, period) not in model.limits:
                start = model.window(owner, period)
                for call in model.calls.values():
                    mine = owner in {"wallet", f"grant:{call.app}"}
                    if mine and call.began >= start:
                        call.windows.setdefault((owner, period), start)
            model.limits[owner, period] = limit

    @rule(target=running, app=st.sampled_from(APPS), amount=AMOUNTS)
    def admit(self, app: GrantId, amount: int) -> Any:
        self.made += 1
        call = CallId(f"call_{self.made:06}")
        admission = calls.Admission(
            call=call,
            hold=TransferId(f"{call}.hold"),
            grant=app,
            funding=FUNDING,
            provider="openai",
            model="gpt-5-mini",
            streamed=False,
            wish=Exactly(amount=Nanos(amount)),
            price_version="test",
            now=Instant(self.model.now),
            zone=UTC,
        )
        answer = self._write(lambda cx: calls.admit(cx, admission))
        model = self.model
        if model.states[app] is not GrantState.ACTIVE:
            assert answer == calls.GrantClosed(state=model.states[app])
            return multiple()
        starts = {key: model.window(*key) for key in model.of(app)}
        room = min([model.free(), *(model.left(*key, start) for key, start in starts.items())])
        assert isinstance(answer, Fit) == (amount <= room), (answer, room)
        if not isinstance(answer, Fit):
            assert isinstance(answer, BudgetRefusal)
            return multiple()
        model.calls[call] = Call(app=app, hold=amount, began=model.now, windows=starts)
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
        room = self._room(known)
        assert (answer is None) == (amount <= room), (answer, room)
        known.hold += amount if answer is None else 0

    def _room(self, call: Call) -> int:
        model = self.model
        limits = [
            model.left(*key, start) for key, start in call.windows.items() if key in model.limits
        ]
        return min([model.free(), *limits])

    @rule(call=running, cost=st.none() | st.integers(min_value=0, max_value=150))
    def settle(self, call: CallId, cost: int | None) -> None:
        known = self.model.calls[call]
        settlement = calls.Settlement(
            call=call,
            held=Nanos(known.hold),
            transfer_prefix=TransferId(f"{call}.end"),
            cost=None if cost is None else Nanos(cost),
            tokens=calls.TokenCounts(),
            basis=Basis.REPORTED,
            end=CallEnd.COMPLETE,
            status=CallStatus.VOIDED if cost is None else CallStatus.SETTLED,
            first_byte_at=None,
            now=Instant(self.model.now),
            day=date(2026, 11, 23),
        )
        settled = self._write(lambda cx: calls.settle(cx, settlement))
        assert (settled is None) == (known.cost is not None)
        if settled is None:
            return
        more = max(0, min((cost or 0) - known.hold, self._room(known)))
        known.hold += more
        known.cost = min(cost or 0, known.hold)
        known.excess = (cost or 0) - known.cost
        self.model.reserve -= min(self.model.reserve, known.excess)
        assert (settled.cost, settled.hold) == (known.cost, known.hold)

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
            budgets.current(connection, app, now, UTC)
            return raises.add(connection, wanted, now, UTC)

        starts = {key: model.window(*key) for key in model.of(app)}
        key = (f"grant:{app}", period)
        assert self._write(run) == (key in model.limits)
        if key in model.limits:
            window = (*key, starts[key])
            model.raised[window] = model.raised.get(window, 0) + amount

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
        """Nothing came of any of these calls: what the reserve can pay is credited, once."""
        known, now = self.model.calls[call], Instant(self.model.now)
        found = self._write(lambda cx: disputes.dispute(cx, call, DisputeReason.EMPTY, now))
        if not known.cost or known.is_given:
            assert isinstance(found, DisputeRefusal)
            return
        assert isinstance(found, Dispute)
        assert (found.state is DisputeState.CREDITED) == (known.cost <= self.model.reserve)
        if found.state is DisputeState.CREDITED:
            known.credited, known.is_given = known.cost, True
            self.model.reserve -= known.cost

    @rule(call=running)
    def reverse(self, call: CallId) -> None:
        known, now, model = self.model.calls[call], Instant(self.model.now), self.model
        rooms = [model.free()] + [
            model.left(*key, start)
            for key, start in known.windows.items()
            if key in model.limits and model.latest[key] == start
        ]
        reversible = 0 < known.credited <= min(rooms)
        found = self._write(lambda cx: disputes.reverse(cx, call, now))
        assert isinstance(found, Dispute) == reversible, (found, rooms)
        if reversible:
            model.reserve += known.credited
            known.credited = 0

    @rule(
        owner=st.sampled_from(OWNERS),
        limits=st.dictionaries(
            st.sampled_from(PERIODS), st.integers(min_value=0, max_value=150), max_size=3
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

    @rule(hours=st.integers(min_value=-40, max_value=400))
    def move_the_clock(self, hours: int) -> None:
        self.model.now += hours * HOUR

    @rule()
    def restart(self) -> None:
        assert verify(self.file) is None, "the chain holds"
        self.file.close()
        self.file = connect(self.path, KEY)
        migrate(self.file)

    @invariant()
    def the_books_are_the_models(self) -> None:
        if not hasattr(self, "model"):
            return
        model = self.model
        assert ledger.trial_balance(self.file).balances
        funding = ledger.account(self.file, funding_account(FUNDING))
        assert funding is not None
        assert funding.debits_available == model.free()
        aside = ledger.account(self.file, reserve_account(FUNDING))
        assert aside is not None
        assert aside.credit_balance == model.reserve >= 0
        for app in APPS:
            account = ledger.account(self.file, spend_account(app))
            assert account is not None
            mine = [call for call in model.calls.values() if call.app == app]
            assert account.credits_posted == sum(call.cost or 0 for call in mine)
            assert account.credits_pending == sum(c.hold for c in mine if c.cost is None)
        for owner, period in model.limits:
            row = self.file.execute(
                "SELECT w.starts_at, w.spent, w.held, b.limit_nanos, w.raised FROM budgets AS b"
                " JOIN windows AS w ON w.id = b.window_id WHERE b.owner = ? AND b.period = ?",
                (owner, period.value),
            ).fetchone()
            assert row is not None
            assert row[1:3] == model.used(owner, period, row[0]), row
            assert row[3] == model.limits[owner, period]
            assert row[4] == model.raised.get((owner, period, row[0]), 0)


def _drain(connection: Connection, amount: int) -> None:
    """Take back so much of what the worker's preparation topped up."""
    ledger.apply(
        connection,
        Transfer(
            id=TransferId("drain"),
            kind=TransferKind.POSTED,
            debit_account=funding_account(FUNDING),
            credit_account=EXTERNAL,
            amount=Nanos(amount),
            code=TransferCode.WITHDRAWAL,
            created_at=Instant(NOON),
        ),
    )


def test_the_ledger_is_what_the_model_says() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=60,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
