"""What a charge is made of: each kind of unit, how many, and at what price.

A call's items name every unit exactly once, so their sum is the exact cost; the charge is that sum
rounded up to a whole nano-dollar, once. ``meter.cost`` comes to the same in faster arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import Final

from wattfare_desktop.core.metering.prices import ModelPrice
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind, units_per_price
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos

_NANO_EXPONENT: Final = -9
_DIGITS: Final = 200
"""More than any product of a price and a count has: sums stay exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """So many units of one kind, at ``usd`` per ``units.units_per_price`` of them."""

    kind: UnitKind
    units: int
    usd: Decimal

    @property
    def amount_usd(self) -> Decimal:
        """What they cost, exactly."""
        product = _exact().multiply(self.usd, Decimal(self.units))
        return _exact().divide(product, Decimal(units_per_price(self.kind)))


def itemised(price: ModelPrice, usage: Usage) -> tuple[Item, ...]:
    """Return what ``usage`` is charged for, in a fixed order, without kinds that were not used.

    A kind without a price of its own is listed at the price that applies instead.
    """
    size = usage.input_tokens
    items = [
        Item(kind=kind, units=units, usd=price.rate(kind).at(size))
        for kind, units in zip(TOKEN_KINDS, usage.by_kind, strict=True)
        if units
    ]
    items += [
        Item(kind=kind, units=units, usd=price.counted[kind])
        for kind, units in usage.counted.items()
        if kind in price.counted
    ]
    if price.usd_per_request:
        items.append(Item(kind=UnitKind.REQUEST, units=1, usd=price.usd_per_request))
    return tuple(items)


def stated(usd: Decimal) -> tuple[Item, ...]:
    """Return a bill of which the provider told the sum alone."""
    return (Item(kind=UnitKind.STATED, units=1, usd=usd),)


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
