"""How fast each app may call, judged on the call's way: a few microseconds, nothing is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, GrantId, Instant
from wattfare_desktop.core.watching import rules
from wattfare_desktop.core.watching.bucket import Bucket
from wattfare_desktop.core.watching.bursts import Burst
from wattfare_desktop.core.watching.rules import FACTOR_MINE, USUAL, CallRate

_AFTER_OTHERS_MS: Final = SECOND_MS
"""When to come again where calls under way are in the way: nobody knows how long they take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFast:
    """The app has to wait ``wait_ms``. ``quota`` passes within ``window_ms``, or at a time."""

    wait_ms: int
    quota: int
    window_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flooded:
    """The app sent so much that it is paused."""


@dataclass(slots=True, eq=False)
class _Meter:
    rate: CallRate
    bucket: Bucket
    flood: Burst
    in_flight: int = 0
    slowed_until: Instant | None = None


class Gate:
    """A meter for each app. ``flooded`` is called, once, for an app that floods."""

    def __init__(
        self,
        is_mine: Callable[[GrantId, Instant], bool],
        flooded: Callable[[GrantId, int, Instant], None],
    ) -> None:
        """``is_mine``: its user said that an earlier flood was their own."""
        self._is_mine = is_mine
        self._flooded = flooded
        self._meters: dict[GrantId, _Meter] = {}
        self._rates: dict[GrantId, CallRate] = {}

    def enter(self, grant: GrantId, now: Instant) -> TooFast | Flooded | None:
        """Count a request of the app; None: it may go on."""
        meter = self._meters.get(grant) or self._meter(grant, now)
        limit = meter.rate.flood
        is_flood = meter.flood.note(now, limit * FACTOR_MINE)
        if is_flood or (meter.flood.count >= limit and not self._is_mine(grant, now)):
            self._flooded(grant, meter.flood.count, now)
            meter.flood.clear()
            return Flooded()
        if meter.slowed_until is not None and now >= meter.slowed_until:
            self.hurry(grant)
        wait_ms = meter.bucket.take(now)
        if not wait_ms:
            return None
        rate = meter.bucket.rate
        return TooFast(
            wait_ms=wait_ms, quota=rate.burst, window_ms=rate.burst * SECOND_MS // rate.per_s
        )

    def begin(self, grant: GrantId, now: Instant) -> TooFast | None:
        """Count a call as under way until ``end``; None: it may go on, else it is not counted."""
        meter = self._meters.get(grant) or self._meter(grant, now)
        if meter.in_flight >= meter.rate.in_flight:
            return TooFast(wait_ms=_AFTER_OTHERS_MS, quota=meter.rate.in_flight)
        meter.in_flight += 1
        return None

    def end(self, grant: GrantId) -> None:
        """Count a call as over."""
        self._meters[grant].in_flight -= 1

    def rate_of(self, grant: GrantId) -> CallRate:
        """Return how fast the app may call."""
        return self._rates.get(grant, USUAL)

    def set_rate(self, grant: GrantId, rate: CallRate) -> None:
        """Let the app call so fast from now on."""
        self._rates[grant] = rate
        meter = self._meters.get(grant)
        if meter is not None:
            meter.rate = rate
            if meter.slowed_until is None:
                meter.bucket.turn_to(rate.bucket)

    def slow(self, grant: GrantId, now: Instant) -> None:
        """Let the app make one call a second for a while."""
        meter = self._meters.get(grant) or self._meter(grant, now)
        meter.slowed_until = Instant(now + rules.SLOWED_MS)
        meter.bucket.turn_to(rules.SLOWED)

    def hurry(self, grant: GrantId) -> None:
        """Let it call as fast as before, and count its requests anew."""
        meter = self._meters.get(grant)
        if meter is not None:
            meter.slowed_until = None
            meter.bucket.turn_to(meter.rate.bucket)
            meter.flood.clear()

    def _meter(self, grant: GrantId, now: Instant) -> _Meter:
        rate = self.rate_of(grant)
        made = _Meter(rate=rate, bucket=Bucket(rate.bucket, now), flood=Burst(rules.FLOOD_MS))
        self._meters[grant] = made
        return made
