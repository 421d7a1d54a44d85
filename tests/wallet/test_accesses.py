"""Tests of ``wattfare_desktop.wallet.accesses``."""

from dataclasses import replace

import pytest

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.tokens import digest
from wattfare_desktop.core.watching.rules import Rule
from wattfare_desktop.storage.grants import GrantRecord
from wattfare_desktop.wallet.accesses import Accesses, state_at

ONE, TWO = digest("one"), digest("two")
GRANT = GrantRecord(
    id=GrantId("grant_1"),
    client_id=ClientId("Notes AI"),
    name="Notes AI",
    verified=False,
    redirect_uri="http://127.0.0.1:5173/cb",
    redirect_host="127.0.0.1:5173",
    state=GrantState.ACTIVE,
    models=("practice/*",),
    justification="",
    created_at=Instant(0),
    expires_at=Instant(1_000),
)
OTHER = replace(GRANT, id=GrantId("grant_2"), name="Other")


def test_an_access_is_found_by_its_digest_alone() -> None:
    accesses = Accesses([(ONE, GRANT)])
    found = accesses.find(ONE)
    assert found is not None
    assert (found.grant, found.name, found.models) == ("grant_1", "Notes AI", ("practice/*",))
    assert accesses.find(TWO) is None
    assert accesses.find(b"") is None


def test_a_state_reaches_every_access_of_its_grant_and_no_other() -> None:
    accesses = Accesses([(ONE, GRANT)])
    accesses.add(TWO, GRANT)
    accesses.add(b"three", OTHER)
    accesses.set_state(GRANT.id, GrantState.REVOKED)
    accesses.set_state(GrantId("grant_9"), GrantState.REVOKED)
    states = [found.state for each in (ONE, TWO, b"three") if (found := accesses.find(each))]
    assert states == [GrantState.REVOKED, GrantState.REVOKED, GrantState.ACTIVE]


def test_what_was_looked_up_before_does_not_change_under_its_holder() -> None:
    accesses = Accesses([(ONE, GRANT)])
    before = accesses.find(ONE)
    accesses.set_state(GRANT.id, GrantState.REVOKED)
    assert before is not None
    assert before.state is GrantState.ACTIVE


@pytest.mark.parametrize(
    ("state", "expires_at", "now", "comes_to"),
    [
        (GrantState.ACTIVE, None, 10**15, GrantState.ACTIVE),
        (GrantState.ACTIVE, 1_000, 999, GrantState.ACTIVE),
        (GrantState.ACTIVE, 1_000, 1_000, GrantState.EXPIRED),
        (GrantState.PAUSED, 1_000, 999, GrantState.PAUSED),
        (GrantState.PAUSED, 1_000, 1_000, GrantState.EXPIRED),
        (GrantState.REVOKED, 1_000, 1_000, GrantState.REVOKED),
        (GrantState.EXPIRED, None, 0, GrantState.EXPIRED),
    ],
)
def test_the_clock_ends_a_grant(
    state: GrantState, expires_at: int | None, now: int, comes_to: GrantState
) -> None:
    end = None if expires_at is None else Instant(expires_at)
    assert state_at(state, end, Instant(now)) is comes_to
    access = Accesses([(ONE, replace(GRANT, state=state, expires_at=end))]).find(ONE)
    assert access is not None
    assert access.state_at(Instant(now)) is comes_to


def test_which_rule_paused_it_is_known_until_its_next_state() -> None:
    accesses = Accesses([(ONE, GRANT)])
    accesses.set_state(GRANT.id, GrantState.PAUSED, Rule.FLOOD)
    paused = accesses.find(ONE)
    assert paused is not None
    assert paused.paused_by is Rule.FLOOD
    accesses.set_state(GRANT.id, GrantState.PAUSED)
    again = accesses.find(ONE)
    assert again is not None
    assert again.paused_by is None
