"""``make bench``: direct, pass-through and wallet in turns, in one run; read the ratios."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks import wallet
from benchmarks.footprint import measure_footprint
from benchmarks.load import Figures, measure
from benchmarks.processes import free_port, serving
from benchmarks.streams import EVENTS, GAP_S, measure_streams

_ROUNDS: Final = 3
_PLANS: Final = ((1, 600), (16, 2400), (64, 2400))
_STREAMS: Final = 20


def main() -> None:
    """Measure and print."""
    provider, through, port = free_port(), free_port(), free_port()
    with (
        serving("provider", provider),
        serving("pass-through", through, provider),
        tempfile.TemporaryDirectory() as folder,
        wallet.running(Path(folder), port, provider) as access,
    ):
        ports = {"direct": provider, "pass-through": through, "wattfare": port}
        for connections, calls in _PLANS:
            _compare(ports, access, connections, calls)
        _compare_streams(ports, access)
    _footprint()


def _compare(ports: dict[str, int], access: str, connections: int, calls: int) -> None:
    rows: dict[str, Figures] = {}
    for _ in range(_ROUNDS):
        for name, port in ports.items():
            figures = asyncio.run(measure(port, access, connections=connections, calls=calls))
            if name not in rows or figures.p50_ms < rows[name].p50_ms:
                rows[name] = figures
    print(f"{connections} connections, best of {_ROUNDS} rounds in turns")
    for name, row in rows.items():
        print(
            f"  {name:13} p50 {row.p50_ms:8.3f} ms  p95 {row.p95_ms:8.3f}  p99 {row.p99_ms:8.3f}"
            f"  {row.calls_per_s:8.0f} calls/s  {row.failed} failed"
        )
    direct, through, ours = rows["direct"], rows["pass-through"], rows["wattfare"]
    added = ", ".join(
        f"{name} {mine - base:.3f} ms ({(mine - base) / (theirs - base):.2f} of its)"
        for name, base, theirs, mine in (
            ("p50", direct.p50_ms, through.p50_ms, ours.p50_ms),
            ("p95", direct.p95_ms, through.p95_ms, ours.p95_ms),
            ("p99", direct.p99_ms, through.p99_ms, ours.p99_ms),
        )
    )
    rate = ours.calls_per_s / through.calls_per_s
    print(f"  added, beside the pass-through: {added}; calls a second {rate:.2f} of its\n")


def _compare_streams(ports: dict[str, int], access: str) -> None:
    print(f"streams of {EVENTS} events, one each {GAP_S * 1000:.0f} ms: delay from write to read")
    for name, port in ports.items():
        row = asyncio.run(measure_streams(port, access, streams=_STREAMS))
        print(
            f"  {name:13} first p50 {row.first_p50_ms:6.3f} ms  p95 {row.first_p95_ms:6.3f}"
            f"  each p50 {row.each_p50_ms:6.3f}  p95 {row.each_p95_ms:6.3f}"
            f"  {row.events} events, at most {row.together_max} in one read"
        )
    print()


def _footprint() -> None:
    if sys.platform != "linux":
        print("start and idle: measured on a Linux desktop only")
        return
    print(measure_footprint(free_port()))


if __name__ == "__main__":
    main()
