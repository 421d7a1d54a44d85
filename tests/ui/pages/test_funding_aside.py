"""Reserve, fee and overrun on the Funding page, and comparing with the provider's own."""

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtWidgets import QAbstractButton, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from tests.support.sample_rows import OPENAI, OVERVIEW
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, GrantId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import OverrunAlert
from wattfare_desktop.ui.dialogs.reconcile import ReconcileDialog
from wattfare_desktop.ui.dialogs.reserve import ReserveDialog
from wattfare_desktop.ui.presentation.funding import aside_text, drift_text, overrun_notice

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ASIDE = replace(
    OPENAI,
    reserve=parse_usd("2"),
    fee=parse_usd("0.30"),
    overrun=parse_usd("0.05"),
)


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.wallet.shown = replace(OVERVIEW, fundings=(ASIDE,))
    here.window.show_page("funding")
    here.becomes(here.wallet.shown)
    return here


def opened(here: OpenWindow, name: str, kind: type[QDialog]) -> QDialog:
    press(here.window.funding, name)
    found = here.window.findChild(kind)
    assert isinstance(found, kind)
    assert unnamed_controls(found) == []
    return found


def type_in(dialog: QDialog, name: str, typed: str) -> None:
    edit = dialog.findChild(QLineEdit, name)
    assert isinstance(edit, QLineEdit)
    edit.setText(typed)


def test_what_is_set_aside_is_shown(here: OpenWindow) -> None:
    shown = words(here.window.funding)
    told = (
        "$2.00 in the reserve · $0.30 service fees · $0.05 billed above caps · "
        "the provider's page should show $9.61"
    )
    assert told in shown
    assert aside_text(OPENAI) == ""


@pytest.mark.parametrize(
    ("name", "act"), [("Set aside", "add_to_reserve"), ("Take back", "take_from_reserve")]
)
def test_the_reserve_is_moved(here: OpenWindow, qtbot: QtBot, name: str, act: str) -> None:
    dialog = opened(here, "Reserve in OpenAI", ReserveDialog)
    press(dialog, name)
    assert here.wallet.told == []
    type_in(dialog, "amount", "1.50")
    press(dialog, name)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert here.wallet.told == [(act, OPENAI.id, parse_usd("1.50"))]


def test_a_refusal_is_told_in_the_dialog(here: OpenWindow) -> None:
    dialog = opened(here, "Reserve in OpenAI", ReserveDialog)
    here.wallet.refusal = UserFacingError("The balance is less than that", "Give less.")
    type_in(dialog, "amount", "99")
    press(dialog, "Set aside")
    assert "The balance is less than that: Give less." in words(dialog)


def test_a_balance_is_compared_and_booked(here: OpenWindow, qtbot: QtBot) -> None:
    dialog = opened(here, "Compare OpenAI with its page", ReconcileDialog)
    assert isinstance(dialog, ReconcileDialog)
    type_in(dialog, "amount", "9.61")
    assert "Both agree: nothing to book." in words(dialog)
    assert not named(dialog, QAbstractButton, "Book the difference").isEnabled()
    type_in(dialog, "amount", "9.00")
    assert "The page shows $0.61 less than these books." in words(dialog)
    press(dialog, "Book the difference")
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert here.wallet.told == [("reconcile", OPENAI.id, parse_usd("9"))]


def test_drift_and_overrun_in_words() -> None:
    assert drift_text(ASIDE, parse_usd("10")) == "The page shows $0.39 more than these books."
    alert = OverrunAlert(
        call=CallId("call_1"),
        app=GrantId("grant_1"),
        funding=OPENAI.id,
        from_reserve=parse_usd("0.10"),
        uncovered=Nanos(0),
    )
    assert overrun_notice(alert)[1].endswith("The reserve paid it.")
    short = overrun_notice(replace(alert, uncovered=parse_usd("0.30")))[1]
    assert "A call cost $0.40 more" in short
    assert short.endswith("The reserve paid $0.10 of it, the balance the rest.")
