from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, Instant
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.watching.rules import Action, Finding
from wattfare_desktop.core.watching.spike import Level

START = 1000 * DAY_MS


def level(*, days: int = 10, minutes: int = 300, usd: str = "0.05") -> Level:
    made = Level()
    gap_ms = days * DAY_MS // minutes
    for place in range(minutes):
        made.add(Instant(START - (minutes - place) * gap_ms), parse_usd(usd))
    return made


def spiked(made: Level, *usd: str, factor: int = 1) -> list[Finding | None]:
    found = []
    for place, amount in enumerate(usd):
        at = Instant(START + place * MINUTE_MS)
        made.add(at, parse_usd(amount))
        found.append(made.judge(at, factor))
    return found


def test_two_minutes_running_are_a_spike_and_one_is_none() -> None:
    # e^2 = 7.4 times is z = 4 at the least deviation.
    first, second = spiked(level(), "0.50", "0.50")
    assert first is None
    assert second is not None
    assert (second.action, second.against) == (Action.NOTIFY, parse_usd("0.05"))
    assert spiked(level(), "0.50", "0.05", "0.50") == [None, None, None]
    assert spiked(level(), "0.36", "0.36") == [None, None]


def test_far_beyond_it_pauses() -> None:
    _, found = spiked(level(), "1.10", "1.10")
    assert found is not None
    assert found.action is Action.PAUSE
    _, notified = spiked(level(), "0.95", "0.95")
    assert notified is not None
    assert notified.action is Action.NOTIFY


def test_it_takes_a_week_two_hundred_calls_and_a_quarter() -> None:
    assert spiked(level(days=6), "5", "5") == [None, None]
    assert spiked(level(minutes=190), "5", "5") == [None, None]
    assert spiked(level(usd="0.001"), "0.24", "0.24") == [None, None]


def test_this_was_me_doubles_it() -> None:
    assert spiked(level(), "1.10", "1.10", factor=2) == [None, None]


def test_a_new_habit_is_learnt_in_time() -> None:
    found = spiked(level(), *["0.6"] * 30)
    assert found[1] is not None
    assert found[-1] is None


def test_cleared_it_takes_two_minutes_again_and_knows_what_is_usual() -> None:
    made = level()
    spiked(made, "2", "2")
    made.clear()
    assert spiked(made, "2", "2")[1] is not None


def test_minutes_that_are_over_are_no_longer_judged() -> None:
    made = level()
    spiked(made, "2", "2")
    assert made.judge(Instant(START + 2 * MINUTE_MS), 1) is None
