"""The wallet's face: one tray, one window, one question at a time.

Knows which part answers which signal, and nothing of what the parts look like. All it wants of the
wallet goes through :class:`Errands`, so nothing here waits.
"""

from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId, TicketId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.core.reports import LimitAlert, OverrunAlert, Overview
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.system.autostart import Autostart
from wattfare_desktop.ui.dialogs.closing_question import ClosingQuestion
from wattfare_desktop.ui.dialogs.consent import ConsentDialog
from wattfare_desktop.ui.dialogs.error_notice import ErrorNotice
from wattfare_desktop.ui.dialogs.first_run import FirstChoices, FirstRun, FundingWish
from wattfare_desktop.ui.dialogs.raise_cap import RaiseDialog
from wattfare_desktop.ui.dialogs.revoke_question import RevokeQuestion
from wattfare_desktop.ui.dialogs.unlock import UnlockDialog
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.presentation.alerts import alert_notice
from wattfare_desktop.ui.presentation.calls import unsettled_notice
from wattfare_desktop.ui.presentation.closed import Closed
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion, Typical
from wattfare_desktop.ui.presentation.funding import overrun_notice
from wattfare_desktop.ui.presentation.raising import RaiseAsk, notice_of
from wattfare_desktop.ui.tray import Tray


class WalletApplication(QApplication):
    """Qt's application, which macOS hands URIs to as events."""

    uri_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Take a URI; leave all else to Qt."""
        if isinstance(event, QFileOpenEvent) and not event.url().isLocalFile():
            self.uri_opened.emit(bytes(event.url().toEncoded().data()).decode("ascii", "replace"))
            return True
        return super().event(event)


class MainWindow(Protocol):
    """What is needed of the window; ``widget`` is the window itself."""

    @property
    def widget(self) -> QWidget:
        """The top-level widget."""

    def show_page(self, page: str) -> None:
        """Turn to a page by its name."""

    def show_app(self, app: GrantId) -> None:
        """Turn to one app's details."""

    def show_banner(self, words: str) -> None:
        """Say ``words`` above all pages."""

    def ask_restore(self) -> None:
        """Ask which backup is restored."""


class WalletActs(Protocol):
    """What the user can do to the wallet from here; each runs on the wallet's loop."""

    async def overview(self) -> Overview | None:
        """Return how the wallet stands; None unless it is open."""

    async def closed(self) -> Closed:
        """Return why it is not open."""

    async def create(self, passphrase: str | None) -> None:
        """Make the wallet."""

    async def unlock(self, passphrase: str | None) -> None:
        """Open it."""

    async def lock(self) -> None:
        """Close it to all apps."""

    async def pause(self, app: GrantId) -> None:
        """Refuse an app's new calls."""

    async def resume(self, app: GrantId) -> None:
        """Let it spend again."""

    async def revoke(self, app: GrantId) -> None:
        """Cut it off."""

    async def pause_all(self) -> None:
        """Refuse all new calls."""

    async def resume_all(self) -> None:
        """Let apps spend again."""

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> Any:
        """Add a provider."""

    async def approve(self, ticket: TicketId, answer: ConsentAnswer) -> None:
        """Grant what was answered."""

    async def deny(self, ticket: TicketId, *, block: bool) -> None:
        """Grant nothing."""

    async def answer_raise(self, question: str, answer: RaiseAnswer) -> None:
        """Raise a cap, or do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the first run and unlocking depend on, and what the composition root does for them."""

    is_absent: bool
    is_broken: bool
    by_passphrase: bool
    keyring_trouble: str | None
    providers: Sequence[tuple[str, str]]
    typical: Typical
    try_sample: Callable[[], None]
    register_links: Callable[[], None]
    autostart: Autostart


class Application(QObject):
    """Puts tray, window and dialogs together. ``start`` shows what the wallet's state asks for."""

    quit_requested = Signal()

    def __init__(
        self,
        *,
        acts: WalletActs,
        errands: Errands,
        window: MainWindow,
        tray: Tray,
        circumstances: Circumstances,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self._errands = errands
        self._untold = ""
        self._window = window
        self._tray = tray
        self._circumstances = circumstances
        self._is_absent = circumstances.is_absent
        self._by_passphrase = circumstances.by_passphrase
        self._questions: deque[ConsentQuestion | RaiseAsk] = deque()
        self._kept: set[QDialog] = set()
        self.consent: ConsentDialog | None = None
        self.raising: RaiseDialog | None = None
        self.first_run: FirstRun | None = None
        self.unlock_dialog: UnlockDialog | None = None
        self._is_refreshing = False
        self._refresh_again = False
        self._connect_tray()

    def start(self) -> None:
        """Show the tray; on a new machine the first run, for a broken wallet the window, too."""
        QApplication.setQuitOnLastWindowClosed(False)
        self._tray.host.start()
        self.refresh()
        if self._is_absent:
            self._show_first_run()
        elif self._circumstances.is_broken:
            # Nobody would look for the reason behind an icon.
            self.show_window()

    def close(self) -> None:
        """Take everything from the screen; open questions stay with the desk."""
        for dialog in (self.first_run, self.unlock_dialog, *self._kept):
            if dialog is not None:
                dialog.close()
        for asked in (self.consent, self.raising):
            if asked is not None:
                asked.withdraw()
        self._tray.close()

    @Slot()
    def show_window(self, page: str | None = None) -> None:
        """Bring the window to the front, on ``page`` if one is given."""
        if page is not None:
            self._window.show_page(page)
        widget = self._window.widget
        widget.show()
        widget.setWindowState(widget.windowState() & ~Qt.WindowState.WindowMinimized)
        widget.raise_()
        widget.activateWindow()

    @Slot()
    def refresh(self) -> None:
        """Show the wallet as it stands; asked for again while it is being read, once more."""
        if self._is_refreshing:
            self._refresh_again = True
            return
        self._is_refreshing = True
        self._errands.run(self._acts.overview(), self._show_overview, self._overview_failed)

    def ask(self, question: ConsentQuestion) -> None:
        """Ask the user, after the questions that wait already."""
        self._questions.append(question)
        self._show_next_question()

    @Slot(str)
    def withdraw(self, ticket: str) -> None:
        """Ask no more: answered elsewhere, or expired."""
        self._forget(ticket)
        if self.consent is not None and self.consent.question.ticket == ticket:
            self.consent.withdraw()
            self._question_ended()
        self._count_questions()

    def ask_raise(self, ask: RaiseAsk) -> None:
        """Ask whether to raise a cap, after the questions that wait already."""
        self._questions.append(ask)
        self._show_next_question()

    @Slot(str)
    def withdraw_raise(self, question: str) -> None:
        """Ask no more whether to raise that cap."""
        self._forget(question)
        if self.raising is not None and self.raising.ask.id == question:
            self.raising.withdraw()
            self._question_ended()
        self._count_questions()

    def warn(self, alert: LimitAlert) -> None:
        """Tell in passing that most of a limit is gone."""
        self._tray.notify(*notice_of(alert))

    def tell_of_overrun(self, alert: OverrunAlert) -> None:
        """Tell in passing that a provider billed above a cap."""
        self._tray.notify(*overrun_notice(alert))

    def tell_of_alert(self, alert: Alert) -> None:
        """Tell in passing that an app did something unusual."""
        self._tray.notify(*alert_notice(alert))

    def tell_of_unsettled(self, count: int) -> None:
        """Tell that a crash left calls behind, which were charged in full.

        Where the desktop shows no notifications the window says so, since its user has to act.
        """
        title, words = unsettled_notice(count)
        if not self._tray.notify(title, words):
            self._untold = f"{title}. {words}"
            self._window.show_banner(self._untold)

    @Slot(str, str)
    def show_error(self, title: str, detail: str) -> None:
        """Tell what went wrong in a window of its own."""
        notice = ErrorNotice(title, detail, self._visible_window())
        self._keep(notice)
        notice.show()
        notice.raise_()

    @Slot()
    def show_unlock(self) -> None:
        """Offer to unlock, or to set the wallet up where there is none."""
        if self._is_absent:
            self._show_first_run()
            return
        if self.unlock_dialog is None:
            dialog = UnlockDialog(by_passphrase=self._by_passphrase)
            dialog.unlock_requested.connect(self._on_unlock_requested)
            dialog.destroyed.connect(self._on_unlock_destroyed)
            self.unlock_dialog = dialog
        self.unlock_dialog.show()
        self.unlock_dialog.raise_()
        self.unlock_dialog.activateWindow()

    def _connect_tray(self) -> None:
        menu = self._tray.menu
        self._tray.open_requested.connect(self.show_window)
        self._tray.host.missing.connect(self._on_host_missing)
        menu.page_requested.connect(self.show_window)
        menu.pause_requested.connect(self._on_pause_requested)
        menu.resume_requested.connect(self._on_resume_requested)
        menu.revoke_requested.connect(self.ask_revoke)
        menu.details_requested.connect(self._on_details_requested)
        menu.pause_all_requested.connect(self._on_pause_all_requested)
        menu.resume_all_requested.connect(self._on_resume_all_requested)
        menu.lock_requested.connect(self._on_lock_requested)
        menu.unlock_requested.connect(self.show_unlock)
        menu.quit_requested.connect(self.quit_requested)

    @Slot(str, str)
    def ask_revoke(self, app: str, name: str) -> None:
        """Ask once, then revoke at once."""
        question = RevokeQuestion(app, name, self._visible_window())
        question.confirmed.connect(self._on_revoke_confirmed)
        self._keep(question)
        question.open()
        question.raise_()
        question.activateWindow()

    @Slot()
    def ask_to_close(self) -> None:
        """Ask whether to go on without window and tray icon, or to quit."""
        question = ClosingQuestion(self._visible_window())
        question.confirmed.connect(self._on_quit_confirmed)
        question.keep_running_requested.connect(self._on_keep_running_requested)
        self._keep(question)
        question.open()

    def _keep(self, dialog: QDialog) -> None:
        # Without a parent nothing else holds it: Python would take it off the screen at once.
        self._kept.add(dialog)
        dialog.finished.connect(self._on_kept_finished)

    @Slot()
    def _on_kept_finished(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, QDialog):
            self._kept.discard(dialog)

    def _visible_window(self) -> QWidget | None:
        # A dialog whose parent is hidden would be hidden with it.
        widget = self._window.widget
        return widget if widget.isVisible() else None

    def _act(self, work: Coroutine[Any, Any, None]) -> None:
        self._errands.run(work, self._acted, self._act_failed)

    def _acted(self, _nothing: None) -> None:
        self.refresh()

    def _act_failed(self, error: UserFacingError) -> None:
        self.show_error(error.title, error.detail)
        self.refresh()

    def _show_overview(self, overview: Overview | None) -> None:
        self._tray.show_overview(overview)
        if overview is None:
            self._errands.run(self._acts.closed(), self._tray.show_closed, self._closed_failed)
        self._refreshed()

    def _overview_failed(self, _error: UserFacingError) -> None:
        self._tray.show_overview(None)
        self._refreshed()

    def _closed_failed(self, _error: UserFacingError) -> None:
        """Nothing better is known than that it is locked."""

    def _refreshed(self) -> None:
        self._is_refreshing = False
        if self._refresh_again:
            self._refresh_again = False
            self.refresh()

    def _show_next_question(self) -> None:
        if not self._is_asking() and self._questions:
            question = self._questions.popleft()
            if isinstance(question, RaiseAsk):
                self._show_raise(question)
            else:
                self._show_consent(question)
        self._count_questions()

    def _show_consent(self, question: ConsentQuestion) -> None:
        dialog = ConsentDialog(question, self._circumstances.typical)
        dialog.approved.connect(self._on_approved)
        dialog.denied.connect(self._on_denied)
        self.consent = dialog
        dialog.present()

    def _show_raise(self, ask: RaiseAsk) -> None:
        dialog = RaiseDialog(ask)
        dialog.answered.connect(self._on_raise_answered)
        self.raising = dialog
        dialog.present()

    def _forget(self, name: str) -> None:
        self._questions = deque(each for each in self._questions if _name_of(each) != name)

    def _is_asking(self) -> bool:
        return self.consent is not None or self.raising is not None

    def _question_ended(self) -> None:
        self.consent = self.raising = None
        self._show_next_question()

    def _count_questions(self) -> None:
        self._tray.show_questions(len(self._questions) + self._is_asking())

    @Slot(str, str)
    def _on_raise_answered(self, question: str, answer: str) -> None:
        self._act(self._acts.answer_raise(question, RaiseAnswer(answer)))
        self._question_ended()

    @Slot(str, object)
    def _on_approved(self, ticket: str, answer: ConsentAnswer) -> None:
        self._act(self._acts.approve(TicketId(ticket), answer))
        self._question_ended()

    @Slot(str, bool)
    def _on_denied(self, ticket: str, block: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._act(self._acts.deny(TicketId(ticket), block=block))
        self._question_ended()

    def _show_first_run(self) -> None:
        if self.first_run is None:
            here = self._circumstances
            dialog = FirstRun(
                keyring_trouble=here.keyring_trouble,
                providers=here.providers,
                at_login=here.autostart.is_on(),
            )
            dialog.create_requested.connect(self._on_create_requested)
            dialog.fund_requested.connect(self._on_fund_requested)
            dialog.try_requested.connect(self._on_try_requested)
            dialog.restore_requested.connect(self._on_restore_requested)
            dialog.finished_with.connect(self._on_first_run_finished)
            dialog.destroyed.connect(self._on_first_run_destroyed)
            self.first_run = dialog
        self.first_run.show()
        self.first_run.raise_()
        self.first_run.activateWindow()

    def _created(self, _nothing: None) -> None:
        self._is_absent = False
        self._first_run_step_done(None)

    def _first_run_step_done(self, _outcome: object) -> None:
        if self.first_run is not None:
            self.first_run.step_done()
        self.refresh()

    def _first_run_failed(self, error: UserFacingError) -> None:
        if self.first_run is not None:
            self.first_run.show_trouble(str(error))

    @Slot(object)
    def _on_create_requested(self, passphrase: str | None) -> None:
        self._by_passphrase = passphrase is not None
        self._errands.run(self._acts.create(passphrase), self._created, self._first_run_failed)

    @Slot(object)
    def _on_fund_requested(self, wish: FundingWish) -> None:
        work = self._acts.add_funding(
            wish.provider, key=wish.key, base_url=None, balance=wish.balance
        )
        self._errands.run(work, self._first_run_step_done, self._first_run_failed)

    @Slot()
    def _on_try_requested(self) -> None:
        self._circumstances.try_sample()

    @Slot()
    def _on_restore_requested(self) -> None:
        self.show_window()
        self._window.ask_restore()

    @Slot(object)
    def _on_first_run_finished(self, choices: FirstChoices) -> None:
        self.show_window("overview")
        autostart = self._circumstances.autostart
        try:
            if choices.links:
                self._circumstances.register_links()
            if choices.at_login != autostart.is_on():
                (autostart.turn_on if choices.at_login else autostart.turn_off)()
        except UserFacingError as error:
            self.show_error(error.title, error.detail)

    @Slot()
    def _on_first_run_destroyed(self) -> None:
        self.first_run = None

    @Slot(object)
    def _on_unlock_requested(self, passphrase: str | None) -> None:
        self._errands.run(self._acts.unlock(passphrase), self._unlocked, self._unlock_failed)

    def _unlocked(self, _nothing: None) -> None:
        if self.unlock_dialog is not None:
            self.unlock_dialog.close()
        self.refresh()

    def _unlock_failed(self, error: UserFacingError) -> None:
        if self.unlock_dialog is not None:
            self.unlock_dialog.show_trouble(str(error))

    @Slot(bool)
    def take_restored(self, by_passphrase: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        """Go on with the wallet that a backup brought back."""
        self._is_absent, self._by_passphrase = False, by_passphrase
        for dialog in (self.first_run, self.unlock_dialog):
            if dialog is not None:
                dialog.close()
        self.refresh()

    @Slot()
    def _on_unlock_destroyed(self) -> None:
        self.unlock_dialog = None

    @Slot(str)
    def _on_pause_requested(self, app: str) -> None:
        self._act(self._acts.pause(GrantId(app)))

    @Slot(str)
    def _on_resume_requested(self, app: str) -> None:
        self._act(self._acts.resume(GrantId(app)))

    @Slot(str)
    def _on_revoke_confirmed(self, app: str) -> None:
        self._act(self._acts.revoke(GrantId(app)))

    @Slot(str)
    def _on_quit_confirmed(self, _subject: str) -> None:
        self.quit_requested.emit()

    @Slot()
    def _on_keep_running_requested(self) -> None:
        self._window.widget.hide()

    @Slot(str)
    def _on_details_requested(self, app: str) -> None:
        self._window.show_app(GrantId(app))
        self.show_window()

    @Slot()
    def _on_pause_all_requested(self) -> None:
        self._act(self._acts.pause_all())

    @Slot()
    def _on_resume_all_requested(self) -> None:
        self._act(self._acts.resume_all())

    @Slot()
    def _on_lock_requested(self) -> None:
        self._act(self._acts.lock())

    @Slot()
    def _on_host_missing(self) -> None:
        words = self.tr(
            "This desktop shows no tray icons, so Wattfare stays in this window. "
            "On GNOME the AppIndicator extension brings them back."
        )
        self._window.show_banner(f"{words} {self._untold}".strip())
        self.show_window()


def _name_of(question: ConsentQuestion | RaiseAsk) -> str:
    return question.id if isinstance(question, RaiseAsk) else question.ticket
