"""Money as an integer count of nano-dollars, and the texts it is read from and shown as.

One US dollar is 10^9 nanos, so an int64 column holds nine billion dollars and no sum is ever a
float. On the wire money is a decimal string in dollars (``"5.00"``).
"""

import re
from typing import Final, NewType

Nanos = NewType("Nanos", int)
"""Nano-dollars: 10^-9 US dollars."""

NANOS_PER_USD: Final = 10**9
NANOS_PER_CENT: Final = NANOS_PER_USD // 100
LARGEST_AMOUNT: Final = Nanos(1_000_000 * NANOS_PER_USD)
"""No single amount a person types is larger than a million dollars."""

_USD = re.compile(r"(?P<whole>[0-9]{1,10})(?:\.(?P<part>[0-9]{1,9}))?", re.ASCII)


def parse_usd(text: str) -> Nanos:
    """Return the amount of a decimal string such as ``"5"``, ``"5.00"`` or ``"0.000000001"``.

    Raises ValueError, fit to be shown, for signs, exponents, separators, more than nine decimals
    and amounts above a million dollars.
    """
    match = _USD.fullmatch(text)
    if match is None:
        raise ValueError('an amount is written in dollars like "5.00", with at most nine decimals')
    nanos = int(match["whole"]) * NANOS_PER_USD + int((match["part"] or "").ljust(9, "0"))
    if nanos > LARGEST_AMOUNT:
        raise ValueError("an amount is at most 1000000.00 dollars")
    return Nanos(nanos)


def exact_usd(nanos: Nanos) -> str:
    """Return ``nanos`` as dollars with all nine decimals: ``"5.000000000"``."""
    whole, part = divmod(abs(nanos), NANOS_PER_USD)
    sign = "-" if nanos < 0 else ""
    return f"{sign}{whole}.{part:09d}"


def plain_usd(nanos: Nanos) -> str:
    """Return ``nanos`` as an exact decimal string without needless zeros: ``"5.00"``, ``"0.125"``.

    At least two decimals stay, so that it reads as money; ``parse_usd`` gives it back.
    """
    text = exact_usd(nanos).rstrip("0")
    decimals = len(text) - text.index(".") - 1
    return text + "0" * max(0, 2 - decimals)


def display_usd(nanos: Nanos) -> str:
    """Return ``nanos`` as people read it: ``$12.34``, below a cent ``$0.0042``.

    Below a cent two significant digits stay, never scientific notation; the last digit is rounded
    half up, and what is not zero is never shown as zero.
    """
    sign = "-" if nanos < 0 else ""
    size = abs(nanos)
    if size == 0:
        return "$0.00"
    # 9.95 mills and more round to a whole cent: shown as a cent, not as $0.0100.
    if size >= NANOS_PER_CENT * 995 // 1000:
        cents = (size + NANOS_PER_CENT // 2) // NANOS_PER_CENT
        return f"{sign}${cents // 100:,}.{cents % 100:02d}"
    digits = len(str(size))
    step = int(10 ** max(0, digits - 2))
    rounded = (size + step // 2) // step * step
    part = f"{rounded:09d}".rstrip("0")
    return f"{sign}$0.{part}"
