"""One app: what it may spend, what it spent, and the ways to stop it."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import AppRow, DaySpend, GrantNote
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.call_limit_editor import CallLimitEditor
from wattfare_desktop.ui.components.caps_editor import CapsEditor
from wattfare_desktop.ui.components.facts import Facts
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.limit_bars import LimitBars
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.side_by_side import SideBySide
from wattfare_desktop.ui.components.spend_chart_view import SpendChartView
from wattfare_desktop.ui.components.words import Shortened, set_words
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.pages.app_parts import avatar, show_state
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, GAP_PX, line
from wattfare_desktop.ui.presentation.apps import (
    facts,
    identity_text,
    initial,
    is_over,
    last_call_text,
    limit_bar,
    notes_shown,
)
from wattfare_desktop.ui.presentation.bindings import facts_of
from wattfare_desktop.ui.presentation.caps import caps_of
from wattfare_desktop.ui.presentation.moments import local
from wattfare_desktop.ui.presentation.spend_chart import spend_chart
from wattfare_desktop.ui.reading import Reading
from wattfare_desktop.ui.surroundings import Surroundings

DAYS: Final = 30


_History = tuple[GrantId, Sequence[DaySpend], Sequence[GrantNote]]


class AppDetail(QWidget):
    """Shows one app at a time; unsaved limits of the one before are forgotten."""

    back_requested = Signal()
    bindings_requested = Signal(object)
    """The :class:`AppRow` whose bindings are to change."""
    revoke_requested = Signal(str, str)
    """Grant and name, to be asked about first."""
    troubled = Signal(object)
    """A :class:`UserFacingError`."""

    def __init__(self, *, acts: PageActs, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("App details"))
        self._acts = acts
        self._errands = errands
        self._surroundings = surroundings
        self._app: AppRow | None = None
        self._history_of: GrantId | None = None
        self._history = Reading(errands, self._read_daily, self._show_daily, self._tell_trouble)
        self._make_head()
        self._bars = LimitBars()
        self._editor = CapsEditor(self.tr("Limits of this app"))
        self._editor.save_requested.connect(self._on_save_requested)
        self._call_limit = CallLimitEditor(self.tr("Limit of one call of this app"))
        self._call_limit.save_requested.connect(self._on_call_limit_saved)
        self._raise_allowed = QCheckBox(self.tr("It may ask for more when a limit is reached"))
        self._raise_allowed.setAccessibleName(self._raise_allowed.text())
        self._raise_allowed.clicked.connect(self._on_raise_allowed_clicked)
        self._notes = Facts()
        self._chart = SpendChartView(self.tr("Spent, last 30 days"))
        self._models = text()
        self._facts = Facts()
        self._bound = Facts()
        self._bind = button(self.tr("Change…"), "small")
        self._bind.setAccessibleName(self.tr("Change where it may be used"))
        self._bind.clicked.connect(self._on_bind_clicked)
        self._lay_out()

    def show_app(self, app: AppRow) -> None:
        """Show ``app`` as it stands."""
        is_other = self._app is None or self._app.id != app.id
        self._app = app
        zone = self._surroundings.zone()
        set_words(self._avatar, initial(app.name))
        self._name.set_words(app.name)
        last = last_call_text(app, self._surroundings.now(), zone)
        self._identity.set_words(f"{identity_text(app)} · {last}")
        show_state(self._state, app.state)
        over, paused = is_over(app.state), app.state is GrantState.PAUSED
        self._pause.setVisible(not over and not paused)
        self._resume.setVisible(paused)
        self._revoke.setVisible(not over)
        self._bars.show_bars([limit_bar(window, zone, ended=over) for window in app.windows])
        if is_other:
            self._editor.discard()
            self._call_limit.discard()
        self._call_limit.show_limit(app.call_limit)
        self._call_limit.setEnabled(not over)
        self._raise_allowed.setChecked(app.raise_allowed)
        self._raise_allowed.setEnabled(not over)
        self._editor.show_caps(caps_of(app.windows))
        self._editor.setEnabled(not over)
        set_words(self._models, "\n".join(app.models) or self.tr("Any model"))
        self._facts.show_facts(facts(app, zone))
        self._bound.show_facts(facts_of(app.bindings, app.redirect_host if app.verified else None))
        self._bind.setVisible(not over)
        if is_other:
            self.read_history()

    def read_history(self) -> None:
        """Draw the chart anew."""
        self._history.start()

    def _make_head(self) -> None:
        self._back = IconButton("chevron-left", self.tr("Back to all apps"), icon_only=True)
        self._back.clicked.connect(self.back_requested)
        self._avatar = avatar()
        self._name = Shortened(role="title")
        self._identity = Shortened(role="quiet")
        self._state = text(role="badge", wrap=False)
        self._pause = IconButton("pause", self.tr("&Pause"))
        self._pause.clicked.connect(self._on_pause_clicked)
        self._resume = IconButton("play", self.tr("Resu&me"))
        self._resume.clicked.connect(self._on_resume_clicked)
        self._revoke = IconButton("ban", self.tr("&Revoke…"), role="danger", colour="danger")
        self._revoke.clicked.connect(self._on_revoke_clicked)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addWidget(self._head())
        column.addWidget(SideBySide((self._limits_card(), 1), (self._facts_card(), 1)))
        chart = Card(CARD_MARGIN_PX)
        chart.column.addWidget(self._chart)
        notes = Card(CARD_MARGIN_PX)
        notes.column.addWidget(text(self.tr("What happened"), "heading", wrap=False))
        notes.column.addWidget(self._notes)
        notes.column.addStretch(1)
        column.addWidget(SideBySide((chart, 1), (notes, 1)), 1)

    def _head(self) -> QWidget:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._name)
        names.addWidget(self._identity)
        who, acts = QWidget(), QWidget()
        row = QHBoxLayout(who)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._back)
        row.addWidget(self._avatar)
        row.addLayout(names, 1)
        row = QHBoxLayout(acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(self._state, 0, Qt.AlignmentFlag.AlignVCenter)
        for act in (self._pause, self._resume, self._revoke):
            row.addWidget(act)
        return SideBySide((who, 1), (acts, 0), centred=True)

    def _limits_card(self) -> Card:
        card = Card(CARD_MARGIN_PX)
        card.column.addWidget(text(self.tr("Limits"), "heading", wrap=False))
        card.column.addWidget(self._bars)
        card.column.addWidget(line())
        card.column.addWidget(text(self.tr("It may spend at most"), "quiet", wrap=False))
        card.column.addWidget(self._editor)
        card.column.addWidget(self._call_limit)
        card.column.addWidget(self._raise_allowed)
        card.column.addStretch(1)
        return card

    def _facts_card(self) -> Card:
        card = Card(CARD_MARGIN_PX)
        card.column.addWidget(text(self.tr("Models it may use"), "heading", wrap=False))
        card.column.addWidget(self._models)
        card.column.addWidget(line())
        card.column.addWidget(text(self.tr("About this app"), "heading", wrap=False))
        card.column.addWidget(self._facts)
        card.column.addWidget(line())
        head = QHBoxLayout()
        head.addWidget(text(self.tr("Where it may be used"), "heading", wrap=False))
        head.addStretch(1)
        head.addWidget(self._bind)
        card.column.addLayout(head)
        card.column.addWidget(self._bound)
        card.column.addStretch(1)
        return card

    async def _read_daily(self) -> _History | None:
        if self._app is None:
            return None
        app = self._app.id
        return app, await self._acts.daily_spend(DAYS, app), await self._acts.history(app)

    def _show_daily(self, read: _History | None) -> None:
        if read is None or self._app is None or read[0] != self._app.id:
            return
        self._notes.show_facts(notes_shown(read[2], self._surroundings.zone()))
        today = local(self._surroundings.now(), self._surroundings.zone()).date()
        self._chart.show_chart(spend_chart(read[1], today, DAYS))

    def _tell_trouble(self, error: UserFacingError) -> None:
        self.troubled.emit(error)

    def _saved(self, app: GrantId, _nothing: Any) -> None:
        if self._app is not None and self._app.id == app:
            self._editor.saved()

    @Slot()
    def _on_pause_clicked(self) -> None:
        if self._app is not None:
            self._errands.run(self._acts.pause(self._app.id), None, self._tell_trouble)

    @Slot()
    def _on_resume_clicked(self) -> None:
        if self._app is not None:
            self._errands.run(self._acts.resume(self._app.id), None, self._tell_trouble)

    @Slot()
    def _on_bind_clicked(self) -> None:
        if self._app is not None:
            self.bindings_requested.emit(self._app)

    @Slot()
    def _on_revoke_clicked(self) -> None:
        if self._app is not None:
            self.revoke_requested.emit(self._app.id, self._app.name)

    @Slot(object)
    def _on_call_limit_saved(self, limit: Nanos | None) -> None:
        if self._app is not None:
            app = self._app.id
            work = self._acts.set_call_limit(app, limit)
            self._errands.run(work, partial(self._call_limit_saved, app), self._tell_trouble)

    def _call_limit_saved(self, app: GrantId, _nothing: Any) -> None:
        if self._app is not None and self._app.id == app:
            self._call_limit.saved()

    @Slot(bool)
    def _on_raise_allowed_clicked(self, allowed: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        if self._app is not None:
            work = self._acts.allow_raise(self._app.id, allowed=allowed)
            self._errands.run(work, None, self._tell_trouble)

    @Slot(object)
    def _on_save_requested(self, caps: tuple[Cap, ...]) -> None:
        if self._app is not None:
            app = self._app.id
            work = self._acts.set_caps(app, caps)
            self._errands.run(work, partial(self._saved, app), self._tell_trouble)
