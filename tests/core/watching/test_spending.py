"""The windows of the pace against a plain sum, and the two rules over it at their edges."""

from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.core.watching.rules import Action, Rule
from wattfare_desktop.core.watching.spending import BIN_MS, Pace, fast_burn, runaway

NOW = Instant(100 * DAY_MS)


def window(limit: str, *, spent: str = "0", resets_in_ms: int | None = 20 * DAY_MS) -> WindowRow:
    return WindowRow(
        period=Period.MONTH if resets_in_ms else Period.ONCE,
        limit=parse_usd(limit),
        spent=parse_usd(spent),
        held=Nanos(0),
        resets_at=None if resets_in_ms is None else Instant(NOW + resets_in_ms),
    )


def paced(*calls: tuple[int, str]) -> Pace:
    pace = Pace()
    for ago_ms, usd in calls:
        pace.add(Instant(NOW - ago_ms), parse_usd(usd))
    return pace


@given(
    calls=st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 10**9)), max_size=80),
    span_ms=st.integers(BIN_MS, HOUR_MS),
)
def test_a_span_is_told_to_within_ten_seconds(calls: list[tuple[int, int]], span_ms: int) -> None:
    pace, now, seen = Pace(), 0, []
    for gap, cost in calls:
        now += gap
        seen.append((now, cost))
        pace.add(Instant(now), Nanos(cost))
    told, count = pace.since(now - span_ms)
    assert told <= sum(cost for at, cost in seen if at >= now - span_ms)
    assert told >= sum(cost for at, cost in seen if at >= now - span_ms + BIN_MS)
    assert count <= len(seen)


@given(backs=st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=50))
def test_whatever_the_clock_does_nothing_spent_just_now_is_lost(backs: list[int]) -> None:
    pace = Pace()
    for at in backs:
        pace.add(Instant(10**9 + at), Nanos(7))
    assert pace.since(max(backs) + 10**9 - BIN_MS)[0] >= 7


def test_runaway_wants_both_spans_a_dollar_and_a_loop() -> None:
    quarter = [(0, "0.9"), (1000, "0.9"), (2000, "0.8")]
    assert runaway(paced(*quarter), [window("10")], NOW, 1) is None
    long = [(30 * MINUTE_MS, "2.6"), *quarter]
    found = runaway(paced(*long), [window("10")], NOW, 1)
    assert found is not None
    assert (found.rule, found.action, found.measured) == (
        Rule.RUNAWAY,
        Action.PAUSE,
        parse_usd("5.2"),
    )
    assert runaway(paced(*long), [window("10")], NOW, 2) is None
    assert runaway(paced((0, "3"), (1, "3")), [window("10")], NOW, 1) is None
    assert runaway(paced((0, "0.3"), (1, "0.3"), (2, "0.3")), [window("1")], NOW, 1) is None


def test_runaway_is_judged_by_the_tightest_cap() -> None:
    pace = paced((0, "1"), (1, "1"), (2, "1"))
    assert runaway(pace, [window("100")], NOW, 1) is None
    assert runaway(pace, [window("100"), window("5")], NOW, 1) is not None


def test_fast_burn_wants_both_rates_and_a_window_that_renews() -> None:
    steady = [(minutes * MINUTE_MS, "0.2") for minutes in range(55, -1, -5)]
    found = fast_burn(paced(*steady), [window("20", spent="2")], NOW, 1)
    assert found is not None
    assert (found.action, found.against) == (Action.NOTIFY, parse_usd("18"))
    assert fast_burn(paced(*steady[:-2]), [window("20")], NOW, 1) is None
    assert fast_burn(paced(*steady), [window("20", resets_in_ms=None)], NOW, 1) is None
    assert fast_burn(paced(*steady), [window("20", resets_in_ms=8 * HOUR_MS)], NOW, 1) is None
    assert fast_burn(paced((0, "0.9")), [window("1")], NOW, 1) is None
    # 18 dollars at 2.2 an hour last 8 hours, a tenth of 20 days is 48.
    assert fast_burn(paced(*steady), [window("70", spent="2")], NOW, 2) is None
