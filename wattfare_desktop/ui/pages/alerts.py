"""Alerts: what apps did that is unusual, and what to do about it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from wattfare_desktop.core.reports import Overview
from wattfare_desktop.core.watching.alerts import Alert, AlertState
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.notices import EmptyState
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.words import Shortened, set_role, set_words
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.pages.app_parts import avatar
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, Page, scrolling
from wattfare_desktop.ui.presentation.alerts import AlertText, alert_text
from wattfare_desktop.ui.presentation.apps import initial
from wattfare_desktop.ui.reading import Reading
from wattfare_desktop.ui.surroundings import Surroundings


class AlertsPage(Page):
    """The latest alerts, newest first. To show them is to have them seen."""

    revoke_requested = Signal(str, str)
    """Grant and name, to be asked about first."""

    def __init__(self, *, acts: PageActs, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__(acts=acts, errands=errands, surroundings=surroundings)
        self.set_title(self.tr("Alerts"))
        self._overview: Overview | None = None
        self._cards: dict[int, AlertCard] = {}
        self._order: list[int] = []
        self._reading = Reading(errands, acts.alerts, self._show, self.tell_trouble)
        self._empty = EmptyState(
            "bell",
            self.tr("Nothing unusual"),
            self.tr(
                "Wattfare watches how often apps call and how fast they spend. When one of them "
                "does something unusual you are told here, and it is paused if it looks dangerous."
            ),
        )
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scrolling(inside, self.tr("Alerts")))
        self.column.addWidget(self._stack, 1)

    def show_overview(self, overview: Overview) -> None:
        """Read the alerts and show them beside how their apps stand."""
        self._overview = overview
        self._reading.start()

    def _show(self, alerts: Sequence[Alert]) -> None:
        if self._overview is None:
            return
        now, zone = self.surroundings.now(), self.surroundings.zone()
        for alert in alerts:
            if alert.id not in self._cards:
                self._cards[alert.id] = self._card()
            self._cards[alert.id].show_alert(alert_text(alert, self._overview, now, zone))
        self._arrange([alert.id for alert in alerts])
        self._stack.setCurrentIndex(int(bool(alerts)))
        if self.isVisible() and any(alert.state is AlertState.NEW for alert in alerts):
            self.act(self.acts.see_alerts())

    def _card(self) -> "AlertCard":
        card = AlertCard()
        card.resume_requested.connect(self._on_resume_requested)
        card.mine_requested.connect(self._on_mine_requested)
        card.revoke_requested.connect(self.revoke_requested)
        return card

    def _arrange(self, order: list[int]) -> None:
        if order == self._order:
            return
        self._order = order
        while self._column.takeAt(0) is not None:
            pass
        for number in set(self._cards) - set(order):
            gone = self._cards.pop(number)
            gone.hide()
            gone.deleteLater()
        for number in order:
            self._column.addWidget(self._cards[number])
        self._column.addStretch(1)

    @Slot(object)
    def _on_resume_requested(self, alert: AlertText) -> None:
        self.act(self.acts.resume(alert.app))

    @Slot(object)
    def _on_mine_requested(self, alert: AlertText) -> None:
        self.act(self.acts.say_mine(alert.number))


class AlertCard(Card):
    """One alert. It stays the same widget as what is said of it changes."""

    resume_requested = Signal(object)
    mine_requested = Signal(object)
    """The :class:`AlertText`."""
    revoke_requested = Signal(str, str)

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self._alert: AlertText | None = None
        self._avatar = avatar()
        self._name = Shortened(role="heading")
        self._when = text(role="quiet", wrap=False)
        self._what = text()
        self._badge = text(role="badge", wrap=False)
        self._resume = button(self.tr("Resume"), "small")
        self._mine = button(self.tr("This was me"), "small")
        self._revoke = button(self.tr("Revoke…"), "small")
        self._resume.clicked.connect(self._on_resume_clicked)
        self._mine.clicked.connect(self._on_mine_clicked)
        self._revoke.clicked.connect(self._on_revoke_clicked)
        self._lay_out()

    def show_alert(self, alert: AlertText) -> None:
        """Show ``alert``."""
        if alert == self._alert:
            return
        self._alert = alert
        set_words(self._avatar, initial(alert.name))
        self._name.set_words(alert.name)
        set_words(self._when, alert.when)
        set_words(self._what, alert.what)
        set_words(self._badge, alert.badge)
        self._badge.setVisible(bool(alert.badge))
        set_role(self._badge, "badge-caution" if alert.is_urgent else "badge")
        set_role(self._avatar, "avatar" if alert.may_revoke else "avatar-quiet")
        self.setAccessibleName(f"{alert.name}: {alert.what} {alert.when}")
        self._offer(self._resume, alert.name, offered=alert.may_resume)
        self._offer(self._mine, alert.name, offered=alert.may_be_mine)
        self._offer(self._revoke, alert.name, offered=alert.may_revoke)

    def _offer(self, act: QPushButton, name: str, *, offered: bool) -> None:
        act.setVisible(offered)
        act.setAccessibleName(f"{act.text()}: {name}")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._name, 1)
        head.addWidget(self._badge)
        head.addWidget(self._when)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for act in (self._resume, self._mine, self._revoke):
            acts.addWidget(act)
        acts.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addLayout(head)
        words.addWidget(self._what)
        words.addLayout(acts)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.column.addLayout(row)

    @Slot()
    def _on_resume_clicked(self) -> None:
        self.resume_requested.emit(self._alert)

    @Slot()
    def _on_mine_clicked(self) -> None:
        self.mine_requested.emit(self._alert)

    @Slot()
    def _on_revoke_clicked(self) -> None:
        if self._alert is not None:
            self.revoke_requested.emit(self._alert.app, self._alert.name)
