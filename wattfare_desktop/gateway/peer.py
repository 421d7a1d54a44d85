"""Who is at the other end of a connection: found once for each, and off the loop."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.system import programs
from wattfare_desktop.system.programs import End, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a peer is found; what runs here asks the operating system."""

    is_foreign: Callable[[End, End], bool] = programs.is_foreign
    program: Callable[[End, End], Program | None] = programs.connected_program


SYSTEM: Final = Finding()


class Peer:
    """The other end of one connection, whose two names are ``ours`` and ``theirs``."""

    def __init__(
        self, ours: tuple[str, int], theirs: tuple[str, int], finding: Finding = SYSTEM
    ) -> None:
        self.address = theirs[0]
        self._ends = programs.end_of(ours[:2]), programs.end_of(theirs[:2])
        self._finding = finding
        self._foreign: bool | None = None
        self._program: asyncio.Task[Program | None] | None = None

    async def is_foreign(self) -> bool:
        """Return whether it is known to be another user of this machine."""
        if self._foreign is None:
            self._foreign = await asyncio.to_thread(self._finding.is_foreign, *self._ends)
        return self._foreign

    def look(self) -> "asyncio.Task[Program | None]":
        """Begin to look for the program, if that has not begun."""
        if self._program is None:
            self._program = asyncio.create_task(
                asyncio.to_thread(self._finding.program, *self._ends)
            )
        return self._program

    async def program(self) -> str | None:
        """Return the path of the program, None where it is not known; wait for it."""
        # Shielded: whoever waits may leave, and the next call wants the answer.
        found = await asyncio.shield(self.look())
        return None if found is None else found.path

    def known_program(self) -> str | None:
        """Return the same without waiting: None where it is not known yet."""
        task = self._program
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        found = task.result()
        return None if found is None else found.path
