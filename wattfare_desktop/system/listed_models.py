"""Providers, models and prices as genai-prices lists them, and how a name and a time choose.

It chooses as that library does, without it: which model is meant by a name, which of its prices
holds at a time, and what a context such as the service tier changes of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Final

from wattfare_desktop.core.metering.prices import Tier

_COMPACT_DATE: Final = re.compile(r"-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


class NameRule(Enum):
    """How the name of a model is told; the values are the file's own words."""

    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    CONTAINS = "contains"
    EQUALS = "equals"
    REGEX = "regex"
    OR = "or"
    AND = "and"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTest:
    """Whether a name in lower case is meant: by ``text``, in lower case too, or by ``parts``."""

    rule: NameRule
    text: str = ""
    parts: tuple["NameTest", ...] = ()

    def is_match(self, name: str) -> bool:  # noqa: PLR0911 - one for each rule
        """Return whether ``name`` passes."""
        match self.rule:
            case NameRule.STARTS_WITH:
                return name.startswith(self.text)
            case NameRule.ENDS_WITH:
                return name.endswith(self.text)
            case NameRule.CONTAINS:
                return self.text in name
            case NameRule.EQUALS:
                return name == self.text
            case NameRule.REGEX:
                return re.search(self.text, name) is not None
            case NameRule.OR:
                return any(part.is_match(name) for part in self.parts)
            case NameRule.AND:
                return all(part.is_match(name) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromDate:
    """Holds from the beginning of a day on, in UTC."""

    start: date

    def is_active(self, at: datetime) -> bool:
        """Return whether it holds at a time in UTC."""
        return at.date() >= self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Holds from ``start`` until before ``end`` each day, in UTC; past midnight if that is less."""

    start: time
    end: time

    def is_active(self, at: datetime) -> bool:
        """Return whether it holds at a time in UTC."""
        now = at.time()
        if self.end < self.start:
            return now >= self.start or now < self.end
        return self.start <= now < self.end


Constraint = FromDate | Daily | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """A price that is another one for the whole call from so many tokens of input on."""

    base: Decimal
    tiers: tuple[Tier, ...]


Listed = Mapping[str, Decimal | Stepped]
"""Prices by the file's own names, such as ``input_mtok``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPrice:
    """Prices that hold while ``constraint`` does; None: always."""

    constraint: Constraint
    prices: Listed

    def is_active(self, at: datetime) -> bool:
        """Return whether they hold at a time in UTC."""
        return self.constraint is None or self.constraint.is_active(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVariant(ListedPrice):
    """Prices that replace others where the context has all of ``when``."""

    when: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """A model: what it is called, and its prices, of which the last that holds counts."""

    id: str
    names: NameTest
    context_window: int | None
    prices: tuple[ListedPrice, ...]
    variants: tuple[ListedVariant, ...]

    def prices_at(self, at: datetime, context: Mapping[str, str] | None = None) -> Listed:
        """Return what holds at a time in UTC; where none does, the first. Empty: no price."""
        holding = (price for price in reversed(self.prices) if price.is_active(at))
        first = self.prices[0].prices if self.prices else {}
        chosen = next((price.prices for price in holding), first)
        if not context:
            return chosen
        changed: dict[str, Decimal | Stepped] = {}
        for variant in self.variants:
            if variant.is_active(at) and variant.when.items() <= context.items():
                # The first variant that has a price for something is the one that counts.
                changed = {**variant.prices, **changed}
        return {**chosen, **changed}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProvider:
    """A provider, and whose models it sells besides its own, at their price."""

    id: str
    resold: tuple[str, ...]
    models: tuple[ListedModel, ...]

    def own(self, name: str) -> ListedModel | None:
        """Return the model of its own that ``name``, in lower case, means."""
        return next((model for model in self.models if model.names.is_match(name)), None)


class PriceList:
    """All providers. Raises ValueError where two have the same id."""

    def __init__(self, providers: Iterable[ListedProvider]) -> None:
        self.providers = tuple(providers)
        self._by_id = {provider.id: provider for provider in self.providers}
        if len(self._by_id) < len(self.providers):
            raise ValueError("a provider is listed twice")

    def provider(self, provider_id: str) -> ListedProvider | None:
        """Return the provider of that id."""
        return self._by_id.get(provider_id)

    def find(self, provider_id: str, name: str) -> ListedModel | None:
        """Return the model that ``name`` means to a provider; its date may lack dashes."""
        provider = self._by_id.get(provider_id)
        if provider is None:
            return None
        name = name.lower()
        found = self._sold(provider, name)
        dashed = _with_dashes(name)
        return self._sold(provider, dashed) if found is None and dashed != name else found

    def _sold(self, provider: ListedProvider, name: str) -> ListedModel | None:
        sellers = (self._by_id.get(each) for each in (provider.id, *provider.resold))
        found = (seller.own(name) for seller in sellers if seller is not None)
        return next((model for model in found if model is not None), None)


def _with_dashes(name: str) -> str:
    return _COMPACT_DATE.sub(_dashed, name)


def _dashed(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    try:
        return f"-{date(int(year), int(month), int(day)).isoformat()}"
    except ValueError:
        return found[0]


def in_utc(moment: time) -> time:
    """Return a time of day as it is in UTC, without a zone; one that names no zone is in UTC."""
    if moment.tzinfo is None:
        return moment
    return datetime.combine(date(1970, 1, 1), moment).astimezone(UTC).time()
