"""Tests of ``wattfare_desktop.wallet.books``: opening in order, closing with nothing lost."""

import os
from datetime import UTC
from pathlib import Path

import pytest

from tests.support.kept_anchor import KeptAnchor
from tests.support.wallet_house import WalletHouse, catalogue, outcome
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.storage.connection import DatabaseBroken
from wattfare_desktop.storage.database import LedgerUnavailable
from wattfare_desktop.wallet.books import open_books
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import GrantClosed


async def test_one_key_opens_one_file(tmp_path: Path) -> None:
    heard: list[Changes] = []
    anchors = KeptAnchor()
    key, clock = os.urandom(32), Clock(lambda: UTC)
    books = await open_books(
        tmp_path / "w.db", key, clock, catalogue(), heard.append, anchors=anchors
    )
    await books.close()
    with pytest.raises(DatabaseBroken):
        await open_books(
            tmp_path / "w.db", os.urandom(32), clock, catalogue(), heard.append, anchors=anchors
        )
    again = await open_books(
        tmp_path / "w.db", key, clock, catalogue(), heard.append, anchors=anchors
    )
    await again.close()
    assert heard == []


async def test_closing_lets_what_was_begun_be_written(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    held, books = await house.hold(grant, "1.00"), house.books
    books.spending.settle(held, outcome("0.40"))
    await house.wallet.lock()
    with pytest.raises(LedgerUnavailable):
        await books.apps.pause(grant)
    await house.opened()
    (window,) = (await house.app(grant)).windows
    assert (window.spent, window.held) == (parse_usd("0.40"), 0)


async def test_nothing_new_begins_while_it_closes(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    wanted, spending = house.wanted(grant, parse_usd("0.10")), house.books.spending
    spending.close_to_new()
    assert isinstance(await spending.reserve(wanted), GrantClosed)
