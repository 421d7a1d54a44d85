"""The service fee: a part of each charge that stays in the wallet, and the reserve's share of it.

It comes on top of what the provider bills, rounded up once, and inside every hold and cap.
"""

import re
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.money import Nanos

BASIS_POINTS_MAX: Final = 1_000
"""Ten per cent."""

_PER_CENT_MAX: Final = 100
_WHOLE: Final = 10_000
_PERCENT: Final = re.compile(r"(?P<whole>[0-9]{1,3})(?:\.(?P<part>[0-9]{1,2}))?\s*%?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """``basis_points`` (hundredths of a per cent) of a charge; of it a share for the reserve."""

    basis_points: int = 0
    reserve_percent: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points <= BASIS_POINTS_MAX:
            raise ValueError("a service fee is between 0 and 10 per cent")
        if not 0 <= self.reserve_percent <= _PER_CENT_MAX:
            raise ValueError("a share is between 0 and 100 per cent")

    def of(self, cost: int) -> Nanos:
        """Return the fee on ``cost``, rounded up."""
        return Nanos(-(-cost * self.basis_points // _WHOLE))

    def on_top_of(self, cost: int) -> Nanos:
        """Return ``cost`` and the fee on it."""
        return Nanos(cost + self.of(cost))

    def within(self, total: int) -> int:
        """Return the largest cost that fits ``total`` with its fee."""
        return total * _WHOLE // (_WHOLE + self.basis_points)

    def reserve_share(self, fee: int) -> Nanos:
        """Return how much of a ``fee`` goes to the reserve."""
        return Nanos(fee * self.reserve_percent // _PER_CENT_MAX)

    @property
    def percent(self) -> str:
        """The fee as people write it, without the sign: ``3``, ``2.5``."""
        return percent_text(self.basis_points)


NO_FEE: Final = Fee()


def percent_text(basis_points: int) -> str:
    """Return ``basis_points`` as per cent, without needless zeros: ``3``, ``2.5``."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


def parse_fee_percent(text: str) -> int:
    """Return the basis points of ``3``, ``2.5`` or ``2.5 %``; ValueError, fit to be shown."""
    match = _PERCENT.fullmatch(text.strip())
    points = BASIS_POINTS_MAX + 1
    if match is not None:
        points = int(match["whole"]) * 100 + int((match["part"] or "").ljust(2, "0"))
    if points > BASIS_POINTS_MAX:
        raise ValueError('a service fee is written in per cent, from 0 to 10, like "2.5"')
    return points
