"""The approval window: what it shows, and that nothing approves by accident."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.ui.dialogs.consent import ConsentDialog
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion
from wattfare_desktop.ui.presentation.dead_time import DEAD_TIME_MS

Child = TypeVar("Child", bound=QObject)

# The offscreen platform says so of each window it cannot raise or size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

QUESTION = ConsentQuestion(
    ticket=TicketId("ticket_1"),
    name="Notes AI",
    verified=False,
    identity="Notes AI",
    client_id="Notes AI",
    redirect="127.0.0.1:51234",
    justification="Summarise your notes",
    cap=Cap(period=Period.MONTH, limit=parse_usd("5.00")),
    models=("openai/gpt-*", "anthropic/*"),
    expires_in_days=90,
    adjustable=True,
    paying_from=("Practice",),
    wallet_caps=(),
    answer_within_ms=120_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    count: int
    model: str


def _typical(limit: Nanos, _models: Sequence[str]) -> Use:
    return Use(count=limit // parse_usd("0.03125"), model="gpt-5-mini")


class Desk:
    """A dialog on the screen with a clock that is moved by hand, and what it answered."""

    def __init__(self, qtbot: QtBot, question: ConsentQuestion = QUESTION) -> None:
        self.now_ms = 0
        self.approved: list[tuple[str, ConsentAnswer]] = []
        self.denied: list[tuple[str, bool]] = []
        self.dialog = ConsentDialog(question, _typical, lambda: self.now_ms)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(self.dialog)
        self.dialog.approved.connect(self._on_approved)
        self.dialog.denied.connect(self._on_denied)
        with qtbot.waitActive(self.dialog):
            self.dialog.present()
        QApplication.processEvents()

    def _on_approved(self, ticket: str, answer: ConsentAnswer) -> None:
        self.approved.append((ticket, answer))

    def _on_denied(self, ticket: str, block: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self.denied.append((ticket, block))

    def wait(self, duration_ms: int = DEAD_TIME_MS) -> None:
        """Let time pass, and the window's timer find out."""
        self.now_ms += duration_ms
        self.dialog._dead_time._on_timeout()

    def child(self, kind: type[Child], name: str) -> Child:
        found = self.dialog.findChild(kind, name)
        assert isinstance(found, kind)
        return found

    @property
    def approve(self) -> QPushButton:
        return self.child(QPushButton, "approve")

    @property
    def amount(self) -> QLineEdit:
        return self.child(QLineEdit, "amount")


@pytest.fixture(name="desk")
def _desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def _shown_texts(dialog: ConsentDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_it_says_who_asks_for_what_and_where_the_answer_goes(desk: Desk) -> None:
    desk.wait()
    said = _shown_texts(desk.dialog)
    for words in (
        "“Notes AI” (unverified)",
        "“Summarise your notes”",
        "127.0.0.1:51234",
        "about 160 chats with gpt-5-mini",
        "Practice",
    ):
        assert words in said
    assert desk.dialog.accessibleName() == "Wattfare approval"
    assert desk.approve.accessibleName() == desk.approve.text() == "Approve $5.00 a month"
    assert desk.child(QPushButton, "deny").accessibleName() == "Deny"


def test_what_an_app_says_is_never_markup(qtbot: QtBot) -> None:
    question = replace(QUESTION, name="<b>x</b>", justification="<img src=x>")
    desk = Desk(qtbot, question)
    assert "“<b>x</b>” (unverified)" in _shown_texts(desk.dialog)
    assert "“<img src=x>”" in _shown_texts(desk.dialog)
    formats = {label.textFormat() for label in desk.dialog.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}


def test_approve_is_dead_for_a_second_and_then_grants_what_it_says(desk: Desk) -> None:
    assert not desk.approve.isEnabled()
    desk.wait(DEAD_TIME_MS - 1)
    desk.approve.click()
    assert not desk.approve.isEnabled()
    assert desk.approved == []
    desk.wait(1)
    desk.approve.click()
    granted = ConsentAnswer(cap=QUESTION.cap, models=QUESTION.models, expires_in_days=90)
    assert desk.approved == [("ticket_1", granted)]
    assert desk.denied == []
    assert not desk.dialog.isVisible()


def test_an_assistive_press_obeys_the_dead_time(desk: Desk, qtbot: QtBot) -> None:
    def press() -> None:
        interface = QAccessible.queryAccessibleInterface(desk.approve)
        assert interface is not None
        interface.actionInterface().doAction("Press")

    press()
    assert desk.approved == []
    interface = QAccessible.queryAccessibleInterface(desk.approve)
    assert interface is not None
    assert interface.state().disabled
    desk.wait()
    press()
    qtbot.waitUntil(lambda: len(desk.approved) == 1, timeout=5_000)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select])
def test_enter_approves_nowhere(desk: Desk, key: Qt.Key) -> None:
    desk.wait()
    for widget in (desk.dialog, *desk.dialog.findChildren(QWidget)):
        if widget.objectName() in {"deny", "block"}:
            continue
        widget.setFocus()
        QTest.keyClick(widget, key)
        QApplication.processEvents()
    assert desk.approved == []
    assert desk.dialog.isVisible()
    assert not any(button.isDefault() for button in desk.dialog.findChildren(QPushButton))


def test_space_approves_once_tab_has_reached_it(desk: Desk) -> None:
    desk.wait()
    for _ in range(30):
        if desk.approve.hasFocus():
            break
        QTest.keyClick(QApplication.focusWidget() or desk.dialog, Qt.Key.Key_Tab)
    assert desk.approve.hasFocus()
    QTest.keyClick(desk.approve, Qt.Key.Key_Space)
    assert len(desk.approved) == 1


def test_a_space_begun_in_the_dead_time_does_nothing(desk: Desk) -> None:
    desk.approve.setFocus()
    QTest.keyPress(desk.approve, Qt.Key.Key_Space)
    desk.wait()
    QTest.keyRelease(desk.approve, Qt.Key.Key_Space)
    assert desk.approved == []


def test_a_space_held_down_does_nothing(desk: Desk) -> None:
    desk.wait()
    desk.approve.setFocus()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        held = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", autorep=True)
        QApplication.sendEvent(desk.approve, held)
    assert desk.approved == []


def test_what_is_typed_in_the_dead_time_is_lost(desk: Desk) -> None:
    QTest.keyClicks(desk.amount, "999")
    QTest.keyClick(desk.dialog, Qt.Key.Key_Escape)
    assert desk.amount.text() == "5.00"
    assert desk.dialog.isVisible()
    desk.wait()
    QTest.keyClick(desk.dialog, Qt.Key.Key_Escape)
    assert desk.denied == [("ticket_1", False)]


def test_asking_for_more_is_the_users_to_allow(qtbot: QtBot, desk: Desk) -> None:
    box = desk.child(QCheckBox, "raise_allowed")
    assert not box.isChecked()
    assert not box.isVisible(), "nobody asked for it: it is under More"
    box.click()
    desk.wait()
    desk.approve.click()
    assert [answer.raise_allowed for _ticket, answer in desk.approved] == [True]
    wanting = Desk(qtbot, replace(QUESTION, raise_allowed=True))
    box = wanting.child(QCheckBox, "raise_allowed")
    assert box.isChecked()
    assert box.isVisible(), "what is asked for is seen"
    box.click()
    wanting.wait()
    wanting.approve.click()
    assert [answer.raise_allowed for _ticket, answer in wanting.approved] == [False]


def test_the_program_can_be_made_the_only_one(qtbot: QtBot, desk: Desk) -> None:
    assert desk.dialog.findChild(QCheckBox, "only_program") is None, "none is known"
    known = Desk(qtbot, replace(QUESTION, asked_by="/usr/bin/notes", can_bind_program=True))
    known.child(QCheckBox, "only_program").click()
    known.wait()
    known.approve.click()
    assert [answer.only_program for _ticket, answer in known.approved] == [True]


def test_a_press_let_go_outside_does_nothing(desk: Desk) -> None:
    desk.wait()
    QTest.mousePress(desk.approve, Qt.MouseButton.LeftButton)
    outside = desk.approve.rect().bottomRight() * 3
    QTest.mouseMove(desk.approve, outside)
    QTest.mouseRelease(
        desk.approve, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, outside
    )
    assert desk.approved == []


def test_losing_the_focus_begins_the_dead_time_anew(desk: Desk, qtbot: QtBot) -> None:
    desk.wait()
    assert desk.approve.isEnabled()
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    assert not desk.approve.isEnabled()
    desk.wait(60_000)
    assert not desk.approve.isEnabled()
    with qtbot.waitActive(desk.dialog):
        desk.dialog.activateWindow()
    QApplication.processEvents()
    desk.wait(DEAD_TIME_MS - 1)
    assert not desk.approve.isEnabled()
    desk.wait(1)
    assert desk.approve.isEnabled()


def test_moving_or_resizing_begins_the_dead_time_anew(desk: Desk) -> None:
    desk.wait()
    desk.dialog.move(desk.dialog.x() + 40, desk.dialog.y() + 40)
    QApplication.processEvents()
    assert not desk.approve.isEnabled()
    desk.wait()
    assert desk.approve.isEnabled()
    desk.dialog.resize(desk.dialog.width() + 60, desk.dialog.height() + 60)
    QApplication.processEvents()
    assert not desk.approve.isEnabled()


def test_edits_change_the_words_and_what_is_granted(desk: Desk) -> None:
    desk.wait()
    desk.amount.setText("1.25")
    period = desk.child(QComboBox, "period")
    period.setCurrentIndex(period.findText("a day"))
    expiry = desk.child(QComboBox, "expiry")
    expiry.setCurrentIndex(expiry.findText("for 7 days"))
    chip = next(
        chip for chip in desk.dialog.findChildren(QToolButton) if "anthropic" in chip.text()
    )
    chip.click()
    QApplication.processEvents()
    desk.wait()
    assert desk.approve.text() == "Approve $1.25 a day"
    desk.approve.click()
    assert [answer for _ticket, answer in desk.approved] == [
        ConsentAnswer(
            cap=Cap(period=Period.DAY, limit=parse_usd("1.25")),
            models=("openai/gpt-*",),
            expires_in_days=7,
        )
    ]


def test_taking_the_last_model_away_does_not_allow_all(desk: Desk) -> None:
    for chip in desk.dialog.findChildren(QToolButton):
        chip.click()
    desk.wait()
    assert not desk.approve.isEnabled()
    assert "Choose at least one model." in _shown_texts(desk.dialog)
    edit = desk.child(QLineEdit, "add_model")
    edit.setText("gpt-5-mini")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    desk.wait()
    assert desk.approve.isEnabled()
    assert isinstance(desk.dialog.answer, ConsentAnswer)
    assert desk.dialog.answer.models == ("gpt-5-mini",)


@pytest.mark.parametrize("typed", ["", "0", "0.00", "-1", "five", "2000000"])
def test_a_bad_amount_cannot_be_approved_and_is_told_why(desk: Desk, typed: str) -> None:
    desk.amount.setText(typed)
    QApplication.processEvents()
    desk.wait()
    assert not desk.approve.isEnabled()
    assert isinstance(desk.dialog.answer, str)
    assert desk.dialog.answer in _shown_texts(desk.dialog)


def test_withdrawing_closes_without_an_answer(desk: Desk) -> None:
    desk.dialog.withdraw()
    assert not desk.dialog.isVisible()
    assert desk.approved == []
    assert desk.denied == []


@pytest.mark.parametrize(("name", "block"), [("deny", False), ("block", True)])
def test_denying_needs_no_waiting(desk: Desk, name: str, block: bool) -> None:  # noqa: FBT001 - a table
    desk.child(QPushButton, name).click()
    assert desk.denied == [("ticket_1", block)]
    assert not desk.dialog.isVisible()


def test_closing_the_window_denies_once(desk: Desk) -> None:
    desk.dialog.close()
    desk.dialog.close()
    assert desk.denied == [("ticket_1", False)]


def test_every_control_can_be_named(desk: Desk) -> None:
    for kind in (QPushButton, QToolButton, QLineEdit, QComboBox):
        for control in desk.dialog.findChildren(kind):
            assert isinstance(control, QWidget)
            assert control.accessibleName(), control.objectName()
