"""Make the installer for Windows of the bundle in dist/wattfare.

    windows_installer.py [--dist DIR]

The bundle comes from Windows; the installer is made on Debian or Ubuntu, whose makensis makes
64-bit ones. That of NSIS' own packages for Windows makes 32-bit ones only.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import icons
from program_facts import COPYRIGHT, MAKER, NAME, four_numbers, project_version

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "packaging" / "windows" / "wattfare.nsi"
TOOL = "makensis"


class NoInstallerError(Exception):
    """No installer can be made; the text says why."""


def installer_path(dist: Path, version: str) -> Path:
    """Return where the installer is put."""
    return dist / f"{NAME}-{version}-x64-setup.exe"


def make_installer(payload: Path, output: Path, *, version: str) -> None:
    """Compile the installer of the bundle ``payload``. Raises NoInstallerError."""
    if not (payload / "wattfare.exe").is_file():
        raise NoInstallerError(f"There is no wattfare.exe in {payload}: make bundle, on Windows.")
    folder = ROOT / "build"
    icons.write_icons(folder)
    facts = {
        "PAYLOAD": str(payload.resolve()),
        "OUTPUT": str(output.resolve()),
        "ICON": str(folder / "wattfare.ico"),
        "BANNER": str(folder / "wattfare.bmp"),
        "VERSION": version,
        "VERSION_NUMBERS": ".".join(map(str, four_numbers(version))),
        "MAKER": MAKER,
        "COPYRIGHT": COPYRIGHT,
    }
    # -WX: a warning of makensis is a mistake in the script.
    defined = [f"-D{name}={value}" for name, value in facts.items()]
    done = subprocess.run(
        [tool(), "-NOCD", "-V2", "-WX", *defined, str(SCRIPT)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise NoInstallerError(f"makensis refused:\n{done.stdout}{done.stderr}")


def tool() -> str:
    """Return the path of makensis. Raises NoInstallerError where there is none."""
    found = shutil.which(TOOL)
    if found is None:
        raise NoInstallerError(f"There is no {TOOL}: install NSIS, Debian's package nsis.")
    return found


def main(arguments: Sequence[str]) -> int:
    """Make it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the bundle is")
    dist: Path = parser.parse_args(arguments).dist
    version = project_version()
    output = installer_path(dist, version)
    try:
        make_installer(dist / "wattfare", output, version=version)
    except NoInstallerError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{output}: {output.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
