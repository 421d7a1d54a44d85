"""An opened call shows its bill, and its signed receipt can be saved."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.support.immediate_errands import HeldErrands
from tests.support.sample_rows import CALLS
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.pages.receipt import Receipt
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SAVE = "Save signed receipt…"


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("activity")
    return here


def opened(here: OpenWindow, row: int) -> Receipt:
    here.window.activity._table.selectRow(row)
    return here.window.activity._receipt


def test_an_ended_call_shows_its_bill(here: OpenWindow) -> None:
    card = opened(here, 8)
    shown = words(card)
    assert {"Sent", "From the cache", "Answered", "Charged", "Held before", "call_8"} <= set(shown)
    assert {"At the provider", "req_8f2a", "640 at $0.12437 a million"} <= set(shown)
    assert {"Program", "/opt/notes-ai/lib/runtime/bin/notes-ai-desktop"} <= set(shown)
    assert unnamed_controls(card) == []
    press(card, "Copy the receipt")
    assert "From the cache: $0.0000795968 (640 at" in QApplication.clipboard().text()


def test_a_running_call_has_no_bill_yet_and_nothing_to_save(here: OpenWindow) -> None:
    shown = words(opened(here, 0))
    assert "Running" in shown
    assert not {"Charged", SAVE, "At the provider", "Program"} & set(shown)
    assert not named(here.window, Receipt, "Receipt")._save.isVisibleTo(here.window)


def test_what_was_known_stays_while_it_is_read_anew(here: OpenWindow) -> None:
    opened(here, 8)
    held = HeldErrands()
    here.window.activity._errands = held
    credited = replace(CALLS[8], credited=CALLS[8].cost)
    here.wallet.calls = (*CALLS[:8], credited, *CALLS[9:])
    here.window.activity._receipting.show(credited)
    card = here.window.activity._receipt
    assert "Credited" in words(card)
    assert "From the cache" in words(card)
    held.let_all_go()
    assert any(each.startswith("\N{MINUS SIGN}$0.0") for each in words(card))


def test_a_receipt_that_comes_late_does_not_cover_another(here: OpenWindow) -> None:
    held = HeldErrands()
    here.window.activity._errands = held
    here.window.activity._receipting.show(CALLS[8])
    here.window.activity._receipting.show(CALLS[9])
    held.let_go(1)
    held.let_go(0)
    shown = words(here.window.activity._receipt)
    assert "call_9" in shown
    assert "From the cache" not in shown


def test_where_it_cannot_be_read_what_is_known_is_shown(here: OpenWindow) -> None:
    here.wallet.refusal = UserFacingError("The wallet is locked", "Unlock it.")
    shown = words(opened(here, 8))
    assert {"Sent", "Held", "Charged"} <= set(shown)
    assert "At the provider" not in shown
    assert any("The wallet is locked" in each for each in words(here.window))


def test_a_signed_receipt_is_saved_where_its_user_says(here: OpenWindow, tmp_path: Path) -> None:
    card = opened(here, 8)
    press(card, SAVE)
    dialog = here.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.selectedFiles()[0].endswith("wattfare-receipt-call_8.json")
    path = tmp_path / "mine.json"
    dialog.fileSelected.emit(str(path))
    dialog.close()
    assert here.wallet.told == [("save_receipt", "call_8", path)]
    assert "Saved. Anyone can check its signature." in words(card)
    here.window.take(Changes(calls=True))
    opened(here, 9)
    assert "Saved. Anyone can check its signature." not in words(card)


def test_where_it_cannot_be_saved_that_is_said(here: OpenWindow, tmp_path: Path) -> None:
    card = opened(here, 8)
    press(card, SAVE)
    dialog = here.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    here.wallet.refusal = UserFacingError("The receipt could not be saved", "No room.")
    dialog.fileSelected.emit(str(tmp_path / "mine.json"))
    dialog.close()
    assert any("could not be saved" in each for each in words(here.window))
    assert "Saved. Anyone can check its signature." not in words(card)
