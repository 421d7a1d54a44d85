"""Tests of ``wattfare_desktop.core.oauth.prompting``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, ClientId, Instant, later
from wattfare_desktop.core.oauth.lifecycle import TicketState
from wattfare_desktop.core.oauth.prompting import (
    Allowed,
    Misses,
    PromptHistory,
    Silenced,
    SilenceReason,
)

NOW = Instant(1_800_000_000_000)
NOTES = ClientId("Notes AI")
OTHER = ClientId("Other")
NOBODY = PromptHistory()


def _missed(times: int, ending: TicketState = TicketState.DENIED) -> PromptHistory:
    history = NOBODY
    for _ in range(times):
        history = history.record(NOTES, ending, NOW)
    return history


def _judge(history: PromptHistory, now: Instant, client: ClientId = NOTES) -> Allowed | Silenced:
    return history.judge(client, verified=True, now=now)


def test_a_new_client_may_ask() -> None:
    assert NOBODY.judge(NOTES, verified=False, now=NOW) == Allowed()
    assert NOBODY.judge(NOTES, verified=True, now=NOW) == Allowed()


@pytest.mark.parametrize("ending", [TicketState.DENIED, TicketState.EXPIRED])
def test_one_miss_is_forgiven_two_are_not(ending: TicketState) -> None:
    assert _judge(_missed(1, ending), NOW) == Allowed()
    until = later(NOW, 5 * MINUTE_MS)
    silenced = Silenced(reason=SilenceReason.REFUSED_BEFORE, until=until)
    assert _judge(_missed(2, ending), NOW) == silenced
    assert _judge(_missed(2, ending), Instant(until - 1)) == silenced
    assert _judge(_missed(2, ending), until) == Allowed()
    assert _judge(_missed(2, ending), NOW, OTHER) == Allowed()


@pytest.mark.parametrize(
    ("misses", "minutes"),
    [(2, 5), (3, 10), (4, 20), (5, 40), (10, 1280), (11, 1440), (12, 1440), (500, 1440)],
)
def test_silence_doubles_up_to_a_day(misses: int, minutes: int) -> None:
    until = later(NOW, minutes * MINUTE_MS)
    assert Misses(count=misses, latest_at=NOW).silent_until == until
    assert _judge(_missed(misses), NOW) == Silenced(
        reason=SilenceReason.REFUSED_BEFORE, until=until
    )


def test_an_approval_wipes_the_slate() -> None:
    history = _missed(5).record(NOTES, TicketState.GRANTED, NOW)
    assert history == NOBODY
    assert _judge(history.record(NOTES, TicketState.DENIED, NOW), NOW) == Allowed()


def test_an_aborted_ticket_is_no_answer() -> None:
    for history in (NOBODY, _missed(1), _missed(2)):
        assert history.record(NOTES, TicketState.ABORTED, NOW) is history


@pytest.mark.parametrize("ending", [TicketState.QUEUED, TicketState.SHOWN])
def test_only_ends_are_recorded(ending: TicketState) -> None:
    with pytest.raises(AssertionError):
        NOBODY.record(NOTES, ending, NOW)


def test_a_client_is_forgotten_a_day_after_its_silence() -> None:
    history = _missed(2)
    end = later(NOW, 5 * MINUTE_MS + DAY_MS)
    before = history.record(OTHER, TicketState.DENIED, Instant(end - 1))
    after = history.record(OTHER, TicketState.DENIED, end)
    assert set(before.misses) == {NOTES, OTHER}
    assert set(after.misses) == {OTHER}


def test_a_clock_set_back_leaves_nobody_silent() -> None:
    earlier = Instant(NOW - DAY_MS)
    assert _judge(_missed(9), earlier) == Allowed()
    history = NOBODY
    for _ in range(10):
        history = history.asked(verified=False, now=NOW)
    assert history.judge(NOTES, verified=False, now=earlier) == Allowed()


def test_unverified_clients_share_ten_prompts_in_ten_minutes() -> None:
    history = NOBODY
    for number in range(10):
        now = later(NOW, number)
        assert history.judge(ClientId(f"app {number}"), verified=False, now=now) == Allowed()
        history = history.asked(verified=False, now=now)
    now, until = later(NOW, 10), later(NOW, 10 * MINUTE_MS)
    assert history.judge(NOTES, verified=False, now=now) == Silenced(
        reason=SilenceReason.TOO_MANY_UNVERIFIED, until=until
    )
    assert history.judge(NOTES, verified=True, now=now) == Allowed()
    assert history.judge(NOTES, verified=True, known=True, now=now) == Allowed()
    assert history.judge(NOTES, verified=False, now=Instant(until - 1)) != Allowed()
    assert history.judge(NOTES, verified=False, now=until) == Allowed()


def test_prompts_of_those_that_were_approved_use_nothing_up() -> None:
    assert NOBODY.asked(verified=True, known=True, now=NOW) is NOBODY


def test_origins_that_were_never_approved_share_ten_prompts_in_ten_minutes() -> None:
    history, until = NOBODY, later(NOW, 10 * MINUTE_MS)
    for number in range(10):
        origin = ClientId(f"https://n{number}.invented.example")
        assert history.judge(origin, verified=True, now=NOW) == Allowed()
        history = history.asked(verified=True, now=NOW)
    assert history.judge(OTHER, verified=True, now=NOW) == Silenced(
        reason=SilenceReason.TOO_MANY_STRANGERS, until=until
    )
    assert history.judge(OTHER, verified=True, known=True, now=NOW) == Allowed()
    assert history.judge(OTHER, verified=False, now=NOW) == Allowed()
    assert history.judge(OTHER, verified=True, now=until) == Allowed()


def test_three_wait_behind_the_one_that_is_shown() -> None:
    waiting = [ClientId(f"app {number}") for number in range(4)]
    asked = NOBODY.judge(NOTES, verified=True, now=NOW, waiting=waiting[:3])
    assert asked == Allowed()
    full = NOBODY.judge(NOTES, verified=True, now=NOW, waiting=waiting)
    assert full == Silenced(reason=SilenceReason.QUEUE_FULL)


def test_a_client_asks_one_thing_at_a_time() -> None:
    asked = NOBODY.judge(NOTES, verified=True, now=NOW, waiting=[OTHER, NOTES])
    assert asked == Silenced(reason=SilenceReason.ASKING_ALREADY)


def test_a_blocked_client_is_never_asked_about() -> None:
    for history in (NOBODY, _missed(3)):
        asked = history.judge(NOTES, verified=True, now=NOW, waiting=[NOTES], blocked={NOTES})
        assert asked == Silenced(reason=SilenceReason.BLOCKED)
    assert NOBODY.judge(OTHER, verified=True, now=NOW, blocked={NOTES}) == Allowed()


@given(st.lists(st.integers(0, 5 * MINUTE_MS), max_size=60))
def test_never_more_than_ten_unverified_prompts_in_any_ten_minutes(pauses_ms: list[int]) -> None:
    history, now, shown = NOBODY, NOW, list[Instant]()
    for pause_ms in pauses_ms:
        now = later(now, pause_ms)
        if history.judge(NOTES, verified=False, now=now) == Allowed():
            history = history.asked(verified=False, now=now)
            shown.append(now)
    for first, eleventh in zip(shown, shown[10:], strict=False):
        assert eleventh - first >= 10 * MINUTE_MS
    assert len(history.unverified_at) <= 10


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, DAY_MS)), max_size=40))
def test_a_silence_is_never_longer_than_a_day(asked: list[tuple[str, int]]) -> None:
    history, now = NOBODY, NOW
    for name, pause_ms in asked:
        now = later(now, pause_ms)
        history = history.record(ClientId(name), TicketState.DENIED, now)
        answer = _judge(history, now, ClientId(name))
        if isinstance(answer, Silenced):
            assert answer.until is not None
            assert now < answer.until <= now + DAY_MS
