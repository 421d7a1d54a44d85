"""Newer versions on the page of settings: off, until the user says so."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox
from pytestqt.qtbot import QtBot

from tests.support.page_updates import BEHIND, NEVER_LOOKED, NEWEST, PageUpdates
from tests.support.widgets import named, press, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DAILY = "Look for a newer Wattfare once a day"


def _open(qtbot: QtBot, updates: PageUpdates) -> OpenWindow:
    here = open_window(qtbot, updates=updates)
    here.window.show_page("settings")
    return here


def _shown(here: OpenWindow) -> str:
    return " ".join(words(here.window.settings))


def _offers(here: OpenWindow, name: str) -> bool:
    found = [
        each
        for each in here.window.settings.findChildren(QAbstractButton)
        if each.accessibleName() == name and each.isVisibleTo(here.window)
    ]
    return bool(found)


def test_a_copy_without_a_channel_offers_nothing(qtbot: QtBot) -> None:
    here = _open(qtbot, PageUpdates())
    assert "This copy of Wattfare looks for no updates: it came without a channel." in _shown(here)
    assert not any(_offers(here, name) for name in (DAILY, "Look now", "Open its page"))
    assert here.updates.told == []


def test_nothing_is_looked_for_until_it_is_asked(qtbot: QtBot) -> None:
    here = _open(qtbot, PageUpdates(known=NEVER_LOOKED))
    box = named(here.window.settings, QCheckBox, DAILY)
    assert not box.isChecked()
    assert "It was not looked for a newer one yet." in _shown(here)
    assert not _offers(here, "Open its page")
    assert here.updates.told == []
    box.click()
    assert here.updates.told == [("set_daily", True)]
    box.click()
    assert here.updates.told[-1] == ("set_daily", False)
    assert not box.isChecked()


def test_it_is_looked_now(qtbot: QtBot) -> None:
    here = _open(qtbot, PageUpdates(known=NEVER_LOOKED))
    press(here.window.settings, "Look now")
    assert "Wattfare 0.1.0 is the newest there is. Last looked 3 h ago." in _shown(here)
    assert named(here.window.settings, QAbstractButton, "Look now").text() == "Look now"


def test_a_newer_one_is_told_and_its_page_opened(qtbot: QtBot) -> None:
    here = _open(qtbot, PageUpdates(known=NEWEST, found=BEHIND))
    assert not _offers(here, "Open its page")
    press(here.window.settings, "Look now")
    assert "Wattfare 1.2.3 is out, since 28 Nov 2026: Receipts can be printed." in _shown(here)
    press(here.window.settings, "Open its page")
    assert here.updates.told[-1] == ("open_page", "https://wattfare.example/releases/1.2.3")


def test_what_the_watch_found_is_shown(qtbot: QtBot) -> None:
    here = _open(qtbot, PageUpdates(known=replace(NEWEST, daily=True)))
    assert named(here.window.settings, QCheckBox, DAILY).isChecked()
    here.updates.known = replace(BEHIND, daily=True)
    here.window.take(Changes(wallet=True))
    assert "Wattfare 1.2.3 is out" in _shown(here)


def test_trouble_is_told_where_it_was_asked(qtbot: QtBot) -> None:
    updates = PageUpdates(known=BEHIND, refusal=UserFacingError("It was not believed", "Older."))
    here = _open(qtbot, updates)
    press(here.window.settings, "Look now")
    assert "It was not believed. Older." in _shown(here)
    assert "Wattfare 1.2.3 is out" in _shown(here), "what is known stays"
    assert named(here.window.settings, QAbstractButton, "Look now").isEnabled()
    updates.refusal = None
    press(here.window.settings, "Look now")
    here.updates.known = replace(NEWEST, trouble=None)
    here.window.take(Changes(wallet=True))
    assert "It was not believed" not in _shown(here)


def test_a_choice_that_is_not_kept_is_not_shown(qtbot: QtBot) -> None:
    updates = PageUpdates(known=NEVER_LOOKED, refusal=UserFacingError("Not kept", "Disk full."))
    here = _open(qtbot, updates)
    box = named(here.window.settings, QCheckBox, DAILY)
    box.click()
    assert not box.isChecked()
    assert "Not kept. Disk full." in _shown(here)
