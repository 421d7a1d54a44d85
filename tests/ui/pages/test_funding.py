"""Credentials are added, topped up and removed."""

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import DEEPSEEK, EMPTY, OPENAI, OVERVIEW
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.ui.dialogs.add_funding import AddFundingDialog
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.ui.dialogs.reconcile import ReconcileDialog
from wattfare_desktop.ui.dialogs.top_up import TopUpDialog
from wattfare_desktop.wallet.lookout import Neighbour

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("funding")
    return here


def adding(here: OpenWindow) -> AddFundingDialog:
    press(here.window.funding, "Add provider key…")
    found = here.window.findChild(AddFundingDialog)
    assert isinstance(found, AddFundingDialog)
    return found


def fill(dialog: QDialog, **fields: str) -> None:
    for name, typed in fields.items():
        edit = dialog.findChild(QLineEdit, name)
        assert isinstance(edit, QLineEdit)
        edit.setText(typed)


def test_a_row_each(here: OpenWindow) -> None:
    shown = set(words(here.window.funding))
    assert {"OpenAI", "$7.31", "https://api.openai.com/v1 · key ends in y-91"} <= shown
    assert "$12.69 spent · $0.50 held by running calls" in shown
    assert "play money" in shown


def test_a_key_is_added(here: OpenWindow, qtbot: QtBot) -> None:
    dialog = adding(here)
    fill(dialog, key=" sk-canary ", balance="20", base_url="")
    key = dialog.findChild(QLineEdit, "key")
    assert isinstance(key, QLineEdit)
    assert key.echoMode() is QLineEdit.EchoMode.Password
    here.wallet.warning = "OpenAI could not be asked about the key."
    with qtbot.waitSignal(dialog.destroyed):
        press(dialog, "Check and add")
    assert here.wallet.told == [("add_funding", "openai", "sk-canary", None, parse_usd("20"))]
    assert here.wallet.warning in words(here.window.funding)
    assert here.window.findChild(AddFundingDialog) is None


def test_what_is_missing_is_said_in_the_dialog(here: OpenWindow) -> None:
    dialog = adding(here)
    press(dialog, "Check and add")
    assert "Paste the key your provider gave you." in words(dialog)
    assert here.wallet.told == []
    dialog.close()


def test_a_refused_key_can_be_corrected(here: OpenWindow) -> None:
    dialog = adding(here)
    fill(dialog, key="sk-wrong", balance="20", base_url="https://proxy.example/v1")
    here.wallet.refusal = UserFacingError("OpenAI refuses this key", "Copy it again.")
    press(dialog, "Check and add")
    assert "OpenAI refuses this key: Copy it again." in words(dialog)
    here.wallet.refusal = None
    fill(dialog, key="sk-right")
    press(dialog, "Check and add")
    asked = ("add_funding", "openai", "sk-right", "https://proxy.example/v1", parse_usd("20"))
    assert here.wallet.told == [asked]


def test_another_provider_is_chosen(here: OpenWindow) -> None:
    dialog = adding(here)
    assert adding(here) is dialog
    hints = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Make a key at https://platform.openai.com/api-keys" in hints
    fill(dialog, search="deeps")
    assert not [each for each in words(dialog) if each.startswith("Make a key")]
    fill(dialog, key="sk", balance="1")
    press(dialog, "Check and add")
    assert here.wallet.told[0][1] == "deepseek"


def test_a_search_that_leaves_none_adds_nothing(here: OpenWindow) -> None:
    dialog = adding(here)
    fill(dialog, search="nobody is called this", key="sk", balance="1")
    press(dialog, "Check and add")
    assert "Choose a provider in the list." in words(dialog)
    assert here.wallet.told == []
    fill(dialog, search="")
    press(dialog, "Check and add")
    assert here.wallet.told[0][1] == "openai"


def test_arrows_move_through_what_the_search_leaves(here: OpenWindow) -> None:
    dialog = adding(here)
    fill(dialog, search="e")
    search = dialog.picker.search
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert dialog.picker.current == "deepseek"
    QTest.keyClick(search, Qt.Key.Key_Up)
    QTest.keyClick(search, Qt.Key.Key_Up)
    assert dialog.picker.current == "openai"
    dialog.close()


def test_an_address_only_its_user_knows_is_asked_for(here: OpenWindow) -> None:
    dialog = adding(here)
    fill(dialog, search="azure", key="sk", balance="1")
    press(dialog, "Check and add")
    assert [each for each in words(dialog) if each.startswith("Give its base URL")]
    fill(dialog, base_url="https://mine.openai.azure.com/openai/v1")
    press(dialog, "Check and add")
    assert here.wallet.told[0][3] == "https://mine.openai.azure.com/openai/v1"


def test_what_answers_on_this_computer_is_found_on_a_click(here: OpenWindow) -> None:
    dialog = adding(here)
    here.wallet.near = [
        Neighbour(provider="vllm", name="vLLM", base_url="http://127.0.0.1:8000/v1")
    ]
    press(dialog, "Look on this computer")
    assert "vLLM answered." in words(dialog)
    assert dialog.picker.current == "vllm"
    press(dialog, "Check and add")
    assert here.wallet.told == [("neighbours",), ("add_funding", "vllm", None, None, Nanos(0))]


def test_where_nothing_answers_it_says_so(here: OpenWindow) -> None:
    dialog = adding(here)
    press(dialog, "Look on this computer")
    assert [each for each in words(dialog) if each.startswith("No model server answers")]
    assert dialog.picker.current == "openai"
    dialog.close()


def test_practice_is_a_button_away(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(shown=EMPTY))
    here.window.show_page("funding")
    assert "No money in here yet" in words(here.window.funding)
    press(here.window.funding, "Practice with play money")
    asked = ("add_funding", "practice", None, None, parse_usd("10"))
    assert here.wallet.told == [asked]
    here.becomes(replace(OVERVIEW, fundings=(OPENAI,)))
    press(here.window.funding, "Practice with play money")
    assert here.wallet.told == [asked, asked]


def test_it_is_topped_up(here: OpenWindow, qtbot: QtBot) -> None:
    press(here.window.funding, "Top up OpenAI")
    dialog = here.window.findChild(TopUpDialog)
    assert isinstance(dialog, TopUpDialog)
    press(dialog, "Top up")
    assert "Enter an amount." in words(dialog)
    fill(dialog, amount="12.69")
    assert "Balance then: $20.00" in words(dialog)
    here.wallet.refusal = UserFacingError("No such funding", "It was removed.")
    press(dialog, "Top up")
    assert "No such funding: It was removed." in words(dialog)
    here.wallet.refusal = None
    press(dialog, "Top up")
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert here.wallet.told == [("top_up", OPENAI.id, parse_usd("12.69"))]


@pytest.mark.parametrize(("answer", "told"), [("Remove", True), ("Cancel", False)])
def test_it_is_removed_after_one_question(
    here: OpenWindow,
    answer: str,
    told: bool,  # noqa: FBT001 - an expected value
) -> None:
    press(here.window.funding, "Remove DeepSeek")
    question = here.window.findChild(Question)
    assert isinstance(question, QMessageBox)
    assert question.text() == "Remove “DeepSeek”?"
    next(b for b in question.buttons() if b.text().replace("&", "") == answer).click()
    assert here.wallet.told == ([("remove_funding", DEEPSEEK.id)] if told else [])


def test_a_removed_one_goes_and_figures_move(here: OpenWindow) -> None:
    here.becomes(replace(OVERVIEW, fundings=(replace(OPENAI, balance=parse_usd("6")),)))
    shown = words(here.window.funding)
    assert "$6.00" in shown
    assert "DeepSeek" not in shown


def test_dialogs_name_all_their_controls(here: OpenWindow) -> None:
    dialog = adding(here)
    press(here.window.funding, "Top up OpenAI")
    top_up = here.window.findChild(TopUpDialog)
    assert isinstance(top_up, TopUpDialog)
    assert unnamed_controls(dialog) == unnamed_controls(top_up) == []
    named(dialog, QLineEdit, "Key")


def comparing(here: OpenWindow, name: str) -> ReconcileDialog:
    button = named(here.window.funding, QPushButton, f"Compare {name} with its page")
    button.click()
    found = here.window.findChild(ReconcileDialog)
    assert isinstance(found, ReconcileDialog)
    return found


def test_a_provider_that_tells_is_asked_what_is_left(here: OpenWindow) -> None:
    dialog = comparing(here, "DeepSeek")
    press(dialog, "Ask DeepSeek")
    assert here.wallet.told == [("told_balance", DEEPSEEK.id)]
    assert "The page shows $3.50 more than these books." in words(dialog)
    press(dialog, "Book the difference")
    assert here.wallet.told[-1] == ("reconcile", DEEPSEEK.id, parse_usd("7.00"))


def test_one_that_does_not_say_can_be_typed_in(here: OpenWindow) -> None:
    dialog = comparing(here, "DeepSeek")
    here.wallet.refusal = UserFacingError("DeepSeek did not say", "Look on its page.")
    press(dialog, "Ask DeepSeek")
    assert "DeepSeek did not say: Look on its page." in words(dialog)
    dialog.close()


def test_one_that_tells_nobody_is_not_asked(here: OpenWindow) -> None:
    dialog = comparing(here, "OpenAI")
    shown = [each for each in dialog.findChildren(QPushButton) if each.isVisibleTo(dialog)]
    assert {each.accessibleName() for each in shown} == {"Cancel", "Book the difference"}
    dialog.close()
