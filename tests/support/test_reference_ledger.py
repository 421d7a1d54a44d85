"""The model itself: what is written of it here is known from the rules, not from any ledger."""

from datetime import UTC, datetime

import pytest

from tests.support.reference_ledger import FOREVER, Call, Model, zone_of
from wattfare_desktop.core.identifiers import CallId, GrantId
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period

APP = GrantId("grant_a")
OWNER = f"grant:{APP}"


def at(year: int, month: int, day: int, hour: int = 0) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1000


NOON = at(2026, 11, 23, 12)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period.ONCE, 0, FOREVER),
        (Period.DAY, at(2026, 11, 23), at(2026, 11, 24)),
        (Period.WEEK, at(2026, 11, 23), at(2026, 11, 30)),
        (Period.MONTH, at(2026, 11, 1), at(2026, 12, 1)),
        (Period.YEAR, at(2026, 1, 1), at(2027, 1, 1)),
    ],
)
def test_a_window_is_one_of_the_calendar(period: Period, start: int, end: int) -> None:
    model = Model(now=NOON)
    window = model.window((OWNER, period))
    assert (window[2], model.windows[window]) == (start, end)


def test_a_window_stays_until_its_end_and_the_next_begins_no_earlier() -> None:
    model = Model(now=NOON)
    first = model.window((OWNER, Period.DAY))
    model.zone = zone_of(9)
    model.now = at(2026, 11, 23, 20)
    assert model.window((OWNER, Period.DAY)) == first
    model.now = at(2026, 11, 24, 1)
    second = model.window((OWNER, Period.DAY))
    assert (second[2], model.windows[second]) == (at(2026, 11, 24), at(2026, 11, 24, 15))


def test_what_is_set_aside_counts_now_and_when_its_time_comes() -> None:
    model = Model(now=NOON, balance=100, states={APP: GrantState.ACTIVE})
    model.set_caps(OWNER, {Period.MONTH: 50})
    model.now = at(2031, 6, 15)
    future = model.rule(APP)[OWNER, Period.MONTH]
    model.calls[CallId("call_1")] = Call(app=APP, hold=20, began=model.now, windows={future})
    model.now = NOON
    assert model.stuck() == [(OWNER, Period.MONTH)]
    model.reset()
    assert model.stuck() == []
    now = model.rule(APP)[OWNER, Period.MONTH]
    assert now == (OWNER, Period.MONTH, at(2026, 11, 1))
    assert (model.used(now), model.left(now), model.free()) == ((0, 20), 30, 80)
    model.now = at(2031, 6, 16)
    assert model.rule(APP)[OWNER, Period.MONTH] == future
    assert model.used(future) == (0, 20)


def test_a_bill_above_its_hold_takes_the_room_and_then_the_reserve() -> None:
    model = Model(now=NOON, balance=100, reserve=5)
    model.set_caps(OWNER, {Period.DAY: 30})
    window = model.window((OWNER, Period.DAY))
    call = Call(app=APP, hold=20, began=NOON, windows={window})
    model.calls[CallId("call_1")] = call
    assert model.crash() == ["call_1"]
    model.correct(call, 37)
    assert (call.cost, call.excess, model.reserve) == (30, 7, 0)
    assert model.free() == 100 - 37
