"""The window: a sidebar and seven rooms.

It reads how the wallet stands once for all of them, only while it is seen, and shows it to the one
that is open; the others are shown it when they are turned to.
"""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QFontInfo, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.system.scheme import SchemeStatus
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.book_acts import BookActs
from wattfare_desktop.ui.components.notices import Notice
from wattfare_desktop.ui.components.pieces import PALETTE_EVENTS, wear_style
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.icons import own_icon
from wattfare_desktop.ui.model_acts import ModelActs
from wattfare_desktop.ui.pages.activity import ActivityPage
from wattfare_desktop.ui.pages.alerts import AlertsPage
from wattfare_desktop.ui.pages.apps import AppsPage
from wattfare_desktop.ui.pages.bookkeeping import Bookkeeping
from wattfare_desktop.ui.pages.funding import FundingPage
from wattfare_desktop.ui.pages.locked import LockedPage
from wattfare_desktop.ui.pages.models import ModelsPage
from wattfare_desktop.ui.pages.overview import OverviewPage
from wattfare_desktop.ui.pages.page import MARGIN_PX, Page
from wattfare_desktop.ui.pages.settings import SettingsPage
from wattfare_desktop.ui.presentation.links import taken_text
from wattfare_desktop.ui.reading import Reading
from wattfare_desktop.ui.sidebar import PAGES, Sidebar
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.changes import Changes

_SIZE_PX: Final = (1100, 720)
_TEXT_PX: Final = 14
_SMALLEST_PX: Final = (960, 640)
_AGE_MS: Final = 20_000


class MainWindow(QMainWindow):
    """Give it what changed through ``take``."""

    unlock_requested = Signal()
    revoke_requested = Signal(str, str)
    """Grant and name, to be asked about first."""
    code_requested = Signal()
    closing_requested = Signal()
    """Closed by its user where no tray icon would be left: it stays until that is decided."""
    quit_requested = Signal()
    restored = Signal(bool)
    """Another wallet is open now; whether a passphrase protects it."""

    def __init__(
        self,
        *,
        acts: PageActs,
        books: BookActs,
        models: ModelActs,
        errands: Errands,
        surroundings: Surroundings,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Wattfare")
        self.setAccessibleName("Wattfare")
        self.setWindowIcon(own_icon("wattfare"))
        self._acts = acts
        self._scheme = surroundings.scheme
        self._errands = errands
        self._bookkeeping = Bookkeeping(
            acts=books, errands=errands, surroundings=surroundings, window=self
        )
        self._bookkeeping.troubled.connect(self._show_trouble)
        self._bookkeeping.restored.connect(self.restored)
        self._overview: Overview | None = None
        self._reading = Reading(errands, acts.overview, self._show_overview, self._show_trouble)
        self._missed: Changes | None = Changes()
        self._has_tray = True
        self._is_leaving = False
        self._make_pages(acts, models, errands, surroundings)
        self._sidebar = Sidebar(surroundings.port)
        self._sidebar.pages.idClicked.connect(self._on_page_chosen)
        self._sidebar.pause.clicked.connect(self._on_pause_clicked)
        self._sidebar.quit.clicked.connect(self.quit_requested)
        self._lay_out()
        self._make_shortcuts()
        self._turn_to(0)
        # "5 min ago" grows old by itself.
        self._ageing = QTimer(self)
        self._ageing.setInterval(_AGE_MS)
        self._ageing.timeout.connect(self._on_aged)
        # No button is marked before a key is pressed.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setMinimumSize(*_SMALLEST_PX)
        self.resize(self._usual_size())
        wear_style(self)

    @property
    def widget(self) -> QWidget:
        """The window itself."""
        return self

    @property
    def page(self) -> str:
        """The name of the open page."""
        return PAGES[self._sidebar.pages.checkedId()]

    def show_page(self, page: str) -> None:
        """Turn to a page by its name."""
        if page == "apps":
            self.apps.show_app(None)
        self._turn_to(PAGES.index(page))

    def show_app(self, app: GrantId) -> None:
        """Turn to one app's details."""
        self.apps.show_app(app)
        self._turn_to(PAGES.index("apps"))

    def show_banner(self, words: str) -> None:
        """Say ``words`` above all pages until they are dismissed."""
        self._banner.say(words)

    def show_links(self, status: SchemeStatus) -> None:
        """Say so where another program takes the links of apps, and offer to take them back."""
        self._links.say(taken_text(status))

    def ask_restore(self) -> None:
        """Ask which backup is restored."""
        self._bookkeeping.ask_restore()

    @Slot(bool)
    def show_tray(self, available: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        """Be the only place there is, or one beside the tray's menu."""
        self._has_tray = available
        self._sidebar.quit.setVisible(not available)
        if available:
            self.show_banner("")

    def leave(self) -> None:
        """Close for good, whatever was asked."""
        self._is_leaving = True
        self._bookkeeping.stop()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide behind the tray icon; without one, have the user asked first."""
        if self._has_tray or self._is_leaving or not self.isVisible():
            super().closeEvent(event)
            return
        event.ignore()
        self.closing_requested.emit()

    @Slot(object)
    def take(self, changes: Changes) -> None:
        """Show what ``changes`` touched; hidden, only note that there is something to read."""
        if not self.isVisible():
            self._missed = changes if self._missed is None else self._missed | changes
            return
        self._reading.start()
        if self._overview is not None:
            for page in self._pages:
                page.take(changes)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was missed."""
        super().showEvent(event)
        self._ageing.start()
        missed, self._missed = self._missed, None
        if missed is not None:
            self.take(missed)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the desktop from light to dark."""
        if event.type() in PALETTE_EVENTS:
            wear_style(self)
        super().changeEvent(event)

    def _usual_size(self) -> QSize:
        """Return a size that grows with the desktop's text, as far as the screen allows."""
        growth = max(1.0, QFontInfo(self.font()).pixelSize() / _TEXT_PX)
        return (QSize(*_SIZE_PX) * growth).boundedTo(self.screen().availableSize())

    def _make_pages(
        self, acts: PageActs, models: ModelActs, errands: Errands, surroundings: Surroundings
    ) -> None:
        self.overview = OverviewPage(acts=acts, errands=errands, surroundings=surroundings)
        self.apps = AppsPage(acts=acts, errands=errands, surroundings=surroundings)
        self.activity = ActivityPage(acts=acts, errands=errands, surroundings=surroundings)
        self.alerts = AlertsPage(acts=acts, errands=errands, surroundings=surroundings)
        self.funding = FundingPage(acts=acts, errands=errands, surroundings=surroundings)
        self.models = ModelsPage(
            acts=acts, models=models, errands=errands, surroundings=surroundings
        )
        self.settings = SettingsPage(acts=acts, errands=errands, surroundings=surroundings)
        self._pages: tuple[Page, ...] = (
            self.overview,
            self.apps,
            self.activity,
            self.alerts,
            self.funding,
            self.models,
            self.settings,
        )
        for page in self._pages:
            page.troubled.connect(self._on_page_troubled)
        self.overview.add_funds_requested.connect(self._on_add_funds_requested)
        for asking in (self.apps, self.alerts):
            asking.revoke_requested.connect(self.revoke_requested)
        self.apps.code_requested.connect(self.code_requested)
        for page in (self.overview, self.settings):
            page.check_requested.connect(self._bookkeeping.check)
        self.overview.unsettled_requested.connect(self._on_unsettled_requested)
        self.overview.accept_requested.connect(self._bookkeeping.ask_accept)
        self.settings.back_up_requested.connect(self._bookkeeping.ask_back_up)
        self.settings.restore_requested.connect(self._bookkeeping.ask_restore)
        self.settings.export_requested.connect(self._bookkeeping.ask_export)

    def _lay_out(self) -> None:
        self._banner = Notice()
        self._trouble = Notice("trouble")
        self._links = Notice("trouble", action=self.tr("Open them with this wallet"))
        self._links.action_requested.connect(self._on_links_wanted)
        self._notices = QWidget()
        self._notices.hide()
        notices = QVBoxLayout(self._notices)
        notices.setContentsMargins(MARGIN_PX, 16, MARGIN_PX, 0)
        notices.setSpacing(8)
        for notice in (self._links, self._banner, self._trouble):
            notice.said.connect(self._on_said)
            notices.addWidget(notice)
        self._stack = QStackedWidget()
        for page in self._pages:
            self._stack.addWidget(page)
        self._locked = LockedPage()
        self._locked.unlock_requested.connect(self.unlock_requested)
        self._locked.restore_requested.connect(self._bookkeeping.ask_restore)
        self._locked.quit_requested.connect(self.quit_requested)
        self._stack.addWidget(self._locked)
        room = QVBoxLayout()
        room.setContentsMargins(0, 0, 0, 0)
        room.setSpacing(0)
        room.addWidget(self._notices)
        room.addWidget(self._stack, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._sidebar)
        row.addLayout(room, 1)
        self.setCentralWidget(whole)

    def _make_shortcuts(self) -> None:
        for place in range(len(PAGES)):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{place + 1}"), self)
            shortcut.activated.connect(self._sidebar.pages.button(place).click)
        close = QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self)
        close.activated.connect(self.close)
        # Not every platform has a standard key for it.
        leave = QShortcut(QKeySequence("Ctrl+Q"), self)
        leave.activated.connect(self.quit_requested)

    def _turn_to(self, place: int) -> None:
        nav = self._sidebar.pages.button(place)
        nav.setChecked(True)
        # The focus would wander off to whatever stands next to what is hidden now.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._trouble.say("")
        if self._overview is not None:
            self._stack.setCurrentIndex(place)
            self._pages[place].show_overview(self._overview)

    def _show_overview(self, overview: Overview | None) -> None:
        was_locked = self._overview is None
        self._overview = overview
        self._sidebar.show_overview(overview)
        if overview is None:
            self._errands.run(self._acts.closed(), self._locked.show_closed, self._show_trouble)
            self._trouble.say("")
            self._stack.setCurrentWidget(self._locked)
            return
        place = self._sidebar.pages.checkedId()
        self._stack.setCurrentIndex(place)
        self._pages[place].show_overview(overview)
        if was_locked:
            # Another wallet's rows may still be there, or none were ever read.
            for page in self._pages:
                page.take(Changes(calls=True, wallet=True))

    @Slot(object)
    def _show_trouble(self, error: UserFacingError) -> None:
        self._trouble.say(f"{error.title}. {error.detail}")

    @Slot(object)
    def _on_page_troubled(self, error: UserFacingError) -> None:
        # Who reads a wallet that is being locked is refused, and is not seen.
        if self._overview is not None:
            self._show_trouble(error)

    @Slot()
    def _on_said(self) -> None:
        self._notices.setVisible(
            bool(self._links.words or self._banner.words or self._trouble.words)
        )

    @Slot()
    def _on_links_wanted(self) -> None:
        try:
            self._scheme.register()
        except UserFacingError as error:
            self._show_trouble(error)
            return
        # Looked at again: another program may hold on to them.
        self.show_links(self._scheme.status())

    @Slot(int)
    def _on_page_chosen(self, place: int) -> None:
        self.show_page(PAGES[place])
        self._sidebar.pages.button(place).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_unsettled_requested(self) -> None:
        self.show_page("activity")
        self.activity.show_unsettled()

    @Slot()
    def _on_add_funds_requested(self) -> None:
        self.show_page("funding")

    @Slot()
    def _on_pause_clicked(self) -> None:
        if self._overview is not None:
            paused = self._overview.paused
            work = self._acts.resume_all() if paused else self._acts.pause_all()
            self._errands.run(work, None, self._show_trouble)

    @Slot()
    def _on_aged(self) -> None:
        if not self.isVisible():
            self._ageing.stop()
        elif self._overview is not None:
            self._pages[self._sidebar.pages.checkedId()].show_overview(self._overview)
