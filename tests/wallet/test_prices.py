"""Tests of ``wattfare_desktop.wallet.prices``."""

import asyncio

import pytest

from wattfare_desktop.core.metering.prices import FixedPriceBook, PriceBook
from wattfare_desktop.wallet.prices import Prices

BOOK = FixedPriceBook(version="test", models={})


class Shelf:
    """Gives the book out when it may, and fails first where told."""

    def __init__(self, failures: int = 0) -> None:
        self.asked = 0
        self.may_go = asyncio.Event()
        self._failures = failures

    async def load(self) -> PriceBook:
        self.asked += 1
        await self.may_go.wait()
        if self.asked <= self._failures:
            raise OSError("not yet")
        return BOOK


async def test_the_book_is_loaded_once_for_all_who_wait() -> None:
    shelf = Shelf()
    prices = Prices(shelf.load)
    waiting = [asyncio.ensure_future(prices.book()) for _ in range(5)]
    await asyncio.sleep(0)
    assert prices.ready is None
    shelf.may_go.set()
    assert await asyncio.gather(*waiting) == [BOOK] * 5
    assert prices.ready is BOOK
    assert await prices.book() is BOOK
    assert shelf.asked == 1


async def test_nothing_is_loaded_before_it_is_needed() -> None:
    shelf = Shelf()
    assert Prices(shelf.load).ready is None
    assert shelf.asked == 0


async def test_one_who_gives_up_does_not_spoil_it_for_the_others() -> None:
    shelf = Shelf()
    prices = Prices(shelf.load)
    hasty, patient = (asyncio.ensure_future(prices.book()) for _ in range(2))
    await asyncio.sleep(0)
    hasty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hasty
    shelf.may_go.set()
    assert await patient is BOOK
    assert shelf.asked == 1


async def test_a_failure_is_told_and_tried_again() -> None:
    shelf = Shelf(failures=1)
    shelf.may_go.set()
    prices = Prices(shelf.load)
    with pytest.raises(OSError, match="not yet"):
        await prices.book()
    assert prices.ready is None
    assert await prices.book() is BOOK
