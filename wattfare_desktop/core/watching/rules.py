"""Every rule, what it does, and its values in one place.

Amounts are nano-dollars, spans milliseconds. "This was me" doubles a threshold of one app
(``FACTOR_MINE``) for ``MINE_MS``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from wattfare_desktop.core.money import Nanos, parse_usd


class Rule(StrEnum):
    """What an app can do that its user is told of."""

    FLOOD = "flood"
    RUNAWAY = "runaway"
    CAP_PROBING = "cap_probing"
    COST_SPIKE = "cost_spike"
    FAST_BURN = "fast_burn"
    BIG_CALL = "big_call"
    ERROR_STORM = "error_storm"
    NEW_MODEL = "new_model"
    BAD_PROOFS = "bad_proofs"


class Action(StrEnum):
    """What is done about it: new calls refused, calls slowed down, or nothing but telling."""

    PAUSE = "pause"
    SLOW = "slow"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests a second for ever, and so many at once."""

    per_s: int
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRate:
    """How fast an app may call: so many a second for ever, so many at the same time.

    The burst and what counts as a flood go along: the rate of four seconds at once, and twice the
    rate for ``FLOOD_MS``.
    """

    per_s: int = 50
    in_flight: int = 64

    @property
    def bucket(self) -> Rate:
        """Its token bucket."""
        return Rate(per_s=self.per_s, burst=4 * self.per_s)

    @property
    def flood(self) -> int:
        """So many requests within ``FLOOD_MS`` are a flood."""
        return 2 * self.per_s * FLOOD_MS // SECOND_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that was met, what was ``measured`` and what it was measured against.

    The units of both are the rule's own, see ``alerts.told``; ``subject`` is a model's name.
    """

    rule: Rule
    action: Action
    measured: int
    against: int
    subject: str = ""


USUAL: Final = CallRate()
SLOWED: Final = Rate(per_s=1, burst=1)
SLOWED_MS: Final = 10 * MINUTE_MS

ALERT_AGAIN_MS: Final = DAY_MS
MINE_MS: Final = 7 * DAY_MS
FACTOR_MINE: Final = 2

FLOOD_MS: Final = 10 * SECOND_MS

PROBING_REFUSALS: Final = 20
PROBING_MS: Final = 60 * SECOND_MS

RUNAWAY_SHORT_MS: Final = 5 * MINUTE_MS
RUNAWAY_SHORT_PERCENT: Final = 25
RUNAWAY_LONG_MS: Final = HOUR_MS
RUNAWAY_LONG_PERCENT: Final = 50
RUNAWAY_FLOOR: Final[Nanos] = parse_usd("1")
RUNAWAY_CALLS: Final = 3
"""One call or two are no loop: `BIG_CALL` is about these."""

BURN_LONG_MS: Final = HOUR_MS
BURN_SHORT_MS: Final = 5 * MINUTE_MS
BURN_PERCENT_OF_REST: Final = 10
BURN_FLOOR: Final[Nanos] = parse_usd("1")

SPIKE_LAMBDA: Final = 0.2
SPIKE_Z: Final = 4.0
SPIKE_PAUSE_Z: Final = 6.0
SPIKE_AGE_MS: Final = 7 * DAY_MS
SPIKE_CALLS: Final = 200
SPIKE_DEVIATION_MIN: Final = 0.5
"""Of the logarithm: minutes that always cost the same do not make the next cent a spike."""
SPIKE_FLOOR: Final[Nanos] = parse_usd("0.25")
"""Of one minute's cost."""

BIG_CALL_PERCENT: Final = 20
BIG_CALL_FLOOR: Final[Nanos] = parse_usd("1")
BIG_CALL_ALWAYS: Final[Nanos] = parse_usd("5")

STORM_CALLS: Final = 40
STORM_MS: Final = 60 * SECOND_MS
STORM_ERRORS_PERCENT: Final = 50

NEW_MODEL_TIMES: Final = 5
NEW_MODEL_CALLS: Final = 20
"""So many calls it takes to know what is usual."""
NEW_MODEL_FLOOR: Final[Nanos] = parse_usd("0.02")
"""Of the call itself."""
