"""What the card of prices says, and what it makes of what is typed there."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from wattfare_desktop.core.metering.own_prices import OwnPrice, read_dollars
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPrice:
    """A price as it is to be set, for ``provider/model``."""

    name: str
    usd: Mapping[UnitKind, Decimal]


def own_price_name(own: OwnPrice) -> str:
    """Return the model as the wallet names it everywhere."""
    return f"{own.provider}/{own.model}"


def own_price_line(own: OwnPrice) -> str:
    """Return what a model costs on the user's word, in one line."""
    return ", ".join(_kind_line(kind, usd) for kind, usd in own.usd.items())


def judged_price(name: str, read: str, answered: str) -> TypedPrice | str:
    """Return the price that was typed, in dollars per million; else what is wrong with it."""
    provider, _, model = name.strip().partition("/")
    if not provider or not model:
        return "Name the model with its provider, such as openai/gpt-5-mini."
    try:
        usd = {
            kind: read_dollars(text.strip())
            for kind, text in ((UnitKind.INPUT, read), (UnitKind.OUTPUT, answered))
            if text.strip()
        }
    except ValueError as error:
        words = str(error)
        return f"{words[:1].upper()}{words[1:]}."
    if UnitKind.INPUT not in usd:
        return "Say at least what it costs to read a million units."
    return TypedPrice(name=f"{provider}/{model}", usd=usd)


def _kind_line(kind: UnitKind, usd: Decimal) -> str:
    per = " a million" if kind in TOKEN_KINDS or kind is UnitKind.CHARACTER else " each"
    if kind is UnitKind.AUDIO_MILLISECOND:
        per = " a second"
    return f"{kind.value.replace('_', ' ')} ${usd:f}{per}"
