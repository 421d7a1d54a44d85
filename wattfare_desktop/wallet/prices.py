"""The price book, which arrives a moment after the wallet does.

Loading it takes most of a second, so it happens beside the start; whoever needs a price before
that waits for it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from wattfare_desktop.core.metering.prices import PriceBook


class Prices:
    """Loads the book once, on first need or when told to."""

    def __init__(self, load: Callable[[], Coroutine[Any, Any, PriceBook]]) -> None:
        self._load = load
        self._loading: asyncio.Task[PriceBook] | None = None
        self.ready: PriceBook | None = None
        """The book where it is there already, so that the hot path need not wait."""

    async def book(self) -> PriceBook:
        """Return the book, loading it where nobody has yet."""
        if self.ready is None:
            if self._loading is None or _has_failed(self._loading):
                self._loading = asyncio.create_task(self._load(), name="loading prices")
            self.ready = await asyncio.shield(self._loading)
        return self.ready


def _has_failed(task: "asyncio.Task[PriceBook]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
