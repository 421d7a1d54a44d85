"""A price from dollars by kind of unit, as tables and people state one."""

from collections.abc import Mapping
from decimal import Decimal

from wattfare_desktop.core.metering.prices import ZERO, ModelPrice, TokenRate
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind

_NOT_COUNTED = frozenset({*TOKEN_KINDS, UnitKind.REQUEST, UnitKind.STATED})


def price_by_kind(usd: Mapping[UnitKind, Decimal]) -> ModelPrice:
    """Return the price that has ``usd`` dollars per ``units.units_per_price`` of each kind.

    Input or output that is not named has no price: a call that uses it is refused.
    """
    free = TokenRate(usd_per_mtok=ZERO)
    rates = {
        kind.value: TokenRate(usd_per_mtok=dollars)
        for kind, dollars in usd.items()
        if kind in TOKEN_KINDS
    }
    named = frozenset(rates)
    return ModelPrice(
        # Its fields of rates are called like the kinds.
        **{"input": free, "output": free, **rates},
        has_input_price=UnitKind.INPUT.value in named,
        has_output_price=UnitKind.OUTPUT.value in named,
        usd_per_request=usd.get(UnitKind.REQUEST, ZERO),
        counted={kind: dollars for kind, dollars in usd.items() if kind not in _NOT_COUNTED},
    )


def free_price() -> ModelPrice:
    """Return the price of what costs nothing, whatever it counts."""
    free = TokenRate(usd_per_mtok=ZERO)
    return ModelPrice(
        input=free,
        output=free,
        counted={kind: ZERO for kind in UnitKind if kind not in _NOT_COUNTED},
    )
