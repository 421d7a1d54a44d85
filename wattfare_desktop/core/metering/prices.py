"""The price of a model, and the book prices are looked up in.

Prices are Decimal dollars per million tokens, as providers write them. So that pricing a call is
integer arithmetic and still exact, each price is compiled once into bands of integers in a unit
small enough to hold every digit of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Protocol

from wattfare_desktop.core.identifiers import Instant

FREE_PRICE_ID: Final = "free"
"""Price id of a provider that bills nothing by declaration, such as a model server of one's own."""

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

    The unit is ``1 / ModelPrice.units_per_nano`` nano-dollars per token. The two ``dearest``
    rates are the highest of their side, for holds.
    """

    above: int
    input: int
    cached_read: int
    cache_write: int
    input_audio: int
    output: int
    reasoning: int
    output_audio: int
    dearest_input: int
    dearest_output: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrice:
    """What a model costs by kind of token, and per request where a provider asks that too.

    A kind without a rate of its own is billed as plain input or output.
    """

    input: TokenRate
    output: TokenRate
    cached_read: TokenRate | None = None
    cache_write: TokenRate | None = None
    input_audio: TokenRate | None = None
    reasoning: TokenRate | None = None
    output_audio: TokenRate | None = None
    usd_per_request: Decimal = ZERO
    units_per_nano: int = field(init=False, repr=False, compare=False)
    request_units: int = field(init=False, repr=False, compare=False)
    bands: tuple[RateBand, ...] = field(init=False, repr=False, compare=False)
    """From the highest ``above`` down; the last one is above -1 and so always applies."""

    def __post_init__(self) -> None:
        if not self.usd_per_request.is_finite() or self.usd_per_request < 0:
            raise ValueError("a price is a finite number of dollars, not negative")
        digits = self._digits()
        object.__setattr__(self, "units_per_nano", 10**digits)
        object.__setattr__(self, "request_units", int(self.usd_per_request.scaleb(9 + digits)))
        starts = {-1, *(tier.start for rate in self._rates() for tier in rate.tiers)}
        bands = tuple(self._band(start, digits) for start in sorted(starts, reverse=True))
        object.__setattr__(self, "bands", bands)

    def _rates(self) -> tuple[TokenRate, ...]:
        return tuple(
            rate
            for rate in (
                self.input,
                self.output,
                self.cached_read,
                self.cache_write,
                self.input_audio,
                self.reasoning,
                self.output_audio,
            )
            if rate is not None
        )

    def _digits(self) -> int:
        """Return how many decimals a nano-dollar needs to write every rate of this price."""
        decimals = [_decimals(self.usd_per_request) - 9]
        for rate in self._rates():
            decimals.append(_decimals(rate.usd_per_mtok) - _NANO_DIGITS)
            decimals.extend(_decimals(tier.usd_per_mtok) - _NANO_DIGITS for tier in rate.tiers)
        return max(0, *decimals)

    def _band(self, above: int, digits: int) -> RateBand:
        def units(rate: TokenRate | None, instead: TokenRate) -> int:
            return int((rate or instead).at(above + 1).scaleb(_NANO_DIGITS + digits))

        side_in = [
            units(rate, self.input)
            for rate in (self.input, self.cached_read, self.cache_write, self.input_audio)
        ]
        side_out = [
            units(rate, self.output) for rate in (self.output, self.reasoning, self.output_audio)
        ]
        return RateBand(
            above=above,
            input=side_in[0],
            cached_read=side_in[1],
            cache_write=side_in[2],
            input_audio=side_in[3],
            output=side_out[0],
            reasoning=side_out[1],
            output_audio=side_out[2],
            dearest_input=max(side_in),
            dearest_output=max(side_out),
        )


def _decimals(price: Decimal) -> int:
    exponent = price.as_tuple().exponent
    assert isinstance(exponent, int), "only finite prices come this far"
    return max(0, -exponent)


def dearer(one: ModelPrice, other: ModelPrice) -> ModelPrice:
    """Return the price that takes the dearer of two for each kind of token at each input size."""

    def rate(name: str, side: str) -> TokenRate:
        first = getattr(one, name) or getattr(one, side)
        second = getattr(other, name) or getattr(other, side)
        return _dearer_rate(first, second)

    return ModelPrice(
        input=rate("input", "input"),
        output=rate("output", "output"),
        cached_read=rate("cached_read", "input"),
        cache_write=rate("cache_write", "input"),
        input_audio=rate("input_audio", "input"),
        reasoning=rate("reasoning", "output"),
        output_audio=rate("output_audio", "output"),
        usd_per_request=max(one.usd_per_request, other.usd_per_request),
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
    """

    price: ModelPrice
    hold_price: ModelPrice
    version: str
    max_output_tokens: int
    context_window_tokens: int
    shows_output: bool = False
    takes_max_output: bool = False


class PriceBook(Protocol):
    """Where prices are looked up."""

    @property
    def version(self) -> str:
        """Name and version of the book."""

    def price(
        self, provider_price_id: str, model: str, now: Instant, service_tier: str | None = None
    ) -> PricedModel | None:
        """Return the price of ``model`` at ``now``, or None where it is unknown.

        Unknown is *unpriced*: the caller refuses the call, it is never free. ``service_tier`` is
        the tier asked for (to hold) or the one the response names (to charge).
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
    ) -> PricedModel | None:
        """Return the given price, or None."""
        return self.models.get((provider_price_id, model))
