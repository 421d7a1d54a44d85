"""Server-sent events out of bytes that arrive in any pieces (WHATWG HTML, section 9.2).

An event keeps the very bytes it came as, so that passing it on changes nothing. However a stream
is cut into chunks, the same events come out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

EVENT_BYTES_MAX = 8 * 1024 * 1024

# Two line ends in a row end an event. Atomic groups: a CRLF is never taken for two line ends.
_BLANK_LINE = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
# A blank line that begins before the end of what was scanned is at most this long.
_BLANK_LINE_BYTES_MAX = 4
_CR = ord("\r")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventTooLargeError(ValueError):
    """An event grew past the limit without ending."""


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event: ``raw`` as it came with its blank line, and the text of its ``data`` lines.

    ``data`` is None where the event has none, such as one made of ``: comment`` lines.
    """

    raw: bytes
    data: bytes | None


class SseSplitter:
    """Cuts a byte stream into events, holding at most one unfinished event.

    A CR at the very end of what arrived may be half a CRLF, so an event that ends in one waits
    for the next byte.
    """

    def __init__(self, event_bytes_max: int = EVENT_BYTES_MAX) -> None:
        self._event_bytes_max = event_bytes_max
        self._unread = bytearray()
        self._scanned = 0

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """Take bytes; return the events they complete.

        Raises EventTooLargeError where an event exceeds the limit.
        """
        self._unread += chunk
        events = list(self._complete_events())
        if len(self._unread) > self._event_bytes_max:
            raise EventTooLargeError(f"an event exceeds {self._event_bytes_max} bytes")
        return events

    def finish(self) -> list[SseEvent]:
        """Take the end of the stream; return what was left, even without its blank line."""
        raw = bytes(self._unread)
        self._unread.clear()
        self._scanned = 0
        return [SseEvent(raw, _data_of(raw))] if raw else []

    def _complete_events(self) -> Iterator[SseEvent]:
        unread = self._unread
        start = 0
        for end in self._event_ends():
            raw = bytes(unread[start:end])
            start = end
            if len(raw) > self._event_bytes_max:
                raise EventTooLargeError(f"an event exceeds {self._event_bytes_max} bytes")
            yield SseEvent(raw, _data_of(raw))
        del unread[:start]
        self._scanned = max(0, len(unread) - _BLANK_LINE_BYTES_MAX + 1)

    def _event_ends(self) -> list[int]:
        unread = self._unread
        if _CR not in unread:
            # Every provider seen ends lines in LF, and finding that is several times faster.
            return _ends_by_lf(unread, self._scanned)
        ends = [match.end() for match in _BLANK_LINE.finditer(unread, self._scanned)]
        if ends and ends[-1] == len(unread) and unread[-1] == _CR:
            ends.pop()
        return ends


def _ends_by_lf(unread: bytearray, start: int) -> list[int]:
    ends = []
    while (at := unread.find(b"\n\n", start)) >= 0:
        start = at + 2
        ends.append(start)
    return ends


def _data_of(raw: bytes) -> bytes | None:
    """Return the event's data lines joined by LF, or None where it has none."""
    if raw.startswith(b"data: ") and raw.find(b"\n") == len(raw) - 2 and _CR not in raw:
        return raw[6:-2]
    found: list[bytes] | None = None
    for line in raw.removeprefix(_BYTE_ORDER_MARK).splitlines():
        if not line.startswith(b"data"):
            continue
        if line[4:5] == b":":
            value = line[6:] if line[5:6] == b" " else line[5:]
        elif len(line) == len(b"data"):
            value = b""
        else:
            continue
        if found is None:
            found = [value]
        else:
            found.append(value)
    return None if found is None else b"\n".join(found)
