"""Three steps, and nothing goes on before it can."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.ui.dialogs.first_run import FirstChoices, FirstRun, FundingWish
from wattfare_desktop.ui.presentation.first_run import Step

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Newcomer:
    def __init__(
        self, qtbot: QtBot, keyring_trouble: str | None = None, *, at_login: bool = False
    ) -> None:
        self.asked: list[object] = []
        self.dialog = FirstRun(
            keyring_trouble=keyring_trouble, providers=[("openai", "OpenAI")], at_login=at_login
        )
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(self.dialog)
        self.dialog.create_requested.connect(self.asked.append)
        self.dialog.fund_requested.connect(self.asked.append)
        self.dialog.finished_with.connect(self.asked.append)
        self.dialog.show()

    def type_in(self, name: str, text: str) -> None:
        edit = self.dialog.findChild(QLineEdit, name)
        assert isinstance(edit, QLineEdit)
        edit.setText(text)

    def press(self, name: str) -> None:
        pressed = self.dialog.findChild(QAbstractButton, name)
        assert isinstance(pressed, QAbstractButton)
        pressed.click()


def test_the_keyring_is_offered_first(qtbot: QtBot) -> None:
    newcomer = Newcomer(qtbot)
    newcomer.press("next")
    assert newcomer.asked == [None]
    newcomer.dialog.step_done()
    assert newcomer.dialog.step is Step.FUND


def test_without_a_keyring_a_passphrase_is_needed(qtbot: QtBot) -> None:
    newcomer = Newcomer(qtbot, "No keyring is running.")
    newcomer.press("next")
    newcomer.type_in("passphrase", "correct horse")
    newcomer.press("next")
    newcomer.type_in("repeated", "correct house")
    newcomer.press("next")
    assert newcomer.asked == []
    newcomer.type_in("repeated", "correct horse")
    newcomer.press("next")
    assert newcomer.asked == ["correct horse"]


def test_a_refusal_lets_one_try_again(qtbot: QtBot) -> None:
    newcomer = Newcomer(qtbot)
    newcomer.press("next")
    newcomer.dialog.show_trouble("The keyring is locked.")
    newcomer.press("next")
    assert newcomer.asked == [None, None]
    assert newcomer.dialog.step is Step.PROTECT


def test_play_money_needs_no_typing(qtbot: QtBot) -> None:
    newcomer = Newcomer(qtbot)
    newcomer.dialog.step_done()
    newcomer.press("next")
    wish = FundingWish(provider="practice", key=None, balance=parse_usd("10.00"))
    assert newcomer.asked == [wish]


def test_a_real_key_is_asked_for_and_then_forgotten(qtbot: QtBot) -> None:
    newcomer = Newcomer(qtbot)
    newcomer.dialog.step_done()
    newcomer.press("real")
    newcomer.press("next")
    assert newcomer.asked == []
    newcomer.type_in("key", " sk-canary ")
    newcomer.type_in("balance", "20")
    newcomer.press("next")
    wish = FundingWish(provider="openai", key="sk-canary", balance=parse_usd("20"))
    assert newcomer.asked == [wish]
    assert "sk-canary" not in repr(wish)
    newcomer.dialog.step_done()
    key = newcomer.dialog.findChild(QLineEdit, "key")
    assert isinstance(key, QLineEdit)
    assert key.text() == ""


@pytest.mark.parametrize("register", [True, False])
def test_the_last_step_says_whether_links_come_here(qtbot: QtBot, register: bool) -> None:  # noqa: FBT001 - a table
    newcomer = Newcomer(qtbot)
    newcomer.dialog.step_done()
    newcomer.press("skip")
    if not register:
        newcomer.press("links")
    with qtbot.waitSignal(newcomer.dialog.try_requested, timeout=1_000):
        newcomer.press("try_sample")
    newcomer.press("next")
    assert newcomer.asked == [FirstChoices(links=register, at_login=False)]
    assert not newcomer.dialog.isVisible()


@pytest.mark.parametrize("before", [True, False])
def test_starting_at_login_is_as_it_was_until_it_is_changed(qtbot: QtBot, before: bool) -> None:  # noqa: FBT001 - a table
    newcomer = Newcomer(qtbot, at_login=before)
    newcomer.dialog.step_done()
    newcomer.press("skip")
    box = newcomer.dialog.findChild(QCheckBox, "at_login")
    assert isinstance(box, QCheckBox)
    assert box.isChecked() == before
    newcomer.press("at_login")
    newcomer.press("next")
    assert newcomer.asked == [FirstChoices(links=True, at_login=not before)]


def test_enter_goes_on(qtbot: QtBot) -> None:
    newcomer = Newcomer(qtbot, "No keyring is running.")
    newcomer.type_in("passphrase", "correct horse")
    newcomer.type_in("repeated", "correct horse")
    repeated = newcomer.dialog.findChild(QLineEdit, "repeated")
    assert isinstance(repeated, QLineEdit)
    QTest.keyClick(repeated, Qt.Key.Key_Return)
    assert newcomer.asked == ["correct horse"]


def test_every_control_can_be_named(qtbot: QtBot) -> None:
    dialog = Newcomer(qtbot).dialog
    assert dialog.accessibleName() == "Welcome to Wattfare"
    for kind in (QPushButton, QLineEdit, QComboBox, QRadioButton, QCheckBox):
        for control in dialog.findChildren(kind):
            assert isinstance(control, QWidget)
            assert control.accessibleName(), control.objectName()
