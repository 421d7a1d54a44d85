"""The objects of a JSON array out of bytes that arrive in any pieces (RFC 8259).

Without ``alt=sse`` Google streams its chunks as one array that grows. However it is cut, the same
objects come out, each as the very bytes it was.
"""

import re
from typing import Final

from wattfare_desktop.providers.sse import EVENT_BYTES_MAX, EventTooLargeError

# All that stands before the next brace outside a string. Possessive: an open string is not gone
# back into, so what follows it is never taken for structure.
_TO_BRACE: Final = re.compile(rb'[^"{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"{}]*+)*+', re.DOTALL)
_REST_OF_STRING: Final = re.compile(rb"(?:[^\"\\]++|\\.)*+", re.DOTALL)
_QUOTE: Final = ord('"')
_OPEN: Final = ord("{")


class JsonArraySplitter:
    """Cuts a byte stream into the objects of an array, holding at most one unfinished object."""

    def __init__(self, object_bytes_max: int = EVENT_BYTES_MAX) -> None:
        self._object_bytes_max = object_bytes_max
        self._unread = bytearray()
        self._scanned = 0
        self._start = 0
        self._depth = 0
        self._in_string = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes; return the objects they complete.

        Raises EventTooLargeError where an object exceeds the limit.
        """
        self._unread += chunk
        found: list[bytes] = []
        while self._step(found):
            pass
        self._forget()
        if len(self._unread) > self._object_bytes_max:
            raise EventTooLargeError(f"an object exceeds {self._object_bytes_max} bytes")
        return found

    def _step(self, found: list[bytes]) -> bool:
        """Scan on to the next brace or the end of a string; False where that has not come yet."""
        pattern = _REST_OF_STRING if self._in_string else _TO_BRACE
        match = pattern.match(self._unread, self._scanned)
        assert match is not None, "both patterns match nothing as well"
        self._scanned = match.end()
        if self._scanned == len(self._unread):
            return False
        at = self._unread[self._scanned]
        if at == _QUOTE:
            self._in_string = not self._in_string
            self._scanned += 1
        elif self._in_string:
            # A backslash whose other half is still to come.
            return False
        else:
            self._brace(at, found)
        return True

    def _brace(self, at: int, found: list[bytes]) -> None:
        if at == _OPEN:
            if self._depth == 0:
                self._start = self._scanned
            self._depth += 1
        elif self._depth > 0:
            self._depth -= 1
            if self._depth == 0:
                found.append(bytes(self._unread[self._start : self._scanned + 1]))
        self._scanned += 1

    def _forget(self) -> None:
        """Drop what was passed on, and what stands between two objects."""
        done = self._start if self._depth else self._scanned
        del self._unread[:done]
        self._scanned -= done
        self._start = 0
