"""The price of a model, and the book prices are looked up in.

Prices are Decimal dollars per million tokens, as providers write them. So that pricing a call is
integer arithmetic and still exact, each price is compiled once into bands of integers in a unit
small enough to hold every digit of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, Protocol

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.units import (
    INPUT_KINDS,
    TOKEN_KINDS,
    UnitKind,
    units_per_price,
)

FREE_PRICE_ID: Final = "free"
"""Price id of a provider that bills nothing by declaration, such as a model server of one's own."""

MAKERS_PRICE_ID: Final = "makers"
"""Price id of a provider at which each model costs what its own maker bills for it."""

ZERO: Final = Decimal(0)

# A dollar per million tokens is a thousand nanos per token.
_NANO_DIGITS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A rate that applies to the whole call once its input exceeds ``start`` tokens."""

    start: int
    usd_per_mtok: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRate:
    """Dollars per million tokens of one kind; ``tiers`` ascend by ``start``."""

    usd_per_mtok: Decimal
    tiers: tuple[Tier, ...] = ()

    def __post_init__(self) -> None:
        starts = [tier.start for tier in self.tiers]
        if starts != sorted(set(starts)) or any(start < 0 for start in starts):
            raise ValueError("tiers ascend by their start")
        for price in (self.usd_per_mtok, *(tier.usd_per_mtok for tier in self.tiers)):
            if not price.is_finite() or price < 0:
                raise ValueError("a price is a finite number of dollars, not negative")

    def at(self, input_tokens: int) -> Decimal:
        """Return the dollars per million tokens in a call with that much input."""
        price = self.usd_per_mtok
        for tier in self.tiers:
            if input_tokens > tier.start:
                price = tier.usd_per_mtok
        return price


@dataclass(frozen=True, slots=True, kw_only=True)
class RateBand:
    """Every rate of a model for calls whose input exceeds ``above`` tokens, as plain integers.

    ``rates`` are in the order of ``units.TOKEN_KINDS``, in units of ``1 /
    ModelPrice.units_per_nano`` nano-dollars a token. The two ``dearest`` rates are the highest of
    their side, for holds.
    """

    above: int
    rates: tuple[int, ...]
    dearest_input: int
    dearest_output: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrice:
    """What a model costs by kind of token, and by what else a provider counts.

    A kind of token without a rate of its own is billed as plain input or output, cached sound and
    pictures as ones that are not, and what is kept for an hour as what is kept for minutes.
    ``counted`` has the price of each thing that is counted beside the tokens, in dollars per
    ``units.units_per_price`` of it; what is not in it has no price, and must not be allowed. Nor
    must tokens of a side the provider names no price for (``has_input_price``,
    ``has_output_price``), at whose rate they would cost nothing.
    """

    input: TokenRate
    output: TokenRate
    cached_read: TokenRate | None = None
    cached_audio: TokenRate | None = None
    cached_image: TokenRate | None = None
    cache_write: TokenRate | None = None
    cache_write_long: TokenRate | None = None
    input_audio: TokenRate | None = None
    input_image: TokenRate | None = None
    reasoning: TokenRate | None = None
    output_audio: TokenRate | None = None
    output_image: TokenRate | None = None
    usd_per_request: Decimal = ZERO
    counted: Mapping[UnitKind, Decimal] = field(default_factory=dict)
    has_input_price: bool = True
    has_output_price: bool = True
    units_per_nano: int = field(init=False, repr=False, compare=False)
    request_units: int = field(init=False, repr=False, compare=False)
    counted_units: Mapping[UnitKind, Fraction] = field(init=False, repr=False, compare=False)
    bands: tuple[RateBand, ...] = field(init=False, repr=False, compare=False)
    """From the highest ``above`` down; the last one is above -1 and so always applies."""

    def __post_init__(self) -> None:
        for price in (self.usd_per_request, *self.counted.values()):
            if not price.is_finite() or price < 0:
                raise ValueError("a price is a finite number of dollars, not negative")
        digits = self._digits()
        object.__setattr__(self, "units_per_nano", 10**digits)
        object.__setattr__(self, "request_units", int(self.usd_per_request.scaleb(9 + digits)))
        object.__setattr__(self, "counted_units", self._counted_units(digits))
        starts = {-1, *(tier.start for rate in self._rates() for tier in rate.tiers)}
        bands = tuple(self._band(start, digits) for start in sorted(starts, reverse=True))
        object.__setattr__(self, "bands", bands)

    def rate(self, kind: UnitKind) -> TokenRate:
        """Return the rate of a kind of token, its own or the one it is billed at instead."""
        own: TokenRate | None = getattr(self, kind.value)
        return own if own is not None else self.rate(_INSTEAD[kind])

    def has_own(self, kind: UnitKind) -> bool:
        """Return whether ``kind`` has a price of its own, not one it is billed at instead."""
        own = kind in TOKEN_KINDS and getattr(self, kind.value) is not None
        return own or kind in self.counted

    def _rates(self) -> tuple[TokenRate, ...]:
        return tuple(rate for kind in TOKEN_KINDS if (rate := getattr(self, kind.value)))

    def _digits(self) -> int:
        """Return how many decimals a nano-dollar needs to write every rate of this price."""
        decimals = [_decimals(self.usd_per_request) - 9]
        for rate in self._rates():
            decimals.append(_decimals(rate.usd_per_mtok) - _NANO_DIGITS)
            decimals.extend(_decimals(tier.usd_per_mtok) - _NANO_DIGITS for tier in rate.tiers)
        return max(0, *decimals)

    def _counted_units(self, digits: int) -> Mapping[UnitKind, Fraction]:
        return {
            kind: Fraction(usd) * 10 ** (9 + digits) / units_per_price(kind)
            for kind, usd in self.counted.items()
        }

    def _band(self, above: int, digits: int) -> RateBand:
        rates = tuple(
            int(self.rate(kind).at(above + 1).scaleb(_NANO_DIGITS + digits)) for kind in TOKEN_KINDS
        )
        sides = len(INPUT_KINDS)
        return RateBand(
            above=above,
            rates=rates,
            dearest_input=max(rates[:sides]),
            dearest_output=max(rates[sides:]),
        )


_INSTEAD: Final = {
    UnitKind.CACHED_READ: UnitKind.INPUT,
    UnitKind.CACHED_AUDIO: UnitKind.INPUT_AUDIO,
    UnitKind.CACHED_IMAGE: UnitKind.INPUT_IMAGE,
    UnitKind.CACHE_WRITE: UnitKind.INPUT,
    UnitKind.CACHE_WRITE_LONG: UnitKind.CACHE_WRITE,
    UnitKind.INPUT_AUDIO: UnitKind.INPUT,
    UnitKind.INPUT_IMAGE: UnitKind.INPUT,
    UnitKind.REASONING: UnitKind.OUTPUT,
    UnitKind.OUTPUT_AUDIO: UnitKind.OUTPUT,
    UnitKind.OUTPUT_IMAGE: UnitKind.OUTPUT,
}
"""At which rate a kind is billed that has none of its own: never at a discount nobody named."""


def _decimals(price: Decimal) -> int:
    exponent = price.as_tuple().exponent
    assert isinstance(exponent, int), "only finite prices come this far"
    return max(0, -exponent)


def dearer(one: ModelPrice, other: ModelPrice) -> ModelPrice:
    """Return the price that takes the dearer of two for each kind at each input size.

    What only one of them has a price for is taken from that one.
    """
    rates = {
        kind.value: _dearer_rate(one.rate(kind), other.rate(kind))
        for kind in TOKEN_KINDS
        if getattr(one, kind.value) or getattr(other, kind.value)
    }
    counted = dict(one.counted)
    for kind, usd in other.counted.items():
        counted[kind] = max(usd, counted.get(kind, ZERO))
    return ModelPrice(
        **rates,
        usd_per_request=max(one.usd_per_request, other.usd_per_request),
        counted=counted,
        has_input_price=one.has_input_price or other.has_input_price,
        has_output_price=one.has_output_price or other.has_output_price,
    )


def _dearer_rate(one: TokenRate, other: TokenRate) -> TokenRate:
    starts = sorted({tier.start for tier in (*one.tiers, *other.tiers)})
    return TokenRate(
        usd_per_mtok=max(one.usd_per_mtok, other.usd_per_mtok),
        tiers=tuple(
            Tier(start=start, usd_per_mtok=max(one.at(start + 1), other.at(start + 1)))
            for start in starts
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedModel:
    """A model as the book knows it at one moment.

    ``price`` is what its usage costs; ``hold_price`` is never below it and never below the
    standard price either, for a provider may answer in a dearer tier than was asked for.
    ``version`` names the book ("genai-prices 0.2.3") and goes onto the charge. ``shows_output``:
    what it bills as output is seen in the answer; it is not known to think unseen.
    ``takes_max_output``: ``max_output_tokens`` is the model's own and no guess, so that a provider
    takes it as the bound of an answer.
    ``image_tokens_max`` is the most input tokens one picture is billed as, None where no rule
    bounds it. ``prices_all_media`` False: sound or film sent to it is billed in a way that is not
    metered, so that of all media only pictures may be sent.
    """

    price: ModelPrice
    hold_price: ModelPrice
    version: str
    max_output_tokens: int
    context_window_tokens: int
    shows_output: bool = False
    takes_max_output: bool = False
    image_tokens_max: int | None = None
    prices_all_media: bool = True


class PriceBook(Protocol):
    """Where prices are looked up."""

    @property
    def version(self) -> str:
        """Name and version of the book."""

    def price(
        self,
        provider_price_id: str,
        model: str,
        now: Instant,
        service_tier: str | None = None,
        variant: str | None = None,
    ) -> PricedModel | None:
        """Return the price of ``model`` at ``now``, or None where it is unknown.

        Unknown is *unpriced*: the caller refuses the call, it is never free. ``service_tier`` is
        the tier asked for (to hold) or the one the response names (to charge), a faster ``speed``
        of Anthropic's included. ``variant`` is what else in the request chooses the price, such as
        a picture's quality and size ("hd 1024x1792"). A tier or variant the book does not know
        costs the dearest of those it does.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPriceBook:
    """A book of given prices by (provider price id, model), the same at every time and tier."""

    version: str
    models: Mapping[tuple[str, str], PricedModel]

    def price(
        self,
        provider_price_id: str,
        model: str,
        now: Instant,  # noqa: ARG002 - part of the protocol; these prices do not change
        service_tier: str | None = None,  # noqa: ARG002 - likewise
        variant: str | None = None,  # noqa: ARG002 - likewise
    ) -> PricedModel | None:
        """Return the given price, or None."""
        return self.models.get((provider_price_id, model))
