"""The icon's state and the menu's texts."""

from dataclasses import replace

import pytest

from tests.support.alert_rows import alert
from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import AppRow, Overview, WindowRow
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState
from wattfare_desktop.ui.presentation.periods import spent_of_limit
from wattfare_desktop.ui.presentation.tray import (
    APPS_SHOWN_MAX,
    ClosedLines,
    TrayMood,
    closed_lines,
    figures,
    menu_text,
    mood,
)

NOTES = AppRow(
    id=GrantId("grant_1"),
    client_id=ClientId("Notes AI"),
    name="Notes AI",
    verified=False,
    redirect_host="127.0.0.1",
    state=GrantState.ACTIVE,
    windows=(
        WindowRow(
            period=Period.MONTH,
            limit=parse_usd("5.00"),
            spent=parse_usd("1.20"),
            held=parse_usd("0.00"),
            resets_at=None,
        ),
    ),
    models=(),
    justification="",
    created_at=Instant(0),
    expires_at=None,
    last_call_at=None,
    running_calls=0,
    spent_total=parse_usd("1.20"),
)
OVERVIEW = Overview(
    balance=parse_usd("7.31"),
    practice_balance=parse_usd("0"),
    held=parse_usd("0"),
    today=parse_usd("0.42"),
    month=parse_usd("3.10"),
    apps=(NOTES,),
    running=(),
    fundings=(),
    wallet_windows=(),
    paused=False,
)


def test_the_menu_says_what_is_left_and_what_went() -> None:
    shown = figures(OVERVIEW)
    assert shown.head == "Wattfare - $7.31 left"
    assert shown.spent == "Today $0.42 - this month $3.10"
    assert [app.text for app in shown.apps] == ["Notes AI   $1.20 of $5.00 a month"]
    assert not shown.has_more


def test_the_window_nearest_its_end_is_shown() -> None:
    day = replace(
        NOTES.windows[0], period=Period.DAY, limit=parse_usd("1"), spent=parse_usd("0.90")
    )
    app = replace(NOTES, windows=(*NOTES.windows, day))
    assert figures(replace(OVERVIEW, apps=(app,))).apps[0].text == "Notes AI   $0.90 of $1.00 a day"


def test_a_paused_app_says_so_and_a_revoked_one_is_gone() -> None:
    paused = replace(NOTES, state=GrantState.PAUSED)
    revoked = replace(NOTES, state=GrantState.REVOKED)
    shown = figures(replace(OVERVIEW, apps=(paused, revoked)))
    assert [(app.paused, app.text) for app in shown.apps] == [
        (True, "Notes AI   paused   $1.20 of $5.00 a month")
    ]


def test_no_more_than_eight_apps_are_shown_in_their_order() -> None:
    apps = tuple(replace(NOTES, id=GrantId(f"grant_{n}")) for n in range(APPS_SHOWN_MAX + 1))
    shown = figures(replace(OVERVIEW, apps=apps))
    assert [app.id for app in shown.apps] == [app.id for app in apps[:APPS_SHOWN_MAX]]
    assert shown.has_more


@pytest.mark.parametrize(
    ("overview", "questions", "expected"),
    [
        (OVERVIEW, 0, TrayMood.CALM),
        (replace(OVERVIEW, paused=True), 0, TrayMood.PAUSED),
        (None, 0, TrayMood.LOCKED),
        (OVERVIEW, 1, TrayMood.NEEDS_YOU),
        (None, 1, TrayMood.NEEDS_YOU),
    ],
)
def test_the_icon_tells_the_most_pressing(
    overview: Overview | None, questions: int, expected: TrayMood
) -> None:
    assert mood(overview, questions=questions, locked=overview is None) is expected


def test_an_ampersand_is_no_mnemonic() -> None:
    assert menu_text("Q & A") == "Q && A"


def test_a_limit_that_is_mostly_gone_is_one_alert() -> None:
    assert figures(OVERVIEW).alert == ""
    (window, *rest) = NOTES.windows
    warned = replace(NOTES, windows=(replace(window, warned=True), *rest))
    shown = figures(replace(OVERVIEW, apps=(warned,)))
    spent = spent_of_limit(window.spent, window.limit, window.period)
    assert shown.alert == f"1 alert: “Notes AI” has spent {spent}"
    assert shown.alert_app == NOTES.id
    both = figures(
        replace(OVERVIEW, apps=(warned,), wallet_windows=(replace(window, warned=True),))
    )
    assert both.alert == f"2 alerts: Your whole wallet has spent {spent}"
    assert both.alert_app is None
    paused = replace(warned, state=GrantState.PAUSED)
    assert figures(replace(OVERVIEW, apps=(paused,))).alert == ""


@pytest.mark.parametrize(
    ("state", "lines"),
    [
        (ClosedState.LOCKED, ClosedLines(head="Wattfare is locked", act="Unlock...")),
        (ClosedState.ABSENT, ClosedLines(head="Wattfare is not set up", act="Set up...")),
        (
            ClosedState.BROKEN,
            ClosedLines(
                head="Wattfare cannot open its wallet", act="See why...", shows_window=True
            ),
        ),
    ],
)
def test_a_wallet_that_is_not_open_says_why(state: ClosedState, lines: ClosedLines) -> None:
    assert closed_lines(Closed(state=state)) == lines


def test_a_broken_wallet_needs_its_user() -> None:
    assert mood(None, questions=0, locked=True, broken=True) is TrayMood.NEEDS_YOU
    assert mood(None, questions=0, locked=True) is TrayMood.LOCKED


def test_an_alert_nobody_looked_at_needs_you_and_leads_to_its_page() -> None:
    unusual = replace(OVERVIEW, alerts=(alert(), alert(number=2)))
    assert mood(unusual, questions=0, locked=False) is TrayMood.NEEDS_YOU
    shown = figures(unusual)
    assert (shown.alert, shown.alert_page) == ("2 alerts: “Notes AI” was paused", "alerts")
    doubted = figures(replace(unusual, doubt="not as they were"))
    assert doubted.alert_page == "overview"
    assert figures(OVERVIEW).alert == ""
