"""Tests of ``wattfare_desktop.ui.presentation.prices``."""

from decimal import Decimal

import pytest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.ui.presentation.prices import (
    TypedPrice,
    judged_price,
    own_price_line,
    own_price_name,
)


def test_a_price_is_told_in_one_line() -> None:
    own = OwnPrice(
        provider="openai",
        model="new",
        usd={
            UnitKind.INPUT: Decimal("0.50"),
            UnitKind.WEB_SEARCH: Decimal("0.01"),
            UnitKind.AUDIO_MILLISECOND: Decimal("0.0001"),
        },
        set_at=Instant(0),
    )
    assert own_price_name(own) == "openai/new"
    line = "input $0.50 a million, web search $0.01 each, audio millisecond $0.0001 a second"
    assert own_price_line(own) == line


def test_what_is_typed_is_a_price() -> None:
    assert judged_price(" openai/new ", " 0.5", "") == TypedPrice(
        name="openai/new", usd={UnitKind.INPUT: Decimal("0.5")}
    )
    typed = judged_price("openrouter/maker/model", "0.5", "2")
    assert isinstance(typed, TypedPrice)
    assert typed.name == "openrouter/maker/model"
    assert typed.usd[UnitKind.OUTPUT] == 2


@pytest.mark.parametrize(
    ("name", "read", "answered", "told"),
    [
        ("gpt-5", "1", "1", "provider"),
        ("/gpt-5", "1", "1", "provider"),
        ("openai/gpt-5", "", "2", "at least"),
        ("openai/gpt-5", "cheap", "2", "A price is a number"),
        ("openai/gpt-5", "1", "-2", "A price is from 0"),
    ],
)
def test_what_is_no_price_is_told(name: str, read: str, answered: str, told: str) -> None:
    judged = judged_price(name, read, answered)
    assert isinstance(judged, str)
    assert told in judged
