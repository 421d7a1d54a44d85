"""A call that a crash left is settled from its receipt."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from pytestqt.qtbot import QtBot

from tests.support.sample_rows import CALLS
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.ui.dialogs.settle import SettleDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CALL = replace(CALLS[4], cost=parse_usd("0.50"), provider_cost=parse_usd("0.50"))


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("activity")
    here.window.activity._receipt.show_call(CALL, here.window.activity.surroundings.zone())
    return here


def settling(here: OpenWindow) -> SettleDialog:
    press(here.window.activity, "Settle this call")
    found = here.window.findChild(SettleDialog)
    assert isinstance(found, SettleDialog)
    return found


def told(dialog: SettleDialog, amount: str) -> None:
    field = dialog.findChild(QLineEdit, "amount")
    assert isinstance(field, QLineEdit)
    field.setText(amount)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0.12", "$0.38 comes back."),
        ("0", "$0.50 comes back."),
        ("0.50", "That is what was charged."),
        ("0.75", "$0.25 more is charged, as far as the app's limits have room for it."),
    ],
)
def test_what_comes_of_it_is_said_before(here: OpenWindow, amount: str, said: str) -> None:
    dialog = settling(here)
    assert unnamed_controls(dialog) == []
    told(dialog, amount)
    assert said in words(dialog)


def test_its_user_says_what_was_billed(here: OpenWindow) -> None:
    dialog = settling(here)
    press(dialog, "Settle")
    assert "Enter an amount." in words(dialog)
    assert here.wallet.told == []
    told(dialog, "0.12")
    press(dialog, "Settle")
    assert here.wallet.told == [("settle_call", CALL.call, parse_usd("0.12"))]
    assert dialog.isHidden()


def test_a_refusal_is_told_in_the_dialog(here: OpenWindow) -> None:
    dialog = settling(here)
    told(dialog, "0.12")
    here.wallet.refusal = UserFacingError("This call was settled before", "It is asked once.")
    press(dialog, "Settle")
    assert "This call was settled before: It is asked once." in words(dialog)
    assert named(dialog, QAbstractButton, "Settle").isEnabled()


def test_only_what_a_crash_left_is_settled(here: OpenWindow) -> None:
    receipt, zone = here.window.activity._receipt, here.window.activity.surroundings.zone()
    assert receipt._dispute.isHidden()
    settled = replace(
        CALL,
        status=CallStatus.SETTLED,
        basis=Basis.TOLD,
        cost=parse_usd("0.12"),
        corrected=Nanos(-parse_usd("0.38")),
    )
    receipt.show_call(settled, zone)
    assert receipt._settle.isHidden()
    assert not receipt._dispute.isHidden()
    receipt.show_facts(settled, zone)
    assert {"Charged at first", "$0.50", "told by you"} <= set(words(receipt))
