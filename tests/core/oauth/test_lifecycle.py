"""Tests of ``wattfare_desktop.core.oauth.lifecycle``: each state with each event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.oauth.lifecycle import (
    GrantEvent,
    GrantState,
    TicketEvent,
    TicketState,
    next_grant_state,
    next_ticket_state,
)

# One line a state; columns: approve, pause, resume, revoke, expire. A dash is a refusal.
GRANTS = """
absent    active  -       -       -        -
active    -       paused  active  revoked  expired
paused    -       paused  active  revoked  expired
revoked   -       -       -       revoked  -
expired   -       -       -       revoked  expired
"""
# Columns: show, grant, deny, abort, expire.
TICKETS = """
queued    shown   -        denied  aborted  expired
shown     -       granted  denied  aborted  expired
granted   -       -        -       -        -
denied    -       -        -       -        -
aborted   -       -        -       -        -
expired   -       -        -       -        -
"""


def _cells(table: str, events: list[str]) -> list[tuple[str, str, str]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return [
        (row[0], event, cell) for row in rows for event, cell in zip(events, row[1:], strict=True)
    ]


GRANT_CELLS = _cells(GRANTS, list(GrantEvent))
TICKET_CELLS = _cells(TICKETS, list(TicketEvent))


def test_the_tables_here_are_complete() -> None:
    assert len(GRANT_CELLS) == (len(GrantState) + 1) * len(GrantEvent)
    assert len(TICKET_CELLS) == len(TicketState) * len(TicketEvent)
    assert {state for state, _, _ in GRANT_CELLS} == {"absent", *GrantState}
    assert {state for state, _, _ in TICKET_CELLS} == set(TicketState)


@pytest.mark.parametrize(("state", "event", "after"), GRANT_CELLS)
def test_grants_move_as_the_table_says(state: str, event: str, after: str) -> None:
    before = None if state == "absent" else GrantState(state)
    expected = None if after == "-" else GrantState(after)
    assert next_grant_state(before, GrantEvent(event)) is expected


@pytest.mark.parametrize(("state", "event", "after"), TICKET_CELLS)
def test_tickets_move_as_the_table_says(state: str, event: str, after: str) -> None:
    expected = None if after == "-" else TicketState(after)
    assert next_ticket_state(TicketState(state), TicketEvent(event)) is expected


@pytest.mark.parametrize("state", list(TicketState))
def test_a_ticket_is_over_where_nothing_can_happen_to_it(state: TicketState) -> None:
    moves = [next_ticket_state(state, event) for event in TicketEvent]
    assert state.is_over is all(move is None for move in moves)


@given(st.lists(st.sampled_from(TicketEvent)))
def test_a_ticket_ends_at_most_once(events: list[TicketEvent]) -> None:
    state, ends = TicketState.QUEUED, 0
    for event in events:
        after = next_ticket_state(state, event)
        if after is not None:
            state = after
            ends += after.is_over
    assert ends == int(state.is_over)


@given(st.lists(st.sampled_from(GrantEvent)))
def test_nothing_brings_a_revoked_grant_back(events: list[GrantEvent]) -> None:
    state = GrantState.REVOKED
    for event in events:
        state = next_grant_state(state, event) or state
    assert state is GrantState.REVOKED
