from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.watching.bursts import Burst


@given(
    gaps=st.lists(st.integers(0, 50), min_size=1, max_size=120),
    span_ms=st.integers(1, 200),
    count=st.integers(1, 12),
)
def test_it_counts_exactly_what_the_span_holds(gaps: list[int], span_ms: int, count: int) -> None:
    burst, seen = Burst(span_ms), []
    now = 0
    for gap in gaps:
        now += gap
        seen.append(now)
        within = sum(now - at < span_ms for at in seen)
        assert burst.note(Instant(now), count) is (within >= count)


def test_what_is_in_the_future_is_forgotten() -> None:
    burst = Burst(1000)
    assert not burst.note(Instant(10_000), 2)
    assert not burst.note(Instant(5_000), 2)
    assert burst.note(Instant(5_001), 2)


def test_cleared_it_begins_anew() -> None:
    burst = Burst(1000)
    burst.note(Instant(0), 2)
    burst.clear()
    assert not burst.note(Instant(1), 2)
