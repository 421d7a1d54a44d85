"""Which funding serves a model, and at what price."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.core.identifiers import FundingId, Instant
from wattfare_desktop.core.metering.meter import cost
from wattfare_desktop.core.metering.prices import PriceBook, PricedModel
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.grants import models_allow
from wattfare_desktop.providers.catalogue import Catalogue, Provider
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.vault.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFunding:
    """A provider credential ready for use. ``base_url`` is the user's own or the catalogue's."""

    id: FundingId
    provider: Provider
    base_url: str
    key: Secret | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who answers for a model, what it is called there, and what it costs."""

    funding: LiveFunding
    model: str
    priced: PricedModel

    @property
    def full_name(self) -> str:
        """The model as the wallet names it everywhere: ``provider/model``."""
        return f"{self.funding.provider.id}/{self.model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalCalls:
    """How many ordinary chats an amount pays for, and with which model."""

    count: int
    model: str


_PRICE_OPTIONS: Final = {
    UnitKind.RUN: "--per-run …",
    UnitKind.IMAGE: "--per-image …",
    UnitKind.CHARACTER: "--per-million-characters …",
    UnitKind.AUDIO_MILLISECOND: "--per-second …",
}
_CHAT: Final = Usage(input_tokens=1_000, output_tokens=500)
_FAMILIAR_MODELS: Final = ("gpt-5-mini", "gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-flash")


def find_route(
    catalogue: Catalogue,
    fundings: Sequence[LiveFunding],
    book: PriceBook,
    model: str,
    *,
    service_tier: str | None,
    variant: str | None = None,
    counted: Collection[UnitKind] = (),
    now: Instant,
    provider: str | None = None,
) -> Route | RequestRefusal:
    """Return who serves ``model``, or why nobody does; only ``provider`` where one is named.

    A model without a price is refused: it is never free by accident. ``counted`` is what the call
    is billed by beside tokens, which says how to set one.
    """
    configured = {funding.provider.id: funding for funding in reversed(fundings)}

    def has_model(provider: Provider, name: str) -> bool:
        return book.price(provider.price_id, name, now) is not None

    if provider is None:
        named = catalogue.split_model(model, configured, has_model)
    else:
        named = catalogue.model_of(provider, model, configured)
    if isinstance(named, RequestRefusal):
        return named
    funding = configured[named.provider]
    priced = book.price(funding.provider.price_id, named.model, now, service_tier, variant)
    if priced is None:
        return RequestRefusal(
            message=f"Wattfare knows no price for '{named.model}' and cannot keep it under a cap."
            " Set one in Wattfare under Models, or type: wattfare price set"
            f" {named.provider}/{named.model} {_price_options(counted)}",
            code="model_not_priced",
            param="model",
            status=404,
        )
    return Route(funding=funding, model=named.model, priced=priced)


def _price_options(counted: Collection[UnitKind]) -> str:
    """Return the words that price what a call is billed by."""
    told = (option for kind, option in _PRICE_OPTIONS.items() if kind in counted)
    return next(told, "--input … --output …")


def typical_calls(
    fundings: Sequence[LiveFunding],
    book: PriceBook,
    limit: Nanos,
    models: Sequence[str],
    now: Instant,
) -> TypicalCalls | None:
    """Return how many chats of 1,000 text units in and 500 out ``limit`` pays for.

    Reckoned with a model people know that one of ``fundings`` offers and the patterns in ``models``
    cover, else with one that they name outright; None where there is neither.
    """
    for funding in fundings:
        provider = funding.provider
        for model in (*_FAMILIAR_MODELS, *_named_outright(models, provider)):
            if not models_allow(models, f"{provider.id}/{model}"):
                continue
            priced = book.price(provider.price_id, model, now)
            if priced is None:
                continue
            each = cost(priced.price, _CHAT)
            return TypicalCalls(count=limit // each, model=model) if each else None
    return None


def _named_outright(models: Sequence[str], provider: Provider) -> list[str]:
    prefix = f"{provider.id}/"
    return [pattern.removeprefix(prefix) for pattern in models if "*" not in pattern]
