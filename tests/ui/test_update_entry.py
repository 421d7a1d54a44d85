"""The tray's menu leads to a newer version while there is one, whatever the wallet's state."""

from pytestqt.qtbot import QtBot

from tests.support.immediate_errands import ImmediateErrands
from tests.support.page_updates import BEHIND, NEWEST, PageUpdates
from wattfare_desktop.ui.tray_menu import TrayMenu
from wattfare_desktop.ui.update_entry import UpdateEntry


def _visible(menu: TrayMenu) -> list[str]:
    return [a.text() for a in menu.actions() if a.isVisible() and not a.isSeparator()]


def test_an_entry_leads_there(qtbot: QtBot) -> None:
    menu, updates = TrayMenu(), PageUpdates(known=NEWEST)
    qtbot.addWidget(menu)
    entry = UpdateEntry(acts=updates, errands=ImmediateErrands(), menu=menu)
    entry.read()
    assert _visible(menu) == ["Wattfare is locked", "Unlock...", "Quit"]
    updates.known = BEHIND
    entry.read()
    assert _visible(menu) == ["Wattfare is locked", "Unlock...", "Get Wattfare 1.2.3...", "Quit"]
    (action,) = [each for each in menu.actions() if each.text().startswith("Get")]
    action.trigger()
    assert updates.told == [("open_page", "https://wattfare.example/releases/1.2.3")]
    updates.known = NEWEST
    entry.read()
    assert not any(text.startswith("Get") for text in _visible(menu))
