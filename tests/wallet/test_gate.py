"""How fast apps may call, without a wallet."""

from dataclasses import dataclass, field

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.watching.rules import SLOWED_MS, USUAL, CallRate
from wattfare_desktop.wallet.gate import Flooded, Gate, TooFast

APP, OTHER = GrantId("grant_1"), GrantId("grant_2")


@dataclass
class Around:
    mine: bool = False
    flooded: list[tuple[GrantId, int]] = field(default_factory=list)

    def gate(self) -> Gate:
        return Gate(
            lambda _grant, _now: self.mine,
            lambda grant, requests, _now: self.flooded.append((grant, requests)),
        )


def test_a_burst_passes_and_then_so_many_a_second() -> None:
    gate = Around().gate()
    assert [gate.enter(APP, Instant(0)) for _ in range(200)] == [None] * 200
    assert gate.enter(APP, Instant(0)) == TooFast(wait_ms=20, quota=200, window_ms=4000)
    assert gate.enter(OTHER, Instant(0)) is None
    assert gate.enter(APP, Instant(20)) is None


def test_a_thousand_in_ten_seconds_are_a_flood_even_where_most_were_refused() -> None:
    around = Around()
    gate = around.gate()
    answers = [gate.enter(APP, Instant(place * 10)) for place in range(1000)]
    assert answers[-1] == Flooded()
    assert Flooded() not in answers[:-1]
    assert around.flooded == [(APP, 1000)]
    # Counted anew: resumed, it is not paused again by its next request.
    assert gate.enter(APP, Instant(11_000)) is None


def test_a_slow_thousand_is_no_flood() -> None:
    around = Around()
    gate = around.gate()
    answers = [gate.enter(APP, Instant(place * 20)) for place in range(3000)]
    assert answers == [None] * 3000
    assert around.flooded == []


def test_who_said_it_was_them_may_send_twice_as_many() -> None:
    around = Around(mine=True)
    gate = around.gate()
    for place in range(1999):
        assert gate.enter(APP, Instant(place)) != Flooded()
    assert gate.enter(APP, Instant(1999)) == Flooded()
    assert around.flooded == [(APP, 2000)]


def test_calls_under_way_are_counted_until_they_end() -> None:
    gate = Around().gate()
    for _ in range(64):
        assert gate.begin(APP, Instant(0)) is None
    assert gate.begin(APP, Instant(0)) == TooFast(wait_ms=1000, quota=64)
    gate.end(APP)
    assert gate.begin(APP, Instant(0)) is None
    assert gate.begin(APP, Instant(0)) is not None


def test_a_rate_of_ones_own_takes_burst_and_flood_along() -> None:
    around = Around()
    gate = around.gate()
    gate.enter(APP, Instant(0))
    gate.set_rate(APP, CallRate(per_s=500, in_flight=2))
    assert gate.rate_of(APP).per_s == 500
    assert gate.rate_of(OTHER) == USUAL
    for place in range(9_998):
        assert gate.enter(APP, Instant(1000 + place // 2)) != Flooded()
    assert gate.enter(APP, Instant(6000)) == Flooded()
    gate.begin(APP, Instant(0))
    gate.begin(APP, Instant(0))
    assert gate.begin(APP, Instant(0)) == TooFast(wait_ms=1000, quota=2)


def test_slowed_down_it_is_let_go_after_a_while_or_at_once() -> None:
    gate = Around().gate()
    gate.slow(APP, Instant(0))
    assert gate.enter(APP, Instant(0)) is None
    assert gate.enter(APP, Instant(1)) == TooFast(wait_ms=999, quota=1, window_ms=1000)
    assert gate.enter(APP, Instant(SLOWED_MS)) is None
    assert gate.enter(APP, Instant(SLOWED_MS + 20)) is None
    gate.slow(APP, Instant(SLOWED_MS + 20))
    gate.hurry(APP)
    assert gate.enter(APP, Instant(SLOWED_MS + 40)) is None
    assert gate.enter(APP, Instant(SLOWED_MS + 60)) is None
