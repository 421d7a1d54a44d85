"""Long work on the books, asked for on several pages: its dialogs, its progress, its end."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.book_acts import BookActs
from wattfare_desktop.ui.dialogs.back_up import BackUpDialog
from wattfare_desktop.ui.dialogs.export import ExportDialog
from wattfare_desktop.ui.dialogs.long_work import WorkDialog
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.ui.dialogs.restore import RestoreDialog
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.presentation.books import (
    Back,
    Doubted,
    Exported,
    ExportWish,
    Made,
    Seen,
    Verdict,
    backup_name,
    backup_told,
    doubt_question,
    export_told,
    restored_told,
    verdict_told,
)
from wattfare_desktop.ui.presentation.long_work import Watch
from wattfare_desktop.ui.presentation.moments import local
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.backup import BackupWish

T = TypeVar("T")


class Bookkeeping(QObject):
    """One work at a time; asked for another, it shows the one that is under way."""

    troubled = Signal(object)
    """A :class:`UserFacingError` that no dialog is open for."""
    restored = Signal(bool)
    """Another wallet is open now; whether a passphrase protects it."""

    def __init__(
        self, *, acts: BookActs, errands: Errands, surroundings: Surroundings, window: QWidget
    ) -> None:
        super().__init__(window)
        self._acts = acts
        self._errands = errands
        self._surroundings = surroundings
        self._window = window
        self._watch: Watch | None = None
        self._work: WorkDialog | None = None
        self._restoring: RestoreDialog | None = None
        self._by_passphrase = False

    def stop(self) -> None:
        """Have what is under way end soon: the program quits."""
        if self._watch is not None:
            self._watch.stop()

    @Slot()
    def ask_back_up(self) -> None:
        """Ask where a backup goes."""
        if self._shows_work():
            return
        today = local(self._surroundings.now(), self._surroundings.zone()).date()
        folder = _documents()
        name = backup_name(today, _names_in(folder))
        dialog = BackUpDialog(folder / name, self._window)
        dialog.backup_requested.connect(self._on_backup_requested)
        dialog.open()

    @Slot()
    def ask_restore(self) -> None:
        """Ask which backup is restored."""
        if self._shows_work():
            return
        dialog = RestoreDialog(self._surroundings.zone(), self._window)
        dialog.look_requested.connect(self._on_look_requested)
        dialog.restore_requested.connect(self._on_restore_requested)
        dialog.destroyed.connect(self._on_restoring_destroyed)
        self._restoring = dialog
        dialog.open()

    @Slot()
    def check(self) -> None:
        """Check everything."""
        if not self._shows_work():
            watch = self._begin(self.tr("Check the books"))
            self._run(self._acts.check(watch), self._checked)

    @Slot()
    def ask_export(self) -> None:
        """Ask in which form, and where."""
        if self._shows_work():
            return
        dialog = ExportDialog(_documents(), self._window)
        dialog.export_requested.connect(self._on_export_requested)
        dialog.open()

    @Slot(object)
    def ask_accept(self, doubt: Doubted) -> None:
        """Ask whether to go on from books that are in doubt."""
        question = Question(
            "",
            title=self.tr("Go on from here"),
            words=self.tr("Go on from the books as they are?"),
            detail=doubt_question(doubt),
            action=self.tr("Go on from here"),
            parent=self._window,
        )
        question.confirmed.connect(self._on_accept_confirmed)
        question.open()

    def _begin(self, title: str, *, is_modal: bool = False) -> Watch:
        self._watch = watch = Watch()
        self._work = WorkDialog(title, watch, self._window)
        self._work.destroyed.connect(self._on_work_destroyed)
        if is_modal:
            self._work.open()
        else:
            # Revoking must not wait for an export.
            self._work.show()
        return watch

    def _run(self, work: Coroutine[Any, Any, T], told: Callable[[T], None]) -> None:
        self._errands.run(work, told, self._failed)

    def _shows_work(self) -> bool:
        if self._work is None:
            return False
        self._work.show()
        self._work.raise_()
        self._work.activateWindow()
        return True

    def _failed(self, error: UserFacingError) -> None:
        if self._work is None:
            self.troubled.emit(error)
        else:
            self._work.show_failure(error)

    def _backed_up(self, made: Made) -> None:
        if self._work is not None:
            self._work.show_told(backup_told(made))

    def _checked(self, verdict: Verdict) -> None:
        if self._work is not None:
            self._work.show_told(verdict_told(verdict))

    def _exported(self, exported: Exported) -> None:
        if self._work is not None:
            self._work.show_told(export_told(exported))

    def _restored(self, back: Back) -> None:
        if self._work is not None:
            self._work.show_told(restored_told(back, self._surroundings.zone()))
        self.restored.emit(self._by_passphrase)

    def _seen(self, seen: Seen) -> None:
        if self._restoring is not None:
            self._restoring.show_seen(seen)

    def _not_seen(self, error: UserFacingError) -> None:
        if self._restoring is not None:
            self._restoring.show_trouble(str(error))

    @Slot(object)
    def _on_backup_requested(self, wish: BackupWish) -> None:
        watch = self._begin(self.tr("Back up"))
        self._run(self._acts.back_up(wish, watch), self._backed_up)

    @Slot(object)
    def _on_export_requested(self, wish: ExportWish) -> None:
        watch = self._begin(self.tr("Export the books"))
        self._run(self._acts.export(wish, watch), self._exported)

    @Slot(object, str)
    def _on_look_requested(self, file: Path, passphrase: str) -> None:
        self._errands.run(self._acts.look_at_backup(file, passphrase), self._seen, self._not_seen)

    @Slot(object, object)
    def _on_restore_requested(self, seen: Seen, passphrase: str | None) -> None:
        self._by_passphrase = passphrase is not None
        watch = self._begin(self.tr("Restore from a backup"), is_modal=True)
        self._run(self._acts.restore(seen, passphrase, watch), self._restored)

    @Slot(str)
    def _on_accept_confirmed(self, _subject: str) -> None:
        self._errands.run(self._acts.accept(), None, self.troubled.emit)

    @Slot()
    def _on_work_destroyed(self) -> None:
        self._work = self._watch = None

    @Slot()
    def _on_restoring_destroyed(self) -> None:
        self._restoring = None


def _documents() -> Path:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(place))
    # Not every desktop has made it.
    return folder if folder.is_dir() else Path.home()


def _names_in(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except OSError:
        # What cannot be read cannot be written to either, and then says so.
        return []
