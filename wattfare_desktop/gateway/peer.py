"""Who is at the other end of a connection: found once for each, and off the loop."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from wattfare_desktop.system.programs import End, Program, Programs, end_of


class Finding(Protocol):
    """How a peer is found; see ``system.programs``."""

    def is_foreign(self, ours: End, theirs: End) -> bool:
        """Return whether it is known to be another user's."""

    def connected(self, ours: End, theirs: End) -> Program | None:
        """Return the program, None where it is not known for sure."""


class Lookouts:
    """Looks for peers on one thread of its own: however many come, no other work waits for it."""

    def __init__(self, finding: Finding | None = None) -> None:
        self._finding = Programs() if finding is None else finding
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="peers")

    async def is_foreign(self, ours: End, theirs: End) -> bool:
        """Return whether the other end is known to be another user's."""
        # Not behind the programs that are looked for: it takes the kernel no time at all.
        return await asyncio.to_thread(self._finding.is_foreign, ours, theirs)

    async def program(self, ours: End, theirs: End) -> Program | None:
        """Return the program at the other end."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._finding.connected, ours, theirs)

    def close(self) -> None:
        """Look for nobody any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class Peer:
    """The other end of one connection, whose two names are ``ours`` and ``theirs``."""

    def __init__(self, ours: tuple[str, int], theirs: tuple[str, int], lookouts: Lookouts) -> None:
        self.address = theirs[0]
        self._ends = end_of(ours[:2]), end_of(theirs[:2])
        self._lookouts = lookouts
        self._foreign: bool | None = None
        self._program: asyncio.Task[Program | None] | None = None

    async def is_foreign(self) -> bool:
        """Return whether it is known to be another user of this machine."""
        if self._foreign is None:
            self._foreign = await self._lookouts.is_foreign(*self._ends)
        return self._foreign

    def look(self) -> "asyncio.Task[Program | None]":
        """Begin to look for the program, if that has not begun."""
        if self._program is None:
            self._program = asyncio.create_task(self._lookouts.program(*self._ends))
        return self._program

    async def found(self) -> Program | None:
        """Return the program, None where it is not known; wait for it."""
        # Shielded: whoever waits may leave, and the next call wants the answer.
        return await asyncio.shield(self.look())

    async def program(self) -> str | None:
        """Return the path of the program, None where it is not known; wait for it."""
        found = await self.found()
        return None if found is None else found.path

    def program_to_come(self) -> Awaitable[str | None] | None:
        """Return how to wait for the program; None where the look has ended, or not begun."""
        return None if self._program is None or self._program.done() else self.program()

    def known_program(self) -> str | None:
        """Return the same without waiting: None where it is not known yet."""
        task = self._program
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        found = task.result()
        return None if found is None else found.path
