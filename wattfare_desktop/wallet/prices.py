"""The price book, which arrives a moment after the wallet does.

Loading it takes most of a second, so it happens beside the start; whoever needs a price before
that waits for it. The user's own prices go before it, and a newer book may take its place.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from wattfare_desktop.core.metering.own_prices import OwnPriceBook, PricedByUser
from wattfare_desktop.core.metering.prices import PriceBook


class Prices:
    """Loads the book once, on first need or when told to."""

    def __init__(self, load: Callable[[], Coroutine[Any, Any, PriceBook]]) -> None:
        self._load = load
        self._loading: asyncio.Task[PriceBook] | None = None
        self._loaded: PriceBook | None = None
        self._own: Mapping[tuple[str, str], PricedByUser] = {}
        self.ready: PriceBook | None = None
        """The book where it is there already, so that the hot path need not wait."""

    async def book(self) -> PriceBook:
        """Return the book, loading it where nobody has yet."""
        if self.ready is None:
            if self._loading is None or _has_failed(self._loading):
                self._loading = asyncio.create_task(self._load(), name="loading prices")
            loaded = await asyncio.shield(self._loading)
            if self._loaded is None:
                self.replace(loaded)
        assert self.ready is not None
        return self.ready

    def use(self, own: Mapping[tuple[str, str], PricedByUser]) -> None:
        """Put the user's prices before the book's, by price id and name in lower case."""
        self._own = own
        if self._loaded is not None:
            self.replace(self._loaded)

    def replace(self, book: PriceBook) -> None:
        """Take ``book`` from now on; a call that runs keeps the price it began with."""
        self._loaded = book
        self.ready = OwnPriceBook(own=self._own, behind=book) if self._own else book


def _has_failed(task: "asyncio.Task[PriceBook]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
