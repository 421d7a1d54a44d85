"""The prices the user set."""

import json
from decimal import Decimal

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.storage.connection import Connection


def put(connection: Connection, price: OwnPrice) -> None:
    """Keep ``price``, in place of an earlier one for the same model."""
    connection.execute(
        "INSERT INTO own_prices"
        " (provider, model, usd, context_window_tokens, max_output_tokens, set_at)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (provider, model) DO UPDATE SET usd = excluded.usd,"
        " context_window_tokens = excluded.context_window_tokens,"
        " max_output_tokens = excluded.max_output_tokens, set_at = excluded.set_at",
        (
            price.provider,
            price.model,
            json.dumps({kind.value: format(usd, "f") for kind, usd in price.usd.items()}),
            price.context_window_tokens,
            price.max_output_tokens,
            price.set_at,
        ),
    )


def remove(connection: Connection, provider: str, model: str) -> bool:
    """Forget the price of one model; False where there was none."""
    row = connection.execute(
        "DELETE FROM own_prices WHERE provider = ? AND model = ? RETURNING 1", (provider, model)
    ).fetchone()
    return row is not None


def listed(connection: Connection) -> list[OwnPrice]:
    """Return every price the user set, by provider and model."""
    rows = connection.execute(
        "SELECT provider, model, usd, context_window_tokens, max_output_tokens, set_at"
        " FROM own_prices ORDER BY provider, model"
    ).fetchall()
    return [
        OwnPrice(
            provider=row[0],
            model=row[1],
            usd={UnitKind(kind): Decimal(usd) for kind, usd in json.loads(row[2]).items()},
            context_window_tokens=row[3],
            max_output_tokens=row[4],
            set_at=Instant(row[5]),
        )
        for row in rows
    ]
