"""The servers beside the wallet, each in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_START_S: Final = 10.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def serving(role: str, port: int, upstream_port: int = 0) -> Iterator[None]:
    """Have ``benchmarks.servers`` play ``role`` on ``port`` until the block ends."""
    program = [sys.executable, "-W", "ignore", "-m", "benchmarks.servers"]
    with subprocess.Popen([*program, role, str(port), str(upstream_port)]) as server:
        try:
            _await_port(port)
            yield
        finally:
            server.kill()


def _await_port(port: int) -> None:
    deadline_s = time.monotonic() + _START_S
    while time.monotonic() < deadline_s:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"a server on port {port} did not start")
