"""Tests of ``wattfare_desktop.core.ledger.model``: an account's counters and what they say."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import AccountId
from wattfare_desktop.core.ledger.model import Account, Constraint, TransferStatus

COUNTERS = ["debits_pending", "debits_posted", "credits_pending", "credits_posted"]
sizes = st.integers(min_value=0, max_value=2**62)


@pytest.mark.parametrize("counter", COUNTERS)
def test_no_counter_is_ever_negative(counter: str) -> None:
    counters: dict[str, int] = {counter: -1}
    with pytest.raises(AssertionError):
        Account(id=AccountId("external"), constraint=Constraint.NONE, **counters)


def test_an_account_never_changes() -> None:
    account = Account(id=AccountId("external"), constraint=Constraint.NONE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        account.debits_posted = 1  # type: ignore[misc]


@given(sizes, sizes, sizes, sizes)
def test_pending_debits_bind_and_pending_credits_pay_nothing(
    debits_pending: int, debits_posted: int, credits_pending: int, credits_posted: int
) -> None:
    account = Account(
        id=AccountId("funding:1"),
        constraint=Constraint.DEBITS_WITHIN_CREDITS,
        debits_pending=debits_pending,
        debits_posted=debits_posted,
        credits_pending=credits_pending,
        credits_posted=credits_posted,
    )
    assert account.credit_balance == credits_posted - debits_posted
    assert account.debits_available == account.credit_balance - debits_pending


def test_only_ok_is_false() -> None:
    # The judges are chained with ``or``: the first that has something to say is heard.
    assert not TransferStatus.OK
    assert all(status for status in TransferStatus if status is not TransferStatus.OK)
