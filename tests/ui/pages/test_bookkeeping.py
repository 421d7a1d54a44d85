"""The books as a whole, from the buttons of the window to what the wallet is asked."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.support.immediate_errands import HeldErrands
from tests.support.page_wallet import PageWallet, surroundings
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.dialogs.back_up import BackUpDialog
from wattfare_desktop.ui.dialogs.export import ExportDialog
from wattfare_desktop.ui.dialogs.long_work import WorkDialog
from wattfare_desktop.ui.dialogs.restore import RestoreDialog
from wattfare_desktop.ui.pages.bookkeeping import Bookkeeping
from wattfare_desktop.ui.presentation.books import ExportKind, ExportWish, Verdict
from wattfare_desktop.ui.presentation.long_work import Watch
from wattfare_desktop.wallet.backup import BackupWish

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
GOOD = "a backup passphrase"
D = TypeVar("D", bound=QDialog)


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("settings")
    return here


def opened(parent: QWidget, kind: type[D]) -> D:
    """Return the one dialog of its kind that is open."""
    found = [each for each in parent.findChildren(kind) if each.isVisible()]
    assert len(found) == 1, f"{len(found)} are open"
    return found[0]


def asked(here: OpenWindow, act: str, kind: type[D]) -> D:
    press(here.window.settings, act)
    dialog = opened(here.window, kind)
    assert not unnamed_controls(dialog)
    return dialog


def fill(dialog: QDialog, **fields: str) -> None:
    for name, typed in fields.items():
        named(dialog, QLineEdit, name.replace("_", " ")).setText(typed)


def test_a_backup_is_asked_for_made_and_told(here: OpenWindow, tmp_path: Path) -> None:
    dialog = asked(here, "Back up…", BackUpDialog)
    target = tmp_path / "b.backup"
    fill(
        dialog,
        File_of_the_backup=str(target),
        Passphrase_for_this_backup=GOOD,
        The_same_again="another one",
    )
    press(dialog, "Back up")
    assert "The two are not the same." in words(dialog)
    fill(dialog, The_same_again=GOOD)
    assert "The two are not the same." not in words(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    ((act, wish, _),) = here.wallet.books.told
    assert (act, wish) == ("back_up", BackupWish(target=target, passphrase=GOOD))
    work = opened(here.window, WorkDialog)
    assert "Backed up: 1,204 entries, 2.3 MB" in words(work)
    assert GOOD not in " ".join(words(work))


def test_a_file_that_is_there_is_not_written_over_unasked(here: OpenWindow, tmp_path: Path) -> None:
    dialog = asked(here, "Back up…", BackUpDialog)
    there = tmp_path / "b.backup"
    there.write_text("mine")
    fill(
        dialog,
        File_of_the_backup=str(there),
        Passphrase_for_this_backup=GOOD,
        The_same_again=GOOD,
    )
    press(dialog, "Back up")
    assert dialog.isVisible()
    # The system's own dialog has asked.
    dialog._file._on_file_selected(str(there))
    press(dialog, "Back up")
    ((_, wish, _),) = here.wallet.books.told
    assert isinstance(wish, BackupWish)
    assert wish.replaces


def test_the_books_are_checked(here: OpenWindow) -> None:
    press(here.window.settings, "Check the books")
    work = opened(here.window, WorkDialog)
    assert "Everything adds up: 1,204 entries, 12 calls" in words(work)
    press(work, "Close")
    here.wallet.books.verdict = Verdict(entries=3, calls=0, differences=("Entry 2 was changed",))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    press(here.window.settings, "Check the books")
    assert "The books do not add up: 1 difference" in words(opened(here.window, WorkDialog))


@pytest.mark.parametrize(
    ("choice", "kind"),
    [("CSV", ExportKind.CSV), ("JSON", ExportKind.JSON), ("Beancount", ExportKind.BEANCOUNT)],
)
def test_the_books_are_exported(
    here: OpenWindow, tmp_path: Path, choice: str, kind: ExportKind
) -> None:
    dialog = asked(here, "Export…", ExportDialog)
    press(dialog, choice)
    fill(dialog, Folder_for_the_export=str(tmp_path / "nowhere"))
    press(dialog, "Export")
    assert "There is no such folder." in words(dialog)
    fill(dialog, Folder_for_the_export=str(tmp_path))
    press(dialog, "Export")
    ((act, wish, _),) = here.wallet.books.told
    assert (act, wish) == ("export", ExportWish(kind=kind, folder=tmp_path))
    assert "Exported: 1,204 entries" in words(opened(here.window, WorkDialog))


def test_a_backup_is_opened_told_asked_about_once_and_restored(
    here: OpenWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = asked(here, "Restore…", RestoreDialog)
    fill(dialog, File_of_the_backup=str(tmp_path / "b"), Passphrase_of_this_backup="wrong")
    here.wallet.books.unseen = UserFacingError("Wrong passphrase for this backup", "Try again.")
    press(dialog, "Continue")
    assert any("Wrong passphrase" in each for each in words(dialog))
    here.wallet.books.unseen = None
    fill(dialog, Passphrase_of_this_backup=GOOD)
    press(dialog, "Continue")
    assert any("put aside" in each for each in words(dialog))
    assert here.wallet.books.told == [("look_at_backup", tmp_path / "b", GOOD)]
    # The last question is not answered by Enter alone.
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert len(here.wallet.books.told) == 1
    with qtbot.waitSignal(here.window.restored) as restored:
        press(dialog, "Restore")
    assert restored.args == [False]
    act, _, passphrase, _ = here.wallet.books.told[-1]
    assert (act, passphrase) == ("restore", None)
    work = opened(here.window, WorkDialog)
    assert work.isModal()
    assert "Restored: 1,204 entries" in words(work)


def test_a_wallet_without_a_keyring_gets_a_passphrase(
    here: OpenWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    here.wallet.books.needs_passphrase = True
    dialog = asked(here, "Restore…", RestoreDialog)
    fill(dialog, File_of_the_backup=str(tmp_path / "b"), Passphrase_of_this_backup=GOOD)
    press(dialog, "Continue")
    fill(dialog, New_passphrase_for_the_wallet="brief", The_same_again="brief")
    press(dialog, "Restore")
    assert any("at least 8 characters" in each for each in words(dialog))
    fill(dialog, New_passphrase_for_the_wallet="correct horse", The_same_again="correct horse")
    with qtbot.waitSignal(here.window.restored) as restored:
        press(dialog, "Restore")
    assert restored.args == [True]
    assert here.wallet.books.told[-1][2] == "correct horse"


def test_a_refusal_is_told_where_the_work_was(here: OpenWindow) -> None:
    here.wallet.books.refusal = UserFacingError("The wallet is locked", "Unlock it.")
    press(here.window.settings, "Check the books")
    assert {"The wallet is locked", "Unlock it."} <= set(words(opened(here.window, WorkDialog)))


@dataclass(kw_only=True)
class Held:
    """Work that does not end before the test lets it."""

    books: Bookkeeping
    wallet: PageWallet
    errands: HeldErrands
    window: QWidget


@pytest.fixture(name="held")
def _held(qtbot: QtBot) -> Held:
    window, wallet, errands = QWidget(), PageWallet(), HeldErrands()
    qtbot.addWidget(window)
    window.show()
    books = Bookkeeping(
        acts=wallet.books, errands=errands, surroundings=surroundings(), window=window
    )
    return Held(books=books, wallet=wallet, errands=errands, window=window)


def test_one_work_at_a_time(held: Held) -> None:
    held.books.check()
    work = opened(held.window, WorkDialog)
    for ask in (held.books.check, held.books.ask_back_up, held.books.ask_export):
        ask()
    held.books.ask_restore()
    assert held.window.findChildren(QDialog) == [work]
    held.errands.let_all_go()
    assert len(held.wallet.books.told) == 1


def test_quitting_stops_what_is_under_way(held: Held) -> None:
    held.books.check()
    held.books.stop()
    held.errands.let_all_go()
    ((_, watch),) = held.wallet.books.told
    assert isinstance(watch, Watch)
    assert watch.is_stopped
