"""What usage costs, and how much to hold before it is known.

Whole numbers only: a price carries its rates in a unit that holds every digit of them
(``ModelPrice.units_per_nano``), so the one rounding is the division at the end, upwards, once a
call.
"""

from collections.abc import Mapping
from math import ceil
from operator import mul

from wattfare_desktop.core.metering.prices import ModelPrice
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind
from wattfare_desktop.core.metering.usage import NOTHING_COUNTED, Usage
from wattfare_desktop.core.money import Nanos


def cost(price: ModelPrice, usage: Usage) -> Nanos:
    """Return what ``usage`` costs, rounded up to a whole nano-dollar.

    The total input decides the tier, and that tier then applies to every token of the call. What
    is counted and has no price costs nothing: it was not allowed, so the provider surprised us.
    """
    band = price.bands[-1]
    for candidate in price.bands:
        if usage.input_tokens > candidate.above:
            band = candidate
            break
    units = price.request_units + sum(map(mul, usage.by_kind, band.rates))
    if usage.counted:
        units += _counted_units(price, usage.counted)
    return Nanos(-(-units // price.units_per_nano))


def hold_bound(
    price: ModelPrice,
    input_tokens_max: int,
    output_tokens_max: int,
    counted_max: Mapping[UnitKind, int] = NOTHING_COUNTED,
) -> Nanos:
    """Return what a call within these bounds can cost at most.

    Any input may turn out to be its side's dearest kind (a cache write costs more than plain
    input) and any tier up to the bound may apply, so no usage within the bounds costs more.
    """
    if input_tokens_max < 0 or output_tokens_max < 0:
        raise ValueError("bounds are not negative")
    units = max(
        input_tokens_max * band.dearest_input + output_tokens_max * band.dearest_output
        for band in price.bands
        if input_tokens_max > band.above
    )
    units += price.request_units + _counted_units(price, counted_max)
    return Nanos(-(-units // price.units_per_nano))


def unpriced_kinds(
    price: ModelPrice, counted: Mapping[UnitKind, int], *, answers: bool
) -> tuple[UnitKind, ...]:
    """Return what a call may use and ``price`` has no price for; nothing where all is covered.

    Needed are prices of all that is ``counted``, of the output where the call ``answers`` in
    tokens, and of the input where nothing else is said to be billed. A kind of token among them
    says that such tokens may come, within the bounds of their side: it needs a rate of its own.
    """
    missing = [kind for kind in counted if not price.has_own(kind)]
    if answers and not price.has_output_price:
        missing.append(UnitKind.OUTPUT)
    if not price.has_input_price and all(kind in TOKEN_KINDS for kind in counted):
        missing.append(UnitKind.INPUT)
    return tuple(missing)


def _counted_units(price: ModelPrice, counted: Mapping[UnitKind, int]) -> int:
    """Return what is counted comes to, in the units of ``price``, a part of one being one."""
    exact = (count * price.counted_units.get(kind, 0) for kind, count in counted.items())
    return ceil(sum(exact))


def output_tokens_for(
    price: ModelPrice,
    input_tokens_max: int,
    amount: int,
    counted_max: Mapping[UnitKind, int] = NOTHING_COUNTED,
) -> int | None:
    """Return the most output tokens whose ``hold_bound`` with this input is within ``amount``.

    Negative where not even the input is; None where output costs nothing, so that any number is.
    """
    budget = amount * price.units_per_nano - price.request_units
    budget -= _counted_units(price, counted_max)
    tokens: int | None = None
    for band in price.bands:
        if input_tokens_max <= band.above:
            continue
        left = budget - input_tokens_max * band.dearest_input
        if left < 0:
            return -1
        if band.dearest_output:
            affordable = left // band.dearest_output
            tokens = affordable if tokens is None else min(tokens, affordable)
    return tokens
