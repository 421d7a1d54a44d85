"""What usage costs, and how much to hold before it is known.

Whole numbers only: a price carries its rates in a unit that holds every digit of them
(``ModelPrice.units_per_nano``), so the one rounding is the division at the end, upwards, once a
call.
"""

from wattfare_desktop.core.metering.prices import ModelPrice
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.core.money import Nanos


def cost(price: ModelPrice, usage: Usage) -> Nanos:
    """Return what ``usage`` costs, rounded up to a whole nano-dollar.

    The total input decides the tier, and that tier then applies to every token of the call.
    """
    band = price.bands[-1]
    for candidate in price.bands:
        if usage.input_tokens > candidate.above:
            band = candidate
            break
    units = (
        price.request_units
        + usage.plain_input_tokens * band.input
        + usage.cached_read_tokens * band.cached_read
        + usage.cache_write_tokens * band.cache_write
        + usage.input_audio_tokens * band.input_audio
        + usage.plain_output_tokens * band.output
        + usage.reasoning_tokens * band.reasoning
        + usage.output_audio_tokens * band.output_audio
    )
    return Nanos(-(-units // price.units_per_nano))


def hold_bound(price: ModelPrice, input_tokens_max: int, output_tokens_max: int) -> Nanos:
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
    return Nanos(-(-(price.request_units + units) // price.units_per_nano))


def output_tokens_for(price: ModelPrice, input_tokens_max: int, amount: int) -> int | None:
    """Return the most output tokens whose ``hold_bound`` with this input is within ``amount``.

    Negative where not even the input is; None where output costs nothing, so that any number is.
    """
    budget = amount * price.units_per_nano - price.request_units
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
