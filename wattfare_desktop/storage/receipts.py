"""What a receipt tells beside its call's row, as it stands in the file."""

import json
from collections.abc import Sequence
from decimal import Decimal

from wattfare_desktop.core.metering.items import Item, UnitKind


def items_text(items: Sequence[Item]) -> str | None:
    """Return ``items`` as a call keeps them; None where there are none."""
    if not items:
        return None
    # By hand, since each call waits for it: no part of it has a sign to be escaped.
    told = [f'["{item.kind.value}",{item.units},"{item.usd:f}"]' for item in items]
    return f"[{','.join(told)}]"


def items_in(text: str | None) -> tuple[Item, ...]:
    """Return the items that a call kept."""
    if text is None:
        return ()
    return tuple(
        Item(kind=UnitKind(kind), units=units, usd=Decimal(usd))
        for kind, units, usd in json.loads(text)
    )
