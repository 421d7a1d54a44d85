"""A Windows of its own under Wine: a prefix, its files, and its registry."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 120.0
_INHERITED = ("PATH", "LANG", "TMPDIR")


@dataclass(frozen=True, kw_only=True)
class Wine:
    """One Wine prefix; ``program`` is the 64-bit loader."""

    program: str
    prefix: Path
    environment: dict[str, str]

    @property
    def local(self) -> Path:
        """The user's folder %LOCALAPPDATA%."""
        return self._user / "AppData" / "Local"

    @property
    def start_menu(self) -> Path:
        """The folder of the user's programs in the Start menu."""
        return self._user / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs"

    @property
    def _user(self) -> Path:
        users = (self.prefix / "drive_c/users").iterdir()
        return next(user for user in users if user.name != "Public")

    def pretend(self, version: str) -> None:
        """Be this version of Windows from now on, such as ``win10``."""
        subprocess.run(
            [self.program, "winecfg", "-v", version],
            env=self.environment,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )

    def start(self, program: Path, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a Windows program."""
        return subprocess.Popen(
            [self.program, str(program), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, program: Path, *arguments: str) -> int:
        """Run a Windows program to its end and return its exit code."""
        with self.start(program, *arguments) as process:
            return process.wait(TIMEOUT_S)

    def registry(self, key: str) -> dict[str, str]:
        """Return the values of a key below HKEY_CURRENT_USER; empty where it is not there."""
        asked = subprocess.run(
            [self.program, "reg", "query", rf"HKCU\{key}"],
            env=self.environment,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        values = {}
        for line in asked.stdout.decode("utf-8", "replace").splitlines():
            # Four spaces between name, type and value; what is no value does not begin with them.
            parts = line.strip().split("    ", 2)
            if line.startswith("    ") and len(parts) >= 2:
                values[parts[0]] = parts[2] if len(parts) == 3 else ""
        return values

    def write_registry(self, key: str, name: str, text: str, *, root: str = "HKCU") -> None:
        """Set a value of text; the name "" is a key's own value."""
        named = ["/v", name] if name else ["/ve"]
        words = ["reg", "add", rf"{root}\{key}", *named, "/t", "REG_SZ", "/d", text, "/f"]
        subprocess.run(
            [self.program, *words],
            env=self.environment,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )

    def wait_until_idle(self) -> None:
        """Return once no program runs in this prefix."""
        subprocess.run(["wineserver", "-w"], env=self.environment, timeout=TIMEOUT_S, check=True)


def wine_program() -> str | None:
    """Return the loader of 64-bit programs, where Wine is installed."""
    return shutil.which("wine64") or shutil.which("wine")


@contextmanager
def wine_at(prefix: Path, program: str) -> Iterator[Wine]:
    """Make a prefix, and end all that still runs in it afterwards."""
    environment = {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "HOME": str(prefix.parent),
        "WINEPREFIX": str(prefix),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        # It would ask to download a browser and a runtime; nothing here needs them.
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
    }
    boot = [program, "wineboot", "--init"]
    subprocess.run(boot, env=environment, capture_output=True, timeout=TIMEOUT_S, check=True)
    wine = Wine(program=program, prefix=prefix, environment=environment)
    try:
        wine.pretend("win10")
        yield wine
    finally:
        for what in ("-k", "-w"):
            subprocess.run(["wineserver", what], env=environment, timeout=TIMEOUT_S, check=False)
