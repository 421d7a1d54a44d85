"""The first page: what is left and where, what went, what runs."""

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import display_usd
from wattfare_desktop.core.reports import CallRow, DaySpend, Overview
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.limit_bars import LimitBars
from wattfare_desktop.ui.components.notices import EmptyState, LineIcon, Notice
from wattfare_desktop.ui.components.pieces import Card, text
from wattfare_desktop.ui.components.side_by_side import SideBySide
from wattfare_desktop.ui.components.spend_chart_view import SpendChartView
from wattfare_desktop.ui.components.words import Figure, Shortened, money, set_words
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, GAP_PX, Page, line, scrolling
from wattfare_desktop.ui.presentation.apps import limit_bar
from wattfare_desktop.ui.presentation.books import Doubted, doubt_notice
from wattfare_desktop.ui.presentation.calls import model_text, running_line
from wattfare_desktop.ui.presentation.funding import left_lines, needs_label, practice_lines
from wattfare_desktop.ui.presentation.mending import (
    renew_question,
    stuck_detail,
    stuck_words,
    unsettled_words,
)
from wattfare_desktop.ui.presentation.moments import local
from wattfare_desktop.ui.presentation.spend_chart import spend_chart
from wattfare_desktop.ui.reading import Reading
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.changes import Changes

DAYS: Final = 30
_TICK_MS: Final = 500


class OverviewPage(Page):
    """How the wallet stands."""

    add_funds_requested = Signal()
    check_requested = Signal()
    unsettled_requested = Signal()
    """The calls that a crash left shall be listed."""
    accept_requested = Signal(object)
    """The :class:`Doubted`, to be asked about first."""

    def __init__(self, *, acts: PageActs, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__(acts=acts, errands=errands, surroundings=surroundings)
        self.set_title(self.tr("Overview"))
        self._overview: Overview | None = None
        self._daily = Reading(
            errands, partial(acts.daily_spend, DAYS), self._show_daily, self.tell_trouble
        )
        self._doubt = Notice(
            "trouble",
            action=self.tr("Check"),
            other=self.tr("Go on from here…"),
            may_be_dismissed=False,
        )
        self._doubt.action_requested.connect(self.check_requested)
        self._doubt.other_requested.connect(self._on_go_on_requested)
        self._doubted: Doubted | None = None
        self._unsettled = Notice(action=self.tr("Look"), may_be_dismissed=False)
        self._unsettled.action_requested.connect(self.unsettled_requested)
        self._stuck = Notice(action=self.tr("Let it renew…"), may_be_dismissed=False)
        self._stuck.action_requested.connect(self._on_renew_requested)
        self._paused = Notice(action=self.tr("Resume"), may_be_dismissed=False)
        self._paused.action_requested.connect(self._on_resume_requested)
        self._empty = EmptyState(
            "zap",
            self.tr("Nothing to spend yet"),
            self.tr(
                "Here you will see what is left, what each app spends and what is running. "
                "Add a provider key, or practice with play money first."
            ),
            self.tr("Add funds…"),
        )
        self._empty.action_requested.connect(self.add_funds_requested)
        self._left = LeftCard()
        self._spent = SpentCard()
        self._chart = SpendChartView(self.tr("Spend by app, last 30 days"))
        self._running = RunningCard()
        self._ticker = QTimer(self)
        self._ticker.setInterval(_TICK_MS)
        self._ticker.timeout.connect(self._on_tick)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scrolling(self._body(), self.tr("Overview")))
        self.column.addWidget(self._doubt)
        for notice in (self._paused, self._unsettled, self._stuck):
            self.column.addWidget(notice)
        self.column.addWidget(self._stack, 1)

    def show_overview(self, overview: Overview) -> None:
        """Show the figures."""
        is_first = self._overview is None
        self._overview = overview
        zone = self.surroundings.zone()
        self._show_doubt(overview.doubt)
        paused = self.tr("All spending is paused. Apps are refused until you resume it.")
        self._paused.say(paused if overview.paused else "")
        self._unsettled.say(unsettled_words(overview.unsettled))
        self._stuck.say(stuck_words(overview.stuck, zone))
        self._stack.setCurrentIndex(int(bool(overview.fundings or overview.apps)))
        self._left.show_overview(overview)
        self._spent.show_overview(overview, zone)
        self._running.show_calls(overview.running, self.surroundings.now())
        self._keep_ticking()
        if is_first:
            self._daily.start()

    def take(self, changes: Changes) -> None:
        """Draw the chart anew where spending moved."""
        if changes.calls or changes.grants or changes.wallet:
            self._daily.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the meters run while they are seen."""
        super().showEvent(event)
        self._keep_ticking()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let them stand while they are not."""
        super().hideEvent(event)
        self._ticker.stop()

    def _body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        chart = Card(CARD_MARGIN_PX)
        chart.column.addWidget(self._chart)
        column.addWidget(SideBySide((self._left, 1), (self._spent, 1)))
        column.addWidget(self._running)
        column.addWidget(chart, 1)
        return body

    def _keep_ticking(self) -> None:
        runs = self._overview is not None and bool(self._overview.running)
        if not (runs and self.isVisible()):
            self._ticker.stop()
        elif not self._ticker.isActive():
            self._ticker.start()

    def _show_doubt(self, doubt: str) -> None:
        if not doubt:
            self._doubt.say("")
        elif not self._doubt.words:
            self.act(self.acts.doubt(), self._tell_doubt)

    def _tell_doubt(self, doubt: Doubted | None) -> None:
        self._doubted = doubt
        self._doubt.say("" if doubt is None else doubt_notice(doubt))

    def _show_daily(self, rows: Sequence[DaySpend]) -> None:
        today = local(self.surroundings.now(), self.surroundings.zone()).date()
        self._chart.show_chart(spend_chart(rows, today, DAYS))

    @Slot()
    def _on_tick(self) -> None:
        if self._overview is not None:
            self._running.show_calls(self._overview.running, self.surroundings.now())

    @Slot()
    def _on_go_on_requested(self) -> None:
        if self._doubted is not None:
            self.accept_requested.emit(self._doubted)

    @Slot()
    def _on_renew_requested(self) -> None:
        stuck = () if self._overview is None else self._overview.stuck
        question = Question(
            "",
            title=self.tr("Limits"),
            words=renew_question(stuck),
            detail=stuck_detail(stuck),
            action=self.tr("Let it renew") if len(stuck) == 1 else self.tr("Let them renew"),
            parent=self.window(),
        )
        question.confirmed.connect(self._on_renew_confirmed)
        question.open()

    @Slot(str)
    def _on_renew_confirmed(self, _subject: str) -> None:
        self.act(self.acts.reset_windows())

    @Slot()
    def _on_resume_requested(self) -> None:
        self.act(self.acts.resume_all())


class LeftCard(Card):
    """What is left, and where. Play money stands apart."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self.column.setSpacing(12)
        self._figure = Figure(self.tr("Left to spend"), "display")
        self._play = Figure(self.tr("Play money left"), "display")
        self._lines = FundingLines()
        self._line = line()
        self._practice = FundingLines(self.tr("play money"))
        for part in (self._figure, self._play, self._lines, self._line, self._practice):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_overview(self, overview: Overview) -> None:
        """Show ``overview``'s fundings."""
        left, practice = left_lines(overview), practice_lines(overview)
        plays = bool(practice) and not left
        self._figure.setVisible(not plays)
        self._play.setVisible(plays)
        held = self.tr("%s held by running calls") % display_usd(overview.held)
        note = held if overview.held else ""
        self._figure.show_amount(display_usd(overview.balance), note)
        self._play.show_amount(display_usd(overview.practice_balance), note)
        self._lines.show_lines(left)
        self._practice.show_lines(practice)
        self._line.setVisible(bool(left and practice))


class FundingLines(QWidget):
    """A name and an amount each; ``label`` stands beside each name."""

    def __init__(self, label: str = "") -> None:
        super().__init__()
        self._label = label
        self._rows: list[tuple[Shortened, QWidget]] = []
        self._lines: tuple[tuple[str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)

    def show_lines(self, lines: tuple[tuple[str, str], ...]) -> None:
        """Show ``lines``, in their order."""
        self.setVisible(bool(lines))
        if lines == self._lines:
            return
        self._lines = lines
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, amount) in enumerate(lines):
            self._grid.addWidget(Shortened(name), row, 0)
            if self._label and needs_label(name):
                self._grid.addWidget(text(self._label, "badge", wrap=False), row, 1)
            figure = money(amount, "strong")
            self._grid.addWidget(figure, row, 2, Qt.AlignmentFlag.AlignRight)


class SpentCard(Card):
    """Today, this month, and the limits of the whole wallet."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self._today = Figure(self.tr("Today"))
        self._month = Figure(self.tr("This month"))
        figures = QHBoxLayout()
        figures.setSpacing(GAP_PX)
        figures.addWidget(self._today, 1)
        figures.addWidget(self._month, 1)
        self._head = text(self.tr("Limits of the whole wallet"), "quiet", wrap=False)
        self._bars = LimitBars()
        self._none = text(
            self.tr("No limit over all apps together. You can set one in Settings."), "quiet"
        )
        self.column.addLayout(figures)
        self.column.addWidget(line())
        self.column.addWidget(self._head)
        self.column.addWidget(self._bars)
        self.column.addWidget(self._none)
        self.column.addStretch(1)

    def show_overview(self, overview: Overview, zone: tzinfo) -> None:
        """Show what went."""
        self._today.show_amount(display_usd(overview.today))
        self._month.show_amount(display_usd(overview.month))
        bars = [limit_bar(window, zone) for window in overview.wallet_windows]
        self._bars.show_bars(bars)
        self._head.setVisible(bool(bars))
        self._bars.setVisible(bool(bars))
        self._none.setVisible(not bars)


class RunningCard(Card):
    """The calls that run, each with its meter; not there while none does."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self.column.setSpacing(8)
        self._title = text(role="heading", wrap=False)
        self.column.addWidget(self._title)
        self._rows: list[RunningRow] = []

    def show_calls(self, calls: Sequence[CallRow], now: Instant) -> None:
        """Show ``calls`` at ``now``."""
        self.setVisible(bool(calls))
        set_words(self._title, self.tr("Running now: %d") % len(calls))
        while len(self._rows) < len(calls):
            row = RunningRow()
            self._rows.append(row)
            self.column.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(calls))
            if place < len(calls):
                row.show_call(calls[place], now)


class RunningRow(QWidget):
    """One running call."""

    def __init__(self) -> None:
        super().__init__()
        self._app = Shortened(role="strong")
        self._model = Shortened(role="quiet")
        self._meter = money()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(LineIcon("zap", "focus", 16))
        for part in (self._app, self._model, self._meter):
            # Only so do the columns of several rows stand below each other.
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row.addWidget(part, 1)
        self._meter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_call(self, call: CallRow, now: Instant) -> None:
        """Show ``call`` at ``now``."""
        self._app.set_words(call.app_name)
        self._model.set_words(model_text(call))
        set_words(self._meter, running_line(call, now))
