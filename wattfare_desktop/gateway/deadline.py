"""The time a call may take: however a provider behaves, its money is not held for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf
from typing import Final

_NOT_RUNNING: Final = -inf
_LOOKS: Final = 4
"""How often is looked while a stream may be without progress: seldom, but not late."""


class Deadline:
    """Bounds what is done inside it by ``call_s`` in all and ``progress_s`` without progress.

    ``progress`` returns what has come so far, to be compared. It is asked from time to time and not
    for each event, so a stream may be without progress for a quarter longer than it should.
    """

    def __init__(self, call_s: float, progress_s: float, progress: Callable[[], object]) -> None:
        self._call_s = call_s
        self._progress_s = progress_s
        self._progress = progress
        self._timeout: asyncio.Timeout | None = None
        self._at_s = _NOT_RUNNING
        self._seen: object = None
        self._seen_at_s = 0.0
        self._look_again: asyncio.TimerHandle | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has passed and ended what was done."""
        return self._timeout is not None and self._timeout.expired()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Cancel what is done inside once the time is over. Raises TimeoutError then."""
        loop = asyncio.get_running_loop()
        self._at_s = loop.time() + self._call_s
        self._seen, self._seen_at_s = self._progress(), loop.time()
        async with asyncio.timeout_at(self._at_s) as self._timeout:
            self._look_later()
            try:
                yield
            finally:
                assert self._look_again is not None
                self._look_again.cancel()
                self._at_s = _NOT_RUNNING

    def within(self, seconds: float) -> None:
        """Leave no more than that from now on; nothing where it is not running."""
        at_s = asyncio.get_running_loop().time() + seconds
        if at_s < self._at_s:
            assert self._timeout is not None
            self._at_s = at_s
            self._timeout.reschedule(at_s)

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._look_again = loop.call_later(self._progress_s / _LOOKS, self._look)

    def _look(self) -> None:
        now_s, seen = asyncio.get_running_loop().time(), self._progress()
        if seen != self._seen:
            self._seen, self._seen_at_s = seen, now_s
        elif now_s - self._seen_at_s >= self._progress_s:
            self.within(0)
            return
        self._look_later()
