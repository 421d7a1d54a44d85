"""Apps: a row each, and one app in detail."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.reports import AppRow, BlockedRow, Overview
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.limit_bars import LimitBars
from wattfare_desktop.ui.components.notices import EmptyState, LineIcon
from wattfare_desktop.ui.components.pieces import button, text
from wattfare_desktop.ui.components.side_by_side import SideBySide
from wattfare_desktop.ui.components.words import Shortened, set_role, set_words
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.pages.app_detail import AppDetail
from wattfare_desktop.ui.pages.app_parts import avatar, show_state
from wattfare_desktop.ui.pages.binding import Binding
from wattfare_desktop.ui.pages.blocked import BlockedApps
from wattfare_desktop.ui.pages.page import GAP_PX, Page, scrolling
from wattfare_desktop.ui.presentation.apps import (
    identity_text,
    initial,
    is_over,
    last_call_text,
    limit_bar,
    row_text,
    signed_text,
)
from wattfare_desktop.ui.presentation.blocked import count_text
from wattfare_desktop.ui.reading import Reading
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.changes import Changes

_EMPTY, _LIST, _DETAIL, _BLOCKED = range(4)
_STATE_PX = 116
_BARS_STRETCH = 5
_NAME_STRETCH = 3


class AppsPage(Page):
    """The list, or one app of it."""

    revoke_requested = Signal(str, str)
    """Grant and name, to be asked about first."""
    code_requested = Signal()

    def __init__(self, *, acts: PageActs, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__(acts=acts, errands=errands, surroundings=surroundings)
        self.set_title(self.tr("Apps"))
        self._code = button(self.tr("Enter a code…"))
        self._code.clicked.connect(self.code_requested)
        self.head.addWidget(self._code)
        self._overview: Overview | None = None
        self._wanted: GrantId | None = None
        self._empty = EmptyState(
            "layout-grid",
            self.tr("No app has asked yet"),
            self.tr(
                "An app that wants to use AI with your money opens a wattfare: link, and you are "
                "asked how much it may spend. Once you approve it, it is listed here."
            ),
        )
        self._list = AppList()
        self._list.opened.connect(self._on_opened)
        self._detail = AppDetail(acts=acts, errands=errands, surroundings=surroundings)
        self._detail.back_requested.connect(self._on_back_requested)
        self._detail.revoke_requested.connect(self.revoke_requested)
        self._detail.troubled.connect(self.troubled)
        self._binding = Binding(self)
        self._detail.bindings_requested.connect(self._binding.begin)
        self._detail_area = scrolling(self._detail, self.tr("App"))
        self._make_blocked()
        self._stack = QStackedWidget()
        for part in (
            self._empty,
            scrolling(self._list, self.tr("Apps")),
            self._detail_area,
            scrolling(self._blocked, self.tr("Blocked apps")),
        ):
            self._stack.addWidget(part)
        self.column.addWidget(self._stack, 1)
        self.column.addWidget(self._to_blocked, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def shown_app(self) -> GrantId | None:
        """The app whose details are shown."""
        return self._wanted

    def show_app(self, app: GrantId | None) -> None:
        """Turn to one app's details, or with None back to the list."""
        self._wanted = app
        self._is_at_blocked = False
        if self._overview is not None:
            self.show_overview(self._overview)
        if app is not None:
            self._detail_area.verticalScrollBar().setValue(0)

    def show_overview(self, overview: Overview) -> None:
        """Show the apps."""
        self._overview = overview
        now, zone = self.surroundings.now(), self.surroundings.zone()
        self._list.show_apps(overview.apps, now, zone)
        wanted = next((app for app in overview.apps if app.id == self._wanted), None)
        if wanted is not None:
            self._detail.show_app(wanted)
            self._show_room(_DETAIL)
            return
        self._wanted = None
        self._show_blocked(self._blocked_rows)
        self._show_room(_BLOCKED if self._is_at_blocked else _LIST if overview.apps else _EMPTY)

    def take(self, changes: Changes) -> None:
        """Draw the shown app's history anew where it spent; read who is blocked."""
        if changes.wallet:
            self._reading_blocked.start()
        if self._wanted is not None and self._wanted in changes.grants:
            self._detail.read_history()

    def _make_blocked(self) -> None:
        self._is_at_blocked = False
        self._blocked_rows: Sequence[BlockedRow] = ()
        self._blocked = BlockedApps()
        self._blocked.back_requested.connect(self._on_blocked_left)
        self._blocked.unblock_requested.connect(self._on_unblock_requested)
        self._to_blocked = IconButton("ban", count_text(0), role="link", colour="quiet")
        self._to_blocked.clicked.connect(self._on_blocked_wanted)
        self._to_blocked.hide()
        self._reading_blocked = Reading(
            self._errands, self.acts.blocked_apps, self._show_blocked, self.tell_trouble
        )

    def _show_blocked(self, rows: Sequence[BlockedRow]) -> None:
        self._blocked_rows = rows
        self._blocked.show_blocked(rows, self.surroundings.now(), self.surroundings.zone())
        self._to_blocked.setText(count_text(len(rows)))
        self._to_blocked.setAccessibleName(self._to_blocked.text())
        self._show_room(self._stack.currentIndex())

    def _show_room(self, room: int) -> None:
        self._stack.setCurrentIndex(room)
        among_apps = room in {_EMPTY, _LIST}
        self.show_title(shown=among_apps)
        self._code.setVisible(among_apps)
        self._to_blocked.setVisible(among_apps and bool(self._blocked_rows))

    @Slot()
    def _on_blocked_wanted(self) -> None:
        self._is_at_blocked = True
        self._show_room(_BLOCKED)
        self._blocked.focus()

    @Slot()
    def _on_blocked_left(self) -> None:
        self.show_app(None)
        self._to_blocked.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _on_unblock_requested(self, client: str) -> None:
        self.act(self.acts.unblock(ClientId(client)))

    @Slot(str)
    def _on_opened(self, app: str) -> None:
        self.show_app(GrantId(app))
        self._detail.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_back_requested(self) -> None:
        app = self._wanted
        self.show_app(None)
        if app is not None:
            self._list.focus(app)


class AppList(QWidget):
    """Living apps first, ended ones below. A row stays the same widget as its figures move."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[GrantId, AppButton] = {}
        self._order: list[GrantId] = []
        self._ended = text(self.tr("Ended"), "quiet", wrap=False)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def focus(self, app: GrantId) -> None:
        """Put the focus on an app's row."""
        if app in self._rows:
            self._rows[app].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_apps(self, apps: Sequence[AppRow], now: Instant, zone: tzinfo) -> None:
        """Show ``apps``."""
        living = [app for app in apps if not is_over(app.state)]
        ended = [app for app in apps if is_over(app.state)]
        for app in apps:
            if app.id not in self._rows:
                row = AppButton(app.id)
                row.clicked.connect(self._on_clicked)
                self._rows[app.id] = row
            self._rows[app.id].show_app(app, now, zone)
        order = [app.id for app in (*living, *ended)]
        if order != self._order or self._ended.isHidden() is bool(ended):
            self._arrange(order, len(living))

    def _arrange(self, order: list[GrantId], living: int) -> None:
        self._order = order
        while self._column.takeAt(0) is not None:
            pass
        for app in set(self._rows) - set(order):
            self._rows.pop(app).deleteLater()
        for place, app in enumerate(order):
            if place == living:
                self._column.addSpacing(GAP_PX)
                self._column.addWidget(self._ended)
            self._column.addWidget(self._rows[app])
        self._ended.setVisible(living < len(order))
        self._column.addStretch(1)

    @Slot()
    def _on_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, AppButton):
            self.opened.emit(row.app)


class AppButton(QPushButton):
    """One app in a row that opens it."""

    def __init__(self, app: GrantId) -> None:
        super().__init__()
        self.app = app
        self._shown: tuple[AppRow, str] | None = None
        self.setProperty("role", "app")
        # A button is never narrower than its hint, and this one's are names of any length.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._avatar = avatar()
        self._name = Shortened(role="heading")
        self._identity = Shortened(role="quiet")
        self._signs = Shortened(role="quiet")
        self._bars = LimitBars()
        self._state = text(role="badge", wrap=False)
        self._last = Shortened(role="quiet")
        self._lay_out()

    def sizeHint(self) -> QSize:
        """Return the size of what is inside; a button would only know its words."""
        layout = self.layout()
        return super().sizeHint() if layout is None else layout.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Return True: where it is narrow the bars stand below the name."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of what is inside at ``width``."""
        layout = self.layout()
        return -1 if layout is None else layout.heightForWidth(width)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size of what is inside."""
        layout = self.layout()
        return super().minimumSizeHint() if layout is None else layout.minimumSize()

    def show_app(self, app: AppRow, now: Instant, zone: tzinfo) -> None:
        """Show ``app`` as of ``now``."""
        last = last_call_text(app, now, zone)
        if self._shown == (app, last):
            return
        self._shown = (app, last)
        set_words(self._avatar, initial(app.name))
        self._name.set_words(app.name)
        self._identity.set_words(identity_text(app))
        self._signs.set_words(signed_text(app))
        self._signs.setVisible(bool(signed_text(app)))
        self._last.set_words(last)
        show_state(self._state, app.state)
        ended = is_over(app.state)
        set_role(self._avatar, "avatar-quiet" if ended else "avatar")
        self._bars.show_bars([limit_bar(window, zone, ended=ended) for window in app.windows])
        self.setAccessibleName(row_text(app, now, zone))
        self.updateGeometry()

    def _lay_out(self) -> None:
        named = QWidget()
        names = QVBoxLayout(named)
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(2)
        names.addWidget(self._name)
        names.addWidget(self._identity)
        names.addWidget(self._signs)
        states = QVBoxLayout()
        states.setSpacing(4)
        states.addStretch(1)
        states.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        states.addWidget(self._last)
        states.addStretch(1)
        state_part = QWidget()
        state_part.setLayout(states)
        state_part.setMinimumWidth(_STATE_PX)
        states.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._avatar)
        row.addWidget(
            SideBySide((named, _NAME_STRETCH), (self._bars, _BARS_STRETCH), centred=True), 1
        )
        row.addWidget(state_part)
        row.addWidget(LineIcon("chevron-right", "quiet"))
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
