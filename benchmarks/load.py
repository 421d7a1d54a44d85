"""Keep-alive connections that send one call after another and time each."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Final

_BODY: Final = json.dumps(
    {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "hello"}],
        "max_completion_tokens": 20,
    }
).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Latencies in milliseconds, calls a second, and how many calls were not answered with 200."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    calls_per_s: float
    failed: int


async def measure(port: int, access: str, *, connections: int, calls: int) -> Figures:
    """Send ``calls`` over ``connections`` to ``port`` and return the figures."""
    request = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {access}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(_BODY)}\r\n\r\n"
    ).encode() + _BODY
    started_s = time.perf_counter()
    took = await asyncio.gather(
        *(_send(port, request, calls // connections) for _ in range(connections))
    )
    elapsed_s = time.perf_counter() - started_s
    latencies_s = sorted(each for latencies, _ in took for each in latencies)
    count = len(latencies_s)
    return Figures(
        p50_ms=latencies_s[count // 2] * 1000,
        p95_ms=latencies_s[count * 95 // 100] * 1000,
        p99_ms=latencies_s[count * 99 // 100] * 1000,
        calls_per_s=count / elapsed_s,
        failed=sum(failed for _, failed in took),
    )


async def _send(port: int, request: bytes, calls: int) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies_s, failed = [], 0
    for _ in range(calls):
        started_s = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        latencies_s.append(time.perf_counter() - started_s)
        failed += not head.startswith(b"http/1.1 200")
    writer.close()
    return latencies_s, failed
