"""What is said of an app that did something unusual."""

from dataclasses import dataclass
from datetime import tzinfo

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.core.watching.alerts import Alert, AlertState, told
from wattfare_desktop.core.watching.rules import Action
from wattfare_desktop.ui.presentation.moments import ago_text

_LIVING = frozenset({GrantState.ACTIVE, GrantState.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertText:
    """One alert as it is shown, and what can be done about it."""

    number: int
    app: GrantId
    name: str
    what: str
    when: str
    badge: str
    is_urgent: bool
    may_resume: bool
    may_be_mine: bool
    may_revoke: bool


def alert_text(alert: Alert, overview: Overview, now: Instant, zone: tzinfo) -> AlertText:
    """Return ``alert`` as of ``now``; what can be done depends on how its app stands."""
    state = next((app.state for app in overview.apps if app.id == alert.app), None)
    is_mine = alert.state is AlertState.MINE
    when = ago_text(alert.last_at, now, zone)
    if alert.times > 1:
        when = f"{when}, {alert.times} times so far"
    return AlertText(
        number=alert.id,
        app=alert.app,
        name=alert.app_name,
        what=told(alert),
        when=when,
        badge=_badge(alert, state),
        is_urgent=alert.paused,
        may_resume=alert.paused,
        may_be_mine=state in _LIVING and not is_mine,
        may_revoke=state in _LIVING,
    )


def alert_notice(alert: Alert) -> tuple[str, str]:
    """Return title and words of a notification."""
    return short_text(alert), told(alert)


def short_text(alert: Alert) -> str:
    """Return in a few words which app it is about."""
    match alert.action:
        case Action.PAUSE:
            return f"“{alert.app_name}” was paused"
        case Action.SLOW:
            return f"“{alert.app_name}” was slowed down"
        case Action.NOTIFY:
            return f"“{alert.app_name}” does something unusual"


def _badge(alert: Alert, state: GrantState | None) -> str:
    if alert.paused:
        return "Paused"
    if state not in _LIVING:
        return "Ended"
    return "It was you" if alert.state is AlertState.MINE else ""
