"""The price book made from genai-prices: the only place that loads it.

Its import takes most of a second and brings an HTTP client along, so ``load_price_book`` imports it
when called, in a thread of the caller's choice. Nothing here goes to the network: the prices are
those bundled with the installed version.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from wattfare_desktop.core.identifiers import MINUTE_MS, SECOND_MS, Instant
from wattfare_desktop.core.metering.prices import (
    FREE_PRICE_ID,
    ZERO,
    ModelPrice,
    PricedModel,
    Tier,
    TokenRate,
    dearer,
)

if TYPE_CHECKING:
    from genai_prices import types

STANDARD_TIERS: Final = frozenset({None, "auto", "default"})

_REMEMBERED_MAX: Final = 2_048

# Our kinds of tokens, and which of the table's prices they take: the dearest of those named.
_KINDS: Final = {
    "input": ("input_mtok",),
    "output": ("output_mtok",),
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
_REQUESTS: Final = "requests_kcount"
# Billed for tools that the dialects refuse.
_NOT_REACHED: Final = frozenset(
    {
        "web_searches_kcount",
        "social_searches_kcount",
        "storage_searches_kcount",
        "code_executions_kcount",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLimits:
    """How much a model reads and answers at most.

    ``is_exact`` where whoever hosts the model takes ``max_output_tokens`` as a bound.
    """

    context_window_tokens: int
    max_output_tokens: int
    is_exact: bool = False


class LimitsTable:
    """The limits of ``resources/prices/limits.toml``, and which models it keeps unpriced."""

    def __init__(self, toml_text: str) -> None:
        table = tomllib.loads(toml_text)
        self._default = _limits(table["default"])
        self._unpriced = tuple(str(pattern) for pattern in table["unpriced"]["models"])
        self._shown = tuple(str(pattern) for pattern in table["shown"]["models"])
        self._rows = tuple(
            (str(row["match"]), replace(_limits(row), is_exact=not row.get("hosts_differ", False)))
            for row in table["models"]
        )

    def is_unpriced(self, *names: str) -> bool:
        """Return whether any of a model's names stands for a bill that tokens do not cover."""
        return any(fnmatchcase(_bare(name), row) for name in names for row in self._unpriced)

    def shows_output(self, model_id: str) -> bool:
        """Return whether a model is known to show all the output it bills."""
        name = _bare(model_id)
        return any(fnmatchcase(name, pattern) for pattern in self._shown)

    def limits(self, *names: str, stated_window: int | None = None) -> ModelLimits:
        """Return the limits of a model by the first of its ``names`` that has a row.

        ``stated_window`` is what the price table says.
        """
        for name in map(_bare, names):
            for pattern, limits in self._rows:
                if fnmatchcase(name, pattern):
                    return limits
        return ModelLimits(
            context_window_tokens=max(stated_window or 0, self._default.context_window_tokens),
            max_output_tokens=self._default.max_output_tokens,
        )


class GenaiPriceBook:
    """Prices as genai-prices has them, looked up by its own name matching.

    What was looked up is remembered for the minute it was asked in: some prices begin on a date or
    hold for hours of the day, all of them on whole minutes.
    """

    def __init__(
        self, providers: list["types.Provider"], version: str, limits: LimitsTable
    ) -> None:
        self._providers = providers
        self._by_id = {provider.id: provider for provider in providers}
        self._version = version
        self._limits = limits
        self._minute = -1
        self._remembered: dict[tuple[str, str, str | None], PricedModel | None] = {}

    @property
    def version(self) -> str:
        """Name and version of the table."""
        return self._version

    def price(
        self, provider_price_id: str, model: str, now: Instant, service_tier: str | None = None
    ) -> PricedModel | None:
        """Return the price of ``model`` at ``now``, or None where it is unknown.

        A tier the table has no price for costs the dearest of those it has.
        """
        minute = now // MINUTE_MS
        if minute != self._minute or len(self._remembered) >= _REMEMBERED_MAX:
            self._remembered = {}
            self._minute = minute
        key = (provider_price_id, model, service_tier)
        if key not in self._remembered:
            self._remembered[key] = self._look_up(*key, now)
        return self._remembered[key]

    def _look_up(
        self, price_id: str, model: str, service_tier: str | None, now: Instant
    ) -> PricedModel | None:
        if price_id == FREE_PRICE_ID:
            free = TokenRate(usd_per_mtok=ZERO)
            price = ModelPrice(input=free, output=free)
            # Nothing is billed, and what a server of one's own takes only its user knows.
            limits = replace(self._limits.limits(model), is_exact=False)
            return self._priced(model, price, price, limits)
        provider = self._by_id.get(price_id)
        if provider is None:
            return None
        found = provider.find_model(model, all_providers=self._providers)
        if found is None or self._limits.is_unpriced(model, found.id):
            return None
        at = datetime.fromtimestamp(now / SECOND_MS, tz=UTC)
        standard = _converted(found.get_prices(at))
        if standard is None:
            return None
        price = _tier_price(found, at, standard, service_tier)
        # By the name asked for first: the table puts models of one price under one name.
        limits = self._limits.limits(model, found.id, stated_window=found.context_window)
        return self._priced(found.id, price, dearer(price, standard), limits)

    def _priced(
        self, model: str, price: ModelPrice, hold: ModelPrice, limits: ModelLimits
    ) -> PricedModel:
        return PricedModel(
            price=price,
            hold_price=hold,
            version=self._version,
            max_output_tokens=limits.max_output_tokens,
            context_window_tokens=limits.context_window_tokens,
            shows_output=self._limits.shows_output(model),
            takes_max_output=limits.is_exact,
        )


def load_price_book(limits_toml: str) -> GenaiPriceBook:
    """Import genai-prices and return its prices as a book; takes most of a second."""
    # Not at the top of the file: whoever imports this module would pay for it at start.
    import genai_prices  # noqa: PLC0415
    from genai_prices.data import providers  # noqa: PLC0415

    version = f"genai-prices {genai_prices.__version__}"
    return GenaiPriceBook(providers, version, LimitsTable(limits_toml))


def _limits(row: dict[str, Any]) -> ModelLimits:
    return ModelLimits(
        context_window_tokens=int(row["context_window"]), max_output_tokens=int(row["max_output"])
    )


def _bare(name: str) -> str:
    """Return a model's name without vendor prefixes, in lower case."""
    return name.lower().rpartition("/")[2]


def _tier_price(
    model: "types.ModelInfo", at: datetime, standard: ModelPrice, service_tier: str | None
) -> ModelPrice:
    if service_tier in STANDARD_TIERS:
        return standard
    priced = {
        tier: price
        for tier in _tiers_at(model, at)
        if (price := _converted(model.get_prices(at, {"service_tier": tier}))) is not None
    }
    if service_tier in priced:
        return priced[service_tier]
    dearest = standard
    for price in priced.values():
        dearest = dearer(dearest, price)
    return dearest


def _tiers_at(model: "types.ModelInfo", at: datetime) -> Iterable[str]:
    for variant in model.price_variants or ():
        tier = variant.when.get("service_tier")
        if tier is not None and (variant.constraint is None or variant.constraint.active(at)):
            yield tier


def _converted(listed: "types.ModelPrice") -> ModelPrice | None:
    """Return a listed price as ours, or None where a bill could hold what we do not meter."""
    stated = {
        name: rate
        for name, price in vars(listed).items()
        if price is not None and not name.startswith("_") and name not in _NOT_REACHED
        if (rate := _rate(price)) is not None
    }
    requests = stated.pop(_REQUESTS, TokenRate(usd_per_mtok=ZERO))
    metered = {name for names in _KINDS.values() for name in names}
    if not set(stated) <= metered or not {"input_mtok", "output_mtok"} <= set(stated):
        return None
    if requests.tiers:
        return None
    rates = {kind: _dearest(stated, names) for kind, names in _KINDS.items()}
    return ModelPrice(**rates, usd_per_request=requests.usd_per_mtok / 1_000)  # type: ignore[arg-type]


def _dearest(stated: dict[str, TokenRate], names: tuple[str, ...]) -> TokenRate | None:
    rates = [stated[name] for name in names if name in stated]
    if not rates:
        return None
    return max(rates, key=lambda rate: rate.usd_per_mtok)


def _rate(price: Any) -> TokenRate | None:
    if isinstance(price, Decimal):
        return TokenRate(usd_per_mtok=price)
    return TokenRate(
        usd_per_mtok=price.base,
        tiers=tuple(Tier(start=tier.start, usd_per_mtok=tier.price) for tier in price.tiers),
    )
