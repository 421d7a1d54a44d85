"""The first run and unlocking, on a wallet that notes what it was told."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.application_house import Desktop, press, standing
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import parse_usd

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="desktop")
def _desktop(qtbot: QtBot) -> Iterator[Desktop]:
    with standing(qtbot) as desktop:
        yield desktop


def test_unlocking_stays_until_it_works(desktop: Desktop) -> None:
    desktop.application.opening.show_unlock()
    dialog = desktop.application.opening.unlock_dialog
    assert dialog is not None
    desktop.wallet.refusal = UserFacingError("Wrong passphrase", "Try again.")
    dialog.unlock_requested.emit("first")
    assert dialog.isVisible()
    desktop.wallet.refusal = None
    dialog.unlock_requested.emit("second")
    assert not dialog.isVisible()
    assert desktop.wallet.told == [("unlock", "second")]


def test_a_restored_wallet_is_unlocked_as_it_is_protected_now(qtbot: QtBot) -> None:
    with standing(qtbot, is_absent=True) as desktop:
        assert desktop.application.opening.first_run is not None
        desktop.application.opening.first_run.restore_requested.emit()
        assert desktop.window.turned_to == ["restore"]
        desktop.application.opening.take_restored(by_passphrase=False)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert desktop.application.opening.first_run is None
        desktop.application.opening.show_unlock()
        assert desktop.application.opening.unlock_dialog is not None
        assert not desktop.application.opening.unlock_dialog._by_passphrase


def test_a_new_machine_is_set_up_in_three_steps(qtbot: QtBot) -> None:
    with standing(qtbot, is_absent=True) as desktop:
        dialog = desktop.application.opening.first_run
        assert dialog is not None
        for _ in range(2):
            press(dialog, "next")
        press(dialog, "try_sample")
        press(dialog, "next")
        assert desktop.wallet.told == [
            ("create", None),
            ("add_funding", "practice", None, None, parse_usd("10.00")),
        ]
        assert desktop.done == ["sample", "links"]
