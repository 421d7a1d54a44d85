"""The service fee is said where the amount is."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.cli.test_terminal_consent import QUESTION as TYPED
from tests.support.wallet_house import WalletHouse
from tests.support.widgets import words
from tests.ui.dialogs.test_consent import QUESTION
from tests.wallet.conftest import house as house  # noqa: PLC0414 - a fixture of another folder
from wattfare_desktop.cli.terminal_consent import consent_line
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.ui.dialogs.consent import ConsentDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.mark.parametrize(("percent", "said"), [("3", True), ("0", False)])
def test_a_fee_is_said_beside_the_amount(qtbot: QtBot, percent: str, *, said: bool) -> None:
    question = replace(QUESTION, fee_percent=percent)
    dialog = ConsentDialog(question, lambda _limit, _models: None, lambda: 0)
    qtbot.addWidget(dialog)
    dialog.show()
    assert ("includes a service fee of 3 %" in words(dialog)) is said


def test_a_terminal_says_it_too() -> None:
    assert consent_line(replace(TYPED, fee_percent="2.5")).endswith("fee=2.5%" + _rest())
    assert "fee=" not in consent_line(TYPED)


async def test_a_ticket_carries_the_fee_of_the_wallet(house: WalletHouse) -> None:
    await house.wallet.set_fee(Fee(basis_points=250))
    assert (await house.ask()).fee_percent == "2.5"


def _rest() -> str:
    line = consent_line(TYPED)
    return line[line.index(" for=") :]
