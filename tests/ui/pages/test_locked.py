"""The window of a wallet that is not open: why, and what helps."""

import pytest
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import OVERVIEW
from tests.support.widgets import press, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.dialogs.restore import RestoreDialog
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
BROKEN = Closed(
    state=ClosedState.BROKEN,
    trouble=UserFacingError("The wallet's file is damaged", "It was left as it is."),
    may_restore=True,
)


@pytest.fixture(name="broken")
def _broken(qtbot: QtBot) -> OpenWindow:
    return open_window(qtbot, PageWallet(shown=None, standing=BROKEN))


def test_a_broken_wallet_does_not_call_itself_locked(broken: OpenWindow) -> None:
    shown = words(broken.window)
    assert "The wallet's file is damaged" in shown
    assert any(each.startswith("It was left as it is.") for each in shown)
    assert not any("locked" in each.lower() for each in shown)


def test_it_offers_what_helps(broken: OpenWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(broken.window.unlock_requested):
        press(broken.window, "Try again")
    with qtbot.waitSignal(broken.window.quit_requested):
        press(broken.window, "Quit")
    press(broken.window, "Restore from a backup…")
    (dialog,) = broken.window.findChildren(RestoreDialog)
    assert dialog.isVisible()


def test_what_it_says_follows_the_wallet(broken: OpenWindow) -> None:
    broken.wallet.standing = Closed()
    broken.becomes(None)
    shown = words(broken.window)
    assert "The wallet is locked" in shown
    assert "The wallet's file is damaged" not in shown
    broken.becomes(OVERVIEW)
    assert "The wallet is locked" not in words(broken.window)


def test_a_page_that_reads_while_the_wallet_is_locked_is_not_heard(qtbot: QtBot) -> None:
    here = open_window(qtbot)
    here.becomes(None)
    here.window.settings.tell_trouble(UserFacingError("The wallet is locked", "Unlock it."))
    assert "The wallet is locked. Unlock it." not in words(here.window)
