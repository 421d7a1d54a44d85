"""Tests of ``wattfare_desktop.core.ledger.chart``: which accounts there are, and their rules."""

import pytest

from wattfare_desktop.core.identifiers import AccountId, FundingId, GrantId
from wattfare_desktop.core.ledger.chart import (
    EXTERNAL,
    constraint_of,
    fee_account,
    funding_account,
    overrun_account,
    reserve_account,
    spend_account,
)
from wattfare_desktop.core.ledger.model import Constraint

FUNDING, SPEND = funding_account(FundingId("funding_1")), spend_account(GrantId("grant_1"))


def test_accounts_are_named_by_what_they_stand_for() -> None:
    assert (EXTERNAL, FUNDING, SPEND) == ("external", "funding:funding_1", "spend:grant_1")


@pytest.mark.parametrize(
    ("account", "constraint"),
    [
        (EXTERNAL, Constraint.NONE),
        (SPEND, Constraint.NONE),
        (FUNDING, Constraint.OVERDRAWN_BY_OVERRUNS_ALONE),
        (fee_account(FundingId("funding_1")), Constraint.DEBITS_WITHIN_CREDITS),
        (reserve_account(FundingId("funding_1")), Constraint.DEBITS_WITHIN_CREDITS),
        (overrun_account(FundingId("funding_1")), Constraint.NONE),
        # The kind is in front: an app cannot be named into another one.
        (spend_account(GrantId("funding:funding_1")), Constraint.NONE),
        (funding_account(FundingId("spend:grant_1")), Constraint.OVERDRAWN_BY_OVERRUNS_ALONE),
        (AccountId("fundings"), Constraint.NONE),
    ],
)
def test_what_lies_in_a_funding_may_not_be_overdrawn(
    account: AccountId, constraint: Constraint
) -> None:
    assert constraint_of(account) is constraint
