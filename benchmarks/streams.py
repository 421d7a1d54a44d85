"""Streams of events that carry the moment they were sent, so that the way back can be timed."""

import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import Final

EVENTS: Final = 50
GAP_S: Final = 0.004
_STAMP: Final = re.compile(rb'"content":"sent at (\d+)"')
_BODY: Final = json.dumps(
    {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "hello"}],
        "max_completion_tokens": 200,
        "stream": True,
    }
).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFigures:
    """Delays of events in milliseconds, from the provider's write to the app's read.

    ``events`` came in all, ``together_max`` of them in one read at most.
    """

    first_p50_ms: float
    first_p95_ms: float
    each_p50_ms: float
    each_p95_ms: float
    events: int
    together_max: int


def event(now_ns: int) -> bytes:
    """Return one event as the provider sends it, stamped with the monotonic clock."""
    return (
        b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini",'
        b'"choices":[{"index":0,"delta":{"content":"sent at %d"},"finish_reason":null}]}\n\n'
        % now_ns
    )


ENDING: Final = (
    b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini",'
    b'"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":50,"total_tokens":59}}\n\n'
    b"data: [DONE]\n\n"
)


async def measure_streams(port: int, access: str, *, streams: int) -> StreamFigures:
    """Read ``streams`` streams of ``port``, one after the other."""
    first: list[float] = []
    each: list[float] = []
    together = 0
    for _ in range(streams):
        delays_ms, most = await _read(port, access)
        first.append(delays_ms[0])
        each += delays_ms
        together = max(together, most)
    first.sort()
    each.sort()
    return StreamFigures(
        first_p50_ms=first[len(first) // 2],
        first_p95_ms=first[len(first) * 95 // 100],
        each_p50_ms=each[len(each) // 2],
        each_p95_ms=each[len(each) * 95 // 100],
        events=len(each),
        together_max=together,
    )


async def _read(port: int, access: str) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {access}\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nContent-Length: {len(_BODY)}\r\n\r\n".encode()
        + _BODY
    )
    delays_ms: list[float] = []
    most = 0
    while chunk := await reader.read(65536):
        now_ns = time.monotonic_ns()
        stamps = [int(stamp) for stamp in _STAMP.findall(chunk)]
        delays_ms += [(now_ns - stamp) / 1e6 for stamp in stamps]
        most = max(most, len(stamps))
    writer.close()
    return delays_ms, most
