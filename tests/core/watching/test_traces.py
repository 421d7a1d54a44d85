"""Apps that are as they should be are never paused; twelve attacks all are, in time."""

import pytest

from tests.support.traces import ATTACKS, NORMAL, Trace, play
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.watching.rules import FACTOR_MINE, Rule


@pytest.mark.parametrize("trace", NORMAL, ids=lambda trace: trace.name)
def test_what_is_normal_is_not_paused(trace: Trace) -> None:
    played = play(trace)
    assert played.paused_by is None
    assert played.steps == len(trace.steps)


@pytest.mark.parametrize("trace", ATTACKS, ids=lambda trace: trace.name)
def test_an_attack_is_paused_in_time(trace: Trace) -> None:
    played = play(trace)
    assert played.paused_by is trace.rule
    assert played.steps < len(trace.steps)
    assert played.spent * 100 <= parse_usd(trace.cap_usd) * trace.spent_percent_max


@pytest.mark.parametrize("trace", ATTACKS, ids=lambda trace: trace.name)
def test_whose_user_said_it_was_them_gets_further(trace: Trace) -> None:
    assert trace.rule is not None
    usual = play(trace)
    later = play(trace, dict.fromkeys(Rule, FACTOR_MINE))
    assert later.steps > usual.steps


def test_there_are_twelve() -> None:
    assert len({trace.name for trace in ATTACKS}) == 12
