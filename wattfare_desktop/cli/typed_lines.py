"""Lines typed from the moment they are asked for: what lay waiting before that is thrown away.

A line is read from the file descriptor itself, past any buffer, so that "before" can be told.
"""

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
from collections.abc import Callable
from typing import Final, Protocol

_CHUNK_BYTES: Final = 4_096
LINE_BYTES_MAX: Final = 200
"""No answer is longer; the rest of a longer line is not read as one."""


class Lines(Protocol):
    """Where answers are typed."""

    def listen(self, on_line: Callable[[str | None], None]) -> None:
        """Discard what was typed so far, then call ``on_line`` a line; with None at the end."""

    def shut(self) -> None:
        """Call nobody any more."""


class TypedLines:
    """Lines of a pipe or a terminal, read on the running loop.

    A file has none: all of it lay there before it was asked for.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = b""
        self._on_line: Callable[[str | None], None] | None = None

    def discard(self) -> None:
        """Throw away what was typed so far, a line begun on a terminal included."""
        self._buffer = b""
        with contextlib.suppress(OSError, termios.error):
            if os.isatty(self._fd):
                termios.tcflush(self._fd, termios.TCIFLUSH)
                return
            # As much as lies there now and no more: whoever writes for ever is not waited for.
            left = _waiting_bytes(self._fd)
            while left > 0 and (chunk := os.read(self._fd, min(left, _CHUNK_BYTES))):
                left -= len(chunk)

    def listen(self, on_line: Callable[[str | None], None]) -> None:
        """Call ``on_line`` for each line from now on; with None where there will be no more."""
        loop = asyncio.get_running_loop()
        self._on_line = on_line
        try:
            loop.add_reader(self._fd, self._on_readable)
        except (OSError, ValueError):
            # Closed, a regular file or /dev/null: nothing can be typed there.
            loop.call_soon(self._end)

    def shut(self) -> None:
        """Stop reading; a line begun is forgotten."""
        self._on_line = None
        self._buffer = b""
        with contextlib.suppress(OSError, ValueError):
            asyncio.get_running_loop().remove_reader(self._fd)

    def _on_readable(self) -> None:
        try:
            chunk = os.read(self._fd, _CHUNK_BYTES)
        except OSError:
            chunk = b""
        if not chunk:
            self._end()
            return
        self._buffer += chunk
        while b"\n" in self._buffer and self._on_line is not None:
            line, _, self._buffer = self._buffer.partition(b"\n")
            self._on_line(line[:LINE_BYTES_MAX].decode("ascii", "replace"))
        self._buffer = self._buffer[:LINE_BYTES_MAX]

    def _end(self) -> None:
        on_line = self._on_line
        self.shut()
        if on_line is not None:
            on_line(None)


def _waiting_bytes(fd: int) -> int:
    told = fcntl.ioctl(fd, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", told)[0])
