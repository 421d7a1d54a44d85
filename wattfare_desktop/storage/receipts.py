"""What a receipt tells beside its call's row, as it stands in the file."""

import json
from collections.abc import Sequence
from decimal import Decimal

from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.receipts import Receipt
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.storage import reports
from wattfare_desktop.storage.connection import Connection


def receipts_named(connection: Connection, beginning: str) -> tuple[Receipt, ...]:
    """Return receipts of calls whose id begins like that: two at most, the exact one alone."""
    found = reports.calls_named(connection, beginning)
    exact = tuple(row for row in found if row.call == beginning)
    return tuple(_receipt(connection, row) for row in exact or found)


def _receipt(connection: Connection, call: CallRow) -> Receipt:
    row = connection.execute(
        "SELECT items, provider_request, program FROM calls WHERE id = ?", (call.call,)
    ).fetchone()
    assert row is not None
    return Receipt(call=call, items=items_in(row[0]), provider_request=row[1], program=row[2])


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
