"""Corrections: what the user knows of a call that a crash left unsettled.

Such a call was charged its whole hold, since nobody knew what the provider would bill. Its user
may look that up and say so, once; what was charged too much comes back, and what was charged too
little is charged as far as there is room for it.
"""

from dataclasses import dataclass
from enum import StrEnum

from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId
from wattfare_desktop.core.money import Nanos


class CorrectionRefusal(StrEnum):
    """Why a call cannot be settled by its user's word."""

    NO_SUCH_CALL = "no_such_call"
    STILL_RUNNING = "still_running"
    ALREADY_CORRECTED = "already_corrected"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What came of it: ``charged`` at first, ``cost`` now, of the ``billed`` that the user told.

    What was billed above the cost is an overrun: the reserve paid ``from_reserve`` of it, and
    ``uncovered`` went out of the funding.
    """

    call: CallId
    app: GrantId
    funding: FundingId
    charged: Nanos
    billed: Nanos
    cost: Nanos
    from_reserve: Nanos
    uncovered: Nanos

    @property
    def returned(self) -> Nanos:
        """What came back to the balance; negative where more was charged."""
        return Nanos(self.charged - self.cost)
