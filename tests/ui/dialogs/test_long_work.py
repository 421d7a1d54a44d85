"""The window of long work: how far, a way to stop it, and what came of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from tests.support.widgets import named, press, unnamed_controls, words
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.dialogs.long_work import WorkDialog
from wattfare_desktop.ui.presentation.books import Told
from wattfare_desktop.ui.presentation.long_work import Watch, WorkPhase

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="watch")
def _watch() -> Watch:
    return Watch()


@pytest.fixture(name="dialog")
def _dialog(watch: Watch, qtbot: QtBot) -> WorkDialog:
    dialog = WorkDialog("Check the books", watch)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def bar(dialog: WorkDialog) -> QProgressBar:
    return named(dialog, QProgressBar, "Progress")


def test_it_follows_the_work(dialog: WorkDialog, watch: Watch, qtbot: QtBot) -> None:
    assert bar(dialog).maximum() == 0
    watch.at(WorkPhase.CHECKING, 43, 100)
    qtbot.waitUntil(lambda: "Checking every entry… 43 %" in words(dialog))
    assert (bar(dialog).value(), bar(dialog).maximum()) == (43, 100)
    watch.at(WorkPhase.CLOSING)
    qtbot.waitUntil(lambda: bar(dialog).maximum() == 0)
    assert not unnamed_controls(dialog)


def test_the_result_takes_the_bars_place(dialog: WorkDialog, watch: Watch) -> None:
    dialog.show_told(Told(title="Everything adds up", detail="All of it."))
    assert {"Everything adds up", "All of it."} <= set(words(dialog))
    assert not bar_is_shown(dialog)
    assert not watch.is_stopped
    close = named(dialog, QAbstractButton, "Close")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert not close.isVisible()
    assert not watch.is_stopped


def bar_is_shown(dialog: WorkDialog) -> bool:
    return any(each.isVisibleTo(dialog) for each in dialog.findChildren(QProgressBar))


@pytest.mark.parametrize("way", ["Cancel", "Escape", "closed"])
def test_leaving_stops_the_work_and_waits_for_its_end(
    dialog: WorkDialog, watch: Watch, way: str
) -> None:
    match way:
        case "Cancel":
            press(dialog, "Cancel")
        case "Escape":
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        case _:
            dialog.close()
    assert watch.is_stopped
    assert dialog.isVisible()
    assert "Stopping…" in words(dialog)
    dialog.show_failure(UserFacingError("It was stopped", "Nothing was changed."))
    assert not dialog.isVisible()


def test_work_that_was_past_its_last_chance_to_stop_is_told_as_done(dialog: WorkDialog) -> None:
    press(dialog, "Cancel")
    dialog.show_told(Told(title="Backed up"))
    assert dialog.isVisible()
    assert "Backed up" in words(dialog)
    press(dialog, "Close")
    assert not dialog.isVisible()


def test_what_went_wrong_is_told_and_may_be_copied(dialog: WorkDialog) -> None:
    dialog.show_failure(UserFacingError("The disk is full", "Make room and try again."))
    assert {"The disk is full", "Make room and try again."} <= set(words(dialog))
    detail = next(
        label for label in dialog.findChildren(QLabel) if label.text() == "Make room and try again."
    )
    assert detail.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
