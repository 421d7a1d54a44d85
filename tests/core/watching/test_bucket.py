from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.watching.bucket import Bucket
from wattfare_desktop.core.watching.rules import SLOWED, USUAL, Rate

_GAPS = st.lists(st.integers(0, 3000), min_size=1, max_size=200)
_RATES = st.builds(Rate, per_s=st.integers(1, 100), burst=st.integers(1, 50))


def test_a_burst_passes_and_the_next_waits_for_its_token() -> None:
    bucket = Bucket(USUAL.bucket, Instant(0))
    assert [bucket.take(Instant(5)) for _ in range(200)] == [0] * 200
    assert bucket.take(Instant(5)) == 20
    assert bucket.take(Instant(24)) == 1
    assert bucket.take(Instant(25)) == 0


@given(rate=_RATES, gaps=_GAPS)
def test_never_more_than_burst_and_rate_pass(rate: Rate, gaps: list[int]) -> None:
    bucket, now, passed = Bucket(rate, Instant(0)), 0, 0
    for gap in gaps:
        now += gap
        passed += bucket.take(Instant(now)) == 0
        assert passed * 1000 <= rate.burst * 1000 + now * rate.per_s


@given(rate=_RATES, gaps=_GAPS)
def test_who_waits_as_told_is_let_through_and_not_a_millisecond_before(
    rate: Rate, gaps: list[int]
) -> None:
    bucket, now = Bucket(rate, Instant(0)), 0
    for gap in gaps:
        now += gap
        wait_ms = bucket.take(Instant(now))
        if wait_ms > 1:
            assert bucket.take(Instant(now + wait_ms - 1)) == 1
        if wait_ms:
            now += wait_ms
            assert bucket.take(Instant(now)) == 0


@given(rate=_RATES, back=st.integers(1, 10**9))
def test_a_clock_set_back_gives_nothing_away(rate: Rate, back: int) -> None:
    bucket = Bucket(rate, Instant(0))
    for _ in range(rate.burst):
        assert bucket.take(Instant(0)) == 0
    assert bucket.take(Instant(-back)) > 0
    assert bucket.take(Instant(-back + 1000)) == 0


def test_slowed_down_the_burst_is_gone() -> None:
    bucket = Bucket(USUAL.bucket, Instant(0))
    bucket.turn_to(SLOWED)
    assert bucket.left == 1
    assert bucket.take(Instant(0)) == 0
    assert bucket.take(Instant(0)) == 1000
