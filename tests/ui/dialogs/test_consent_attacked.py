"""The approval window under attack: what an app can say, and what is timed against its user."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.application_house import Desktop, standing
from tests.support.widgets import words
from tests.ui.dialogs.test_consent import QUESTION, Desk
from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.oauth.clients import Redirect, identify, judge_redirect
from wattfare_desktop.ui.components.notices import Notice
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion
from wattfare_desktop.ui.presentation.dead_time import DEAD_TIME_MS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

MARKUP = '<a href="https://evil.example"><img src="file:///etc/passwd"><b>you won</b></a>'


def asked_by(client_id: str, redirect_uri: str = "http://127.0.0.1:5173/") -> ConsentQuestion:
    """Return the question of a real request's client."""
    redirect = judge_redirect(redirect_uri, ())
    assert isinstance(redirect, Redirect)
    client = identify(client_id, redirect)
    return replace(
        QUESTION,
        name=getattr(client, "name"),  # noqa: B009 - a refusal has none, and fails here
        verified=getattr(client, "verified"),  # noqa: B009
        identity=redirect.origin or "",
        redirect=redirect.target,
        client_id=client_id,
        confusable=getattr(client, "confusable"),  # noqa: B009
    )


def said(desk: Desk) -> list[str]:
    """Return what is said, without the places where a line may be broken."""
    return [each.replace("\u200b", "") for each in words(desk.dialog)]


def warned(desk: Desk) -> str:
    strip = desk.dialog.findChild(Notice, "warning")
    return strip.words if isinstance(strip, Notice) else ""


def held(key: Qt.Key, kind: QEvent.Type, *, repeats: bool) -> QKeyEvent:
    return QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", autorep=repeats)


class TestWhatItSays:
    @pytest.mark.parametrize(
        "name",
        [
            "P\u0430ypal",  # a Cyrillic a
            "\u0410\u0440\u0440\u04cf\u0435",  # Apple, all of it Cyrillic
            "G\u03bfogle Notes",  # a Greek o
        ],
    )
    def test_a_name_that_passes_for_another_is_warned_of(self, qtbot: QtBot, name: str) -> None:
        desk = Desk(qtbot, asked_by(name))
        assert "may pass for an app you know" in warned(desk)
        assert any(f"“{name}” (unverified)" in each for each in words(desk.dialog))

    def test_an_ordinary_name_is_not(self, qtbot: QtBot) -> None:
        usual = (asked_by("Notes AI"), asked_by("x", "https://notes.example/"))
        # Held until the end: a window on the screen must not be collected with its desk.
        desks = [Desk(qtbot, question) for question in usual]
        assert [warned(desk) for desk in desks] == ["", ""]

    def test_an_address_in_foreign_letters_is_shown_as_it_is_sent(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot, asked_by("PayPal", "https://xn--pypal-4ve.example/"))
        assert "letters of other scripts" in warned(desk)
        assert "“xn--pypal-4ve.example”" in said(desk)
        assert not any("p\u0430ypal" in each for each in words(desk.dialog))

    @pytest.mark.parametrize("mark", ["“", "”", '"', "„", "»", "\uff02"])
    def test_no_name_closes_its_own_quotes(self, qtbot: QtBot, mark: str) -> None:
        forged = f"PayPal{mark} (verified) {mark}x"
        desk = Desk(qtbot, replace(QUESTION, name=forged, justification=forged))
        titles = [each for each in said(desk) if "PayPal" in each]
        assert titles
        for title in titles:
            assert title.startswith("“PayPal\N{RIGHT SINGLE QUOTATION MARK} (verified)")
            assert (title.count("“"), title.count("”")) == (1, 1)

    def test_direction_and_zero_width_signs_never_arrive(self, qtbot: QtBot) -> None:
        hidden = "\u202e\u2066\u200b\u200d\ufeff"
        redirect = judge_redirect("http://127.0.0.1:5173/", ())
        assert isinstance(redirect, Redirect)
        assert not hasattr(identify(f"Notes{hidden}AI", redirect), "name"), "it is refused"
        desk = Desk(qtbot, asked_by("Notes AI"))
        assert not set(hidden) & set("".join(words(desk.dialog)))

    def test_markup_is_text_wherever_it_comes(self, qtbot: QtBot) -> None:
        desk = Desk(
            qtbot,
            replace(
                QUESTION,
                name=MARKUP,
                justification=MARKUP,
                client_id=MARKUP,
                redirect=MARKUP,
                asked_by=MARKUP,
                can_bind_program=True,
                confusable=True,
            ),
        )
        desk.child(QPushButton, "more").click()
        labels = desk.dialog.findChildren(QLabel)
        assert sum(MARKUP in each for each in said(desk)) >= 3
        assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
        assert not any(label.openExternalLinks() for label in labels)
        # A tool tip is read as markup where it looks like some.
        for widget in desk.dialog.findChildren(QWidget):
            assert "<" not in widget.toolTip()

    def test_the_longest_claims_push_nothing_off_the_screen(self, qtbot: QtBot) -> None:
        wide = replace(
            QUESTION,
            name="W" * 64,
            justification="W" * 200,
            models=tuple(f"{number}{'w' * 90}" for number in range(20)),
            redirect=f"{'w' * 60}.{'w' * 60}.example",
            asked_by="/" + "w" * 200,
            confusable=True,
        )
        desk = Desk(qtbot, wide)
        QApplication.processEvents()
        room = desk.dialog.screen().availableGeometry()
        assert desk.dialog.width() <= room.width()
        assert desk.dialog.height() <= room.height()
        corner = desk.approve.mapTo(desk.dialog, desk.approve.rect().bottomRight())
        assert desk.dialog.rect().contains(corner)
        assert any(each.endswith("” (unverified)") for each in said(desk))


class TestWhatIsTimed:
    @pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
    def test_a_key_held_since_before_it_opened_never_approves(
        self, qtbot: QtBot, key: Qt.Key
    ) -> None:
        desk = Desk(qtbot)
        desk.approve.setFocus()
        for _ in range(2 * DEAD_TIME_MS // 30):
            desk.wait(30)
            for widget in (desk.dialog, desk.approve):
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(widget, held(key, kind, repeats=True))
        assert desk.approve.isEnabled(), "the dead time is over"
        # Let go at last: a release without a press of its own.
        for widget in (desk.dialog, desk.approve):
            QApplication.sendEvent(widget, held(key, QEvent.Type.KeyRelease, repeats=False))
        assert desk.approved == []
        assert desk.dialog.isVisible()

    def test_a_press_begun_in_the_dead_time_does_nothing(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot)
        QTest.mousePress(desk.approve, Qt.MouseButton.LeftButton)
        desk.wait()
        assert desk.approve.isEnabled()
        QTest.mouseRelease(desk.approve, Qt.MouseButton.LeftButton)
        assert desk.approved == []

    def test_a_press_during_which_the_window_moves_does_nothing(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot)
        desk.wait()
        QTest.mousePress(desk.approve, Qt.MouseButton.LeftButton)
        desk.dialog.move(desk.dialog.pos() + QPoint(40, 40))
        QApplication.processEvents()
        desk.wait()
        QTest.mouseRelease(desk.approve, Qt.MouseButton.LeftButton)
        assert desk.approved == []

    def test_a_press_dragged_in_from_elsewhere_does_nothing(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot)
        desk.wait()
        QTest.mousePress(desk.dialog, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
        QTest.mouseMove(desk.approve)
        QTest.mouseRelease(desk.approve, Qt.MouseButton.LeftButton)
        assert desk.approved == []

    def test_seconds_in_pieces_do_not_add_up(self, qtbot: QtBot) -> None:
        desk, other = Desk(qtbot), QWidget()
        qtbot.addWidget(other)
        other.show()
        for _ in range(5):
            desk.wait(DEAD_TIME_MS - 1)
            with qtbot.waitActive(other):
                other.activateWindow()
            with qtbot.waitActive(desk.dialog):
                desk.dialog.activateWindow()
            QApplication.processEvents()
        assert not desk.approve.isEnabled()
        desk.approve.click()
        assert desk.approved == []

    def test_hiding_and_showing_begins_anew(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot)
        desk.wait()
        desk.dialog.hide()
        assert not desk.approve.isEnabled()
        desk.wait(60_000)
        with qtbot.waitActive(desk.dialog):
            desk.dialog.present()
        QApplication.processEvents()
        assert not desk.approve.isEnabled()

    def test_an_assistive_press_while_another_window_is_active_does_nothing(
        self, qtbot: QtBot
    ) -> None:
        desk, other = Desk(qtbot), QWidget()
        qtbot.addWidget(other)
        desk.wait()
        with qtbot.waitActive(other):
            other.show()
            other.activateWindow()
        interface = QAccessible.queryAccessibleInterface(desk.approve)
        assert interface is not None
        interface.actionInterface().doAction("Press")
        QApplication.processEvents()
        assert desk.approved == []

    def test_chips_and_boxes_keep_out_what_is_typed_in_the_dead_time(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot)
        before = desk.dialog.answer
        for widget in desk.dialog.findChildren(QWidget):
            if isinstance(widget, QPushButton) and widget.objectName() in {"deny", "block"}:
                continue
            QTest.keyClick(widget, Qt.Key.Key_Space)
            QTest.keyClick(widget, Qt.Key.Key_Down)
            QTest.keyClick(widget, Qt.Key.Key_Delete)
        assert desk.dialog.answer == before
        assert desk.dialog.findChildren(QToolButton)


def test_a_second_press_does_not_fall_through_to_the_next_question(qtbot: QtBot) -> None:
    with standing(qtbot) as desktop:
        for number in (1, 2):
            ticket = TicketId(f"ticket_{number}")
            desktop.application.questions.ask(replace(QUESTION, ticket=ticket))
        first = _approving(desktop)
        qtbot.waitUntil(first.isEnabled, timeout=10_000)
        first.click()
        # Where the first one was there is the next at once, under the same mouse.
        QTest.mouseClick(_approving(desktop), Qt.MouseButton.LeftButton)
        _approving(desktop).click()
        granted = ConsentAnswer(cap=QUESTION.cap, models=QUESTION.models, expires_in_days=90)
        assert desktop.wallet.told == [("approve", "ticket_1", granted)]
        assert desktop.application.questions.consent is not None


def _approving(desktop: Desktop) -> QPushButton:
    dialog = desktop.application.questions.consent
    assert dialog is not None
    button = dialog.findChild(QPushButton, "approve")
    assert isinstance(button, QPushButton)
    return button
