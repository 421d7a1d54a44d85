"""What is said of a wallet that is not open."""

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.presentation.closed import (
    Closed,
    ClosedAct,
    ClosedState,
    closed_words,
)

DAMAGED = UserFacingError("The wallet's file is damaged", "It was left as it is.")


def acts(closed: Closed) -> list[ClosedAct]:
    return [act for act, _ in closed_words(closed).acts]


def test_a_locked_wallet_is_unlocked() -> None:
    words = closed_words(Closed())
    assert words.title == "The wallet is locked"
    assert words.acts == ((ClosedAct.UNLOCK, "Unlock…"),)


def test_what_keeps_it_locked_is_told() -> None:
    lost = UserFacingError("The wallet's key is not in the keyring", "Restore the entry.")
    closed = Closed(trouble=lost, may_restore=True)
    detail = closed_words(closed).detail
    assert detail.startswith("The wallet's key is not in the keyring. Restore the entry.")
    assert acts(closed) == [ClosedAct.UNLOCK, ClosedAct.RESTORE]


def test_where_there_is_none_it_is_set_up_or_restored() -> None:
    closed = Closed(state=ClosedState.ABSENT, may_restore=True)
    assert closed_words(closed).title == "There is no wallet yet"
    assert acts(closed) == [ClosedAct.UNLOCK, ClosedAct.RESTORE]


def test_a_broken_wallet_says_why_and_offers_a_backup_first() -> None:
    closed = Closed(state=ClosedState.BROKEN, trouble=DAMAGED, may_restore=True)
    words = closed_words(closed)
    assert words.title == "The wallet's file is damaged"
    assert words.detail.startswith("It was left as it is.")
    assert "locked" not in f"{words.title} {words.detail}".lower()
    assert acts(closed) == [ClosedAct.RESTORE, ClosedAct.UNLOCK, ClosedAct.QUIT]


@pytest.mark.parametrize("trouble", [None, UserFacingError("Too new", "Take the newer Wattfare.")])
def test_no_backup_is_offered_where_none_would_help(trouble: UserFacingError | None) -> None:
    closed = Closed(state=ClosedState.BROKEN, trouble=trouble)
    assert acts(closed) == [ClosedAct.UNLOCK, ClosedAct.QUIT]
    assert "backup" not in closed_words(closed).detail
    assert closed_words(closed).title
