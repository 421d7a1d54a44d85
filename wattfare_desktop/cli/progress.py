"""A bar that shows how far something long has come; nobody but a person at a terminal sees it."""

from types import TracebackType
from typing import Final, Self, TextIO

_PERCENT: Final = 100
_BAR_SIGNS: Final = 30


class ProgressBar:
    """One line on standard error, written over and over, and gone at the end."""

    def __init__(self, stderr: TextIO) -> None:
        self._stderr = stderr

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._draw("")

    def show(self, what: str, done: int, of: int) -> None:
        """Show that ``done`` of ``of`` is behind us."""
        part = min(1.0, done / of) if of else 0.0
        full = round(part * _BAR_SIGNS)
        bar = "#" * full + "." * (_BAR_SIGNS - full)
        self._draw(f"{what} [{bar}] {part * _PERCENT:3.0f} %  {done:,} of {of:,}")

    def _draw(self, line: str) -> None:
        if self._stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=self._stderr, flush=True)
