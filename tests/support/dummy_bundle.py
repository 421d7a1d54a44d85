"""A bundle as PyInstaller lays one out for Windows, with a small program in the wallet's place."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("dummy_program.nsi")


def needs_makensis() -> None:
    """Skip the test where there is no makensis."""
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed (Debian's package is nsis)")


def dummy_bundle(folder: Path, version: str) -> Path:
    """Make one whose program says that it is of this version, and which has a file only it has."""
    needs_makensis()
    (folder / "_internal" / "nested").mkdir(parents=True)
    (folder / "_internal" / f"only-{version}.dll").write_bytes(b"\0" * 200_000)
    (folder / "_internal" / "nested" / "library.dll").write_text(version, encoding="ascii")
    defined = [f"-DOUTPUT={folder / 'wattfare.exe'}", f"-DVERSION={version}"]
    command = ["makensis", "-NOCD", "-V2", "-WX", *defined, str(SCRIPT)]
    subprocess.run(command, capture_output=True, check=True)
    return folder
