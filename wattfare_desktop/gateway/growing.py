"""Keeping a stream's hold ahead of what it shows."""

import asyncio
from typing import Final

from wattfare_desktop.core.holds import FLOOR_TOKENS, Answer, Growth
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.providers.dialect import VisibleOutput
from wattfare_desktop.storage.database import LedgerUnavailable
from wattfare_desktop.wallet.spending import HeldCall, Spending
from wattfare_desktop.wallet.tasks import Tasks

_HALF: Final = 2


class GrowingHold:
    """Asks for more while the stream runs on; the stream waits only where it has outrun its hold.

    A token is never shorter than a byte, so the bytes that were seen bound the tokens that will be
    billed for them.
    """

    def __init__(self, spending: Spending, held: HeldCall, wish: Answer, tasks: Tasks) -> None:
        self._spending = spending
        self._held = held
        self._wish = wish
        self._tasks = tasks
        fit = held.fit
        self._growth = Growth(
            held=fit.output_tokens, bound=fit.output_bound, last=fit.output_tokens
        )
        self._asking: asyncio.Task[None] | None = None
        self._is_refused = False

    async def covers(self, visible: VisibleOutput) -> bool:
        """Return whether what was seen is paid for, once that is known; False ends the stream."""
        if visible.pieces > self._growth.bound:
            # A piece is a token or more: this provider does not keep to the bound it was given.
            return False
        used = max(visible.text_bytes, visible.pieces)
        while True:
            if self._asking is None and not self._is_refused and self._growth.is_due(used):
                self._asking = self._tasks.start(self._ask(), f"extending {self._held.id}")
            if not self._growth.is_used_up(used):
                return True
            if self._asking is None:
                return False
            await asyncio.shield(self._asking)

    async def _ask(self) -> None:
        """Hold the next slice, or as much of it as fits."""
        try:
            tokens = self._growth.next_slice()
            while not await self._takes(tokens):
                if tokens <= FLOOR_TOKENS:
                    self._is_refused = True
                    return
                tokens = max(FLOOR_TOKENS, tokens // _HALF)
            self._growth.grow(tokens)
        except LedgerUnavailable:
            self._is_refused = True
        finally:
            self._asking = None

    async def _takes(self, tokens: int) -> bool:
        held = self._growth.held
        more = Nanos(self._wish.cost(held + tokens) - self._wish.cost(held))
        return await self._spending.extend(self._held, more) is None
