"""How soon the tray is there, and what the wallet takes while nothing happens.

    python -m benchmarks.footprint dist/wattfare/wattfare

measures the bundle's program, or any other command, in place of the one of this tree.
"""

import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from tests.support.desktop.programs import Program
from tests.support.desktop.session import Desktop

_OWN: Final = (sys.executable, "-m", "wattfare_desktop")
_PORT: Final = 8477
_MEBIBYTE: Final = 1024 * 1024
_IDLE_S: Final = 20.0
_SETTLE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What one start took, and idling after it.

    Seconds from the start of the process and seconds of processor up to the tray, per cent of one
    core, mebibytes resident and those without the share of other processes.
    """

    listening_s: float
    tray_s: float
    tray_cpu_s: float
    idle_percent: float
    resident_mib: float
    share_mib: float | None

    def __str__(self) -> str:
        share = "" if self.share_mib is None else f", its own share {self.share_mib:.0f} MiB"
        return (
            f"start: listens after {self.listening_s:.2f} s, in the tray after {self.tray_s:.2f} s"
            f" ({self.tray_cpu_s:.2f} s of processor);"
            f" idle: {self.idle_percent:.2f} % of a core, {self.resident_mib:.0f} MiB resident"
            f"{share}"
        )


def measure_footprint(port: int, program: Sequence[str] = _OWN) -> Footprint:
    """Start the wallet on a desktop of its own, twice, and watch the second one idle."""
    with tempfile.TemporaryDirectory() as folder, Desktop(Path(folder)) as desktop:
        passphrase = Path(folder) / "passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text("a passphrase for a benchmark\n", encoding="utf-8")
        argv = [*program, "--home", str(Path(folder) / "wallet")]
        argv += ["--port", str(port), "--passphrase-file", str(passphrase)]
        _start(desktop, argv, port)[0].end()
        wallet, listening_s, tray_s = _start(desktop, argv, port)
        process = psutil.Process(wallet.pid)
        spent = process.cpu_times()
        time.sleep(_SETTLE_S)
        process.cpu_percent()
        time.sleep(_IDLE_S)
        idle_percent, memory = process.cpu_percent(), process.memory_full_info()
        share = getattr(memory, "pss", None)  # Linux alone tells it
        return Footprint(
            listening_s=listening_s,
            tray_s=tray_s,
            tray_cpu_s=spent.user + spent.system,
            idle_percent=idle_percent,
            resident_mib=memory.rss / _MEBIBYTE,
            share_mib=None if share is None else share / _MEBIBYTE,
        )


def _start(desktop: Desktop, argv: list[str], port: int) -> tuple[Program, float, float]:
    """Return a wallet that is up, and when it listened and had its icon."""
    started_s = time.monotonic()
    wallet = desktop.start(argv)
    while not _listens(port):
        time.sleep(0.01)
    listening_s = time.monotonic() - started_s
    desktop.tray.icon(pid=wallet.pid)
    return wallet, listening_s, time.monotonic() - started_s


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _absolute(command: Sequence[str]) -> Sequence[str]:
    """Return the command as it is started from any folder."""
    found = shutil.which(command[0]) if command else None
    return command if found is None else [str(Path(found).resolve()), *command[1:]]


if __name__ == "__main__":
    print(measure_footprint(_PORT, _absolute(sys.argv[1:]) or _OWN))
