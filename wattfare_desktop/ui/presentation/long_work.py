"""Work that takes a while: how far it has come, whether it shall stop, and what is said of it."""

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class WorkPhase(StrEnum):
    """What is being done."""

    BEGINNING = "beginning"
    CLOSING = "closing"
    COPYING = "copying"
    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"
    OPENING = "opening"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it has come: ``done`` of ``of``, which is 0 where that is not known."""

    phase: WorkPhase
    done: int = 0
    of: int = 0

    @property
    def percent(self) -> int | None:
        """The part that is done, 0 to 100; None where the whole is not known."""
        return min(100, self.done * 100 // self.of) if self.of > 0 else None


class Watch:
    """Between whoever works and whoever looks on; each may be on a thread of its own."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self.progress = Progress(phase=WorkPhase.BEGINNING)

    @property
    def is_stopped(self) -> bool:
        """Whether the work shall end at its next step."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Have the work end at its next step."""
        self._stopped.set()

    def at(self, phase: WorkPhase, done: int = 0, of: int = 0) -> None:
        """Take down how far it has come."""
        self.progress = Progress(phase=phase, done=done, of=of)


def progress_text(progress: Progress) -> str:
    """Return what is being done, and how much of it is."""
    words = _WORDS[progress.phase]
    percent = progress.percent
    return words if percent is None else f"{words} {percent} %"


_WORDS: Final = {
    WorkPhase.BEGINNING: "Beginning…",
    WorkPhase.CLOSING: "Closing the wallet…",
    WorkPhase.COPYING: "Copying the books…",
    WorkPhase.READING: "Reading the backup…",
    WorkPhase.CHECKING: "Checking every entry…",
    WorkPhase.WRITING: "Writing…",
    WorkPhase.OPENING: "Opening the wallet…",
}
