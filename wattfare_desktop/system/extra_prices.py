"""Prices of our own for what genai-prices lacks: ``resources/prices/extra.toml``, read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import reduce
from typing import Any, Final

from wattfare_desktop.core.metering.prices import ModelPrice, dearer
from wattfare_desktop.core.metering.stated_prices import price_by_kind
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.system.model_limits import bare_name

_NAMING: Final = frozenset({"provider", "match", "variant"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    provider: str
    match: str
    variant: str | None
    usd: Mapping[UnitKind, Decimal]

    def is_for(self, provider: str, name: str) -> bool:
        return self.provider == provider and fnmatchcase(name, self.match)


class ExtraPrices:
    """Whole prices of models, some by variant, and prices that are added to others."""

    def __init__(self, toml_text: str) -> None:
        table = tomllib.loads(toml_text)
        self._models = tuple(_row(row) for row in table.get("models", ()))
        self._counted = tuple(_row(row) for row in table.get("counted", ()))

    def price(self, provider: str, model: str, variant: str | None) -> ModelPrice | None:
        """Return the price of ``model``, or None where it has none here.

        A variant without a row costs the dearest of the model's.
        """
        name = bare_name(model)
        rows = [row for row in self._models if row.is_for(provider, name)]
        if not rows:
            return None
        asked = [row for row in rows if row.variant in (None, variant)]
        return reduce(dearer, (price_by_kind(row.usd) for row in asked or rows))

    def completed(self, provider: str, model: str, price: ModelPrice) -> ModelPrice:
        """Return ``price`` with what is counted here in addition."""
        name = bare_name(model)
        counted = dict(price.counted)
        for row in self._counted:
            if row.is_for(provider, name):
                counted = {**row.usd, **counted}
        return replace(price, counted=counted) if len(counted) > len(price.counted) else price


def _row(stated: dict[str, Any]) -> _Row:
    variant = stated.get("variant")
    return _Row(
        provider=str(stated["provider"]),
        match=str(stated["match"]),
        variant=None if variant is None else str(variant),
        usd={UnitKind(name): Decimal(stated[name]) for name in stated if name not in _NAMING},
    )
