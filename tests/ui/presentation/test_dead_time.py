"""The dead time of an approval, told as stories and as laws."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.ui.presentation.dead_time import DEAD_TIME_MS, DeadTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    at_ms: int
    visible: bool = True
    active: bool = True
    moved: bool = False


def _play(story: list[Happening]) -> DeadTime:
    state = DeadTime()
    for happening in story:
        state = state.seen(
            visible=happening.visible, active=happening.active, now_ms=happening.at_ms
        )
        if happening.moved:
            state = state.disturbed(happening.at_ms)
    return state


@pytest.mark.parametrize(
    ("story", "over_at_ms"),
    [
        ([Happening(at_ms=0)], 1_000),
        ([Happening(at_ms=0, active=False), Happening(at_ms=400)], 1_400),
        ([Happening(at_ms=0), Happening(at_ms=300)], 1_000),
        ([Happening(at_ms=0), Happening(at_ms=900, moved=True)], 1_900),
        (
            [
                Happening(at_ms=0),
                Happening(at_ms=999, active=False),
                Happening(at_ms=1_000),
            ],
            2_000,
        ),
        (
            [
                Happening(at_ms=0),
                Happening(at_ms=5_000, visible=False),
                Happening(at_ms=5_100),
            ],
            6_100,
        ),
        ([Happening(at_ms=0), Happening(at_ms=5_000, moved=True)], 6_000),
    ],
    ids=["undisturbed", "late focus", "told twice", "moved", "focus lost", "hidden", "moved late"],
)
def test_it_ends_one_second_after_the_last_disturbance(
    story: list[Happening], over_at_ms: int
) -> None:
    state = _play(story)
    assert not state.is_over(over_at_ms - 1)
    assert state.is_over(over_at_ms)


@pytest.mark.parametrize(("visible", "active"), [(False, False), (True, False), (False, True)])
def test_it_never_ends_unseen(visible: bool, active: bool) -> None:  # noqa: FBT001 - a table of two flags
    state = DeadTime().seen(visible=True, active=True, now_ms=0)
    state = state.seen(visible=visible, active=active, now_ms=2_000)
    state = state.disturbed(2_500)
    assert state.left_ms(1_000_000) is None
    assert not state.is_over(1_000_000)


HAPPENINGS = st.lists(
    st.tuples(st.integers(0, 3_000), st.booleans(), st.booleans(), st.booleans()), max_size=30
)


@given(HAPPENINGS)
def test_over_means_a_whole_second_of_being_seen_and_left_alone(
    steps: list[tuple[int, bool, bool, bool]],
) -> None:
    now_ms = 0
    state = DeadTime()
    undisturbed_since_ms: int | None = None
    for delay_ms, visible, active, moved in steps:
        now_ms += delay_ms
        # Judged before the event: this is when a press would have arrived.
        expected = (
            undisturbed_since_ms is not None and now_ms - undisturbed_since_ms >= DEAD_TIME_MS
        )
        assert state.is_over(now_ms) is expected
        state = state.seen(visible=visible, active=active, now_ms=now_ms)
        if not (visible and active):
            undisturbed_since_ms = None
        elif undisturbed_since_ms is None or moved:
            undisturbed_since_ms = now_ms
        if moved:
            state = state.disturbed(now_ms)
