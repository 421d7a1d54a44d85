"""Limits on a real file: raised, per call, many at once, and with a clock that was set back."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wattfare_desktop.core.holds import Exactly, Fit
from wattfare_desktop.core.identifiers import (
    DAY_MS,
    CallId,
    ClientId,
    FundingId,
    GrantId,
    Instant,
    TransferId,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap, LimitKind, Reason
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import budgets, calls, fundings, grants, raises, reports
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database, LedgerUnavailable

KEY = "cd" * 32
NOW = Instant(1_795_435_200_000)
"""2026-11-23, a Monday, 12:00 UTC."""

GRANT = GrantId("grant_a")
OWNER = budgets.owner_of(GRANT)
FUNDING = FundingId("funding_a")
DAY = Cap(period=Period.DAY, limit=parse_usd("2.00"))


def _prepare(connection: Connection) -> None:
    fundings.insert(
        connection,
        fundings.FundingRecord(
            id=FUNDING,
            provider="openai",
            base_url=None,
            key_sealed=None,
            key_hint="",
            added_at=NOW,
        ),
    )
    fundings.top_up(connection, FUNDING, parse_usd("100.00"), TransferId("top_up"), NOW)
    grants.insert(
        connection,
        grants.GrantRecord(
            id=GRANT,
            client_id=ClientId("Notes AI"),
            name="Notes AI",
            verified=False,
            redirect_uri="http://127.0.0.1:5173/",
            redirect_host="127.0.0.1:5173",
            state=GrantState.ACTIVE,
            models=(),
            justification="",
            created_at=NOW,
            expires_at=None,
        ),
    )
    budgets.set_caps(connection, OWNER, [DAY], NOW, UTC)


class Book:
    """A real file, and calls of one app on it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._number = 0

    async def hold(self, amount: str, now: Instant = NOW) -> Fit | calls.Refused:
        self._number += 1
        admission = calls.Admission(
            call=CallId(f"call_{self._number}"),
            hold=TransferId(f"call_{self._number}.hold"),
            grant=GRANT,
            funding=FUNDING,
            provider="openai",
            model="gpt-5-mini",
            streamed=False,
            wish=Exactly(amount=parse_usd(amount)),
            price_version="test",
            now=now,
            zone=UTC,
        )
        return await self.database.write(partial(calls.admit, admission=admission))

    async def spend(self, amount: str, now: Instant = NOW) -> None:
        held = await self.hold(amount, now)
        assert isinstance(held, Fit), held
        await self.settle(held.amount, now)

    async def settle(self, cost: Nanos, now: Instant = NOW) -> None:
        settlement = calls.Settlement(
            call=CallId(f"call_{self._number}"),
            held=cost,
            transfer_prefix=TransferId(f"call_{self._number}.end"),
            cost=cost,
            tokens=calls.TokenCounts(),
            basis=Basis.REPORTED,
            end=CallEnd.COMPLETE,
            status=CallStatus.SETTLED,
            first_byte_at=None,
            now=now,
            day=date(2026, 11, 23),
        )
        await self.database.write(partial(calls.settle, settlement=settlement))

    async def set_caps(self, *caps: Cap, owner: budgets.Owner = OWNER, now: Instant = NOW) -> None:
        await self.database.write(
            partial(budgets.set_caps, owner=owner, caps=caps, now=now, zone=UTC)
        )

    async def raise_day(
        self, amount: str, kind: RaiseKind = RaiseKind.ONCE, now: Instant = NOW
    ) -> bool:
        wanted = raises.Raise(grant=GRANT, period=Period.DAY, amount=parse_usd(amount), kind=kind)
        return await self.database.write(partial(raises.add, wanted=wanted, now=now, zone=UTC))

    async def history(self) -> list[tuple[str, str]]:
        notes = await self.database.read(partial(grants.history, grant=GRANT, limit=9))
        return [(note.event, note.detail) for note in reversed(notes)]

    async def refused(self, amount: str, now: Instant = NOW) -> BudgetRefusal:
        refusal = await self.hold(amount, now)
        assert isinstance(refusal, BudgetRefusal), refusal
        return refusal

    async def execute(self, statement: str) -> None:
        def run(connection: Connection) -> None:
            connection.execute(statement)

        await self.database.write(run)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    database = Database(tmp_path / "wallet.db", KEY)
    await database.write(_prepare)
    yield Book(database)
    database.close()


@pytest.mark.parametrize("kind", RaiseKind)
async def test_a_raise_lets_that_much_more_be_spent_and_ends_with_its_window(
    book: Book, kind: RaiseKind
) -> None:
    await book.spend("2.00")
    assert (await book.refused("0.10")).budget.limit == DAY.limit
    assert await book.raise_day("1.00", kind)
    await book.spend("0.90")
    refusal = await book.refused("0.20")
    assert (refusal.budget.limit, refusal.raise_helps) == (parse_usd("3.00"), True)
    await book.spend("0.10")
    await book.refused("0.000000001")
    tomorrow = Instant(NOW + DAY_MS)
    assert (await book.refused("2.01", tomorrow)).budget.limit == DAY.limit
    await book.spend("2.00", tomorrow)


async def test_a_raise_is_told_in_the_windows_row_and_in_the_history(book: Book) -> None:
    await book.raise_day("1.00")
    await book.raise_day("5.00", RaiseKind.WINDOW)
    (row,) = await book.database.read(partial(reports.windows, owner=OWNER, now=NOW))
    assert (row.limit, row.raised, row.cap) == (parse_usd("8.00"), parse_usd("6.00"), DAY.limit)
    over = Instant(NOW + DAY_MS)
    (row,) = await book.database.read(partial(reports.windows, owner=OWNER, now=over))
    assert (row.limit, row.raised) == (DAY.limit, 0)
    raised = [
        ("granted", ""),
        ("raised", "+$1.00 once, until 2026-11-24 00:00, on $2.00 day"),
        ("raised", "+$5.00 until 2026-11-24 00:00, on $2.00 day"),
    ]
    assert await book.history() == raised
    await book.spend("0.10", over)
    await book.spend("0.10", over)
    assert await book.history() == [
        *raised,
        ("raise_ended", "+$1.00 day: its limit renewed"),
        ("raise_ended", "+$5.00 day: its limit renewed"),
    ]


async def test_a_cap_that_is_set_anew_ends_its_raises_and_no_others(book: Book) -> None:
    month = Cap(period=Period.MONTH, limit=parse_usd("9.00"))
    await book.set_caps(DAY, month)
    await book.raise_day("1.00")
    await book.set_caps(DAY, Cap(period=Period.MONTH, limit=parse_usd("8.00")))
    assert (await book.refused("3.01")).budget.limit == parse_usd("3.00")
    await book.set_caps(Cap(period=Period.DAY, limit=parse_usd("2.50")), month)
    assert (await book.refused("2.51")).budget.limit == parse_usd("2.50")


async def test_a_new_cap_tells_that_it_ended_a_raise(book: Book) -> None:
    await book.raise_day("1.00")
    await book.set_caps(DAY)
    assert len(await book.history()) == 2
    await book.set_caps(Cap(period=Period.DAY, limit=parse_usd("3.00")))
    assert (await book.history())[2:] == [("raise_ended", "+$1.00 day: its limit was changed")]


async def test_a_cap_that_never_renews_is_raised_for_thirty_days(book: Book) -> None:
    once = Cap(period=Period.ONCE, limit=parse_usd("1.00"))
    await book.set_caps(once)
    wanted = raises.Raise(
        grant=GRANT, period=Period.ONCE, amount=parse_usd("5.00"), kind=RaiseKind.WINDOW
    )
    assert await book.database.write(partial(raises.add, wanted=wanted, now=NOW, zone=UTC))
    assert (await book.history())[1:] == [
        ("raised", "+$5.00 until 2026-12-23 12:00, on $1.00 once")
    ]
    last = Instant(NOW + 30 * DAY_MS - 1)
    await book.spend("1.50", last)
    assert await book.database.read(raises.next_end) == last + 1
    for now, raised in ((last, "5.00"), (Instant(last + 1), "0")):
        (row,) = await book.database.read(partial(reports.windows, owner=OWNER, now=now))
        assert row.raised == parse_usd(raised)
    refusal = await book.refused("0.10", Instant(last + 1))
    assert (refusal.budget.limit, refusal.budget.spent) == (once.limit, parse_usd("1.50"))
    assert (await book.history())[2:] == [("raise_ended", "+$5.00 once: its time was over")]
    # What ended stays so, whatever the clock says.
    await book.refused("0.10", NOW)
    assert await book.database.read(raises.next_end) is None


async def test_an_end_is_noticed_where_nobody_spends(book: Book) -> None:
    await book.raise_day("1.00")
    over = Instant(NOW + DAY_MS)
    assert await book.database.write(partial(raises.end_over, now=NOW)) == ()
    assert await book.database.write(partial(raises.end_over, now=over)) == (GRANT,)
    assert (await book.history())[2:] == [("raise_ended", "+$1.00 day: its limit renewed")]
    assert (await book.refused("2.01")).budget.limit == DAY.limit


async def test_a_cap_that_does_not_exist_cannot_be_raised(book: Book) -> None:
    await book.set_caps(Cap(period=Period.WEEK, limit=parse_usd("2.00")))
    assert not await book.raise_day("1.00")


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE raises SET amount = amount * 2, ended_at = 1",
        "UPDATE raises SET ended_at = NULL",
        "UPDATE raises SET ends_at = ends_at + 1, ended_at = 1",
        "DELETE FROM raises",
        "INSERT INTO raises VALUES (9, 'grant_a', 1, 'once', -1, 0, NULL, 1)",
        # The file's own rule knows the raise, and where it ends.
        "UPDATE windows SET held = 3000000001",
    ],
)
async def test_the_file_itself_guards_raises(book: Book, forgery: str) -> None:
    await book.raise_day("1.00")
    with pytest.raises(LedgerUnavailable):
        await book.execute(forgery)


async def test_the_files_own_rule_lets_a_raised_hold_pass(book: Book) -> None:
    await book.raise_day("1.00")
    assert isinstance(await book.hold("3.00"), Fit)


@pytest.mark.parametrize("owner", [OWNER, budgets.WALLET])
async def test_one_call_may_cost_no_more_than_its_limit(book: Book, owner: budgets.Owner) -> None:
    limit = parse_usd("0.50")
    await book.database.write(partial(budgets.set_call_limit, owner=owner, limit=limit, now=NOW))
    refusal = await book.refused("0.51")
    assert (refusal.budget.kind, refusal.budget.period) == (LimitKind.CALL, None)
    assert (refusal.budget.limit, refusal.budget.resets_at) == (limit, None)
    assert (refusal.reason, refusal.raise_helps) == (Reason.EXHAUSTED, False)
    for _ in range(4):
        await book.spend("0.50")
    assert (await book.refused("0.50")).budget.kind is LimitKind.APP
    await book.database.write(partial(budgets.set_call_limit, owner=owner, limit=None, now=NOW))
    assert (await book.refused("0.51")).budget.kind is LimitKind.APP


async def test_a_call_that_grows_stays_below_the_limit_of_one_call(book: Book) -> None:
    await book.database.write(
        partial(budgets.set_call_limit, owner=OWNER, limit=parse_usd("0.50"), now=NOW)
    )
    assert isinstance(await book.hold("0.30"), Fit)

    async def grow(amount: str, name: str) -> BudgetRefusal | calls.CallEnded | None:
        extension = calls.Extension(
            call=CallId("call_1"), hold=TransferId(name), amount=parse_usd(amount), now=NOW
        )
        return await book.database.write(partial(calls.extend, extension=extension))

    refusal = await grow("0.21", "more_1")
    assert isinstance(refusal, BudgetRefusal)
    assert refusal.budget.kind is LimitKind.CALL
    assert await grow("0.20", "more_2") is None
    with pytest.raises(LedgerUnavailable):
        await book.execute("UPDATE calls SET hold = hold + 1")


async def test_all_windows_rule_at_once_and_the_refusal_names_the_one(book: Book) -> None:
    names = (Period.DAY, Period.WEEK, Period.MONTH, Period.YEAR, Period.ONCE)
    sums = ("1.00", "2.00", "3.00", "4.00", "5.00")
    caps = [
        Cap(period=period, limit=parse_usd(limit))
        for period, limit in zip(names, sums, strict=True)
    ]
    await book.set_caps(*caps)
    # A day each: every time the next longer window is the one that says no.
    moments = [
        datetime(2027, 1, 4, 12, tzinfo=UTC),
        datetime(2027, 1, 5, 12, tzinfo=UTC),
        datetime(2027, 1, 11, 12, tzinfo=UTC),
        datetime(2027, 2, 1, 12, tzinfo=UTC),
        datetime(2028, 1, 5, 12, tzinfo=UTC),
    ]
    renews = [
        datetime(2027, 1, 5, tzinfo=UTC),
        datetime(2027, 1, 11, tzinfo=UTC),
        datetime(2027, 2, 1, tzinfo=UTC),
        datetime(2028, 1, 1, tzinfo=UTC),
        None,
    ]
    for moment, period, renewal in zip(moments, names, renews, strict=True):
        now = Instant(round(moment.timestamp() * 1000))
        await book.spend("1.00", now)
        budget = (await book.refused("0.01", now)).budget
        assert (budget.kind, budget.period) == (LimitKind.APP, period)
        expected = None if renewal is None else round(renewal.timestamp() * 1000)
        assert budget.resets_at == expected


async def test_the_wallets_own_windows_count_all_apps(book: Book) -> None:
    whole = Cap(period=Period.WEEK, limit=parse_usd("1.50"))
    await book.set_caps(whole, owner=budgets.WALLET)
    await book.spend("1.00")
    refusal = await book.refused("0.60")
    assert (refusal.budget.kind, refusal.budget.period) == (LimitKind.WALLET, Period.WEEK)
    assert not refusal.raise_helps


@pytest.mark.parametrize("back_days", [1, 7, 400])
async def test_a_clock_set_back_opens_no_window_again(book: Book, back_days: int) -> None:
    await book.spend("2.00")
    before = Instant(NOW - back_days * DAY_MS)
    refusal = await book.refused("0.01", before)
    assert refusal.budget.spent == DAY.limit
    assert refusal.budget.resets_at is not None
    assert refusal.budget.resets_at > NOW
    await book.spend("2.00", Instant(NOW + DAY_MS))
    await book.refused("0.01", NOW)


async def test_a_day_of_25_hours_is_one_window(book: Book) -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(2027, 10, 31, tzinfo=zone)
    start = Instant(round(midnight.timestamp() * 1000))
    await book.database.write(partial(budgets.current, grant=GRANT, now=start, zone=zone))
    rows = await book.database.read(partial(reports.windows, owner=OWNER, now=start))
    after = (midnight.astimezone(UTC) + timedelta(hours=25)).timestamp()
    assert [row.resets_at for row in rows] == [round(after * 1000)]


async def test_a_window_is_warned_about_once_at_eighty_percent(book: Book) -> None:
    async def warned(now: Instant = NOW) -> list[Period]:
        is_due = await book.database.read(partial(raises.due_warnings, now=now))
        told = await book.database.write(partial(raises.warn, now=now))
        assert is_due == bool(told)
        return [each.period for each in told]

    await book.set_caps(DAY, Cap(period=Period.MONTH, limit=parse_usd("4.00")))
    await book.spend("1.599999999")
    assert await warned() == []
    await book.spend("0.000000001")
    assert await warned() == [Period.DAY]
    await book.spend("0.40")
    assert await warned() == []
    tomorrow = Instant(NOW + DAY_MS)
    assert await warned(tomorrow) == [], "that day is over"
    await book.spend("1.60", tomorrow)
    assert await warned(tomorrow) == [Period.DAY, Period.MONTH]
