"""Tests of ``wattfare_desktop.system.extra_prices``."""

from decimal import Decimal

import pytest

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.system.extra_prices import ExtraPrices

TABLE = ExtraPrices(
    """
    [[models]]
    provider = "house"
    match = "paint-*"
    variant = "small"
    image = "0.01"

    [[models]]
    provider = "house"
    match = "paint-*"
    variant = "large"
    image = "0.05"

    [[models]]
    provider = "house"
    match = "listen"
    input = "1"
    output = "2"
    input_audio = "6"
    request = "0.001"

    [[counted]]
    provider = "house"
    match = "chat*"
    code_execution = "0.03"
    web_search = "0.5"
    """
)


@pytest.mark.parametrize(
    ("variant", "usd"), [("small", "0.01"), ("large", "0.05"), (None, "0.05"), ("new", "0.05")]
)
def test_a_variant_and_the_dearest_where_it_is_not_known(variant: str | None, usd: str) -> None:
    price = TABLE.price("house", "maker/Paint-2", variant)
    assert price is not None
    assert price.counted == {UnitKind.IMAGE: Decimal(usd)}
    assert not price.has_output_price


def test_a_price_of_many_kinds() -> None:
    price = TABLE.price("house", "listen", None)
    assert price is not None
    assert price.input_audio is not None
    assert price.input.usd_per_mtok == 1
    assert price.input_audio.usd_per_mtok == 6
    assert price.usd_per_request == Decimal("0.001")
    assert price.has_input_price
    assert price.has_output_price


def test_only_of_its_own_provider() -> None:
    assert TABLE.price("other", "listen", None) is None
    assert TABLE.price("house", "listener", None) is None


def test_what_is_added_never_replaces_what_is_there() -> None:
    price = TABLE.price("house", "paint-1", "small")
    assert price is not None
    assert TABLE.completed("house", "paint-1", price) is price
    chat = TABLE.completed("house", "chat-1", price)
    assert chat.counted[UnitKind.CODE_EXECUTION] == Decimal("0.03")
    again = TABLE.completed("house", "chat-1", chat)
    assert again.counted == chat.counted
    assert chat.counted[UnitKind.IMAGE] == Decimal("0.01")


def test_a_kind_nobody_knows_is_a_fault_of_the_table() -> None:
    with pytest.raises(ValueError, match="smell"):
        ExtraPrices('[[models]]\nprovider = "a"\nmatch = "b"\nsmell = "1"')
