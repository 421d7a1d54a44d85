"""What apps ask of the user, one at a time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.support.application_house import ASK, QUESTION, Desktop, press, standing
from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.ui.presentation.consent import ConsentAnswer
from wattfare_desktop.ui.presentation.tray import TrayMood

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="desktop")
def _desktop(qtbot: QtBot) -> Iterator[Desktop]:
    with standing(qtbot) as desktop:
        yield desktop


def test_one_question_at_a_time(desktop: Desktop) -> None:
    desktop.application.questions.ask(QUESTION)
    desktop.application.questions.ask(replace(QUESTION, ticket=TicketId("ticket_2")))
    first = desktop.application.questions.consent
    assert first is not None
    assert first.question.ticket == "ticket_1"
    assert desktop.mood() is TrayMood.NEEDS_YOU
    press(first, "deny")
    second = desktop.application.questions.consent
    assert second is not None
    assert second.question.ticket == "ticket_2"
    press(second, "block")
    assert desktop.wallet.told == [("deny", "ticket_1", False), ("deny", "ticket_2", True)]
    assert desktop.application.questions.consent is None
    assert desktop.mood() is TrayMood.CALM


def test_an_approval_reaches_the_desk(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.application.questions.ask(QUESTION)
    dialog = desktop.application.questions.consent
    assert dialog is not None
    approve = dialog.findChild(QPushButton, "approve")
    assert isinstance(approve, QPushButton)
    qtbot.waitUntil(approve.isEnabled, timeout=10_000)
    approve.click()
    answer = ConsentAnswer(cap=QUESTION.cap, models=(), expires_in_days=None)
    assert desktop.wallet.told == [("approve", "ticket_1", answer)]


def test_a_withdrawn_question_makes_room_for_the_next(desktop: Desktop) -> None:
    for number in (1, 2, 3):
        desktop.application.questions.ask(replace(QUESTION, ticket=TicketId(f"ticket_{number}")))
    desktop.application.questions.withdraw("ticket_2")
    desktop.application.questions.withdraw("ticket_1")
    dialog = desktop.application.questions.consent
    assert dialog is not None
    assert dialog.question.ticket == "ticket_3"
    assert desktop.wallet.told == []


def test_a_raise_waits_for_an_approval_and_the_other_way_round(desktop: Desktop) -> None:
    desktop.application.questions.ask(QUESTION)
    desktop.application.questions.ask_raise(ASK)
    desktop.application.questions.ask(replace(QUESTION, ticket=TicketId("ticket_2")))
    consent = desktop.application.questions.consent
    assert consent is not None
    assert desktop.application.questions.raising is None
    press(consent, "deny")
    raising = desktop.application.questions.raising
    assert raising is not None
    assert desktop.application.questions.consent is None
    assert desktop.mood() is TrayMood.NEEDS_YOU
    press(raising, "not_now")
    assert desktop.application.questions.consent is not None
    assert desktop.wallet.told[-1] == ("answer_raise", "raise_1", RaiseAnswer.NO)


def test_a_raise_reaches_the_desk(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.application.questions.ask_raise(ASK)
    dialog = desktop.application.questions.raising
    assert dialog is not None
    once = dialog.findChild(QPushButton, "once")
    assert isinstance(once, QPushButton)
    qtbot.waitUntil(once.isEnabled, timeout=10_000)
    once.click()
    assert desktop.wallet.told == [("answer_raise", "raise_1", RaiseAnswer.ONCE)]
    assert desktop.mood() is TrayMood.CALM


def test_a_raise_nobody_waits_for_is_withdrawn(desktop: Desktop) -> None:
    desktop.application.questions.ask_raise(ASK)
    desktop.application.questions.ask_raise(replace(ASK, id="raise_2"))
    desktop.application.questions.withdraw_raise("raise_2")
    desktop.application.questions.withdraw_raise("raise_1")
    assert desktop.application.questions.raising is None
    assert desktop.wallet.told == []
    assert desktop.mood() is TrayMood.CALM
