"""The price book made from what genai-prices lists.

Nothing here goes to the network: the prices are those that came with the program, or of a file that
somebody else fetched. That library itself is not loaded, which would bring pydantic and an HTTP
client along: ``packaging/prices.py`` writes its table as ``resources/prices``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from wattfare_desktop.core.identifiers import MINUTE_MS, SECOND_MS, Instant
from wattfare_desktop.core.metering.prices import (
    FREE_PRICE_ID,
    MAKERS_PRICE_ID,
    ModelPrice,
    PricedModel,
    dearer,
)
from wattfare_desktop.core.metering.stated_prices import free_price
from wattfare_desktop.system.extra_prices import ExtraPrices
from wattfare_desktop.system.genai_conversion import Converted, converted
from wattfare_desktop.system.listed_models import ListedModel, PriceList
from wattfare_desktop.system.model_limits import LimitsTable, ModelLimits
from wattfare_desktop.system.price_reading import read_list
from wattfare_desktop.system.resources import resource_root

STANDARD_TIERS: Final = frozenset(
    {None, "auto", "default", "standard", "standard_only", "on_demand"}
)
"""What providers call the tier that the plain price is for."""

MAKERS: Final = ("openai", "anthropic", "google")
"""Whose models have the price id ``MAKERS_PRICE_ID``; each name belongs to one of them."""

_TIER_KEYS: Final = ("service_tier", "speed")
_REFUSED_KEYS: Final = frozenset({"processing"})
_REMEMBERED_MAX: Final = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTables:
    """The tables of our own that stand beside genai-prices, as TOML."""

    limits: str
    extra: str


class GenaiPriceBook:
    """Prices as genai-prices has them, looked up by its way of matching names.

    What was looked up is remembered for the minute it was asked in: some prices begin on a date or
    hold for hours of the day, all of them on whole minutes.
    """

    def __init__(
        self,
        listed: PriceList,
        version: str,
        limits: LimitsTable,
        extra: ExtraPrices,
    ) -> None:
        self._list = listed
        self._version = version
        self._limits = limits
        self._extra = extra
        self._minute = -1
        self._remembered: dict[tuple[str, str, str | None, str | None], PricedModel | None] = {}

    @property
    def version(self) -> str:
        """Name and version of the table."""
        return self._version

    def price(
        self,
        provider_price_id: str,
        model: str,
        now: Instant,
        service_tier: str | None = None,
        variant: str | None = None,
    ) -> PricedModel | None:
        """Return the price of ``model`` at ``now``, or None where it is unknown.

        A tier the table has no price for costs the dearest of those it has, and so does a variant.
        """
        minute = now // MINUTE_MS
        if minute != self._minute or len(self._remembered) >= _REMEMBERED_MAX:
            self._remembered = {}
            self._minute = minute
        key = (provider_price_id, model, service_tier, variant)
        if key not in self._remembered:
            makers = MAKERS if provider_price_id == MAKERS_PRICE_ID else (provider_price_id,)
            found = (self._look_up(each, *key[1:], now) for each in makers)
            self._remembered[key] = next((priced for priced in found if priced is not None), None)
        return self._remembered[key]

    def knows(self, provider_price_id: str) -> bool:
        """Return whether there is any price of this provider's."""
        return self._list.provider(provider_price_id) is not None

    def listed(self, provider_price_ids: Iterable[str], now: Instant) -> Mapping[str, ModelPrice]:
        """Return the standard prices of these providers, as ``price id/model``."""
        at = datetime.fromtimestamp(now / SECOND_MS, tz=UTC)
        return {
            f"{price_id}/{model.id}": standard.price
            for price_id in provider_price_ids
            if (provider := self._list.provider(price_id)) is not None
            for model in provider.models
            if (standard := _standard(model, at)) is not None
        }

    def _look_up(
        self,
        price_id: str,
        model: str,
        service_tier: str | None,
        variant: str | None,
        now: Instant,
    ) -> PricedModel | None:
        if price_id == FREE_PRICE_ID:
            # Nothing is billed, and what a server of one's own takes only its user knows.
            limits = replace(self._limits.limits(model), is_exact=False)
            return self._priced(model, free_price(), free_price(), limits)
        own = self._extra.price(price_id, model, variant)
        if own is not None:
            return self._priced(model, own, own, self._limits.limits(model))
        found = self._list.find(price_id, model)
        if found is None or self._limits.is_unpriced(model, found.id):
            return None
        at = datetime.fromtimestamp(now / SECOND_MS, tz=UTC)
        standard = _standard(found, at)
        if standard is None:
            return None
        price = _tier_price(found, at, standard.price, service_tier)
        return self._priced(
            found.id,
            self._extra.completed(price_id, found.id, price),
            self._extra.completed(price_id, found.id, dearer(price, standard.price)),
            # By the name asked for first: the table puts models of one price under one name.
            self._limits.limits(model, found.id, stated_window=found.context_window),
            prices_all_media=standard.prices_all_media,
        )

    def _priced(
        self,
        model: str,
        price: ModelPrice,
        hold: ModelPrice,
        limits: ModelLimits,
        *,
        prices_all_media: bool = True,
    ) -> PricedModel:
        return PricedModel(
            price=price,
            hold_price=hold,
            version=self._version,
            max_output_tokens=limits.max_output_tokens,
            context_window_tokens=limits.context_window_tokens,
            image_tokens_max=limits.image_tokens_max,
            shows_output=self._limits.shows_output(model),
            takes_max_output=limits.is_exact,
            prices_all_media=prices_all_media,
        )


def bundled_tables() -> PriceTables:
    """Read the tables that came with the program."""
    folder = resource_root() / "prices"
    return PriceTables(
        limits=(folder / "limits.toml").read_text(encoding="utf-8"),
        extra=(folder / "extra.toml").read_text(encoding="utf-8"),
    )


def bundled_version() -> str:
    """Return the version of genai-prices whose table came with the program."""
    return str(_bundled()["version"])


def load_price_book(tables: PriceTables) -> GenaiPriceBook:
    """Return the prices that came with the program as a book; takes a tenth of a second."""
    bundled = _bundled()
    return GenaiPriceBook(
        read_list(bundled["providers"]),
        f"genai-prices {bundled['version']}",
        LimitsTable(tables.limits),
        ExtraPrices(tables.extra),
    )


def _bundled() -> dict[str, Any]:
    text = (resource_root() / "prices" / "genai.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def _standard(model: ListedModel, at: datetime) -> Converted | None:
    """Return the price without a tier, at its dearest where the request cannot be seen to choose.

    Which search an answer used, say, or which region served it is told by neither side.
    """
    plain = converted(model.prices_at(at))
    if plain is None:
        return None
    price = plain.price
    for variant in model.variants:
        chosen_unseen = not variant.when.keys() & {*_TIER_KEYS, *_REFUSED_KEYS}
        if chosen_unseen and variant.is_active(at):
            other = converted(model.prices_at(at, variant.when))
            if other is None:
                return None
            price = dearer(price, other.price)
    return Converted(price=price, prices_all_media=plain.prices_all_media)


def _tier_price(
    model: ListedModel, at: datetime, standard: ModelPrice, service_tier: str | None
) -> ModelPrice:
    if service_tier in STANDARD_TIERS:
        return standard
    priced = {
        tier: found.price
        for tier in _tiers_at(model, at)
        if (found := converted(model.prices_at(at, dict.fromkeys(_TIER_KEYS, tier)))) is not None
    }
    if service_tier in priced:
        return priced[service_tier]
    dearest = standard
    for price in priced.values():
        dearest = dearer(dearest, price)
    return dearest


def _tiers_at(model: ListedModel, at: datetime) -> Iterable[str]:
    for variant in model.variants:
        if variant.when.keys() <= set(_TIER_KEYS) and variant.is_active(at):
            yield from variant.when.values()
