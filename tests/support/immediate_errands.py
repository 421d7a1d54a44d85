"""Errands that are done before `run` returns, so that a test needs no loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from wattfare_desktop.core.errors import UserFacingError

T = TypeVar("T")


class ImmediateErrands:
    """A refusal that nobody takes is raised."""

    def run(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserFacingError], None] | None = None,
    ) -> None:
        try:
            result = asyncio.run(work)
        except UserFacingError as error:
            if failed is None:
                raise
            failed(error)
        else:
            if done is not None:
                done(result)


class HeldErrands:
    """Errands that wait until the test lets them go, one by one."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []
        self._immediate = ImmediateErrands()

    def __len__(self) -> int:
        return len(self._waiting)

    def run(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserFacingError], None] | None = None,
    ) -> None:
        def go() -> None:
            self._immediate.run(work, done, failed)

        self._waiting.append(go)

    def let_go(self, place: int = 0) -> None:
        self._waiting.pop(place)()

    def let_all_go(self) -> None:
        """Let go what waits, and what that gives rise to."""
        while self._waiting:
            self.let_go()
