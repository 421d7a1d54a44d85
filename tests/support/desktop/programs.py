"""Programs that a test starts, what they print, and how they end."""

import contextlib
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.desktop.waiting import wait_until

END_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program on the desktop; its two streams are kept in one file."""

    argv: tuple[str, ...]
    output_path: Path
    running: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.running.pid

    @property
    def is_running(self) -> bool:
        return self.running.poll() is None

    @property
    def output(self) -> str:
        """What it printed until now, both streams."""
        return self.output_path.read_text(encoding="utf-8", errors="replace")

    def wait(self, timeout_s: float = 10.0) -> int:
        """Return its status once it has ended by itself."""
        try:
            return self.running.wait(timeout_s)
        except subprocess.TimeoutExpired:
            message = f"Still running after {timeout_s:g} s: {self.argv[0]}\n{self.output}"
            raise TimeoutError(message) from None

    def end(self) -> None:
        """End it with all it started: asked first, then made to."""
        if self.is_running:
            root = psutil.Process(self.pid)
            end_all([*root.children(recursive=True), root])
        self.running.wait(END_TIMEOUT_S)


def start_program(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    output_path: Path,
    cwd: Path,
    stdin: str = "",
    pass_fds: Sequence[int] = (),
) -> Program:
    """Start a program whose standard input holds `stdin` and then ends.

    It stays in our process group: whoever ends the test run's group ends it too.
    """
    with output_path.open("wb") as output:
        running = subprocess.Popen(
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(pass_fds),
        )
    assert running.stdin is not None
    # One that ends without reading has its status to tell of it.
    with contextlib.suppress(BrokenPipeError), running.stdin as pipe:
        pipe.write(stdin.encode())
    return Program(argv=tuple(argv), output_path=output_path, running=running)


def marked_processes(name: str, value: str) -> list[psutil.Process]:
    """Return the living processes that have this variable: orphans and daemons keep theirs."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(name) == value:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # it ended meanwhile, is a zombie, or is not ours to look at
    return found


def end_all(processes: Iterable[psutil.Process]) -> None:
    """Terminate all of them, and kill those that take too long."""
    asked = list(processes)
    _signal(asked, psutil.Process.terminate)
    try:
        _wait_ended(asked)
    except TimeoutError:
        stubborn = [process for process in asked if not _has_ended(process)]
        _signal(stubborn, psutil.Process.kill)
        _wait_ended(stubborn)


def _wait_ended(processes: Sequence[psutil.Process]) -> None:
    wait_until(
        lambda: all(_has_ended(process) for process in processes),
        what=lambda: f"the end of {[p for p in processes if not _has_ended(p)]}",
        timeout_s=END_TIMEOUT_S,
    )


def _signal(processes: Iterable[psutil.Process], send: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        try:
            send(process)
        except psutil.NoSuchProcess:
            continue


def _has_ended(process: psutil.Process) -> bool:
    # A zombie only waits for its parent to notice: there is nothing left of it to end.
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
