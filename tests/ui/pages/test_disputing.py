"""A charge is disputed from its receipt, and decided in the same dialog."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.support.sample_rows import CALLS, NOW
from tests.support.widgets import press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.disputes import (
    Dispute,
    DisputeEvent,
    DisputeReason,
    DisputeState,
    Finding,
)
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.ui.dialogs.dispute import DisputeDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CALL = CALLS[10]
OPEN = Dispute(
    call=CALL.call,
    app=CALL.app,
    app_name=CALL.app_name,
    funding=CALL.funding,
    provider=CALL.provider,
    model=CALL.model,
    cost=CALL.cost,
    reason=DisputeReason.PRICE,
    state=DisputeState.OPEN,
    finding=Finding.UNDECIDED,
    amount=Nanos(0),
    missing=Nanos(0),
    opened_at=NOW,
    changed_at=NOW,
)
CREDITED = replace(
    OPEN, state=DisputeState.CREDITED, finding=Finding.NOTHING_CAME, amount=CALL.cost
)


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("activity")
    here.window.activity._receipt.show_call(CALL, here.window.activity.surroundings.zone())
    return here


def disputing(here: OpenWindow) -> DisputeDialog:
    press(here.window.activity, "Dispute this charge")
    found = here.window.findChild(DisputeDialog)
    assert isinstance(found, DisputeDialog)
    return found


def test_a_charge_is_disputed(here: OpenWindow) -> None:
    dialog = disputing(here)
    assert unnamed_controls(dialog) == []
    here.wallet.disputed = CREDITED
    dialog._reason.setCurrentIndex(0)
    press(dialog, "Dispute")
    assert here.wallet.told == [("dispute", CALL.call, DisputeReason.EMPTY)]
    assert any("came back from the reserve" in line for line in words(dialog))
    press(dialog, "Reverse the credit")
    assert here.wallet.told[1:] == [("decide_dispute", CALL.call, DisputeEvent.REVERSE)]


@pytest.mark.parametrize(
    ("name", "event"),
    [("Accept the charge", DisputeEvent.ACCEPT), ("Withdraw", DisputeEvent.WITHDRAW)],
)
def test_an_open_dispute_is_decided(here: OpenWindow, name: str, event: DisputeEvent) -> None:
    here.wallet.disputed = OPEN
    dialog = disputing(here)
    press(dialog, name)
    assert here.wallet.told == [("decide_dispute", CALL.call, event)]


def test_what_the_reserve_lacks_is_said(here: OpenWindow) -> None:
    here.wallet.disputed = replace(OPEN, amount=CALL.cost, missing=parse_usd("0.25"))
    dialog = disputing(here)
    assert any("The reserve lacks $0.25" in line for line in words(dialog))


def test_a_refusal_is_told_in_the_dialog(here: OpenWindow) -> None:
    dialog = disputing(here)
    here.wallet.refusal = UserFacingError("The money has been spent since", "Top up.")
    press(dialog, "Dispute")
    assert "The money has been spent since: Top up." in words(dialog)


def test_what_cost_nothing_cannot_be_disputed(here: OpenWindow) -> None:
    receipt = here.window.activity._receipt
    receipt.show_call(replace(CALL, cost=Nanos(0)), here.window.activity.surroundings.zone())
    assert receipt._dispute.isHidden()
