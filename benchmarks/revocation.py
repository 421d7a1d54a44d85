"""``python -m benchmarks.revocation``: how soon nothing runs any more once an app is revoked.

The real program pays for 50 streams that would go on for minutes. From the moment its user says
Revoke: until each of the streams has ended for the app, and until each is settled in the ledger.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from benchmarks import wallet
from benchmarks.goals import Goals
from benchmarks.processes import free_port, serving
from wattfare_desktop.control.client import ask
from wattfare_desktop.system.paths import control_address, wallet_home

STREAMS: Final = 50
GOAL_S: Final = 1.0
_POLL_S: Final = 0.01
_BODY: Final = json.dumps(
    {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "Tell me all"}],
        "max_completion_tokens": 10_000,
        "stream": True,
    }
).encode()


def main() -> int:
    """Measure and print; return the exit status."""
    goals, provider, port = Goals(), free_port(), free_port()
    with (
        serving("endless", provider),
        tempfile.TemporaryDirectory() as folder,
        wallet.running(Path(folder), port, provider) as access,
    ):
        home = wallet_home(Path(folder) / "wallet", {})
        control = control_address(home, os.environ)
        cut_s, settled_s = asyncio.run(_measure(control, port, access))
    goals.at_most(f"{STREAMS} streams cut", cut_s, GOAL_S, " s")
    goals.at_most(f"{STREAMS} streams settled", settled_s, GOAL_S, " s")
    return goals.status


async def _measure(control: str, port: int, access: str) -> tuple[float, float]:
    begun = [asyncio.Event() for _ in range(STREAMS)]
    ends = [asyncio.create_task(_listen(port, access, each)) for each in begun]
    await asyncio.gather(*(each.wait() for each in begun))
    began_s = time.monotonic()
    await asyncio.to_thread(ask, control, "revoke", {"app": "Benchmark"})
    cut_s = max(await asyncio.gather(*ends)) - began_s
    while await _running(control):  # noqa: ASYNC110 - another process cannot be waited for
        await asyncio.sleep(_POLL_S)
    return cut_s, time.monotonic() - began_s


async def _listen(port: int, access: str, begun: asyncio.Event) -> float:
    """Read a stream to its end; return when that was."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {access}\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nContent-Length: {len(_BODY)}\r\n\r\n".encode()
        + _BODY
    )
    await reader.readuntil(b"data: ")
    begun.set()
    while await reader.read(65_536):
        pass
    writer.close()
    return time.monotonic()


async def _running(control: str) -> bool:
    calls: Any = await asyncio.to_thread(ask, control, "activity", {})
    assert len(calls) == STREAMS, len(calls)
    return any(call["status"] == "running" for call in calls)


if __name__ == "__main__":
    sys.exit(main())
