"""The system libraries a bare Debian or Ubuntu lacks, and how they are brought in.

PySide6's wheels carry Qt but not what Qt itself loads from the system: without these, importing
QtGui fails. Nothing here is installed behind anyone's back: it takes root, or a sudo that asks no
password; otherwise the one command to type is printed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFSCREEN = (
    "fonts-dejavu-core",
    "libbrotli1",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libxkbcommon0",
)
X11 = (
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
WAYLAND = ("libwayland-client0", "libwayland-cursor0", "libwayland-egl1")
# A desktop of its own for the tests: a screen, a session bus, a window manager, a panel that
# hosts the tray, a keyring, and the accessibility bus through which the dialogs are driven.
DESKTOP = (
    "adwaita-icon-theme",
    "at-spi2-core",
    "dbus",
    "dbus-x11",
    "desktop-file-utils",
    "dunst",
    "gir1.2-atspi-2.0",
    "gnome-keyring",
    "libnotify-bin",
    "openbox",
    "python3-pyatspi",
    "scrot",
    "x11-utils",
    "xauth",
    "xdg-utils",
    "xdotool",
    "xfce4-panel",
    "xfconf",
    "xvfb",
)
# What a web app runs in: its own rules for pages are part of what is tested.
BROWSER = ("chromium",)
# objdump and strip for the bundle, what takes the builder's folders out of it, and the shared
# libpython that it carries along.
BUNDLE = ("binutils", "chrpath", f"libpython3.{sys.version_info.minor}")
# Counting which libraries of the system the bundle needs, for the package's Depends.
DEB = ("dpkg-dev",)
# A bare Debian to install it into, and Debian's own opinion of it.
DEB_TRIAL = ("debootstrap", "lintian")
# What makes the installer for Windows, and says whether the scripts for macOS are sound.
INSTALLERS = ("nsis", "shellcheck")
# A Windows to try that installer in: 670 MB, so that only its own command asks for it.
WINE = ("wine", "wine64")

RUN = (*OFFSCREEN, *X11, *WAYLAND)
TEST = (*RUN, *DESKTOP, *BROWSER, *BUNDLE, *DEB, *INSTALLERS)


def missing(wanted: Sequence[str]) -> list[str]:
    """Return which of these packages are not installed; none where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return []
    # Since the 64-bit time_t some libraries carry this suffix; apt follows it by itself.
    names = [*wanted, *(f"{name}t64" for name in wanted)]
    query = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a package it has never heard of is missing, not an error
        text=True,
        check=False,
    )
    installed = {
        name.removesuffix("t64")
        for name, _, status in (line.partition(" ") for line in query.stdout.splitlines())
        if status == "installed"
    }
    # Where the running Python is not Debian's there may be no such libpython, and none is needed.
    return [name for name in wanted if name not in installed and not _has_own_libpython(name)]


def bring_in(wanted: Sequence[str], *, why: str) -> list[str]:
    """Install what is missing if that is allowed here, and return what is missing still."""
    absent = missing(wanted)
    if not absent:
        return []
    print(f"Missing system packages ({why}): {' '.join(absent)}", flush=True)
    prefix = _apt_prefix()
    if prefix is not None and _install(prefix, absent):
        absent = missing(absent)
    if absent:
        print(
            f"They could not be installed from here. Type:\n\n    {by_hand(absent)}\n", flush=True
        )
    return absent


def by_hand(packages: Sequence[str]) -> str:
    """Return the one command that installs these packages."""
    names = " ".join(packages)
    install = f"apt-get install -y --no-install-recommends {names}"
    script = f"apt-get update && {install}"
    return script if _is_root() else f"sudo sh -c {shlex.quote(script)}"


def _install(prefix: Sequence[str], packages: Sequence[str]) -> bool:
    print("Installing them with apt-get ...", flush=True)
    install = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    # The lists of a fresh container are empty, those of an old machine out of date: only when the
    # first attempt fails is it worth the seconds of an update.
    if _run(install):
        return True
    updated = _run([*prefix, "apt-get", "update", "-q"], told=True)
    return updated and _run(install, told=True)


def _run(command: Sequence[str], *, told: bool = False) -> bool:
    ended = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if told and ended.returncode != 0:
        print(ended.stdout[-2000:], flush=True)  # the hundreds of lines before it help nobody
    return ended.returncode == 0


def _apt_prefix() -> list[str] | None:
    """Return what apt-get must be preceded by, or None where it may not be used."""
    unattended = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("apt-get") is None:
        return None
    if _is_root():
        return unattended
    asks_nothing = shutil.which("sudo") is not None and _run(["sudo", "--non-interactive", "true"])
    return ["sudo", "--non-interactive", *unattended] if asks_nothing else None


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _has_own_libpython(package: str) -> bool:
    return package.startswith("libpython3") and not sys.base_prefix.startswith("/usr")
