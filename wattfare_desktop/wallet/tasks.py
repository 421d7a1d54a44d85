"""Work that must not be lost when its caller goes away."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

_LOG: Final = logging.getLogger(__name__)


class Tasks:
    """Background tasks held by name until they end; what goes wrong in them is logged by kind."""

    def __init__(self) -> None:
        self._running: set[asyncio.Future[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run ``work`` on the current loop and hold it until it ends."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._end)
        return task

    def hold(self, outcome: asyncio.Future[Any]) -> None:
        """Hold what was begun elsewhere until it ends."""
        self._running.add(outcome)
        outcome.add_done_callback(self._running.discard)

    async def drain(self, timeout_s: float) -> bool:
        """Wait until everything has ended; False where ``timeout_s`` ran out first."""
        if not self._running:
            return True
        _, late = await asyncio.wait(set(self._running), timeout=timeout_s)
        return not late

    async def cancel(self) -> None:
        """Cancel what still runs and wait for it to end."""
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The kind alone: a message could quote what an app or a provider sent.
            _LOG.error("%s failed: %s", task.get_name(), type(error).__name__)
