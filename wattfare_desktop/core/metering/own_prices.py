"""Prices the user sets, and the book in which they go before all others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.prices import PriceBook, PricedModel
from wattfare_desktop.core.metering.stated_prices import price_by_kind
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind

SETTABLE_KINDS: Final = tuple(kind for kind in UnitKind if kind is not UnitKind.STATED)
"""What a price can be set for."""

USD_MAX: Final = Decimal(1_000_000)
DECIMALS_MAX: Final = 18
TOKENS_MAX: Final = 1_000_000_000

# Where neither the user nor the book knows better: generous, since they bound what is held.
_CONTEXT_WINDOW_TOKENS: Final = 1_048_576
_MAX_OUTPUT_TOKENS: Final = 131_072


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrice:
    """A price the user set for ``model`` of ``provider``, an id of the catalogue.

    ``usd`` is in dollars per ``units.units_per_price``. Limits that are None are the book's.
    """

    provider: str
    model: str
    usd: Mapping[UnitKind, Decimal]
    context_window_tokens: int | None = None
    max_output_tokens: int | None = None
    set_at: Instant

    def __post_init__(self) -> None:
        if not self.usd:
            raise ValueError("name at least one price")
        tokens = self.usd.keys() & set(TOKEN_KINDS)
        if tokens and UnitKind.INPUT not in tokens:
            raise ValueError("a model that is paid by tokens has a price for its input")
        for bound in (self.context_window_tokens, self.max_output_tokens):
            if bound is not None and not 0 < bound <= TOKENS_MAX:
                raise ValueError(f"a limit is from 1 to {TOKENS_MAX:,} tokens")


def read_dollars(text: str) -> Decimal:
    """Return a price as it is typed. Raises ValueError, fit to be shown."""
    try:
        usd = Decimal(text)
    except InvalidOperation:
        raise ValueError("a price is a number of dollars, such as 0.50") from None
    if not usd.is_finite() or not 0 <= usd <= USD_MAX:
        raise ValueError(f"a price is from 0 to {USD_MAX:,} dollars")
    if usd != usd.quantize(Decimal(1).scaleb(-DECIMALS_MAX)):
        raise ValueError(f"a price has at most {DECIMALS_MAX} decimals")
    return usd


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedByUser:
    """A price the user set, and the words that name it on a charge."""

    own: OwnPrice
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPriceBook:
    """``behind`` with ``own`` before it: by price id and the model's name in lower case.

    A price of the user's holds at every time, tier and variant.
    """

    own: Mapping[tuple[str, str], PricedByUser] = field(repr=False)
    behind: PriceBook

    @property
    def version(self) -> str:
        """Name and version of the book behind."""
        return self.behind.version

    def price(
        self,
        provider_price_id: str,
        model: str,
        now: Instant,
        service_tier: str | None = None,
        variant: str | None = None,
    ) -> PricedModel | None:
        """Return the user's price of ``model``, else what the book behind has."""
        known = self.behind.price(provider_price_id, model, now, service_tier, variant)
        found = self.own.get((provider_price_id, model.lower()))
        return known if found is None else _priced(found, known)


def _priced(found: PricedByUser, known: PricedModel | None) -> PricedModel:
    own, price = found.own, price_by_kind(found.own.usd)
    window, output = _CONTEXT_WINDOW_TOKENS, _MAX_OUTPUT_TOKENS
    if known is not None:
        window, output = known.context_window_tokens, known.max_output_tokens
    return PricedModel(
        price=price,
        hold_price=price,
        version=found.version,
        max_output_tokens=own.max_output_tokens or output,
        context_window_tokens=own.context_window_tokens or window,
        shows_output=known is not None and known.shows_output,
        takes_max_output=own.max_output_tokens is not None
        or (known is not None and known.takes_max_output),
        image_tokens_max=None if known is None else known.image_tokens_max,
        prices_all_media=known is None or known.prices_all_media,
    )
