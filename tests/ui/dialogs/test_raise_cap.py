"""The raise window: what it says, and that nothing is raised by accident."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.raises import Offer
from wattfare_desktop.ui.dialogs.raise_cap import RaiseDialog
from wattfare_desktop.ui.presentation.dead_time import DEAD_TIME_MS
from wattfare_desktop.ui.presentation.raising import RaiseAsk

# The offscreen platform says so of each window it cannot raise or size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ASK = RaiseAsk(
    id="raise_1",
    name="Notes AI",
    verified=False,
    host="127.0.0.1:51234",
    offer=Offer(
        period=Period.MONTH,
        limit=parse_usd("5.00"),
        resets_at=None,
        amount=parse_usd("0.42"),
        needed=parse_usd("0.42"),
        once=parse_usd("1.00"),
        window=parse_usd("5.00"),
    ),
    answer_within_ms=60_000,
)
DANGEROUS = ("once", "window", "pause")


class Desk:
    """A dialog on the screen with a clock that is moved by hand, and what it answered."""

    def __init__(self, qtbot: QtBot, ask: RaiseAsk = ASK) -> None:
        self.now_ms = 0
        self.answers: list[tuple[str, str]] = []
        self.dialog = RaiseDialog(ask, lambda: self.now_ms)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(self.dialog)
        self.dialog.answered.connect(self._on_answered)
        with qtbot.waitActive(self.dialog):
            self.dialog.present()
        QApplication.processEvents()

    def _on_answered(self, question: str, answer: str) -> None:
        self.answers.append((question, answer))

    def wait(self, duration_ms: int = DEAD_TIME_MS) -> None:
        """Let time pass, and the window's timer find out."""
        self.now_ms += duration_ms
        self.dialog._dead_time._on_timeout()

    def button(self, name: str) -> QPushButton:
        found = self.dialog.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found

    @property
    def said(self) -> str:
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel))


@pytest.fixture(name="desk")
def _desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_it_says_who_has_reached_what_and_what_can_be_done(desk: Desk) -> None:
    for words in (
        "“Notes AI” (unverified)",
        "has reached its cap of $5.00 a month",
        "up to $0.42 more; nothing has been sent yet.",
        "127.0.0.1:51234",
        "Refused by itself in 1:00",
    ):
        assert words in desk.said
    assert desk.dialog.accessibleName() == desk.dialog.windowTitle() == "Wattfare raise"
    assert {each.accessibleName() for each in desk.dialog.findChildren(QPushButton)} == {
        "+$1 once",
        "+$5 this month",
        "Not now",
        "Pause the app",
    }


def test_what_an_app_says_is_never_markup(qtbot: QtBot) -> None:
    desk = Desk(qtbot, replace(ASK, name="<b>x</b>", host="<i>y</i>"))
    assert "“<b>x</b>” (unverified)" in desk.said
    formats = {label.textFormat() for label in desk.dialog.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_button_is_dead_for_a_second_and_then_does_what_it_says(desk: Desk, name: str) -> None:
    button = desk.button(name)
    desk.wait(DEAD_TIME_MS - 1)
    assert not button.isEnabled()
    button.click()
    button.clicked.emit()
    assert desk.answers == []
    desk.wait(1)
    button.click()
    assert desk.answers == [("raise_1", name)]
    assert not desk.dialog.isVisible()


@pytest.mark.parametrize("name", DANGEROUS)
def test_an_assistive_press_obeys_the_dead_time(desk: Desk, qtbot: QtBot, name: str) -> None:
    def press() -> None:
        interface = QAccessible.queryAccessibleInterface(desk.button(name))
        assert interface is not None
        interface.actionInterface().doAction("Press")

    press()
    QApplication.processEvents()
    assert desk.answers == []
    desk.wait()
    press()
    qtbot.waitUntil(lambda: desk.answers == [("raise_1", name)], timeout=5_000)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select])
def test_enter_raises_nothing(desk: Desk, key: Qt.Key) -> None:
    desk.wait()
    for widget in (desk.dialog, desk.button("once"), desk.button("window")):
        widget.setFocus()
        QTest.keyClick(widget, key)
        QApplication.processEvents()
    assert desk.answers == []
    assert not any(button.isDefault() for button in desk.dialog.findChildren(QPushButton))
    assert not any(button.autoDefault() for button in desk.dialog.findChildren(QPushButton))


def test_what_is_typed_in_the_dead_time_is_lost(desk: Desk) -> None:
    QTest.keyClick(desk.dialog, Qt.Key.Key_Escape)
    desk.button("once").setFocus()
    QTest.keyPress(desk.button("once"), Qt.Key.Key_Space)
    desk.wait()
    QTest.keyRelease(desk.button("once"), Qt.Key.Key_Space)
    assert desk.answers == []
    assert desk.dialog.isVisible()


def test_a_space_held_down_does_nothing(desk: Desk) -> None:
    desk.wait()
    once = desk.button("once")
    once.setFocus()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        held = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", autorep=True)
        QApplication.sendEvent(once, held)
    assert desk.answers == []


def test_space_raises_once_tab_has_reached_it(desk: Desk) -> None:
    desk.wait()
    window = desk.button("window")
    for _ in range(10):
        if window.hasFocus():
            break
        QTest.keyClick(QApplication.focusWidget() or desk.dialog, Qt.Key.Key_Tab)
    assert window.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert desk.answers == [("raise_1", "window")]


def test_losing_the_focus_begins_the_dead_time_anew(desk: Desk, qtbot: QtBot) -> None:
    desk.wait()
    assert desk.button("once").isEnabled()
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    assert not desk.button("once").isEnabled()
    assert not desk.button("pause").isEnabled()


def test_not_now_needs_no_waiting(desk: Desk) -> None:
    desk.button("not_now").click()
    assert desk.answers == [("raise_1", "no")]


def test_closing_or_escape_is_not_now_once(desk: Desk) -> None:
    desk.wait()
    QTest.keyClick(desk.dialog, Qt.Key.Key_Escape)
    desk.dialog.close()
    assert desk.answers == [("raise_1", "no")]


def test_withdrawing_closes_without_an_answer(desk: Desk) -> None:
    desk.dialog.withdraw()
    assert not desk.dialog.isVisible()
    assert desk.answers == []
