"""What becomes of a grant and of a consent ticket: all states, all events, one table each.

A pair of state and event that a table does not name is refused.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class GrantState(StrEnum):
    """Where an app's approval stands. Revoked and expired ones never work again."""

    ACTIVE = "active"
    PAUSED = "paused"
    REVOKED = "revoked"
    EXPIRED = "expired"


class GrantEvent(StrEnum):
    """What can happen to a grant; ``EXPIRE`` is the clock's doing, the rest the user's."""

    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    REVOKE = "revoke"
    EXPIRE = "expire"


class TicketState(StrEnum):
    """Where a request for consent stands; the last four are its ends."""

    QUEUED = "queued"
    SHOWN = "shown"
    GRANTED = "granted"
    DENIED = "denied"
    ABORTED = "aborted"
    EXPIRED = "expired"

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to the ticket any more."""
        return self not in {TicketState.QUEUED, TicketState.SHOWN}


class TicketEvent(StrEnum):
    """What can happen to a ticket; ``ABORT`` is whoever asked, or the wallet, giving up."""

    SHOW = "show"
    GRANT = "grant"
    DENY = "deny"
    ABORT = "abort"
    EXPIRE = "expire"


# Repeating what is already so is granted: a second click, or two windows, is no mistake.
_GRANTS: Final[Mapping[tuple[GrantState | None, GrantEvent], GrantState]] = MappingProxyType(
    {
        (None, GrantEvent.APPROVE): GrantState.ACTIVE,
        (GrantState.ACTIVE, GrantEvent.PAUSE): GrantState.PAUSED,
        (GrantState.ACTIVE, GrantEvent.RESUME): GrantState.ACTIVE,
        (GrantState.ACTIVE, GrantEvent.REVOKE): GrantState.REVOKED,
        (GrantState.ACTIVE, GrantEvent.EXPIRE): GrantState.EXPIRED,
        (GrantState.PAUSED, GrantEvent.PAUSE): GrantState.PAUSED,
        (GrantState.PAUSED, GrantEvent.RESUME): GrantState.ACTIVE,
        (GrantState.PAUSED, GrantEvent.REVOKE): GrantState.REVOKED,
        (GrantState.PAUSED, GrantEvent.EXPIRE): GrantState.EXPIRED,
        (GrantState.REVOKED, GrantEvent.REVOKE): GrantState.REVOKED,
        (GrantState.EXPIRED, GrantEvent.REVOKE): GrantState.REVOKED,
        (GrantState.EXPIRED, GrantEvent.EXPIRE): GrantState.EXPIRED,
    }
)

# A ticket ends once, so nothing is ever repeated; what nobody has seen, nobody can have granted.
_TICKETS: Final[Mapping[tuple[TicketState, TicketEvent], TicketState]] = MappingProxyType(
    {
        (TicketState.QUEUED, TicketEvent.SHOW): TicketState.SHOWN,
        (TicketState.QUEUED, TicketEvent.DENY): TicketState.DENIED,
        (TicketState.QUEUED, TicketEvent.ABORT): TicketState.ABORTED,
        (TicketState.QUEUED, TicketEvent.EXPIRE): TicketState.EXPIRED,
        (TicketState.SHOWN, TicketEvent.GRANT): TicketState.GRANTED,
        (TicketState.SHOWN, TicketEvent.DENY): TicketState.DENIED,
        (TicketState.SHOWN, TicketEvent.ABORT): TicketState.ABORTED,
        (TicketState.SHOWN, TicketEvent.EXPIRE): TicketState.EXPIRED,
    }
)


def next_grant_state(state: GrantState | None, event: GrantEvent) -> GrantState | None:
    """Return the state that ``event`` leads to, or None where it is refused.

    ``state`` None is a grant that does not exist yet. The answer may be ``state`` itself.
    """
    return _GRANTS.get((state, event))


def next_ticket_state(state: TicketState, event: TicketEvent) -> TicketState | None:
    """Return the state that ``event`` leads to, or None where it is refused."""
    return _TICKETS.get((state, event))
