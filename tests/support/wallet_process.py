"""The real program as a process of its own, on a home and a runtime folder of its own."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.desktop.waiting import wait_until
from wattfare_desktop.control import client
from wattfare_desktop.system.paths import control_address

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery staple"
TIMEOUT_S = 30.0
# What a test run may have that a bare machine has not: a screen, a bus, a keyring, a wallet.
_INHERITED = ("PATH", "TMPDIR", "TZ", "LANG", "SYSTEMROOT")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How one run of the program ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def told(self) -> str:
        """Everything it printed."""
        return self.stdout + self.stderr


@dataclass(kw_only=True)
class Machine:
    """A user's machine without a screen, as far as the program sees one."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("run", "user"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        self.environment = {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "HOME": str(self.folder / "user"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            **self.environment,
        }

    @property
    def home(self) -> Path:
        """Where the wallet is."""
        return self.folder / "wallet"

    def ask(self, command: str, **arguments: str) -> Any:
        """Ask the running wallet as its command line does, without starting a process for it."""
        address = control_address(self.home.resolve(), self.environment)
        return client.ask(address, command, arguments)

    def passphrase_file(self, words: str = PASSPHRASE, *, mode: int = 0o600) -> Path:
        """Write a passphrase where ``--passphrase-file`` may find it."""
        path = self.folder / "passphrase"
        path.write_text(words + "\n", encoding="utf-8")
        path.chmod(mode)
        return path

    def run(
        self,
        *words: str | bytes,
        home: Path | None = None,
        more: Mapping[str, str] | None = None,
        file_kib_max: int | None = None,
    ) -> Ended:
        """Run the program to its end; it must not take long to come.

        No file it writes may grow beyond ``file_kib_max``, as on a disk that is full.
        """
        return self._run(self._command(*words, home=home, file_kib_max=file_kib_max), more)

    def run_script(self, before: Sequence[str], script: str, *words: str) -> Ended:
        """Run a script of the test under the command ``before``."""
        command = [*before, sys.executable, "-c", script, *words]
        return self._run(command, {"PYTHONPATH": str(ROOT)})

    def _run(self, command: Sequence[str | bytes], more: Mapping[str, str] | None) -> Ended:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return Ended(
            code=done.returncode,
            stdout=done.stdout.decode(errors="replace"),
            stderr=done.stderr.decode(errors="replace"),
        )

    @contextmanager
    def serving(
        self,
        *words: str,
        command: str | None = "serve",
        more: Mapping[str, str] | None = None,
        file_kib_max: int | None = None,
    ) -> Iterator["Serving"]:
        """Run a wallet beside the test, from when it listens until the test is done with it.

        ``command`` None is the tray, which wants a screen of Qt's own in ``more``.
        """
        words = ("--port", "0", *(() if command is None else (command,)), *words)
        complaints = self.folder / f"stderr-{time.monotonic_ns()}"
        with complaints.open("wb") as stderr:
            process = subprocess.Popen(
                self._command(*words, home=None, file_kib_max=file_kib_max),
                cwd=ROOT,
                env={**self.environment, **(more or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                # Nothing may wait in a buffer of ours that `select` does not see.
                bufsize=0,
            )
        serving = Serving(process, complaints)
        try:
            if command is None:
                self._wait_for_status()
            else:
                serving.wait_until_listening()
            yield serving
        finally:
            serving.kill()

    def _wait_for_status(self) -> None:
        runtime = self.home / "runtime.json"
        wait_until(runtime.exists, what="a tray that listens", timeout_s=TIMEOUT_S)

    def _command(
        self, *words: str | bytes, home: Path | None, file_kib_max: int | None = None
    ) -> list[str | bytes]:
        where = str(self.home if home is None else home)
        command = [sys.executable, "-m", "wattfare_desktop", "--home", where, *words]
        if file_kib_max is None:
            return command
        # In bash one block of this limit is a KiB. Python's own caches must not be cut short too.
        limited = f'ulimit -f {file_kib_max}; export PYTHONDONTWRITEBYTECODE=1; exec "$@"'
        return ["bash", "-c", limited, "limited", *command]


class Serving:
    """A wallet that listens, in a process of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", complaints: Path) -> None:
        self._process = process
        self._complaints = complaints
        self.origin = ""

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def stderr(self) -> str:
        """What it complained of so far."""
        return self._complaints.read_text(encoding="utf-8", errors="replace")

    def wait_until_listening(self) -> None:
        """Return once it has said where it listens."""
        self.origin = self.line().removeprefix("listening on ")
        assert self.origin.startswith("http://127.0.0.1:"), self.stderr

    def line(self) -> str:
        """Return the next line it prints; it must come soon."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], TIMEOUT_S)
        assert ready, f"nothing was printed; it complained: {self.stderr}"
        return self._process.stdout.readline().decode().rstrip("\n")

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def terminate(self) -> Ended:
        """Ask it to end as the system does, and return how it did."""
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> Ended:
        """Return how it ended."""
        stdout, _ = self._process.communicate(timeout=TIMEOUT_S)
        return Ended(code=self._process.returncode, stdout=stdout.decode(), stderr=self.stderr)

    def kill(self) -> None:
        """End it without a warning, if it has not ended by itself."""
        if self._process.poll() is None:
            self._process.kill()
        if self._process.stdout is not None and not self._process.stdout.closed:
            self._process.communicate(timeout=TIMEOUT_S)


def all_bytes(folder: Path) -> dict[str, bytes]:
    """Return every file of ``folder`` with what is in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
