"""Each state of a dispute has its words and its next steps."""

from dataclasses import replace

import pytest

from tests.ui.pages.test_disputing import CREDITED, OPEN
from wattfare_desktop.core.disputes import DisputeEvent, DisputeState, next_dispute_state
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.ui.presentation.disputes import decisions, may_open, outcome_text


@pytest.mark.parametrize("state", list(DisputeState))
def test_what_is_offered_is_what_can_happen(state: DisputeState) -> None:
    shown = replace(OPEN, state=state)
    decided = {event for event in DisputeEvent if next_dispute_state(state, event) is not None}
    assert set(decisions(shown)) == decided - {DisputeEvent.OPEN, DisputeEvent.CREDIT}
    assert may_open(shown) == (DisputeEvent.OPEN in decided)
    assert outcome_text(shown).endswith((".", "Funding."))


def test_without_a_dispute_one_can_be_opened() -> None:
    assert may_open(None)
    assert decisions(None) == ()


def test_amounts_are_said() -> None:
    assert "$0.0042 came back" in outcome_text(replace(CREDITED, amount=Nanos(4_200_000)))
    assert "lacks $0.0042" in outcome_text(replace(OPEN, missing=Nanos(4_200_000)))
