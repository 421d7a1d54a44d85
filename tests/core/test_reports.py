"""Tests of ``wattfare_desktop.core.reports``: the figures that rows work out by themselves."""

import pytest

from wattfare_desktop.core.identifiers import FundingId, Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import ActivityQuery, FundingRow, WindowRow


@pytest.mark.parametrize(
    ("limit", "spent", "held", "left"),
    [
        (100, 0, 0, 100),
        (100, 60, 30, 10),
        (100, 60, 40, 0),
        # A cap that was lowered below what is gone.
        (10, 60, 40, 0),
    ],
)
def test_a_window_has_never_less_than_nothing_left(
    limit: int, spent: int, held: int, left: int
) -> None:
    row = WindowRow(
        period=Period.DAY,
        limit=Nanos(limit),
        spent=Nanos(spent),
        held=Nanos(held),
        resets_at=None,
    )
    assert row.left == left


@pytest.mark.parametrize(
    ("balance", "held", "available"), [(100, 0, 100), (100, 30, 70), (100, 100, 0), (-5, 0, 0)]
)
def test_a_call_may_hold_what_no_other_holds(balance: int, held: int, available: int) -> None:
    row = FundingRow(
        id=FundingId("funding_1"),
        provider="openai",
        name="OpenAI",
        base_url="https://api.openai.com/v1",
        practice=False,
        key_hint="…abcd",
        balance=Nanos(balance),
        held=Nanos(held),
        spent=Nanos(0),
        added_at=Instant(0),
    )
    assert row.available == available


def test_an_activity_query_asks_for_all_unless_told_otherwise() -> None:
    assert ActivityQuery() == ActivityQuery(
        app=None, since=None, only_failed=False, text="", limit=None, offset=0
    )
