"""What is said of the books as a whole."""

from datetime import UTC, date
from pathlib import Path

import pytest

from tests.support.page_books import HOME, SeenFile
from tests.support.sample_rows import NOW
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.ui.presentation.books import (
    Exported,
    Verdict,
    backup_name,
    backup_objection,
    backup_told,
    doubt_notice,
    doubt_question,
    export_objection,
    export_told,
    numbered,
    restore_objection,
    restored_told,
    seen_text,
    verdict_told,
)
from wattfare_desktop.wallet.backup import BackupMade
from wattfare_desktop.wallet.proof import Doubt
from wattfare_desktop.wallet.restore import Restored

GOOD = "a backup passphrase"
FILE = str(Path.cwd() / "b.backup")
DOUBT = Doubt(
    why="An older copy was put in its place: 11 entries are missing.",
    database=Head(seq=1_120, mac=bytes(range(32))),
    anchor=Head(seq=1_131, mac=bytes(range(16, 48))),
)


@pytest.mark.parametrize(
    ("file", "is_taken", "is_folder", "passphrase", "repeated", "told"),
    [
        ("", False, False, GOOD, GOOD, "Choose the file to write."),
        (FILE, False, True, GOOD, GOOD, "Choose the file to write."),
        ("b.backup", False, False, GOOD, GOOD, "Choose a place for the file."),
        (FILE, True, False, GOOD, GOOD, "There is a file of that name already."),
        (FILE, False, False, "short", "short", "Take at least 8 characters"),
        (FILE, False, False, GOOD, "another one", "The two are not the same."),
        (FILE, False, False, GOOD, GOOD, ""),
    ],
)
def test_what_a_backup_still_lacks(
    *, file: str, is_taken: bool, is_folder: bool, passphrase: str, repeated: str, told: str
) -> None:
    objection = backup_objection(
        file=file,
        is_taken=is_taken,
        is_folder=is_folder,
        passphrase=passphrase,
        repeated=repeated,
    )
    assert objection.startswith(told)
    assert bool(objection) == bool(told)


def test_what_restoring_and_exporting_still_lack() -> None:
    assert restore_objection(file=" ", passphrase=GOOD) == "Choose the backup's file."
    assert restore_objection(file=FILE, passphrase="") == "Enter the backup's passphrase."
    assert restore_objection(file=FILE, passphrase="x") == ""
    assert export_objection(folder="", is_there=True) == "Choose a folder."
    assert export_objection(folder="/nowhere", is_there=False) == "There is no such folder."
    assert export_objection(folder="/tmp", is_there=True) == ""  # noqa: S108 - not written to


def test_names_are_free() -> None:
    day = date(2026, 11, 28)
    assert backup_name(day, []) == "wattfare-2026-11-28.backup"
    taken = ["wattfare-2026-11-28.backup", "wattfare-2026-11-28-2.backup"]
    assert backup_name(day, taken) == "wattfare-2026-11-28-3.backup"
    assert numbered("a", "-calls.csv", ["a-calls.csv"]) == "a-2-calls.csv"


def test_a_backup_is_told_with_its_place_and_a_warning() -> None:
    told = backup_told(BackupMade(target=Path("/b"), entries=1, size=2_345_678))
    assert told.title == "Backed up: 1 entry, 2.3 MB"
    assert "keep them apart" in told.detail
    assert told.is_good


def test_books_that_add_up() -> None:
    told = verdict_told(Verdict(entries=1_204, calls=12, differences=()))
    assert told.title == "Everything adds up: 1,204 entries, 12 calls"
    assert told.is_good


def test_books_that_do_not_add_up_say_where_and_what_helps() -> None:
    told = verdict_told(Verdict(entries=9, calls=1, differences=("Entry 7 was changed",)))
    assert (told.title, told.is_good) == ("The books do not add up: 1 difference", False)
    assert "• Entry 7 was changed" in told.detail
    assert "Restore a backup" in told.detail


def test_a_hundred_differences_do_not_fill_the_screen() -> None:
    many = tuple(f"Entry {number} was changed" for number in range(1_000, 1_100))
    told = verdict_told(Verdict(entries=9, calls=1, differences=many))
    assert told.title.endswith("100 differences")
    assert told.detail.count("•") == 8
    assert "… and 92 more." in told.detail


def test_an_export_names_its_files() -> None:
    files = (Path("/home/ada/a.csv"), Path("/home/ada/b.csv"))
    told = export_told(Exported(files=files, entries=3))
    assert told.title == "Exported: 3 entries"
    assert told.detail.splitlines() == ["In /home/ada:", "• a.csv", "• b.csv"]


def test_what_restoring_does_is_told_before() -> None:
    told = seen_text(SeenFile(file=Path(FILE)), UTC)
    assert "has 1,204 entries" in told
    assert f"put aside, whole, in {HOME}" in told
    assert "is not in it" in told
    assert "goes into this computer's keyring" in told
    fresh = seen_text(SeenFile(file=Path(FILE), takes_place=False, needs_passphrase=True), UTC)
    assert "put aside" not in fresh
    assert "keyring" not in fresh


def test_what_was_restored_is_told_with_what_is_left_to_do() -> None:
    back = Restored(made_at=NOW, entries=2, paused=("Notes AI", "Bot"), aside=HOME / "before")
    told = restored_told(back, UTC)
    assert told.title == "Restored: 2 entries"
    assert "Notes AI, Bot" in told.detail
    assert str(HOME / "before") in told.detail
    alone = restored_told(Restored(made_at=NOW, entries=2, paused=(), aside=None), UTC)
    assert "Paused" not in alone.detail
    assert "before" not in alone.detail


def test_a_doubt_is_told_without_the_command_line_and_asked_with_both_heads() -> None:
    notice, question = doubt_notice(DOUBT), doubt_question(DOUBT)
    assert "11 entries are missing" in notice
    assert "`" not in notice + question
    assert "entry 1,120 (0001020304050607)" in question
    assert "entry 1,131 (1011121314151617)" in question
    bare = Doubt(why="Its anchor cannot be had.", database=DOUBT.database, anchor=None)
    assert "Kept outside it was nothing." in doubt_question(bare)
