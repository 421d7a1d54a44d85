"""Windows that a wrong clock opened in the future: set aside, and nothing is gained by it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.storage.test_budgets import GRANT, KEY, NOW, OWNER, Book, _prepare
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap, LimitKind
from wattfare_desktop.core.raises import RaiseKind
from wattfare_desktop.core.reports import StuckWindow
from wattfare_desktop.storage import budgets, chain, grants, raises, reports, stuck_windows
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database, LedgerUnavailable
from wattfare_desktop.storage.verification import look_over, verify

MONTH = Cap(period=Period.MONTH, limit=parse_usd("5.00"))
RESETS = Instant(round(datetime(2026, 12, 1, tzinfo=UTC).timestamp() * 1000))


def at(year: int, month: int, day: int = 15) -> Instant:
    return Instant(round(datetime(year, month, day, 12, tzinfo=UTC).timestamp() * 1000))


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    """An app with five dollars a month."""
    database = Database(tmp_path / "wallet.db", KEY)
    await database.write(_prepare)
    book = Book(database)
    await book.set_caps(MONTH)
    yield book
    assert await database.read(verify) is None
    await database.write(partial(chain.add_digest, now=NOW, with_limits=True))
    assert not await database.read(look_over)
    await asyncio.to_thread(database.close)


async def reset(book: Book, now: Instant = NOW, zone: tzinfo = UTC) -> tuple[StuckWindow, ...]:
    return await book.database.write(partial(stuck_windows.reset, now=now, zone=zone))


async def rule(book: Book, now: Instant = NOW) -> tuple[int, Instant | None]:
    """Return what the month has spent by now, and when it renews."""
    (row,) = await book.database.read(partial(reports.windows, owner=OWNER, now=now))
    return row.spent, row.resets_at


async def notes(book: Book) -> list[str]:
    def read(connection: Connection) -> list[str]:
        rows = connection.execute(
            "SELECT content FROM chain_notes WHERE kind = 'windows_reset'"
        ).fetchall()
        return [row[0] for row in rows]

    return await book.database.read(read)


async def test_what_is_stuck_is_told_and_rules_until_it_is_set_aside(book: Book) -> None:
    await book.spend("1.00")
    await book.spend("2.00", at(2031, 6))
    (found,) = await book.database.read(partial(stuck_windows.stuck, now=NOW))
    assert (found.app, found.name, found.period) == (GRANT, "Notes AI", Period.MONTH)
    # Next month, and the one after: it does not renew.
    for now in (NOW, at(2026, 12), at(2027, 1)):
        assert (await rule(book, now))[0] == parse_usd("2.00")
    assert await reset(book) == (found,)
    assert await rule(book) == (parse_usd("3.00"), RESETS)
    assert (await book.refused("2.01")).budget.spent == parse_usd("3.00")
    await book.spend("2.00")
    await book.spend("5.00", Instant(RESETS + 1))
    assert len(await notes(book)) == 1
    assert f'["{OWNER}","month",' in (await notes(book))[0]


async def test_where_nothing_is_stuck_nothing_is_written(book: Book) -> None:
    await book.spend("1.00")
    await book.refused("4.01", at(2026, 11, 1))
    assert await reset(book) == ()
    assert await notes(book) == []
    # A clock that lags within its month lies in no window's past.
    assert await reset(book, at(2026, 11, 1)) == ()


async def test_nothing_is_gained_by_it(book: Book) -> None:
    """Five dollars in each month that the clock can be set to, and then it is set back."""
    await book.spend("1.00")
    for month in (1, 2, 3):
        await book.spend("5.00", at(2027, month))
    await reset(book)
    assert (await rule(book))[0] == parse_usd("16.00")
    await book.refused("0.01")
    await book.spend("5.00", at(2026, 12))
    # They were spent before their time, and are when it comes.
    for month in (1, 2, 3):
        assert (await book.refused("0.01", at(2027, month))).budget.spent == parse_usd("5.00")
    await book.spend("5.00", at(2027, 4))


async def test_a_window_between_two_resets_is_set_aside_again(book: Book) -> None:
    await book.spend("1.00", at(2031, 6))
    await reset(book)
    await book.spend("1.00", at(2031, 6))
    assert (await rule(book, at(2031, 6)))[0] == parse_usd("2.00")
    await reset(book)
    assert await rule(book) == (parse_usd("2.00"), RESETS)


async def test_where_the_month_is_over_a_new_one_counts_what_was_spent_meanwhile(
    book: Book,
) -> None:
    await book.spend("1.00")
    await book.spend("2.00", at(2031, 6))
    december = at(2026, 12)
    await reset(book, december)
    spent, resets_at = await rule(book, december)
    assert spent == parse_usd("2.00"), "the dollar of November is over"
    assert resets_at == Instant(round(datetime(2027, 1, 1, tzinfo=UTC).timestamp() * 1000))


async def test_a_call_that_runs_counts_where_it_was_held_and_where_it_is_now(book: Book) -> None:
    await book.spend("1.00")
    held = await book.hold("4.00", at(2031, 6))
    assert not isinstance(held, BudgetRefusal)
    await reset(book)
    (row,) = await book.database.read(partial(reports.windows, owner=OWNER, now=NOW))
    assert (row.spent, row.held) == (parse_usd("1.00"), parse_usd("4.00"))
    await book.settle(parse_usd("3.00"))
    assert await rule(book) == (parse_usd("4.00"), RESETS)
    await book.spend("1.00")


async def test_a_raise_of_that_window_ends_with_it(book: Book) -> None:
    await book.spend("5.00", at(2031, 6))
    wanted = raises.Raise(
        grant=GRANT, period=Period.MONTH, amount=parse_usd("3.00"), kind=RaiseKind.WINDOW
    )
    await book.database.write(partial(raises.add, wanted=wanted, now=at(2031, 6), zone=UTC))
    await reset(book)
    assert (await book.refused("0.01")).budget.limit == MONTH.limit
    assert (await book.history())[-1] == ("raise_ended", "+$3.00 month: its limit began anew")


async def test_the_wallets_own_limits_are_set_aside_as_well(book: Book) -> None:
    day = Cap(period=Period.DAY, limit=parse_usd("3.00"))
    await book.set_caps(day, owner=budgets.WALLET)
    await book.spend("1.00")
    await book.spend("2.50", at(2031, 6))
    found = await reset(book)
    assert [(each.app, each.period) for each in found] == [
        (None, Period.DAY),
        (GRANT, Period.MONTH),
    ]
    refusal = await book.refused("0.01")
    assert (refusal.budget.kind, refusal.budget.spent) == (LimitKind.WALLET, parse_usd("3.50"))


async def test_of_an_app_that_ended_nothing_is_stuck(book: Book) -> None:
    await book.spend("1.00", at(2031, 6))

    def end(connection: Connection) -> None:
        grants.set_state(connection, GRANT, GrantState.REVOKED, "revoke", NOW)

    await book.database.write(end)
    assert await reset(book) == ()


async def test_a_zone_moved_meanwhile_opens_no_window_twice(book: Book) -> None:
    await book.spend("5.00")
    await book.spend("1.00", at(2031, 6))
    await reset(book, zone=ZoneInfo("Pacific/Kiritimati"))
    assert await rule(book) == (parse_usd("6.00"), RESETS)


_NOTE = "INSERT INTO chain_notes VALUES (99, 'windows_reset', '', ?, x'')"
_SET_ASIDE = "UPDATE windows SET set_aside_at = ? WHERE starts_at > 1900000000000"


@pytest.mark.parametrize(
    ("noted", "forgery", "moment"),
    [
        (False, _SET_ASIDE, NOW),
        (False, "UPDATE windows SET starts_at = ?", NOW),
        (False, "UPDATE windows SET resets_at = ?", NOW),
        # Not before its time.
        (True, _SET_ASIDE, at(2031, 7)),
        # Counted nowhere else.
        (True, _SET_ASIDE, NOW),
    ],
)
async def test_the_file_itself_sets_nothing_aside(
    book: Book, forgery: str, moment: Instant, *, noted: bool
) -> None:
    await book.spend("1.00", at(2031, 6))

    def run(connection: Connection) -> None:
        if noted:
            connection.execute(_NOTE, (moment,))
        connection.execute(forgery, (moment,))

    with pytest.raises(LedgerUnavailable, match=r"set aside by a note|never moves|takes its place"):
        await book.database.write(run)
