"""What is wrong here and how to mend it, as far as the operating system goes."""

import ctypes
import os
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.certificates import (
    Authorities,
    NoAuthorities,
    find_authorities,
    system_judges,
)
from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus

_CURSOR_LIBRARY: Final = "libxcb-cursor.so.0"
_X_LIBRARY: Final = "libxcb.so.1"
_OTHERS: Final = 0o077
_AHEAD_MAX: Final = timedelta(days=20 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: ``remedy`` says what to do, "" where all is well."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def require_windows(environment: Mapping[str, str]) -> None:
    """Raise UserFacingError where windows cannot be shown; where Qt was told how, it decides."""
    if environment.get("QT_QPA_PLATFORM"):
        return
    found = display(environment)
    if found.ok and not environment.get("WAYLAND_DISPLAY"):
        found = cursor_library()
    if not found.ok:
        raise UserFacingError(
            "Windows cannot be shown here",
            f"{found.detail[0].upper()}{found.detail[1:]}. {found.remedy}",
        )


def display(
    environment: Mapping[str, str], answers: Callable[[str], bool] | None = None
) -> Finding:
    """Return whether windows can be shown; ``answers`` says whether an X server is there."""
    if sys.platform in {"win32", "darwin"}:
        return Finding(name="display", ok=True, detail="the desktop's own")
    wayland, x11 = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    if wayland:
        return Finding(name="display", ok=True, detail=f"WAYLAND_DISPLAY={wayland}")
    if x11 and (answers or _x_server_answers)(x11):
        return Finding(name="display", ok=True, detail=f"DISPLAY={x11}")
    detail = "neither WAYLAND_DISPLAY nor DISPLAY is set"
    if x11:
        detail = f"nothing answers at DISPLAY={x11}"
    return Finding(
        name="display",
        ok=False,
        detail=detail,
        remedy="Log in to a desktop, or run `wattfare serve` without windows.",
    )


def _x_server_answers(display_name: str) -> bool:
    try:
        xcb = ctypes.CDLL(_X_LIBRARY)
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(os.fsencode(display_name), None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def cursor_library(library: str = _CURSOR_LIBRARY) -> Finding:
    """Return whether Qt's X11 windows find the one library that bare systems lack."""
    if sys.platform in {"win32", "darwin"}:
        return Finding(name="libxcb-cursor", ok=True, detail="not needed here")
    try:
        ctypes.CDLL(library)
    except OSError:
        return Finding(
            name="libxcb-cursor",
            ok=False,
            detail=f"{library} is missing: no windows on X11",
            remedy="Install libxcb-cursor0 (Debian, Ubuntu) or xcb-util-cursor (Fedora, Arch).",
        )
    return Finding(name="libxcb-cursor", ok=True, detail="found")


def scheme(status: SchemeStatus) -> Finding:
    """Return whether ``wattfare://`` links come here."""
    if status.owner is SchemeOwner.OURS:
        return Finding(name="scheme", ok=True, detail="wattfare:// links open this wallet")
    detail = "no program takes wattfare:// links"
    if status.owner is SchemeOwner.OTHER:
        detail = f"wattfare:// links go to {status.who}"
    return Finding(
        name="scheme",
        ok=False,
        detail=detail,
        remedy="Have this wallet open them, in its Settings or by `wattfare doctor --take-links`.",
    )


def clock(now: datetime, known: datetime) -> Finding:
    """Return whether ``now`` can be: not before ``known``, a moment that surely has been."""
    told = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if known - timedelta(days=1) <= now <= known + _AHEAD_MAX:
        return Finding(name="clock", ok=True, detail=told)
    return Finding(
        name="clock",
        ok=False,
        detail=f"the clock says {told}",
        remedy="Set the clock: caps by day and month are counted on it.",
    )


def installed_at() -> datetime:
    """Return when this program was installed: a moment that surely has been."""
    return datetime.fromtimestamp(resource_root().stat().st_mtime, UTC)


def home(folder: Path) -> Finding:
    """Return whether the wallet's folder is closed to others."""
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError:
        return Finding(name="home", ok=True, detail=f"{folder} is not there yet")
    if sys.platform != "win32" and mode & _OTHERS:
        return Finding(
            name="home",
            ok=False,
            detail=f"{folder} is open to other users (mode {mode:o})",
            remedy=f"chmod 700 '{folder}'",
        )
    return Finding(name="home", ok=True, detail=str(folder))


def certificates(environment: Mapping[str, str], root: Path = Path("/")) -> Finding:
    """Return whether there are CA certificates to know providers by: those the wallet will use."""
    if system_judges():
        return Finding(name="certificates", ok=True, detail="the system's own store")
    match find_authorities(environment, root):
        case Authorities(place=place, count=count):
            return Finding(name="certificates", ok=True, detail=f"{count} in {place}")
        case NoAuthorities(named_by="") | NoAuthorities(place=None):
            return Finding(
                name="certificates",
                ok=False,
                detail="no CA certificates found: no provider can be reached",
                remedy="Install your distribution's ca-certificates package.",
            )
        case NoAuthorities(named_by=variable, place=place):
            return Finding(
                name="certificates",
                ok=False,
                detail=f"{variable} names {place}, where no certificates can be read",
                remedy=f"Unset {variable}, or have it name your authorities.",
            )
