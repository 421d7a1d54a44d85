"""Tray, window and dialogs put together, on a wallet that notes what it was told."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from tests.support.immediate_errands import ImmediateErrands
from tests.support.page_wallet import SwitchedAutostart
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId, TicketId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import Offer, RaiseAnswer
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus
from wattfare_desktop.ui.application import Application
from wattfare_desktop.ui.late_window import LateWindow
from wattfare_desktop.ui.presentation.closed import Closed
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion
from wattfare_desktop.ui.presentation.raising import RaiseAsk
from wattfare_desktop.ui.presentation.tray import TrayMood
from wattfare_desktop.ui.tray import Tray
from wattfare_desktop.ui.tray_host import TrayHost
from wattfare_desktop.ui.wallet_acts import Circumstances
from wattfare_desktop.wallet.changes import Changes

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


class PlainWindow:
    def __init__(self) -> None:
        self.widget = QMainWindow()
        self.widget.setAccessibleName("Wattfare")
        self.turned_to: list[str] = []
        self.taken: list[Changes] = []
        self.has_tray: bool | None = None
        self.banner = ""
        self.links: SchemeStatus | None = None

    def show_page(self, page: str) -> None:
        self.turned_to.append(page)

    def show_app(self, app: GrantId) -> None:
        self.turned_to.append(app)

    def show_banner(self, words: str) -> None:
        self.banner = words

    def show_links(self, status: SchemeStatus) -> None:
        self.links = status

    def show_tray(self, available: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self.has_tray = available

    def ask_restore(self) -> None:
        self.turned_to.append("restore")

    def take(self, changes: Changes) -> None:
        self.taken.append(changes)

    def leave(self) -> None:
        self.widget.close()


class Desktop:
    def __init__(
        self,
        *,
        is_absent: bool = False,
        is_broken: bool = False,
        links: SchemeOwner = SchemeOwner.OURS,
    ) -> None:
        self._status = SchemeStatus(
            owner=links, who="thief.desktop" if links is SchemeOwner.OTHER else ""
        )
        self.wallet = NotingWallet()
        self.window = PlainWindow()
        self.is_window_made = False
        self.done: list[str] = []
        self.autostart = SwitchedAutostart()
        self.link_refusal: UserFacingError | None = None
        self.host = TrayHost(lambda: False)
        self.tray = Tray(self.host)
        self.application = Application(
            acts=self.wallet,
            errands=ImmediateErrands(),
            window=LateWindow(self._make_window),
            tray=self.tray,
            circumstances=Circumstances(
                is_absent=is_absent,
                is_broken=is_broken,
                by_passphrase=True,
                keyring_trouble=None,
                providers=(),
                typical=lambda _limit, _models: None,
                links=self._links,
                try_sample=lambda: self.done.append("sample"),
                register_links=self._register_links,
                autostart=self.autostart,
            ),
        )

    def _register_links(self) -> None:
        if self.link_refusal is not None:
            raise self.link_refusal
        self.done.append("links")

    def _make_window(self) -> PlainWindow:
        self.is_window_made = True
        return self.window

    async def _links(self) -> SchemeStatus:
        return self._status

    def mood(self) -> TrayMood:
        """Return what the icon says now."""
        return self.tray.mood


@contextmanager
def standing(
    qtbot: QtBot,
    *,
    is_absent: bool = False,
    is_broken: bool = False,
    links: SchemeOwner = SchemeOwner.OURS,
) -> Iterator[Desktop]:
    """Have it all started, and take it from the screen again."""
    desktop = Desktop(is_absent=is_absent, is_broken=is_broken, links=links)
    qtbot.addWidget(desktop.window.widget)
    qtbot.addWidget(desktop.tray.menu)
    desktop.application.start()
    try:
        yield desktop
    finally:
        desktop.application.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def press(parent: QWidget, name: str) -> None:
    """Press the button of that object name."""
    button = parent.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    button.click()
