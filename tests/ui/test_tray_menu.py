"""The menu's figures move in place."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.ui.presentation.tray import TrayApp, TrayFigures
from wattfare_desktop.ui.tray_menu import TrayMenu


def _app(number: int, text: str = "$1.20 of $5.00 a month", *, paused: bool = False) -> TrayApp:
    return TrayApp(
        id=GrantId(f"grant_{number}"),
        name=f"App {number}",
        text=f"App {number}   {text}",
        paused=paused,
    )


FIGURES = TrayFigures(
    head="Wattfare - $7.31 left",
    spent="Today $0.42 - this month $3.10",
    apps=(_app(1), _app(2)),
    has_more=False,
    paused=False,
)


@pytest.fixture(name="menu")
def _menu(qtbot: QtBot) -> TrayMenu:
    menu = TrayMenu()
    qtbot.addWidget(menu)
    menu.show_figures(FIGURES)
    return menu


def _visible(menu: QMenu) -> list[str]:
    return [a.text() for a in menu.actions() if a.isVisible() and not a.isSeparator()]


def _app_menus(menu: QMenu) -> list[QMenu]:
    submenus = [action.menu() for action in menu.actions() if action.isVisible()]
    return [submenu for submenu in submenus if isinstance(submenu, QMenu)]


def _action(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def test_it_holds_what_is_drawn(menu: TrayMenu) -> None:
    assert _visible(menu) == [
        "Wattfare - $7.31 left",
        "Today $0.42 - this month $3.10",
        "App 1   $1.20 of $5.00 a month",
        "App 2   $1.20 of $5.00 a month",
        "Pause all spending",
        "Enter a code...",
        "Lock",
        "Add funds...",
        "Settings...",
        "Quit",
    ]
    for submenu in _app_menus(menu):
        assert _visible(submenu) == ["Pause", "Revoke...", "Details"]


def test_figures_move_in_the_very_same_actions(menu: TrayMenu) -> None:
    before = menu.actions()
    menu.aboutToShow.emit()
    menu.show_figures(replace(FIGURES, apps=(_app(1, "$1.30 of $5.00 a month"), _app(2))))
    assert menu.actions() == before
    assert "App 1   $1.30 of $5.00 a month" in _visible(menu)


def test_an_app_keeps_its_line_while_the_menu_is_open(menu: TrayMenu) -> None:
    menu.aboutToShow.emit()
    swapped = replace(FIGURES, apps=(_app(3), _app(2), _app(1)))
    menu.show_figures(swapped)
    assert [submenu.title()[:5] for submenu in _app_menus(menu)] == ["App 1", "App 2", "App 3"]
    menu.aboutToHide.emit()
    menu.aboutToShow.emit()
    assert [submenu.title()[:5] for submenu in _app_menus(menu)] == ["App 3", "App 2", "App 1"]


def test_a_revoked_app_leaves_no_name_behind(menu: TrayMenu) -> None:
    menu.aboutToShow.emit()
    menu.show_figures(replace(FIGURES, apps=(_app(2),)))
    titles = [submenu.title() for submenu in menu.findChildren(QMenu)]
    assert not any(title.startswith("App 1") for title in titles)


def test_a_name_is_shown_literally(menu: TrayMenu) -> None:
    named = replace(_app(1), text="Q & A   $0.00")
    menu.show_figures(replace(FIGURES, apps=(named,)))
    assert _app_menus(menu)[0].title() == "Q && A   $0.00"


def test_a_submenu_asks_for_its_own_app(menu: TrayMenu, qtbot: QtBot) -> None:
    submenu = _app_menus(menu)[1]
    for text, signal, told in (
        ("Pause", menu.pause_requested, ["grant_2"]),
        ("Revoke...", menu.revoke_requested, ["grant_2", "App 2"]),
        ("Details", menu.details_requested, ["grant_2"]),
    ):
        with qtbot.waitSignal(signal, timeout=1_000) as caught:
            _action(submenu, text).trigger()
        assert caught.args == told


def test_a_paused_app_offers_to_resume(menu: TrayMenu, qtbot: QtBot) -> None:
    menu.show_figures(replace(FIGURES, apps=(_app(1, paused=True),)))
    submenu = _app_menus(menu)[0]
    assert _visible(submenu) == ["Resume", "Revoke...", "Details"]
    with qtbot.waitSignal(menu.resume_requested, timeout=1_000):
        _action(submenu, "Resume").trigger()


def test_a_locked_wallet_shows_no_figures(menu: TrayMenu) -> None:
    menu.show_figures(None)
    assert _visible(menu) == ["Wattfare is locked", "Unlock...", "Quit"]


def test_an_alert_is_one_line_that_leads_there(menu: TrayMenu, qtbot: QtBot) -> None:
    words = "1 alert: “R&D” has spent $4.00 of $5.00 a month"
    menu.show_figures(replace(FIGURES, alert=words, alert_app=GrantId("grant_1")))
    shown = _visible(menu)
    assert shown[shown.index("App 2   $1.20 of $5.00 a month") + 1] == words.replace("&", "&&")
    with qtbot.waitSignal(menu.details_requested) as caught:
        _action(menu, words.replace("&", "&&")).trigger()
    assert caught.args == ["grant_1"]
    menu.show_figures(replace(FIGURES, alert="2 alerts: ..."))
    with qtbot.waitSignal(menu.page_requested) as caught:
        _action(menu, "2 alerts: ...").trigger()
    assert caught.args == ["overview"]
    menu.show_figures(replace(FIGURES, alert="3 alerts: ...", alert_page="alerts"))
    with qtbot.waitSignal(menu.page_requested) as caught:
        _action(menu, "3 alerts: ...").trigger()
    assert caught.args == ["alerts"]
    menu.show_figures(None)
    assert not [text for text in _visible(menu) if "alert" in text]
