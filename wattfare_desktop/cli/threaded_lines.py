"""Typed lines where a loop cannot watch standard input (Windows): a thread reads all the time.

What comes while nobody listens is thrown away as it comes, so an answer typed before its question
is none, up to the moment it takes the thread to read it.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import BinaryIO, Final

_LINE_BYTES_MAX: Final = 200


class ThreadedLines:
    """Lines of ``stream``, told on the loop that this was made on."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._on_line: Callable[[str | None], None] | None = None
        self._has_ended = False
        threading.Thread(target=self._read, name="typed lines", daemon=True).start()

    def discard(self) -> None:
        """Nothing is ever kept."""

    def listen(self, on_line: Callable[[str | None], None]) -> None:
        """Call ``on_line`` for each line from now on; with None where there will be no more."""
        self._on_line = on_line
        if self._has_ended:
            self._loop.call_soon(self._tell, None)

    def shut(self) -> None:
        """Call nobody any more."""
        self._on_line = None

    def _read(self) -> None:
        # A loop that is closed takes no calls: the wallet has ended, and so may this.
        with contextlib.suppress(RuntimeError):
            while line := self._stream.readline(_LINE_BYTES_MAX):
                self._loop.call_soon_threadsafe(self._tell, line.decode("ascii", "replace").strip())
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._has_ended = True
        self._tell(None)

    def _tell(self, line: str | None) -> None:
        if self._on_line is not None:
            self._on_line(line)
