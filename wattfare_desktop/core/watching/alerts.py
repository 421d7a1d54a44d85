"""What the user is told of a rule that was met, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.watching.rules import Action, Rule

_WORDS: Final[Mapping[Rule, str]] = MappingProxyType(
    {
        Rule.FLOOD: "It sent {measured:,} requests within 10 seconds.",
        Rule.RUNAWAY: "It spent {seen} of its {usual} within an hour.",
        Rule.CAP_PROBING: "{measured} of its calls within a minute did not fit its cap.",
        Rule.COST_SPIKE: "It spends {seen} a minute; usual for it is {usual}.",
        Rule.FAST_BURN: "It spent {seen} in the last hour: the {usual} left will soon be gone.",
        Rule.BIG_CALL: "A single call of it could cost {seen}; its cap is {usual}.",
        Rule.ERROR_STORM: "{measured} of its last {against} calls failed.",
        Rule.NEW_MODEL: "It began to use {subject} at {seen} a million tokens; it usually pays"
        " {usual}.",
        Rule.BAD_PROOFS: "Its access was used {measured} times within a minute without the key it"
        " is bound to: someone may have copied it. Wattfare revoked it.",
    }
)


class AlertState(StrEnum):
    """What its user made of it; ``MINE``: it was they themselves."""

    NEW = "new"
    SEEN = "seen"
    MINE = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule that an app met. ``times``: so often since, the last time at ``last_at``.

    ``paused``: the app is paused because of it, now. ``measured`` and ``against`` as in a finding.
    """

    id: int
    app: GrantId
    app_name: str
    rule: Rule
    action: Action
    measured: int
    against: int
    subject: str
    at: Instant
    last_at: Instant
    times: int
    state: AlertState
    decided_at: Instant | None = None
    paused: bool = False


def told(alert: Alert) -> str:
    """Return what happened, as one sentence or two about "it", the app."""
    happened = _happened(alert)
    match alert.action:
        case Action.PAUSE:
            return f"{happened} Wattfare paused it."
        case Action.SLOW:
            return f"{happened} Wattfare slowed it to one call a second for ten minutes."
        case Action.NOTIFY:
            return happened


def _happened(alert: Alert) -> str:
    return _WORDS[alert.rule].format(
        measured=alert.measured,
        against=alert.against,
        seen=display_usd(Nanos(alert.measured)),
        usual=display_usd(Nanos(alert.against)),
        subject=alert.subject,
    )
