"""Tray, window and dialogs together, on a wallet that notes what it was told."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMainWindow,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import SwitchedAutostart
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId, TicketId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import Offer, RaiseAnswer
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.ui.application import Application, Circumstances
from wattfare_desktop.ui.dialogs.closing_question import ClosingQuestion
from wattfare_desktop.ui.dialogs.error_notice import ErrorNotice
from wattfare_desktop.ui.dialogs.first_run import FirstRun
from wattfare_desktop.ui.dialogs.revoke_question import RevokeQuestion
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion
from wattfare_desktop.ui.presentation.raising import RaiseAsk
from wattfare_desktop.ui.presentation.tray import TrayMood
from wattfare_desktop.ui.tray import Tray
from wattfare_desktop.ui.tray_host import MISSING_AFTER_POLLS, TrayHost

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

T = TypeVar("T")
OVERVIEW = Overview(
    balance=parse_usd("7.31"),
    practice_balance=parse_usd("0"),
    held=parse_usd("0"),
    today=parse_usd("0"),
    month=parse_usd("0"),
    apps=(),
    running=(),
    fundings=(),
    wallet_windows=(),
    paused=False,
)
QUESTION = ConsentQuestion(
    ticket=TicketId("ticket_1"),
    name="Notes AI",
    verified=False,
    identity="Notes AI",
    client_id="Notes AI",
    redirect="127.0.0.1",
    justification="",
    cap=Cap(period=Period.MONTH, limit=parse_usd("5.00")),
    models=(),
    expires_in_days=None,
    adjustable=True,
    paying_from=(),
    wallet_caps=(),
    answer_within_ms=120_000,
)


ASK = RaiseAsk(
    id="raise_1",
    name="Notes AI",
    verified=False,
    host="127.0.0.1",
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


class NotingWallet:
    def __init__(self) -> None:
        self.told: list[object] = []
        self.shown: Overview | None = OVERVIEW
        self.refusal: UserFacingError | None = None
        self.standing = Closed()

    async def _note(self, *words: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.told.append(words)

    async def overview(self) -> Overview | None:
        return self.shown

    async def closed(self) -> Closed:
        return self.standing

    async def create(self, passphrase: str | None) -> None:
        await self._note("create", passphrase)

    async def unlock(self, passphrase: str | None) -> None:
        await self._note("unlock", passphrase)

    async def lock(self) -> None:
        await self._note("lock")

    async def pause(self, app: GrantId) -> None:
        await self._note("pause", app)

    async def resume(self, app: GrantId) -> None:
        await self._note("resume", app)

    async def revoke(self, app: GrantId) -> None:
        await self._note("revoke", app)

    async def pause_all(self) -> None:
        await self._note("pause_all")

    async def resume_all(self) -> None:
        await self._note("resume_all")

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> None:
        await self._note("add_funding", provider, key, base_url, balance)

    async def approve(self, ticket: TicketId, answer: ConsentAnswer) -> None:
        await self._note("approve", ticket, answer)

    async def deny(self, ticket: TicketId, *, block: bool) -> None:
        await self._note("deny", ticket, block)

    async def answer_raise(self, question: str, answer: RaiseAnswer) -> None:
        await self._note("answer_raise", question, answer)


class ImmediateErrands:
    """Runs each errand to its end on the spot."""

    def run(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserFacingError], None] | None = None,
    ) -> None:
        try:
            result = asyncio.run(work)
        except UserFacingError as error:
            assert failed is not None
            failed(error)
        else:
            if done is not None:
                done(result)


class PlainWindow:
    def __init__(self) -> None:
        self.widget = QMainWindow()
        self.widget.setAccessibleName("Wattfare")
        self.turned_to: list[str] = []
        self.banner = ""

    def show_page(self, page: str) -> None:
        self.turned_to.append(page)

    def show_app(self, app: GrantId) -> None:
        self.turned_to.append(app)

    def show_banner(self, words: str) -> None:
        self.banner = words

    def ask_restore(self) -> None:
        self.turned_to.append("restore")


class Desktop:
    def __init__(self, *, is_absent: bool = False, is_broken: bool = False) -> None:
        self.wallet = NotingWallet()
        self.window = PlainWindow()
        self.done: list[str] = []
        self.autostart = SwitchedAutostart()
        self.link_refusal: UserFacingError | None = None
        self.host = TrayHost(lambda: False)
        self.tray = Tray(self.host)
        self.application = Application(
            acts=self.wallet,
            errands=ImmediateErrands(),
            window=self.window,
            tray=self.tray,
            circumstances=Circumstances(
                is_absent=is_absent,
                is_broken=is_broken,
                by_passphrase=True,
                keyring_trouble=None,
                providers=(),
                typical=lambda _limit, _models: None,
                try_sample=lambda: self.done.append("sample"),
                register_links=self._register_links,
                autostart=self.autostart,
            ),
        )

    def _register_links(self) -> None:
        if self.link_refusal is not None:
            raise self.link_refusal
        self.done.append("links")


@pytest.fixture(name="desktop")
def _desktop(qtbot: QtBot) -> Iterator[Desktop]:
    desktop = Desktop()
    qtbot.addWidget(desktop.window.widget)
    qtbot.addWidget(desktop.tray.menu)
    desktop.application.start()
    yield desktop
    desktop.application.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _mood(desktop: Desktop) -> TrayMood:
    return desktop.tray.mood


def _press(parent: QWidget, name: str) -> None:
    button = parent.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    button.click()


def test_it_begins_in_the_tray_alone(desktop: Desktop) -> None:
    assert _mood(desktop) is TrayMood.CALM
    assert not desktop.window.widget.isVisible()
    assert not QApplication.quitOnLastWindowClosed()


def test_one_question_at_a_time(desktop: Desktop) -> None:
    desktop.application.ask(QUESTION)
    desktop.application.ask(replace(QUESTION, ticket=TicketId("ticket_2")))
    first = desktop.application.consent
    assert first is not None
    assert first.question.ticket == "ticket_1"
    assert _mood(desktop) is TrayMood.NEEDS_YOU
    _press(first, "deny")
    second = desktop.application.consent
    assert second is not None
    assert second.question.ticket == "ticket_2"
    _press(second, "block")
    assert desktop.wallet.told == [("deny", "ticket_1", False), ("deny", "ticket_2", True)]
    assert desktop.application.consent is None
    assert _mood(desktop) is TrayMood.CALM


def test_an_approval_reaches_the_desk(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.application.ask(QUESTION)
    dialog = desktop.application.consent
    assert dialog is not None
    approve = dialog.findChild(QPushButton, "approve")
    assert isinstance(approve, QPushButton)
    qtbot.waitUntil(approve.isEnabled, timeout=10_000)
    approve.click()
    answer = ConsentAnswer(cap=QUESTION.cap, models=(), expires_in_days=None)
    assert desktop.wallet.told == [("approve", "ticket_1", answer)]


def test_a_withdrawn_question_makes_room_for_the_next(desktop: Desktop) -> None:
    for number in (1, 2, 3):
        desktop.application.ask(replace(QUESTION, ticket=TicketId(f"ticket_{number}")))
    desktop.application.withdraw("ticket_2")
    desktop.application.withdraw("ticket_1")
    dialog = desktop.application.consent
    assert dialog is not None
    assert dialog.question.ticket == "ticket_3"
    assert desktop.wallet.told == []


def test_a_raise_waits_for_an_approval_and_the_other_way_round(desktop: Desktop) -> None:
    desktop.application.ask(QUESTION)
    desktop.application.ask_raise(ASK)
    desktop.application.ask(replace(QUESTION, ticket=TicketId("ticket_2")))
    consent = desktop.application.consent
    assert consent is not None
    assert desktop.application.raising is None
    _press(consent, "deny")
    raising = desktop.application.raising
    assert raising is not None
    assert desktop.application.consent is None
    assert _mood(desktop) is TrayMood.NEEDS_YOU
    _press(raising, "not_now")
    assert desktop.application.consent is not None
    assert desktop.wallet.told[-1] == ("answer_raise", "raise_1", RaiseAnswer.NO)


def test_a_raise_reaches_the_desk(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.application.ask_raise(ASK)
    dialog = desktop.application.raising
    assert dialog is not None
    once = dialog.findChild(QPushButton, "once")
    assert isinstance(once, QPushButton)
    qtbot.waitUntil(once.isEnabled, timeout=10_000)
    once.click()
    assert desktop.wallet.told == [("answer_raise", "raise_1", RaiseAnswer.ONCE)]
    assert _mood(desktop) is TrayMood.CALM


def test_a_raise_nobody_waits_for_is_withdrawn(desktop: Desktop) -> None:
    desktop.application.ask_raise(ASK)
    desktop.application.ask_raise(replace(ASK, id="raise_2"))
    desktop.application.withdraw_raise("raise_2")
    desktop.application.withdraw_raise("raise_1")
    assert desktop.application.raising is None
    assert desktop.wallet.told == []
    assert _mood(desktop) is TrayMood.CALM


def test_revoking_takes_one_confirmation(desktop: Desktop) -> None:
    desktop.tray.menu.revoke_requested.emit("grant_1", "Notes AI")
    question = next(w for w in QApplication.topLevelWidgets() if isinstance(w, RevokeQuestion))
    assert desktop.wallet.told == []
    next(b for b in question.buttons() if "Revoke" in b.text()).click()
    assert desktop.wallet.told == [("revoke", "grant_1")]


def test_the_menu_acts(desktop: Desktop, qtbot: QtBot) -> None:
    menu = desktop.tray.menu
    menu.pause_requested.emit("grant_1")
    menu.resume_requested.emit("grant_1")
    menu.pause_all_requested.emit()
    menu.resume_all_requested.emit()
    desktop.wallet.shown = None
    menu.lock_requested.emit()
    assert [each[0] for each in desktop.wallet.told if isinstance(each, tuple)] == [
        "pause",
        "resume",
        "pause_all",
        "resume_all",
        "lock",
    ]
    assert _mood(desktop) is TrayMood.LOCKED
    with qtbot.waitSignal(desktop.application.quit_requested, timeout=1_000):
        menu.quit_requested.emit()


def test_details_open_the_window_there(desktop: Desktop) -> None:
    desktop.tray.menu.details_requested.emit("grant_1")
    desktop.tray.menu.page_requested.emit("funding")
    assert desktop.window.turned_to == ["grant_1", "funding"]
    assert desktop.window.widget.isVisible()


def test_unlocking_stays_until_it_works(desktop: Desktop) -> None:
    desktop.application.show_unlock()
    dialog = desktop.application.unlock_dialog
    assert dialog is not None
    desktop.wallet.refusal = UserFacingError("Wrong passphrase", "Try again.")
    dialog.unlock_requested.emit("first")
    assert dialog.isVisible()
    desktop.wallet.refusal = None
    dialog.unlock_requested.emit("second")
    assert not dialog.isVisible()
    assert desktop.wallet.told == [("unlock", "second")]


def test_a_broken_wallet_leads_to_the_window_that_says_why(desktop: Desktop) -> None:
    desktop.wallet.shown = None
    desktop.wallet.standing = Closed(state=ClosedState.BROKEN)
    desktop.application.refresh()
    assert _mood(desktop) is TrayMood.NEEDS_YOU
    menu = desktop.tray.menu
    shown = {action.text(): action for action in menu.actions() if action.isVisible()}
    assert "Wattfare cannot open its wallet" in shown
    shown["See why..."].trigger()
    assert desktop.window.turned_to == ["overview"]
    assert desktop.window.widget.isVisible()
    assert desktop.application.unlock_dialog is None
    desktop.wallet.shown = OVERVIEW
    desktop.application.refresh()
    assert _mood(desktop) is not TrayMood.NEEDS_YOU


def test_a_wallet_that_starts_broken_shows_the_window(qtbot: QtBot) -> None:
    desktop = Desktop(is_broken=True)
    for widget in (desktop.window.widget, desktop.tray.menu):
        qtbot.addWidget(widget)
    desktop.application.start()
    assert desktop.window.widget.isVisible()
    desktop.application.close()


def test_a_restored_wallet_is_unlocked_as_it_is_protected_now(qtbot: QtBot) -> None:
    desktop = Desktop(is_absent=True)
    for widget in (desktop.window.widget, desktop.tray.menu):
        qtbot.addWidget(widget)
    desktop.application.start()
    assert desktop.application.first_run is not None
    desktop.application.first_run.restore_requested.emit()
    assert desktop.window.turned_to == ["restore"]
    desktop.application.take_restored(by_passphrase=False)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert desktop.application.first_run is None
    desktop.application.show_unlock()
    assert desktop.application.unlock_dialog is not None
    assert not desktop.application.unlock_dialog._by_passphrase
    desktop.application.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_without_a_tray_the_window_opens_and_says_why(desktop: Desktop) -> None:
    for _ in range(MISSING_AFTER_POLLS):
        desktop.host.poll()
    assert "AppIndicator" in desktop.window.banner
    assert desktop.window.widget.isVisible()


def test_without_a_tray_the_window_tells_what_a_crash_left(desktop: Desktop) -> None:
    desktop.application.tell_of_unsettled(3)
    told = "3 calls were under way when Wattfare stopped. They were charged in full"
    assert desktop.window.banner.startswith(told)
    for _ in range(MISSING_AFTER_POLLS):
        desktop.host.poll()
    assert "AppIndicator" in desktop.window.banner
    assert told in desktop.window.banner


def test_a_new_machine_is_set_up_in_three_steps(qtbot: QtBot) -> None:
    desktop = Desktop(is_absent=True)
    qtbot.addWidget(desktop.window.widget)
    qtbot.addWidget(desktop.tray.menu)
    desktop.application.start()
    dialog = desktop.application.first_run
    assert dialog is not None
    for _ in range(2):
        _press(dialog, "next")
    _press(dialog, "try_sample")
    _press(dialog, "next")
    assert desktop.wallet.told == [
        ("create", None),
        ("add_funding", "practice", None, None, parse_usd("10.00")),
    ]
    assert desktop.done == ["sample", "links"]
    assert not desktop.autostart.on
    desktop.application.close()


def _last_step(qtbot: QtBot, desktop: Desktop) -> FirstRun:
    qtbot.addWidget(desktop.window.widget)
    qtbot.addWidget(desktop.tray.menu)
    desktop.application.start()
    dialog = desktop.application.first_run
    assert dialog is not None
    for _ in range(2):
        _press(dialog, "next")
    return dialog


def test_it_starts_at_login_only_where_that_was_ticked(qtbot: QtBot) -> None:
    desktop = Desktop(is_absent=True)
    dialog = _last_step(qtbot, desktop)
    _press(dialog, "at_login")
    _press(dialog, "next")
    assert desktop.autostart.on
    desktop.application.close()


def test_what_an_installer_switched_on_is_shown_and_can_be_switched_off(qtbot: QtBot) -> None:
    desktop = Desktop(is_absent=True)
    desktop.autostart.on = True
    dialog = _last_step(qtbot, desktop)
    _press(dialog, "at_login")
    _press(dialog, "next")
    assert not desktop.autostart.on
    desktop.application.close()


def test_what_the_desktop_refuses_at_the_end_is_told(qtbot: QtBot) -> None:
    desktop = Desktop(is_absent=True)
    desktop.link_refusal = UserFacingError("It cannot be kept", "The folder is read-only.")
    _press(_last_step(qtbot, desktop), "next")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert any(
        "It cannot be kept" in label.text()
        for notice in QApplication.topLevelWidgets()
        if isinstance(notice, ErrorNotice) and notice.isVisible()
        for label in notice.findChildren(QLabel)
    )
    assert desktop.window.widget.isVisible()
    desktop.application.close()


@pytest.mark.parametrize(
    ("answer", "is_visible", "quits"),
    [("Keep running", False, 0), ("Quit", True, 1), ("Cancel", True, 0)],
)
def test_a_window_without_a_tray_icon_is_closed_as_its_user_likes(
    desktop: Desktop, answer: str, *, is_visible: bool, quits: int
) -> None:
    asked: list[None] = []
    desktop.application.quit_requested.connect(lambda: asked.append(None))
    desktop.application.show_window()
    desktop.application.ask_to_close()
    question = desktop.window.widget.findChild(ClosingQuestion)
    assert isinstance(question, ClosingQuestion)
    assert question.accessibleName() == "Close Wattfare"
    buttons = {each.text().replace("&", ""): each for each in question.buttons()}
    assert question.defaultButton() is buttons["Cancel"]
    buttons[answer].click()
    assert desktop.window.widget.isVisible() == is_visible
    assert len(asked) == quits
