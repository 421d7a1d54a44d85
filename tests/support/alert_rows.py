"""Alerts as the wallet tells them."""

from tests.support.report_rows import NOON
from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.watching.alerts import Alert, AlertState
from wattfare_desktop.core.watching.rules import Action, Rule


def alert(
    rule: Rule = Rule.FLOOD,
    action: Action = Action.PAUSE,
    *,
    number: int = 1,
    app: str = "grant_notes",
    name: str = "Notes AI",
    measured: int = 1000,
    against: int = 1000,
    subject: str = "",
    at: Instant = NOON,
    times: int = 1,
    state: AlertState = AlertState.NEW,
    paused: bool = False,
) -> Alert:
    return Alert(
        id=number,
        app=GrantId(app),
        app_name=name,
        rule=rule,
        action=action,
        measured=measured,
        against=against,
        subject=subject,
        at=at,
        last_at=at,
        times=times,
        state=state,
        paused=paused,
    )
