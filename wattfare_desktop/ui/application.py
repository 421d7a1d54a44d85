"""The wallet's face: one tray, one window, one question at a time.

Knows which part answers which signal, and nothing of what the parts look like. All it wants of the
wallet goes through :class:`Errands`, so nothing here waits.
"""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.reports import LimitAlert, OverrunAlert, Overview
from wattfare_desktop.core.updates import Release
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.system.scheme import SchemeStatus
from wattfare_desktop.ui.dialogs.closing_question import ClosingQuestion
from wattfare_desktop.ui.dialogs.error_notice import ErrorNotice
from wattfare_desktop.ui.dialogs.revoke_question import RevokeQuestion
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.late_window import LateWindow
from wattfare_desktop.ui.opening import Opening
from wattfare_desktop.ui.presentation.alerts import alert_notice
from wattfare_desktop.ui.presentation.calls import unsettled_notice
from wattfare_desktop.ui.presentation.funding import overrun_notice
from wattfare_desktop.ui.presentation.links import TAKEN_TITLE, taken_text
from wattfare_desktop.ui.presentation.raising import notice_of
from wattfare_desktop.ui.presentation.updates import release_notice
from wattfare_desktop.ui.questions import Questions
from wattfare_desktop.ui.reading import Reading
from wattfare_desktop.ui.tray import Tray
from wattfare_desktop.ui.wallet_acts import Circumstances, WalletActs


class Application(QObject):
    """Puts tray, window and dialogs together. ``start`` shows what the wallet's state asks for."""

    quit_requested = Signal()

    def __init__(
        self,
        *,
        acts: WalletActs,
        errands: Errands,
        window: LateWindow,
        tray: Tray,
        circumstances: Circumstances,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self._errands = errands
        self._untold: tuple[str, str] | None = None
        self._window = window
        self._tray = tray
        self._circumstances = circumstances
        self._kept: set[QDialog] = set()
        self.questions = Questions(acts, self._act, circumstances.typical, self)
        self.questions.counted.connect(tray.show_questions)
        self.opening = Opening(acts=acts, errands=errands, circumstances=circumstances, parent=self)
        self._reading = Reading(errands, acts.overview, self._show_overview, self._overview_failed)
        self._connect_tray()
        self._connect_opening()

    def start(self) -> None:
        """Show the tray; on a new machine the first run, for a broken wallet the window, too."""
        QApplication.setQuitOnLastWindowClosed(False)
        self._tray.host.start()
        self.refresh()
        self._errands.run(self._circumstances.links(), self._tell_of_links)
        if self.opening.is_absent:
            self.opening.show_first_run()
        elif self._circumstances.is_broken:
            # Nobody would look for the reason behind an icon.
            self.show_window()

    def close(self) -> None:
        """Take everything from the screen; open questions stay with the desk."""
        self.opening.close()
        for dialog in tuple(self._kept):
            dialog.close()
        self.questions.close()
        self._tray.close()

    @Slot()
    def show_window(self, page: str | None = None) -> None:
        """Bring the window to the front, on ``page`` if one is given."""
        try:
            if page is not None:
                self._window.show_page(page)
            self._window.bring_forward()
        except UserFacingError as error:
            # It is made when it is first shown, and reads the settings then.
            self.show_error(error.title, error.detail)

    @Slot()
    def refresh(self) -> None:
        """Show the wallet as it stands; asked for again while it is being read, once more."""
        self._reading.start()

    def warn(self, alert: LimitAlert) -> None:
        """Tell in passing that most of a limit is gone."""
        self._tray.notify(*notice_of(alert))

    def tell_of_overrun(self, alert: OverrunAlert) -> None:
        """Tell in passing that a provider billed above a cap."""
        self._tray.notify(*overrun_notice(alert))

    def tell_of_alert(self, alert: Alert) -> None:
        """Tell in passing that an app did something unusual."""
        self._tray.notify(*alert_notice(alert))

    def tell_of_release(self, release: Release) -> None:
        """Tell in passing that a newer version of this program is out."""
        self._tray.notify(*release_notice(release))

    def tell_of_unsettled(self, count: int) -> None:
        """Tell that a crash left calls behind, which were charged in full.

        Where the desktop shows no notifications the window says so, since its user has to act.
        """
        self._untold = unsettled_notice(count)
        self._tell_what_is_untold()

    @Slot()
    def _tell_what_is_untold(self) -> None:
        """Tell it where that can be told now: at log-in the tray may come after the wallet."""
        if self._untold is None:
            return
        if self._tray.notify(*self._untold):
            self._untold = None
        else:
            self._window.show_banner(". ".join(self._untold))

    def _tell_of_links(self, status: SchemeStatus) -> None:
        """Tell where another program takes the links of apps: nobody looks for that by himself."""
        self._window.show_links(status)
        if words := taken_text(status):
            self._tray.notify(TAKEN_TITLE, words)

    @Slot(str, str)
    def show_error(self, title: str, detail: str) -> None:
        """Tell what went wrong in a window of its own."""
        notice = ErrorNotice(title, detail, self._window.visible)
        self._keep(notice)
        notice.show()
        notice.raise_()

    def _connect_tray(self) -> None:
        menu = self._tray.menu
        self._tray.open_requested.connect(self.show_window)
        self._tray.host.missing.connect(self._on_host_missing)
        self._tray.host.appeared.connect(self._tell_what_is_untold)
        menu.page_requested.connect(self.show_window)
        menu.pause_requested.connect(self._on_pause_requested)
        menu.resume_requested.connect(self._on_resume_requested)
        menu.revoke_requested.connect(self.ask_revoke)
        menu.details_requested.connect(self._on_details_requested)
        menu.pause_all_requested.connect(self._on_pause_all_requested)
        menu.resume_all_requested.connect(self._on_resume_all_requested)
        menu.lock_requested.connect(self._on_lock_requested)
        menu.unlock_requested.connect(self.opening.show_unlock)
        menu.quit_requested.connect(self.quit_requested)

    def _connect_opening(self) -> None:
        self.opening.opened.connect(self.refresh)
        self.opening.restore_requested.connect(self._on_restore_requested)
        self.opening.finished.connect(self._on_first_run_finished)
        self.opening.refused.connect(self.show_error)

    @Slot(str, str)
    def ask_revoke(self, app: str, name: str) -> None:
        """Ask once, then revoke at once."""
        question = RevokeQuestion(app, name, self._window.visible)
        question.confirmed.connect(self._on_revoke_confirmed)
        self._keep(question)
        question.open()
        question.raise_()
        question.activateWindow()

    @Slot()
    def ask_to_close(self) -> None:
        """Ask whether to go on without window and tray icon, or to quit."""
        question = ClosingQuestion(self._window.visible)
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

    def _overview_failed(self, _error: UserFacingError) -> None:
        self._tray.show_overview(None)

    def _closed_failed(self, _error: UserFacingError) -> None:
        """Nothing better is known than that it is locked."""

    @Slot()
    def _on_restore_requested(self) -> None:
        self.show_window()
        self._window.ask_restore()

    @Slot()
    def _on_first_run_finished(self) -> None:
        self.show_window("overview")

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
        self._window.hide()

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
        untold = "" if self._untold is None else ". ".join(self._untold)
        self._window.show_banner(f"{words} {untold}".strip())
        self.show_window()
