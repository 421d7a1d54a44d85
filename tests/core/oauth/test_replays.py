"""Tests of ``wattfare_desktop.core.oauth.replays``."""

from hypothesis import example, given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.oauth.replays import Replays

LIFE_MS = 100


def test_an_entry_comes_first_once() -> None:
    replays = Replays(LIFE_MS)
    assert replays.is_first(b"a", Instant(1_000)) is True
    assert replays.is_first(b"a", Instant(1_001)) is False
    assert replays.is_first(b"b", Instant(1_001)) is True


def test_an_entry_is_forgotten_after_twice_its_life() -> None:
    replays = Replays(LIFE_MS)
    replays.is_first(b"a", Instant(1_000))
    assert replays.is_first(b"a", Instant(1_000 + 2 * LIFE_MS)) is True


def test_what_there_is_no_room_for_is_not_let_pass() -> None:
    replays = Replays(LIFE_MS, entries_max=2)
    assert [replays.is_first(each, Instant(1_000)) for each in (b"a", b"b", b"c", b"a")] == [
        *(True, True),
        None,
        False,
    ]
    assert replays.is_full
    assert replays.is_first(b"c", Instant(1_000 + 2 * LIFE_MS)) is True


@example([(b"a", 0), (b"b", 0), (b"b", 0), (b"a", 300)])
@given(st.lists(st.tuples(st.binary(max_size=1), st.integers(0, 400)), max_size=60))
def test_within_its_life_an_entry_is_never_first_again(
    comings: list[tuple[bytes, int]],
) -> None:
    """The clock may go back and on again, as long as it has not passed the entry's end."""
    replays, seen, at = Replays(LIFE_MS), dict[bytes, int](), 10_000
    for entry, step in comings:
        at += step - 100
        is_first = replays.is_first(entry, Instant(at))
        seen = {each: first for each, first in seen.items() if at < first + LIFE_MS}
        if entry in seen:
            assert is_first is False
        elif is_first:
            seen[entry] = at
