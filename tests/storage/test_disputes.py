"""Disputes on a real SQLCipher file, beside what they are to come to."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.support import ledger_worker
from tests.support.ledger_worker import FUNDING, GRANT, KEY
from wattfare_desktop.core.disputes import (
    Dispute,
    DisputeReason,
    DisputeRefusal,
    DisputeState,
    Finding,
)
from wattfare_desktop.core.holds import Exactly, Fit
from wattfare_desktop.core.identifiers import AccountId, CallId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import funding_account, reserve_account
from wattfare_desktop.core.ledger.model import TransferStatus
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import budgets, calls, disputes, ledger, reserve
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.database import Database, LedgerUnavailable
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import verify

T = TypeVar("T")
NOW = Instant(1_795_003_200_000)
CALL = CallId("call_1")
TOPPED_UP = parse_usd("100.00")
COST = Nanos(700)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "wallet.db", KEY)
    await opened.write(ledger_worker.prepare)
    yield opened
    assert await opened.read(verify) is None
    await asyncio.to_thread(opened.close)


def spend(
    connection: Connection,
    name: CallId = CALL,
    *,
    end: CallEnd = CallEnd.COMPLETE,
    output_tokens: int = 50,
    cost: Nanos = COST,
    now: Instant = NOW,
    items: tuple[Item, ...] = (),
) -> None:
    admission = calls.Admission(
        call=name,
        hold=TransferId(f"{name}.hold"),
        grant=GRANT,
        funding=FUNDING,
        provider="openai",
        model="gpt-5-mini",
        streamed=False,
        wish=Exactly(amount=cost),
        price_version="test",
        now=now,
        zone=UTC,
    )
    assert isinstance(calls.admit(connection, admission), Fit)
    settlement = calls.Settlement(
        call=name,
        held=cost,
        transfer_prefix=TransferId(f"{name}.end"),
        cost=cost,
        tokens=calls.TokenCounts(input_tokens=100, output_tokens=output_tokens),
        basis=Basis.REPORTED,
        end=end,
        status=CallStatus.SETTLED,
        first_byte_at=None,
        now=now,
        day=date(2026, 11, 23),
        items=items,
    )
    assert calls.settle(connection, settlement) is not None


def fill(connection: Connection, amount: int, name: str = "aside") -> None:
    status = reserve.add(connection, FUNDING, Nanos(amount), TransferId(name), NOW)
    assert status is TransferStatus.OK


def balance(connection: Connection, account: AccountId) -> int:
    found = ledger.account(connection, account)
    assert found is not None
    return found.credit_balance


def spent(connection: Connection) -> tuple[int, int]:
    """Return what the window and the day say."""
    window = connection.execute("SELECT spent FROM windows").fetchone()
    day = connection.execute("SELECT spent FROM daily_spend").fetchone()
    assert window is not None
    assert day is not None
    return window[0], day[0]


async def test_an_empty_answer_is_credited_at_once(database: Database) -> None:
    def run(connection: Connection) -> None:
        spend(connection, output_tokens=0)
        fill(connection, 1_000)
        assert spent(connection) == (COST, COST)
        found = disputes.dispute(connection, CALL, DisputeReason.EMPTY, NOW)
        assert isinstance(found, Dispute)
        assert (found.state, found.finding) == (DisputeState.CREDITED, Finding.NOTHING_CAME)
        assert spent(connection) == (0, 0)
        assert balance(connection, reserve_account(FUNDING)) == 1_000 - COST
        inside = balance(connection, funding_account(FUNDING)) + 1_000 - COST
        assert inside == TOPPED_UP - COST, "the provider's page shows the same as before"

    await database.write(run)


async def test_what_was_charged_above_the_kept_prices_is_credited(database: Database) -> None:
    def run(connection: Connection) -> None:
        # 2,000 units at a quarter of a nano-dollar each, where 700 were charged.
        items = (Item(kind=UnitKind.INPUT, units=2_000, usd=Decimal("0.00025")),)
        spend(connection, items=items)
        fill(connection, 1_000)
        found = disputes.dispute(connection, CALL, DisputeReason.PRICE, NOW)
        assert isinstance(found, Dispute)
        assert (found.state, found.finding) == (DisputeState.CREDITED, Finding.OVERCHARGED)
        assert found.amount == 200
        assert spent(connection) == (500, 500)

    await database.write(run)


async def test_a_call_is_credited_once(database: Database) -> None:
    def run(connection: Connection) -> None:
        spend(connection, end=CallEnd.FAILED)
        fill(connection, 10_000)
        first = disputes.dispute(connection, CALL, DisputeReason.EARLY, NOW)
        assert isinstance(first, Dispute)
        again = disputes.dispute(connection, CALL, DisputeReason.EARLY, NOW)
        assert again is DisputeRefusal.CLOSED
        assert isinstance(disputes.reverse(connection, CALL, NOW), Dispute)
        assert spent(connection) == (COST, COST)
        assert balance(connection, reserve_account(FUNDING)) == 10_000
        assert disputes.reverse(connection, CALL, NOW) is DisputeRefusal.CLOSED
        assert disputes.dispute(connection, CALL, DisputeReason.EARLY, NOW) is again

    await database.write(run)


async def test_the_later_of_two_that_are_alike_is_a_duplicate(database: Database) -> None:
    def run(connection: Connection) -> None:
        fill(connection, 10_000)
        other = CallId("call_2")
        spend(connection)
        spend(connection, other, now=Instant(NOW + 4_000))
        first = disputes.dispute(connection, CALL, DisputeReason.DUPLICATE, NOW)
        assert isinstance(first, Dispute)
        assert first.state is DisputeState.OPEN
        later = disputes.dispute(connection, other, DisputeReason.DUPLICATE, NOW)
        assert isinstance(later, Dispute)
        assert later.finding is Finding.SENT_TWICE

    await database.write(run)


async def test_an_empty_reserve_keeps_a_dispute_open_and_says_what_it_lacks(
    database: Database,
) -> None:
    def run(connection: Connection) -> None:
        spend(connection, output_tokens=0)
        fill(connection, 300)
        found = disputes.dispute(connection, CALL, DisputeReason.EMPTY, NOW)
        assert isinstance(found, Dispute)
        assert (found.state, found.missing) == (DisputeState.OPEN, COST - 300)
        assert disputes.pay_waiting(connection, FUNDING, NOW) == ()
        fill(connection, COST - 300, "more")
        (paid,) = disputes.pay_waiting(connection, FUNDING, NOW)
        assert (paid.state, paid.missing) == (DisputeState.CREDITED, 0)

    await database.write(run)


async def test_what_no_rule_meets_waits_for_its_user(database: Database) -> None:
    def run(connection: Connection) -> None:
        spend(connection)
        fill(connection, 10_000)
        opened = disputes.dispute(connection, CALL, DisputeReason.NOT_ME, NOW)
        assert isinstance(opened, Dispute)
        assert opened.state is DisputeState.OPEN
        assert disputes.pay_waiting(connection, FUNDING, NOW) == ()
        withdrawn = disputes.withdraw(connection, CALL, NOW)
        assert isinstance(withdrawn, Dispute)
        assert withdrawn.state is DisputeState.WITHDRAWN
        reopened = disputes.dispute(connection, CALL, DisputeReason.PRICE, NOW)
        assert isinstance(reopened, Dispute)
        accepted = disputes.accept(connection, CALL, NOW)
        assert isinstance(accepted, Dispute)
        assert accepted.state is DisputeState.REJECTED
        assert disputes.listed(connection) == (accepted,)
        assert spent(connection) == (COST, COST)

    await database.write(run)


async def test_what_cannot_be_disputed_says_so(database: Database) -> None:
    def run(connection: Connection) -> None:
        empty = disputes.dispute(connection, CALL, DisputeReason.EMPTY, NOW)
        assert empty is DisputeRefusal.NO_SUCH_CALL
        assert disputes.withdraw(connection, CALL, NOW) is DisputeRefusal.NOT_DISPUTED
        spend(connection, cost=Nanos(0))
        free = disputes.dispute(connection, CALL, DisputeReason.EMPTY, NOW)
        assert free is DisputeRefusal.NOTHING_CHARGED

    await database.write(run)


async def test_a_reversal_needs_room_in_the_cap(database: Database) -> None:
    def run(connection: Connection) -> None:
        spend(connection, output_tokens=0)
        fill(connection, 1_000)
        disputes.dispute(connection, CALL, DisputeReason.EMPTY, NOW)
        caps = [Cap(period=Period.DAY, limit=Nanos(COST - 1))]
        budgets.set_caps(connection, budgets.owner_of(GRANT), caps, NOW, UTC)
        assert disputes.reverse(connection, CALL, NOW) is DisputeRefusal.NO_ROOM_IN_CAP
        # A cap that is new counts the past without what was given back.
        caps = [Cap(period=Period.MONTH, limit=COST)]
        budgets.set_caps(connection, budgets.owner_of(GRANT), caps, NOW, UTC)
        assert isinstance(disputes.reverse(connection, CALL, NOW), Dispute)

    await database.write(run)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE calls SET credited = 1",
        "UPDATE disputes SET state = 'credited'",
        "UPDATE disputes SET state = 'reversed'",
        "DELETE FROM disputes",
    ],
)
async def test_the_file_itself_gives_nothing_back(database: Database, forgery: str) -> None:
    def run(connection: Connection) -> None:
        spend(connection)
        disputes.dispute(connection, CALL, DisputeReason.NOT_ME, NOW)

    await database.write(run)
    with pytest.raises(LedgerUnavailable, match=r"dispute|journal"):
        await database.write(lambda connection: connection.execute(forgery).rowcount)


class Disputes(RuleBasedStateMachine):
    """Calls, disputes, reserve moves and reversals in any order."""

    made: Bundle[CallId] = Bundle("made")

    @initialize()
    def begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.file = connect(Path(self._folder.name) / "wallet.db", KEY)
        migrate(self.file)
        self.write(ledger_worker.prepare)
        self.costs: dict[CallId, int] = {}
        self.credits: dict[CallId, int] = {}
        self.given: dict[CallId, int] = {}
        self.moves = 0
        self.reserve = 0

    def teardown(self) -> None:
        if hasattr(self, "file"):
            assert verify(self.file) is None
            self.file.close()
            self._folder.cleanup()

    def write(self, operation: Callable[[Connection], T]) -> T:
        self.file.execute("BEGIN IMMEDIATE")
        done = operation(self.file)
        self.file.execute("COMMIT")
        return done

    @rule(
        target=made,
        cost=st.integers(min_value=1, max_value=60),
        end=st.sampled_from((CallEnd.COMPLETE, CallEnd.FAILED)),
        output_tokens=st.sampled_from((0, 50)),
    )
    def call(self, cost: int, end: CallEnd, output_tokens: int) -> CallId:
        name = CallId(f"call_{len(self.costs)}")
        made = partial(
            spend, name=name, end=end, output_tokens=output_tokens, cost=Nanos(cost), now=NOW
        )
        self.write(made)
        self.costs[name] = cost
        return name

    @rule(amount=st.integers(min_value=1, max_value=90))
    def feed(self, amount: int) -> None:
        self.moves += 1
        self.write(partial(fill, amount=amount, name=f"feed_{self.moves}"))
        self.reserve += amount
        for paid in self.write(lambda cx: disputes.pay_waiting(cx, FUNDING, NOW)):
            self._credited(paid)

    @rule(amount=st.integers(min_value=1, max_value=90))
    def take(self, amount: int) -> None:
        self.moves += 1
        name = TransferId(f"take_{self.moves}")
        status = self.write(lambda cx: reserve.take(cx, FUNDING, Nanos(amount), name, NOW))
        assert (status is TransferStatus.OK) == (amount <= self.reserve)
        self.reserve -= amount if status is TransferStatus.OK else 0

    @rule(call=made, reason=st.sampled_from(DisputeReason))
    def dispute(self, call: CallId, reason: DisputeReason) -> None:
        found = self.write(lambda cx: disputes.dispute(cx, call, reason, NOW))
        if isinstance(found, Dispute) and found.state is DisputeState.CREDITED:
            self._credited(found)
        elif isinstance(found, Dispute):
            assert found.missing == (max(0, found.amount - self.reserve))

    @rule(call=made, decide=st.sampled_from((disputes.accept, disputes.withdraw)))
    def decide(
        self,
        call: CallId,
        decide: Callable[[Connection, CallId, Instant], Dispute | DisputeRefusal],
    ) -> None:
        self.write(lambda cx: decide(cx, call, NOW))

    @rule(call=made)
    def reverse(self, call: CallId) -> None:
        found = self.write(lambda cx: disputes.reverse(cx, call, NOW))
        assert isinstance(found, Dispute) == (call in self.credits)
        if isinstance(found, Dispute):
            self.reserve += self.credits.pop(call)

    def _credited(self, found: Dispute) -> None:
        assert found.call not in self.given, "credited once"
        assert found.amount == self.costs[found.call]
        self.given[found.call] = self.credits[found.call] = found.amount
        self.reserve -= found.amount

    @invariant()
    def the_books_balance(self) -> None:
        if not hasattr(self, "reserve"):
            return
        assert self.reserve >= 0
        assert ledger.trial_balance(self.file).balances
        assert balance(self.file, reserve_account(FUNDING)) == self.reserve
        inside = balance(self.file, funding_account(FUNDING)) + self.reserve
        assert inside == TOPPED_UP - sum(self.costs.values())
        if self.costs:
            left = sum(self.costs.values()) - sum(self.credits.values())
            assert spent(self.file) == (left, left)


def test_disputes_neither_lose_nor_make_money() -> None:
    run_state_machine_as_test(
        Disputes,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
