"""Tests of ``wattfare_desktop.wallet.changes``."""

import pytest

from tests.support.update_channel import release
from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.wallet.changes import Changes

GRANT = frozenset({GrantId("grant_1")})
FUNDING = frozenset({FundingId("funding_1")})


@pytest.mark.parametrize(
    "changes",
    [
        Changes(grants=GRANT),
        Changes(fundings=FUNDING),
        Changes(calls=True),
        Changes(wallet=True),
        Changes(release=release("1.2.3")),
    ],
)
def test_what_touched_anything_counts(changes: Changes) -> None:
    assert changes
    assert Changes() | changes == changes | Changes() == changes | changes == changes


def test_nothing_touched_does_not() -> None:
    assert not Changes()
    assert not Changes() | Changes()


def test_changes_add_up() -> None:
    both = Changes(grants=GRANT, calls=True) | Changes(fundings=FUNDING, wallet=True)
    assert both == Changes(grants=GRANT, fundings=FUNDING, calls=True, wallet=True)
    assert (Changes(unsettled=2) | Changes(unsettled=1)).unsettled == 3
    assert Changes(unsettled=1)
    told = Changes(release=release("1.2.3")) | Changes(release=release("1.3.0"))
    assert told.release == release("1.3.0")
    more = both | Changes(grants=frozenset({GrantId("grant_2")}))
    assert more.grants == {"grant_1", "grant_2"}
