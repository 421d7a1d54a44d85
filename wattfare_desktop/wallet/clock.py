"""The only place that reads the clock and draws randomness for names."""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from wattfare_desktop.core.identifiers import Instant

# Crockford's base 32: no letter is mistaken for a digit when read aloud.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_CHARS: Final = 9
_RANDOM_CHARS: Final = 10
_RANDOM_BYTES: Final = 7
_DRAWN_AHEAD: Final = 64
_ZONE_S: Final = 60.0


class Clock:
    """Wall-clock time in the user's zone, and identifiers that sort by it.

    ``zone`` is asked anew from time to time, since people travel; not for every call, since the
    answer takes milliseconds.
    """

    def __init__(self, zone: Callable[[], tzinfo]) -> None:
        self._ask_zone = zone
        self._zone = zone()
        self._zone_until_s = time.monotonic() + _ZONE_S
        self._randomness = b""

    @property
    def zone(self) -> tzinfo:
        """The user's time zone, in which windows are cut."""
        now_s = time.monotonic()
        if now_s >= self._zone_until_s:
            self._zone, self._zone_until_s = self._ask_zone(), now_s + _ZONE_S
        return self._zone

    def now(self) -> Instant:
        """Return the present instant."""
        return Instant(time.time_ns() // 1_000_000)

    def today(self) -> date:
        """Return the date on the user's calendar."""
        return datetime.fromtimestamp(self.now() / 1000, UTC).astimezone(self.zone).date()

    def identifier(self, prefix: str) -> str:
        """Return a new name such as ``call_0k3v…``: 19 characters that sort by time of making.

        Names in time order keep the indexes of a large ledger growing at one end only.
        """
        head = _digits(self.now(), _TIME_CHARS)
        return f"{prefix}_{head}{_digits(self._random(), _RANDOM_CHARS)}"

    def _random(self) -> int:
        # Drawn ahead, since asking the system takes longer than all the rest of naming a call.
        if not self._randomness:
            self._randomness = os.urandom(_RANDOM_BYTES * _DRAWN_AHEAD)
        drawn, self._randomness = (
            self._randomness[:_RANDOM_BYTES],
            self._randomness[_RANDOM_BYTES:],
        )
        return int.from_bytes(drawn, "big")


def _digits(number: int, width: int) -> str:
    """Return the lowest ``width`` digits of ``number``."""
    return "".join([_ALPHABET[number >> shift & 31] for shift in range(5 * (width - 1), -1, -5)])
