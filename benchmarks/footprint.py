"""How soon the tray is there, and what the wallet takes while nothing happens."""

import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from tests.support.desktop.programs import Program
from tests.support.desktop.session import Desktop

_IDLE_S: Final = 20.0
_SETTLE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Seconds from the start of the process, per cent of one core, and resident mebibytes."""

    listening_s: float
    tray_s: float
    idle_percent: float
    resident_mib: float


def measure_footprint(port: int) -> Footprint:
    """Start the wallet on a desktop of its own, twice, and watch the second one idle."""
    with tempfile.TemporaryDirectory() as folder, Desktop(Path(folder)) as desktop:
        passphrase = Path(folder) / "passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text("a passphrase for a benchmark\n", encoding="utf-8")
        argv = [sys.executable, "-m", "wattfare_desktop", "--home", str(Path(folder) / "wallet")]
        argv += ["--port", str(port), "--passphrase-file", str(passphrase)]
        _start(desktop, argv, port)[0].end()
        wallet, listening_s, tray_s = _start(desktop, argv, port)
        process = psutil.Process(wallet.pid)
        time.sleep(_SETTLE_S)
        process.cpu_percent()
        time.sleep(_IDLE_S)
        return Footprint(
            listening_s=listening_s,
            tray_s=tray_s,
            idle_percent=process.cpu_percent(),
            resident_mib=process.memory_info().rss / 1024 / 1024,
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
