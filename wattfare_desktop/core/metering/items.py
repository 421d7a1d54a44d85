"""What a charge is made of: each kind of unit, how many, and at what price.

A call's items name every unit exactly once, so their sum is the exact cost; the charge is that sum
rounded up to a whole nano-dollar, once. ``meter.cost`` comes to the same in faster arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.metering.prices import ModelPrice
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos

UNITS_PER_PRICE: Final = 1_000_000
"""Tokens are priced by the million."""

_PER_MILLION_EXPONENT: Final = -6
_NANO_EXPONENT: Final = -9
_DIGITS: Final = 200
"""More than any product of a price and a count has: sums stay exact."""


class UnitKind(StrEnum):
    """What a provider prices on its own. All but ``REQUEST`` are tokens."""

    INPUT = "input"
    CACHED_READ = "cached_read"
    CACHE_WRITE = "cache_write"
    INPUT_AUDIO = "input_audio"
    OUTPUT = "output"
    REASONING = "reasoning"
    OUTPUT_AUDIO = "output_audio"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """So many units of one kind, at ``usd`` per million of them, or per request."""

    kind: UnitKind
    units: int
    usd: Decimal

    @property
    def amount_usd(self) -> Decimal:
        """What they cost, exactly."""
        product = _exact().multiply(self.usd, Decimal(self.units))
        if self.kind is UnitKind.REQUEST:
            return product
        return product.scaleb(_PER_MILLION_EXPONENT, _exact())


def itemised(price: ModelPrice, usage: Usage) -> tuple[Item, ...]:
    """Return what ``usage`` is charged for, in a fixed order, without kinds that were not used.

    A kind without a price of its own is listed at the price of plain input or output.
    """
    size = usage.input_tokens
    used = (
        (UnitKind.INPUT, usage.plain_input_tokens, price.input),
        (UnitKind.CACHED_READ, usage.cached_read_tokens, price.cached_read or price.input),
        (UnitKind.CACHE_WRITE, usage.cache_write_tokens, price.cache_write or price.input),
        (UnitKind.INPUT_AUDIO, usage.input_audio_tokens, price.input_audio or price.input),
        (UnitKind.OUTPUT, usage.plain_output_tokens, price.output),
        (UnitKind.REASONING, usage.reasoning_tokens, price.reasoning or price.output),
        (UnitKind.OUTPUT_AUDIO, usage.output_audio_tokens, price.output_audio or price.output),
    )
    items = [Item(kind=kind, units=units, usd=rate.at(size)) for kind, units, rate in used if units]
    if price.usd_per_request:
        items.append(Item(kind=UnitKind.REQUEST, units=1, usd=price.usd_per_request))
    return tuple(items)


def exact_cost_usd(items: Sequence[Item]) -> Decimal:
    """Return what ``items`` cost together, before rounding."""
    exact, total = _exact(), Decimal(0)
    for item in items:
        total = exact.add(total, item.amount_usd)
    return total


def rounded_up(usd: Decimal) -> Nanos:
    """Return ``usd`` in whole nano-dollars, rounded up."""
    nanos = _exact().multiply(usd, Decimal(NANOS_PER_USD))
    return Nanos(int(nanos.to_integral_value(ROUND_CEILING)))


def rounding_usd(usd: Decimal) -> Decimal:
    """Return what rounding up adds to ``usd``."""
    exact = _exact()
    return exact.subtract(Decimal(rounded_up(usd)).scaleb(_NANO_EXPONENT, exact), usd)


def _exact() -> Context:
    return Context(prec=_DIGITS)
