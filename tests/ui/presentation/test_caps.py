"""Limits as they are typed."""

import pytest

from tests.support.sample_rows import CODER
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.ui.presentation.caps import (
    CapDraft,
    caps_of,
    drafts_of,
    free_period,
    judged_caps,
)

DAY = Cap(period=Period.DAY, limit=parse_usd("2"))
MONTH = Cap(period=Period.MONTH, limit=parse_usd("20.125"))


def test_what_is_shown_is_what_would_be_saved() -> None:
    assert judged_caps(drafts_of((DAY, MONTH)), may_be_empty=False) == (DAY, MONTH)
    assert drafts_of((MONTH,)) == (CapDraft(amount="20.125", period=Period.MONTH),)


def test_windows_become_caps_shortest_first() -> None:
    assert [cap.period for cap in caps_of(tuple(reversed(CODER.windows)))] == [
        Period.DAY,
        Period.MONTH,
    ]


@pytest.mark.parametrize(
    ("drafts", "objection"),
    [
        ([], "An app keeps at least one limit."),
        ([CapDraft(amount="", period=Period.DAY)], "Enter an amount."),
        ([CapDraft(amount="0", period=Period.DAY)], "The amount must be above zero."),
        ([CapDraft(amount="1e3", period=Period.DAY)], "An amount is written in dollars"),
        (
            [CapDraft(amount="1", period=Period.DAY), CapDraft(amount="2", period=Period.DAY)],
            "There are two limits “a day”: keep one.",
        ),
    ],
)
def test_why_they_cannot_be_saved(drafts: list[CapDraft], objection: str) -> None:
    told = judged_caps(drafts, may_be_empty=False)
    assert isinstance(told, str)
    assert told.startswith(objection)


def test_the_wallet_needs_no_limit() -> None:
    assert judged_caps([], may_be_empty=True) == ()


def test_a_new_limit_takes_a_free_period() -> None:
    drafts: list[CapDraft] = []
    for _ in Period:
        period = free_period(drafts)
        assert period is not None
        drafts.append(CapDraft(amount="1", period=period))
    assert drafts[0].period is Period.MONTH
    assert {draft.period for draft in drafts} == set(Period)
    assert free_period(drafts) is None
