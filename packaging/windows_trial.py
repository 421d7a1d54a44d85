"""Try the Windows installer under Wine, which is brought in first where that is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import system_packages

ROOT = Path(__file__).resolve().parent.parent
TRIAL = "tests/packaging/test_windows_trial.py"


def main() -> int:
    """Return the exit status of the trial; without Wine it fails."""
    wanted = (*system_packages.INSTALLERS, *system_packages.WINE)
    system_packages.bring_in(wanted, why="a Windows to install in")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", TRIAL],
        cwd=ROOT,
        env={**os.environ, "WATTFARE_REQUIRE_WINE": "1", "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
