"""A bill's labels and amounts, as they come and go."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.receipts import RECEIPT
from tests.support.widgets import named, words
from wattfare_desktop.ui.components.bill import Bill
from wattfare_desktop.ui.presentation.receipts import BillLine, bill

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="shown")
def _shown(qtbot: QtBot) -> Bill:
    shown = Bill()
    qtbot.addWidget(shown)
    shown.resize(260, 400)
    shown.show_lines(bill(RECEIPT))
    shown.show()
    return shown


def test_amounts_stand_below_each_other_beside_what_they_are_for(shown: Bill) -> None:
    first = named(shown, QLabel, "Sent: $0.025")
    last = named(shown, QLabel, "Charged: $0.035000376")
    assert first.geometry().right() == last.geometry().right()
    assert first.y() < last.y()
    assert "20,000 at $1.25 a million" in words(shown)


def test_another_bill_takes_its_place(shown: Bill) -> None:
    shown.show_lines([BillLine(label="Charged", amount="$1.00")])
    assert sorted(words(shown)) == ["$1.00", "Charged"]
    shown.show_lines(())
    assert words(shown) == []


def test_the_same_bill_is_not_laid_out_again(shown: Bill) -> None:
    before = named(shown, QLabel, "Sent: $0.025")
    shown.show_lines(bill(RECEIPT))
    assert named(shown, QLabel, "Sent: $0.025") is before
