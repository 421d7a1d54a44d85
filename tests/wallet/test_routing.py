"""Tests of ``wattfare_desktop.wallet.routing``, with the shipped catalogue."""

from decimal import Decimal

import pytest

from tests.support.wallet_house import catalogue
from wattfare_desktop.core.identifiers import FundingId, Instant
from wattfare_desktop.core.metering.prices import (
    FixedPriceBook,
    ModelPrice,
    PricedModel,
    TokenRate,
)
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.wallet.routing import (
    LiveFunding,
    Route,
    TypicalCalls,
    find_route,
    typical_calls,
)

CATALOGUE = catalogue()
NOW = Instant(0)


def _priced(usd_input: str, usd_output: str) -> PricedModel:
    price = ModelPrice(
        input=TokenRate(usd_per_mtok=Decimal(usd_input)),
        output=TokenRate(usd_per_mtok=Decimal(usd_output)),
    )
    return PricedModel(
        price=price,
        hold_price=price,
        version="test",
        max_output_tokens=1_000,
        context_window_tokens=10_000,
    )


BOOK = FixedPriceBook(
    version="test",
    models={
        ("openai", "gpt-5-mini"): _priced("0.25", "2.00"),
        ("openai", "gpt-5"): _priced("1.25", "10.00"),
        ("openai", "gpt-free"): _priced("0", "0"),
        ("deepseek", "deepseek-chat"): _priced("0.25", "1.00"),
        ("openrouter", "openai/gpt-5"): _priced("1.25", "10.00"),
    },
)


def _funding(provider_id: str, name: str = "") -> LiveFunding:
    provider = CATALOGUE.find(provider_id)
    assert provider is not None
    return LiveFunding(
        id=FundingId(f"funding_{name or provider_id}"),
        provider=provider,
        base_url=provider.base_url,
        key=None,
    )


def _route(model: str, *providers: str) -> Route | RequestRefusal:
    fundings = [_funding(each) for each in providers]
    return find_route(CATALOGUE, fundings, BOOK, model, service_tier=None, now=NOW)


@pytest.mark.parametrize(
    ("model", "providers", "full_name"),
    [
        ("gpt-5", ["openai"], "openai/gpt-5"),
        ("openai/gpt-5", ["openai"], "openai/gpt-5"),
        ("gpt-5", ["deepseek", "openai"], "openai/gpt-5"),
        ("deepseek-chat", ["openai", "deepseek"], "deepseek/deepseek-chat"),
        ("openai/gpt-5", ["openrouter"], "openrouter/openai/gpt-5"),
        ("openai/gpt-5", ["openrouter", "openai"], "openai/gpt-5"),
    ],
)
def test_a_model_finds_who_serves_it(model: str, providers: list[str], full_name: str) -> None:
    route = _route(model, *providers)
    assert isinstance(route, Route)
    assert route.full_name == full_name


@pytest.mark.parametrize(
    ("model", "providers", "code"),
    [
        ("gpt-5", [], "model_not_found"),
        ("gpt-9", ["openai"], "model_not_found"),
        ("deepseek/deepseek-chat", ["openai"], "model_not_found"),
        ("openai/gpt-9", ["openai"], "model_not_priced"),
        ("", ["openai"], "model_not_found"),
        ("openai/", ["openai"], "model_not_found"),
        ("openai/../gpt-5", ["openai"], "model_not_priced"),
    ],
)
def test_a_model_nobody_serves_or_prices_is_refused(
    model: str, providers: list[str], code: str
) -> None:
    refusal = _route(model, *providers)
    assert isinstance(refusal, RequestRefusal)
    assert (refusal.code, refusal.status, refusal.param) == (code, 404, "model")


def test_the_oldest_of_two_credentials_serves() -> None:
    fundings = [_funding("openai", "old"), _funding("openai", "new")]
    route = find_route(CATALOGUE, fundings, BOOK, "gpt-5", service_tier=None, now=NOW)
    assert isinstance(route, Route)
    assert route.funding.id == "funding_old"


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ([], TypicalCalls(count=4_000, model="gpt-5-mini")),
        (["openai/*"], TypicalCalls(count=4_000, model="gpt-5-mini")),
        (["gpt-5-*"], TypicalCalls(count=4_000, model="gpt-5-mini")),
        (["*"], TypicalCalls(count=4_000, model="gpt-5-mini")),
        (["openai/gpt-5"], TypicalCalls(count=800, model="gpt-5")),
        (["gpt-5"], TypicalCalls(count=800, model="gpt-5")),
        (["gpt-5", "gpt-5-mini"], TypicalCalls(count=4_000, model="gpt-5-mini")),
        (["deepseek/*"], None),
        (["deepseek-chat"], TypicalCalls(count=6_666, model="deepseek-chat")),
        (["deepseek/deepseek-chat"], TypicalCalls(count=6_666, model="deepseek-chat")),
        (["anthropic/*"], None),
        (["openai/gpt-9"], None),
        (["openai/gpt-free"], None),
    ],
)
def test_a_typical_call_is_one_the_app_may_make(
    models: list[str], expected: TypicalCalls | None
) -> None:
    fundings = [_funding("openai"), _funding("deepseek")]
    assert typical_calls(fundings, BOOK, parse_usd("5.00"), models, NOW) == expected


def test_without_funding_nothing_is_typical() -> None:
    assert typical_calls([], BOOK, parse_usd("5.00"), [], NOW) is None


def test_a_cap_may_pay_for_less_than_one() -> None:
    typical = typical_calls([_funding("openai")], BOOK, parse_usd("0.001"), [], NOW)
    assert typical == TypicalCalls(count=0, model="gpt-5-mini")


@pytest.mark.parametrize(
    ("counted", "option"),
    [
        ((), "--input … --output …"),
        ((UnitKind.WEB_SEARCH,), "--input … --output …"),
        ((UnitKind.IMAGE,), "--per-image …"),
        ((UnitKind.RUN,), "--per-run …"),
        ((UnitKind.CHARACTER,), "--per-million-characters …"),
        ((UnitKind.AUDIO_MILLISECOND,), "--per-second …"),
    ],
)
def test_a_refusal_names_the_price_that_is_missing(
    counted: tuple[UnitKind, ...], option: str
) -> None:
    refusal = find_route(
        CATALOGUE,
        [_funding("openai")],
        BOOK,
        "openai/new",
        service_tier=None,
        counted=counted,
        now=NOW,
    )
    assert isinstance(refusal, RequestRefusal)
    assert refusal.message.endswith(f"wattfare price set openai/new {option}")
