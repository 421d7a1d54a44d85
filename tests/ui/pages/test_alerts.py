"""Alerts: what is listed, and what its buttons do."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from tests.support.alert_rows import alert
from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import CODER, NOTES, OLD, OVERVIEW, SUMMARIZER
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.watching.alerts import Alert, AlertState
from wattfare_desktop.core.watching.rules import Action, Rule

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PAUSED = alert(
    Rule.RUNAWAY,
    app=SUMMARIZER.id,
    name=SUMMARIZER.name,
    measured=parse_usd("5.4"),
    against=parse_usd("10"),
    paused=True,
    times=2,
)
BIG = alert(
    Rule.BIG_CALL,
    Action.NOTIFY,
    number=2,
    app=NOTES.id,
    measured=parse_usd("6"),
    against=parse_usd("10"),
    state=AlertState.SEEN,
)
GONE = replace(BIG, id=3, app=OLD.id, app_name=OLD.name)


def shown(qtbot: QtBot, *alerts: Alert) -> OpenWindow:
    here = open_window(qtbot, PageWallet(unusual=alerts))
    here.window.show_page("alerts")
    return here


def offered(here: OpenWindow) -> list[str]:
    return sorted(
        each.accessibleName()
        for each in here.window.alerts.findChildren(QAbstractButton)
        if each.isVisibleTo(here.window.alerts)
    )


def test_where_nothing_happened_it_says_what_would_be_here(qtbot: QtBot) -> None:
    here = shown(qtbot)
    assert "Nothing unusual" in words(here.window.alerts)
    assert here.wallet.told == []


def test_each_says_what_happened_and_what_can_be_done(qtbot: QtBot) -> None:
    here = shown(qtbot, PAUSED, BIG, GONE)
    told = words(here.window.alerts)
    assert "It spent $5.40 of its $10.00 within an hour. Wattfare paused it." in told
    assert "A single call of it could cost $6.00; its cap is $10.00." in told
    assert {"Paused", "Ended", "just now, 2 times so far"} <= set(told)
    assert offered(here) == sorted(
        [
            f"Resume: {SUMMARIZER.name}",
            f"This was me: {SUMMARIZER.name}",
            f"Revoke…: {SUMMARIZER.name}",
            "This was me: Notes AI",
            "Revoke…: Notes AI",
        ]
    )
    assert unnamed_controls(here.window.alerts) == []


def test_to_show_new_ones_is_to_see_them(qtbot: QtBot) -> None:
    assert shown(qtbot, PAUSED).wallet.told == [("see_alerts",)]
    assert shown(qtbot, BIG).wallet.told == []


def test_the_buttons_do_what_they_say(qtbot: QtBot) -> None:
    here = shown(qtbot, replace(PAUSED, state=AlertState.SEEN), BIG)
    press(here.window, f"Resume: {SUMMARIZER.name}")
    press(here.window, "This was me: Notes AI")
    assert here.wallet.told == [("resume", SUMMARIZER.id), ("say_mine", 2)]
    with qtbot.waitSignal(here.window.revoke_requested) as caught:
        press(here.window, "Revoke…: Notes AI")
    assert caught.args == [NOTES.id, "Notes AI"]


def test_what_is_resumed_or_was_me_no_longer_asks(qtbot: QtBot) -> None:
    here = shown(qtbot, PAUSED)
    here.wallet.unusual = (replace(PAUSED, state=AlertState.MINE, paused=False),)
    here.becomes(OVERVIEW)
    assert offered(here) == [f"Revoke…: {SUMMARIZER.name}"]
    assert "It was you" in words(here.window.alerts)


def test_one_that_is_gone_goes_and_a_new_one_comes_first(qtbot: QtBot) -> None:
    here = shown(qtbot, PAUSED, BIG)
    here.wallet.unusual = (replace(BIG, id=9, app=CODER.id, app_name=CODER.name), BIG)
    here.becomes(OVERVIEW)
    assert offered(here)[-1] == "This was me: Notes AI"
    assert not any(SUMMARIZER.name in each for each in words(here.window.alerts))
    assert here.window.alerts._order == [9, 2]


def test_the_sidebar_counts_those_nobody_looked_at(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(shown=replace(OVERVIEW, alerts=(PAUSED, BIG))))
    nav = named(here.window, QAbstractButton, "Alerts")
    assert nav.text() == "A&lerts (2)"
    here.becomes(OVERVIEW)
    assert nav.text() == "A&lerts"
