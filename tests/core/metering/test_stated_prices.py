"""Tests of ``wattfare_desktop.core.metering.stated_prices``."""

from decimal import Decimal

import pytest

from wattfare_desktop.core.metering.meter import cost, unpriced_kinds
from wattfare_desktop.core.metering.stated_prices import free_price, price_by_kind
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage


def test_each_kind_costs_what_is_stated() -> None:
    price = price_by_kind(
        {
            UnitKind.INPUT: Decimal(2),
            UnitKind.CACHED_READ: Decimal("0.5"),
            UnitKind.OUTPUT: Decimal(8),
            UnitKind.REQUEST: Decimal("0.001"),
            UnitKind.IMAGE: Decimal("0.04"),
        }
    )
    usage = Usage(
        input_tokens=1_000,
        cached_read_tokens=400,
        output_tokens=100,
        counted={UnitKind.IMAGE: 2},
    )
    assert cost(price, usage) == 600 * 2_000 + 400 * 500 + 100 * 8_000 + 1_000_000 + 80_000_000


@pytest.mark.parametrize(
    ("named", "counted", "answers", "missing"),
    [
        ({UnitKind.INPUT}, {}, False, ()),
        ({UnitKind.INPUT}, {}, True, (UnitKind.OUTPUT,)),
        ({UnitKind.INPUT, UnitKind.OUTPUT}, {}, True, ()),
        ({UnitKind.OUTPUT}, {}, True, (UnitKind.INPUT,)),
        ({UnitKind.IMAGE}, {UnitKind.IMAGE: 1}, False, ()),
        ({UnitKind.IMAGE}, {UnitKind.RUN: 1}, False, (UnitKind.RUN,)),
        ({UnitKind.IMAGE}, {UnitKind.IMAGE: 1}, True, (UnitKind.OUTPUT,)),
        # A price for each call covers no token of it.
        ({UnitKind.REQUEST}, {}, False, (UnitKind.INPUT,)),
    ],
)
def test_what_is_not_named_has_no_price(
    named: set[UnitKind],
    counted: dict[UnitKind, int],
    answers: bool,  # noqa: FBT001 - a column of the table above
    missing: tuple[UnitKind, ...],
) -> None:
    price = price_by_kind(dict.fromkeys(named, Decimal(1)))
    assert unpriced_kinds(price, counted, answers=answers) == missing


def test_free_is_zero_for_everything() -> None:
    price = free_price()
    counted = dict.fromkeys(price.counted, 7)
    assert unpriced_kinds(price, counted, answers=True) == ()
    assert cost(price, Usage(input_tokens=9, output_tokens=9, counted=counted)) == 0
