"""The user's prices in the file."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.storage import own_prices
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate

KEY = "ab" * 32
PRICE = OwnPrice(
    provider="openai",
    model="new-model",
    usd={UnitKind.INPUT: Decimal("0.0000000001"), UnitKind.OUTPUT: Decimal(2)},
    context_window_tokens=64_000,
    set_at=Instant(5),
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with closing(connect(tmp_path / "wallet.db", KEY)) as connection:
        migrate(connection)
        yield connection


def test_a_price_is_kept_exactly(connection: Connection) -> None:
    own_prices.put(connection, PRICE)
    assert own_prices.listed(connection) == [PRICE]


def test_a_later_price_takes_the_place_of_an_earlier_one(connection: Connection) -> None:
    own_prices.put(connection, PRICE)
    later = OwnPrice(
        provider="openai", model="new-model", usd={UnitKind.RUN: Decimal(1)}, set_at=Instant(6)
    )
    own_prices.put(connection, later)
    assert own_prices.listed(connection) == [later]


def test_a_price_is_forgotten_once(connection: Connection) -> None:
    own_prices.put(connection, PRICE)
    assert own_prices.remove(connection, "openai", "new-model")
    assert not own_prices.remove(connection, "openai", "new-model")
    assert own_prices.listed(connection) == []
