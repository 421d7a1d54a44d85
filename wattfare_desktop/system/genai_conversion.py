"""From a price as genai-prices lists it to ours, or to none where a bill could hold more.

Token prices are per million there too. What is counted is per thousand or by the hour there, and
here per piece or per second of sound. An hour's price seldom has a finite 3600th part: it is
rounded up at the 18th decimal, which adds less than a nano-dollar to ten days of sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from wattfare_desktop.core.metering.prices import ZERO, ModelPrice, TokenRate
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.system.listed_models import Listed, Stepped

_INPUT: Final = "input_mtok"
_OUTPUT: Final = "output_mtok"
_REQUESTS: Final = "requests_kcount"
_HOURS: Final = ("audio_hours", "input_audio_hours")

# Our kinds of tokens, and which of the table's prices they take: the dearest of those named.
_TOKENS: Final = {
    "input": (_INPUT,),
    "output": (_OUTPUT,),
    "cached_read": ("cache_read_mtok",),
    "cached_audio": ("cache_audio_read_mtok",),
    "cached_image": ("cache_image_read_mtok",),
    "cache_write": ("cache_write_mtok", "cache_write_5m_mtok"),
    "cache_write_long": ("cache_write_1h_mtok",),
    "input_audio": ("input_audio_mtok",),
    "input_image": ("input_image_mtok",),
    "reasoning": ("output_reasoning_mtok",),
    "output_audio": ("output_audio_mtok",),
    "output_image": ("output_image_mtok",),
}
# What is counted likewise. A page may be annotated, which costs more and is not told apart.
_COUNTED: Final = {
    UnitKind.WEB_SEARCH: ("web_searches_kcount",),
    UnitKind.FILE_SEARCH: ("storage_searches_kcount",),
    UnitKind.CODE_EXECUTION: ("code_executions_kcount",),
    UnitKind.CHARACTER: ("input_mchars",),
    UnitKind.AUDIO_MILLISECOND: _HOURS,
    UnitKind.PAGE: ("input_document_kpages", "input_annotated_document_kpages"),
}
# Billed for a tool that the dialects refuse.
_NOT_REACHED: Final = frozenset({"social_searches_kcount"})
# Billed apart from the tokens that we read: such a model is sent text and pictures alone.
_OTHER_MEDIA: Final = frozenset({"input_video_mtok"})
_KNOWN: Final = (
    frozenset(name for names in (*_TOKENS.values(), *_COUNTED.values()) for name in names)
    | _OTHER_MEDIA
    | {_REQUESTS}
)

_SECONDS_PER_HOUR: Final = 3_600
_FINEST: Final = Decimal("1e-18")


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A listed price as ours. ``prices_all_media`` as in ``PricedModel``."""

    price: ModelPrice
    prices_all_media: bool


def converted(listed: Listed) -> Converted | None:
    """Return ``listed`` as ours, or None where a bill could hold what we do not meter.

    A figure that is no price, such as one below zero, makes the whole of it none.
    """
    try:
        return _converted(listed)
    except ValueError:
        return None


def _converted(listed: Listed) -> Converted | None:
    stated = {name: _rate(price) for name, price in listed.items() if name not in _NOT_REACHED}
    if not stated or not stated.keys() <= _KNOWN:
        return None
    apart = set(_OTHER_MEDIA)
    if _OUTPUT in stated:
        # Sound that a chat model is sent is billed by the hour instead of by the token.
        apart.update(_HOURS)
    metered = {name: rate for name, rate in stated.items() if name not in apart}
    price = _price(metered)
    if price is None:
        return None
    return Converted(price=price, prices_all_media=len(metered) == len(stated))


def _price(stated: Mapping[str, TokenRate]) -> ModelPrice | None:
    rates = {kind: rate for kind, names in _TOKENS.items() if (rate := _dearest(stated, names))}
    counted = {kind: rate for kind, names in _COUNTED.items() if (rate := _dearest(stated, names))}
    requests = stated.get(_REQUESTS, TokenRate(usd_per_mtok=ZERO))
    # Tokens of any kind are billed beside plain ones, and a step by size is known for tokens only.
    if (rates and "input" not in rates) or not (rates or counted):
        return None
    if any(rate.tiers for rate in (requests, *counted.values())):
        return None
    free = TokenRate(usd_per_mtok=ZERO)
    return ModelPrice(
        # Its fields of rates are called like the kinds.
        **{"input": free, "output": free, **rates},
        has_input_price="input" in rates,
        has_output_price="output" in rates,
        usd_per_request=requests.usd_per_mtok.scaleb(-3),
        counted={kind: _each(kind, rate.usd_per_mtok) for kind, rate in counted.items()},
    )


def _each(kind: UnitKind, usd: Decimal) -> Decimal:
    """Return dollars per ``units.units_per_price`` from what the table writes."""
    match kind:
        case UnitKind.CHARACTER:
            return usd
        case UnitKind.AUDIO_MILLISECOND:
            return (usd / _SECONDS_PER_HOUR).quantize(_FINEST, ROUND_CEILING).normalize()
        case _:
            return usd.scaleb(-3)


def _dearest(stated: Mapping[str, TokenRate], names: tuple[str, ...]) -> TokenRate | None:
    rates = [stated[name] for name in names if name in stated]
    return max(rates, key=lambda rate: rate.usd_per_mtok) if rates else None


def _rate(price: Decimal | Stepped) -> TokenRate:
    if isinstance(price, Stepped):
        return TokenRate(usd_per_mtok=price.base, tiers=price.tiers)
    return TokenRate(usd_per_mtok=price)
