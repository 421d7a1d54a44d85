"""Tests of ``wattfare_desktop.system.listed_models`` and ``price_reading``, beside genai-prices.

The library itself is the judge: every provider, model, price, time and context of its table.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import prices as price_script
import pytest
from genai_prices import types
from genai_prices.data import providers as installed

from tests.support.price_file import model_row, price_file, provider_row
from wattfare_desktop.system.listed_models import (
    Daily,
    Listed,
    ListedModel,
    NameRule,
    NameTest,
    PriceList,
    Stepped,
)
from wattfare_desktop.system.price_reading import UNREADABLE, read_list
from wattfare_desktop.system.prices import bundled_version

Rows = list[dict[str, Any]]
INSTALLED: Final = {provider.id: provider for provider in installed}
NOON: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
CONTEXTS: Final = (
    {},
    *({"service_tier": tier, "speed": tier} for tier in ("flex", "priority", "fast", "batch")),
    {"service_tier": "no-such-tier"},
)


@pytest.fixture(scope="module")
def listed() -> PriceList:
    return read_list(json.loads(price_script.written())["providers"])


def test_the_file_is_what_the_installed_version_has() -> None:
    """Run ``make docs`` where it is not: a newer version brought other prices."""
    assert price_script.TARGET.read_text(encoding="utf-8") == price_script.written()
    assert f'"version":"{bundled_version()}"' in price_script.written()
    assert price_script.LICENCE.read_text(encoding="utf-8") == price_script.licence()


def test_every_provider_and_model_is_there_in_order(listed: PriceList) -> None:
    assert [each.id for each in listed.providers] == [each.id for each in installed]
    for ours in listed.providers:
        theirs = INSTALLED[ours.id]
        assert list(ours.resold) == (theirs.fallback_model_providers or [])
        assert [each.id for each in ours.models] == [each.id for each in theirs.models]
        for model, original in zip(ours.models, theirs.models, strict=True):
            assert model.context_window == original.context_window
            assert _shape(model.names) == _original_shape(original.match)


def _shape(names: NameTest) -> object:
    if names.parts:
        return names.rule.value, [_shape(part) for part in names.parts]
    return names.rule.value, names.text


def _original_shape(match: Any) -> object:
    ((name, content),) = vars(match).items()
    if isinstance(content, list):
        return name.rstrip("_"), [_original_shape(part) for part in content]
    return name, content if name == "regex" else content.lower()


def _plain(prices: Listed) -> dict[str, object]:
    return {
        name: (price.base, [(tier.start, tier.usd_per_mtok) for tier in price.tiers])
        if isinstance(price, Stepped)
        else price
        for name, price in prices.items()
    }


def _original_plain(prices: types.ModelPrice) -> dict[str, object]:
    return {
        name: (price.base, [(tier.start, tier.price) for tier in price.tiers])
        if isinstance(price, types.TieredPrices)
        else price
        for name, price in vars(prices).items()
        if price is not None and not name.startswith("_")
    }


def _moments(model: types.ModelInfo) -> Iterator[datetime]:
    """Yield a time of every price: just before, at and just after each of its borders."""
    yield NOON
    yield datetime(2020, 1, 1, tzinfo=UTC)
    conditional = model.prices if isinstance(model.prices, list) else []
    for each in (*conditional, *(model.price_variants or ())):
        match each.constraint:
            case types.StartDateConstraint(start_date=day):
                yield from _around(datetime.combine(day, time(), UTC))
            case types.TimeOfDateConstraint(start_time=start, end_time=end):
                for moment in (start, end):
                    yield from _around(datetime.combine(NOON.date(), moment).astimezone(UTC))
            case _:
                pass


def _around(moment: datetime) -> Iterable[datetime]:
    return (moment - timedelta(milliseconds=1), moment, moment + timedelta(minutes=1))


def _pairs(listed: PriceList) -> Iterator[tuple[ListedModel, types.ModelInfo]]:
    for provider in listed.providers:
        yield from zip(provider.models, INSTALLED[provider.id].models, strict=True)


def test_every_price_is_the_same_at_every_border_and_in_every_context(listed: PriceList) -> None:
    compared = 0
    for ours, theirs in _pairs(listed):
        contexts = (*CONTEXTS, *(each.when for each in theirs.price_variants or ()))
        for at in _moments(theirs):
            for context in contexts:
                expected = _original_plain(theirs.get_prices(at, context))
                assert _plain(ours.prices_at(at, context)) == expected, (theirs.id, at, context)
                compared += 1
    assert compared > 20_000


def _digits(prices: Listed) -> list[tuple[int, ...]]:
    return [price.as_tuple().digits for price in prices.values() if isinstance(price, Decimal)]


def test_no_digit_of_a_price_is_lost(listed: PriceList) -> None:
    for ours, theirs in _pairs(listed):
        stated = theirs.get_prices(NOON)
        expected = [
            price.as_tuple().digits for price in vars(stated).values() if isinstance(price, Decimal)
        ]
        assert _digits(ours.prices_at(NOON)) == expected


@pytest.mark.parametrize(
    "written",
    [
        str.upper,
        lambda name: f"{name}-20251211",
        lambda name: f"{name}-2025-12-11",
        lambda name: f"{name}-20250231:free",
        lambda name: f"anthropic/{name}@default",
    ],
)
def test_every_name_means_the_same_model(listed: PriceList, written: Callable[[str], str]) -> None:
    """Each is asked for at its provider, and some of other makers at all of them."""
    foreign = [model.id for maker in ("openai", "anthropic") for model in INSTALLED[maker].models]
    for provider in installed:
        for name in (*(model.id for model in provider.models), *foreign[::9], ""):
            theirs = provider.find_model(written(name), all_providers=installed)
            ours = listed.find(provider.id, written(name))
            expected = None if theirs is None else theirs.id
            assert (None if ours is None else ours.id) == expected, (provider.id, written(name))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (time(8), time(20), [False, True, True, False]),
        (time(20), time(8), [True, False, False, True]),
        (time(12), time(12), [False, False, False, False]),
    ],
)
def test_hours_of_the_day(start: time, end: time, expected: list[bool]) -> None:
    hours = Daily(start=start, end=end)
    theirs = types.TimeOfDateConstraint(start_time=start, end_time=end)
    moments = [NOON.replace(hour=hour) for hour in (7, 8, 19, 20)]
    assert [hours.is_active(at) for at in moments] == expected
    assert [theirs.active(at) for at in moments] == expected


@pytest.mark.parametrize("stated", ["00:30:00", "00:30:00Z", "08:30:00+08:00", "20:30:00-04:00"])
def test_hours_of_another_zone(stated: str) -> None:
    rows: Rows = json.loads(price_file())
    row = model_row(rows, "openai", "gpt-5")
    hours = {"start_time": stated, "end_time": "16:30:00"}
    row["prices"] = [
        {"prices": {"input_mtok": 1.5}},
        {"constraint": hours, "prices": {"input_mtok": 1}},
    ]
    ours, theirs = read_list(rows), types._providers_from_raw(_without_extractors(rows))
    model, original = ours.find("openai", "gpt-5"), _found(theirs, "openai", "gpt-5")
    assert model is not None
    for minute in range(0, 24 * 60, 15):
        at = NOON.replace(hour=0) + timedelta(minutes=minute)
        assert _plain(model.prices_at(at)) == _original_plain(original.get_prices(at))


def _without_extractors(rows: Rows) -> Rows:
    return [{name: row[name] for name in row if name != "extractors"} for row in rows]


def _found(providers: list[types.Provider], provider: str, model: str) -> types.ModelInfo:
    found = next(each for each in providers if each.id == provider).find_model(model)
    assert found is not None
    return found


def test_a_published_file_is_read_as_the_library_reads_it() -> None:
    """There numbers are floats, and read by its own updater through pydantic."""
    rows: Rows = json.loads(price_file())
    ours, theirs = read_list(rows), types._providers_from_raw(_without_extractors(rows))
    for provider, original in zip(ours.providers, theirs, strict=True):
        for model, other in zip(provider.models, original.models, strict=True):
            for at in _moments(other):
                for context in CONTEXTS:
                    expected = _original_plain(other.get_prices(at, context))
                    assert _plain(model.prices_at(at, context)) == expected


@pytest.mark.parametrize("rule", list(NameRule))
def test_each_rule_is_matched_as_there(rule: NameRule) -> None:
    word = "An[d]?" if rule is NameRule.REGEX else "And"
    clause: dict[str, Any] = {rule.value: word}
    if rule in {NameRule.OR, NameRule.AND}:
        clause = {rule.value: [{"starts_with": "a"}, {"ends_with": "D"}]}
    rows: Rows = json.loads(price_file())
    model_row(rows, "openai", "gpt-5")["match"] = clause
    original = next(
        model
        for provider in types._providers_from_raw(_without_extractors(rows))
        if provider.id == "openai"
        for model in provider.models
        if model.id == "gpt-5"
    )
    provider = read_list(rows).provider("openai")
    assert provider is not None
    model = next(each for each in provider.models if each.id == "gpt-5")
    for name in ("and", "band", "andy", "a", "d", "ab", "xd", "", "axd", "bandy"):
        assert model.names.is_match(name) == original.is_match(name), name


def _price(**change: object) -> Callable[[Rows], None]:
    def spoil(rows: Rows) -> None:
        model_row(rows, "openai", "gpt-5").update(change)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _price(prices={"input_mtok": True}),
        _price(prices={"input_mtok": "a lot"}),
        _price(prices={"input_mtok": float("nan")}),
        _price(prices={"input_mtok": "Infinity"}),
        _price(prices={"input_mtok": [1]}),
        _price(prices={"input_mtok": {"base": 1}}),
        _price(prices={"input_mtok": {"base": 1, "tiers": [{"start": "x", "price": 1}]}}),
        _price(prices={"input_mtok": {"base": 1, "tiers": [{"start": 1.5, "price": 1}]}}),
        _price(prices=7),
        _price(prices=[7]),
        _price(prices=[{"constraint": {"start_date": "soon"}, "prices": {}}]),
        _price(prices=[{"constraint": {"start_time": "08:00"}, "prices": {}}]),
        _price(prices=[{"constraint": {"every": "monday"}, "prices": {}}]),
        _price(prices=[{"constraint": "monday", "prices": {}}]),
        _price(price_variants=[{"when": {}, "prices": {}}]),
        _price(price_variants=[{"when": ["flex"], "prices": {}}]),
        _price(price_variants=[{"when": {"speed": 1}, "prices": {}}]),
        _price(match={"sounds_like": "gpt"}),
        _price(match={"regex": "(gpt"}),
        _price(match={"or": "gpt"}),
        _price(match={}),
        _price(match="gpt"),
        _price(id=None),
        _price(context_window="wide"),
        lambda rows: rows.append(rows[0]),
        lambda rows: provider_row(rows, "azure").update(fallback_model_providers="openai"),
        lambda rows: provider_row(rows, "azure").update(models={}),
        lambda rows: provider_row(rows, "azure").pop("models"),
    ],
)
def test_what_is_not_as_it_should_be_makes_the_file_none(spoil: Callable[[Rows], None]) -> None:
    rows: Rows = json.loads(price_file())
    read_list(rows)
    spoil(rows)
    with pytest.raises(UNREADABLE):
        read_list(rows)


def test_a_model_without_any_price_has_none() -> None:
    rows: Rows = json.loads(price_file())
    model_row(rows, "openai", "gpt-5")["prices"] = []
    model = read_list(rows).find("openai", "gpt-5")
    assert model is not None
    assert model.prices_at(NOON) == {}


def test_a_day_begins_at_midnight_in_utc(listed: PriceList) -> None:
    model = listed.find("openai", "o3")
    assert model is not None
    day = date(2025, 6, 10)
    midnight = datetime.combine(day, time(), UTC)
    before = model.prices_at(midnight - timedelta(milliseconds=1))
    assert before["input_mtok"] == Decimal(10)
    assert model.prices_at(midnight)["input_mtok"] == Decimal(2)
