"""What is said of an app and of its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import display_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import AppRow, GrantNote, WindowRow
from wattfare_desktop.ui.presentation.moments import ago_text, date_text, day_text, local
from wattfare_desktop.ui.presentation.periods import spent_of_limit

_STATES: Final = {
    GrantState.ACTIVE: "Active",
    GrantState.PAUSED: "Paused",
    GrantState.REVOKED: "Revoked",
    GrantState.EXPIRED: "Expired",
}


_EVENTS: Final = {
    "granted": "Approved",
    "pause": "Paused",
    "paused_by_rule": "Paused by Wattfare",
    "resume": "Resumed",
    "revoke": "Revoked",
    "replaced": "Replaced by a new approval",
    "caps_changed": "Limits changed",
    "call_limit_changed": "Limit of one call changed",
    "raised": "Raised",
    "raise_ended": "No longer raised",
    "expire": "Expired",
    "raise_allowed": "May ask for more",
    "bindings_changed": "Works from",
    "must_sign": "Must sign its calls",
    "raise_disallowed": "May no longer ask for more",
}
_TOLD: Final = frozenset(
    {"caps_changed", "call_limit_changed", "raised", "raise_ended", "bindings_changed", "revoke"}
)
_NOTES_MAX: Final = 6


class Level(StrEnum):
    """Whether there is room under a limit."""

    ROOM = "room"
    FULL = "full"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitBar:
    """A limit as a bar: the parts of it that are spent and held, together at most 1."""

    spent_part: float
    held_part: float
    text: str
    note: str
    level: Level


def limit_bar(window: WindowRow, zone: tzinfo, *, ended: bool = False) -> LimitBar:
    """Return how a limit stands; of an app that has ended only what it spent."""
    spent = min(1.0, window.spent / window.limit) if window.limit else 1.0
    held = min(1.0 - spent, window.held / window.limit) if window.limit else 0.0
    notes = []
    is_full = window.left == 0
    if is_full and not ended:
        notes.append("used up")
    if window.raised and not ended:
        notes.append(f"raised by {display_usd(window.raised)}")
    if window.held:
        notes.append(f"{display_usd(window.held)} held")
    if window.resets_at is not None and not ended:
        notes.append(f"renews {day_text(local(window.resets_at, zone))}")
    return LimitBar(
        spent_part=spent,
        held_part=held,
        text=spent_of_limit(window.spent, window.limit, window.period),
        note=" · ".join(notes),
        level=Level.ENDED if ended else Level.FULL if is_full else Level.ROOM,
    )


def state_text(state: GrantState) -> str:
    """Return a grant's state in a word."""
    return _STATES[state]


def is_over(state: GrantState) -> bool:
    """Return whether a grant has ended for good."""
    return state in {GrantState.REVOKED, GrantState.EXPIRED}


def identity_text(app: AppRow) -> str:
    """Return what is known of an app beside the name it gives itself."""
    known = "verified" if app.verified else "unverified"
    return f"{app.redirect_host} · {known}"


def last_call_text(app: AppRow, now: Instant, zone: tzinfo) -> str:
    """Return when the app last called."""
    if app.running_calls:
        calls = "1 call" if app.running_calls == 1 else f"{app.running_calls} calls"
        return f"{calls} running"
    if app.last_call_at is None:
        return "no call yet"
    return ago_text(app.last_call_at, now, zone)


def row_text(app: AppRow, now: Instant, zone: tzinfo) -> str:
    """Return the whole row as one sentence for those who listen."""
    limits = [limit_bar(window, zone).text for window in app.windows]
    last, signs = last_call_text(app, now, zone), signed_text(app)
    words = [app.name, state_text(app.state), signs, *limits, last]
    return ", ".join(word for word in words if word)


def signed_text(app: AppRow) -> str:
    """Return that the app signs its calls; "" of one that does not."""
    return "" if app.bindings.jkt is None else "signs its calls"


def initial(name: str) -> str:
    """Return the letter that stands for an app."""
    return name[:1].upper()


def note_text(note: GrantNote) -> str:
    """Return one line of an app's history in words."""
    words = _EVENTS.get(note.event, note.event.replace("_", " "))
    return f"{words}: {note.detail}" if note.detail and note.event in _TOLD else words


def notes_shown(notes: Sequence[GrantNote], zone: tzinfo) -> tuple[tuple[str, str], ...]:
    """Return the latest of an app's history: a moment and a text each, newest first."""
    return tuple((date_text(note.at, zone), note_text(note)) for note in notes[:_NOTES_MAX])


def facts(app: AppRow, zone: tzinfo) -> tuple[tuple[str, str], ...]:
    """Return what else is known of an app: a label and a text each."""
    ends = "when you revoke it" if app.expires_at is None else date_text(app.expires_at, zone)
    if is_over(app.state):
        ends = state_text(app.state).lower()
    return (
        ("Says it is for", f"“{app.justification}”" if app.justification else "nothing said"),
        ("Approved", date_text(app.created_at, zone)),
        ("Ends", ends),
        ("Spent so far", display_usd(app.spent_total)),
        ("Client id", app.client_id),
        *((("Asked by", app.bindings.asked_by),) if app.bindings.asked_by else ()),
    )
