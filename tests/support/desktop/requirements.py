"""What a machine must have for a desktop of the tests, by the names of Debian's packages."""

import os
import shutil
import subprocess
import sys

import pytest

import system_packages

# The accessibility bindings are Debian's own, built for Debian's own interpreter.
SYSTEM_PYTHON = "/usr/bin/python3"

# Asked for by program, so that the answer is right where there is no dpkg too.
PACKAGE_OF_PROGRAM = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "dunst": "dunst",
    "gnome-keyring-daemon": "gnome-keyring",
    "openbox": "openbox",
    "scrot": "scrot",
    "update-desktop-database": "desktop-file-utils",
    "xdg-open": "xdg-utils",
    "xdotool": "xdotool",
    "xfce4-panel": "xfce4-panel",
    "xfconf-query": "xfconf",
    "xprop": "x11-utils",
}
BINDINGS = ("python3-pyatspi", "gir1.2-atspi-2.0")
_IMPORT = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"


def missing_packages() -> list[str]:
    """Return the packages without which no desktop can be started here, sorted."""
    absent = {pkg for program, pkg in PACKAGE_OF_PROGRAM.items() if shutil.which(program) is None}
    if not _has_bindings():
        absent.update(BINDINGS)
    absent.update(system_packages.missing((*system_packages.X11, *system_packages.DESKTOP)))
    return sorted(absent)


def require_desktop() -> None:
    """Skip the test, or fail it where CI is true, when this machine cannot have a desktop."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the desktop of the tests is an X11 one: Linux only")
    absent = missing_packages()
    if not absent:
        return
    reason = f"NO DESKTOP TESTS, packages are missing: {' '.join(absent)}"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{reason}\n{system_packages.by_hand(absent)}", pytrace=False)
    pytest.skip(reason)


def _has_bindings() -> bool:
    if shutil.which(SYSTEM_PYTHON) is None:
        return False
    asked = subprocess.run([SYSTEM_PYTHON, "-c", _IMPORT], capture_output=True, check=False)
    return asked.returncode == 0
