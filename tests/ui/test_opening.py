"""The first run and unlocking, on a wallet that notes what it was told."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.support.application_house import Desktop, press, standing
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.ui.dialogs.error_notice import ErrorNotice
from wattfare_desktop.ui.dialogs.first_run import FirstRun

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
        assert not desktop.autostart.on


def _last_step(desktop: Desktop) -> FirstRun:
    dialog = desktop.application.opening.first_run
    assert dialog is not None
    for _ in range(2):
        press(dialog, "next")
    return dialog


def test_it_starts_at_login_only_where_that_was_ticked(qtbot: QtBot) -> None:
    with standing(qtbot, is_absent=True) as desktop:
        dialog = _last_step(desktop)
        press(dialog, "at_login")
        press(dialog, "next")
        assert desktop.autostart.on


def test_what_an_installer_switched_on_can_be_switched_off(qtbot: QtBot) -> None:
    with standing(qtbot, is_absent=True) as desktop:
        desktop.autostart.on = True
        # The dialog was made before: it is made anew, as at a start after the installer.
        assert desktop.application.opening.first_run is not None
        desktop.application.opening.first_run.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        desktop.application.opening.show_first_run()
        dialog = _last_step(desktop)
        press(dialog, "at_login")
        press(dialog, "next")
        assert not desktop.autostart.on


def test_what_the_desktop_refuses_at_the_end_is_told(qtbot: QtBot) -> None:
    with standing(qtbot, is_absent=True) as desktop:
        desktop.link_refusal = UserFacingError("It cannot be kept", "The folder is read-only.")
        press(_last_step(desktop), "next")
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert any(
            "It cannot be kept" in label.text()
            for notice in QApplication.topLevelWidgets()
            if isinstance(notice, ErrorNotice) and notice.isVisible()
            for label in notice.findChildren(QLabel)
        )
        assert desktop.window.widget.isVisible()
