"""Prices as they are typed and told."""

from dataclasses import replace
from datetime import UTC
from decimal import Decimal

import pytest

from tests.support.page_models import CAME, FETCHED, OWN
from wattfare_desktop.core.metering.own_prices import SETTABLE_KINDS
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind
from wattfare_desktop.ui.presentation.pricing import (
    SINGLE_WORDS,
    PriceWish,
    TypedPrice,
    full_name,
    judged_price,
    kept_text,
    news_text,
    price_text,
    table_facts,
)
from wattfare_desktop.ui.presentation.units import KIND_WORDS
from wattfare_desktop.wallet.price_updates import PriceNews

TYPED = TypedPrice(model="groq/new", usd={UnitKind.INPUT: "0.05", UnitKind.OUTPUT: "$0.08"})


def test_a_price_is_told_with_all_it_is_made_of() -> None:
    assert full_name(OWN) == "groq/llama-5-preview"
    assert price_text(OWN, UTC) == (
        "A million text units (tokens): sent $0.05, answered $0.08"
        " · each web search $0.01 · set 18 Nov 2026"
    )
    run = replace(OWN, usd={UnitKind.RUN: Decimal("0.4")})
    assert price_text(run, UTC) == "each run $0.40 · set 18 Nov 2026"


def test_whatever_can_be_priced_has_words() -> None:
    assert set(SETTABLE_KINDS) == {*TOKEN_KINDS, *SINGLE_WORDS}
    assert set(UnitKind) == set(KIND_WORDS)


def test_what_has_no_field_is_said_to_stay() -> None:
    others = {UnitKind.REASONING: Decimal(3), UnitKind.WEB_SEARCH: Decimal("0.01")}
    assert kept_text(others) == ("Stays as it is: thinking $3.00 a million, each web search $0.01.")
    assert kept_text({}) == ""


def test_what_is_typed_becomes_a_price() -> None:
    typed = replace(
        TYPED,
        model=" groq/org/new ",
        context_window="131,072",
        max_output=" 8 192 ",
        others={UnitKind.WEB_SEARCH: Decimal("0.01")},
    )
    assert judged_price(typed) == PriceWish(
        model="groq/org/new",
        usd={
            UnitKind.INPUT: Decimal("0.05"),
            UnitKind.OUTPUT: Decimal("0.08"),
            UnitKind.WEB_SEARCH: Decimal("0.01"),
        },
        context_window_tokens=131_072,
        max_output_tokens=8_192,
    )


def test_an_empty_field_is_no_price_and_a_nought_is_one() -> None:
    free = replace(TYPED, usd={UnitKind.INPUT: "0", UnitKind.OUTPUT: " "})
    assert judged_price(free) == PriceWish(model="groq/new", usd={UnitKind.INPUT: Decimal(0)})


@pytest.mark.parametrize(
    ("typed", "objection"),
    [
        (replace(TYPED, model="new"), "Name the model with its provider"),
        (replace(TYPED, model="/new"), "Name the model with its provider"),
        (replace(TYPED, usd={}), "Give at least one price."),
        (replace(TYPED, usd={UnitKind.OUTPUT: "1"}), "Say what is sent costs too"),
        (replace(TYPED, usd={UnitKind.INPUT: "cheap"}), "A price is a number of dollars"),
        (replace(TYPED, usd={UnitKind.INPUT: "-1"}), "A price is from 0"),
        (replace(TYPED, context_window="many"), "A limit is a whole number"),
        (replace(TYPED, max_output="0"), "A limit is a whole number"),
    ],
)
def test_what_is_missing_is_said(typed: TypedPrice, objection: str) -> None:
    said = judged_price(typed)
    assert isinstance(said, str)
    assert said.startswith(objection)


def test_the_table_says_where_it_is_from() -> None:
    assert dict(table_facts(CAME))["Fetched"] == "never: these came with Wattfare"
    assert dict(table_facts(FETCHED)) == {"In use": FETCHED.version, "Fetched": "23 Nov 2026"}


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (PriceNews(changed=14, added=3), "14 models cost something else and 3 are new."),
        (PriceNews(changed=1, added=0), "1 model costs something else."),
        (PriceNews(changed=0, added=1), "1 is new."),
        (PriceNews(changed=0, added=0), "nothing costs anything else than before."),
        (None, "nothing costs anything else than before."),
    ],
)
def test_an_update_says_what_it_brought(news: PriceNews | None, said: str) -> None:
    assert news_text(replace(FETCHED, news=news)).endswith(said)
