"""A short list of what a user keeps."""

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.support.widgets import press, unnamed_controls, words
from wattfare_desktop.ui.components.entry_list import Entry, EntryList

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FAST = Entry(name="fast", note="groq/a, then openai/b")
SLOW = Entry(name="slow", note="openai/c")


@pytest.fixture(name="entries")
def _entries(qtbot: QtBot) -> EntryList:
    made = EntryList("None yet.")
    qtbot.addWidget(made)
    made.show()
    return made


def test_without_any_it_says_so(entries: EntryList) -> None:
    assert words(entries) == ["None yet."]
    entries.show_entries([FAST])
    assert "None yet." not in words(entries)
    entries.show_entries([])
    assert words(entries) == ["None yet."]


def test_each_is_shown_and_named(entries: EntryList) -> None:
    entries.show_entries([FAST, SLOW])
    assert {"fast", "slow", "openai/c"} <= set(words(entries))
    assert unnamed_controls(entries) == []


def test_what_did_not_change_is_not_made_anew(entries: EntryList) -> None:
    entries.show_entries([FAST])
    before = entries.findChildren(QPushButton)
    entries.show_entries([FAST])
    assert entries.findChildren(QPushButton) == before


def test_it_asks_for_the_one_that_was_pressed(entries: EntryList, qtbot: QtBot) -> None:
    entries.show_entries([FAST, SLOW])
    with qtbot.waitSignal(entries.change_requested) as changed:
        press(entries, "Change slow")
    with qtbot.waitSignal(entries.remove_requested) as removed:
        press(entries, "Remove fast")
    assert (changed.args, removed.args) == (["slow"], ["fast"])
