"""How this program is started again, by a link or at log-in, and what others inherit of it."""

import os
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_NAME: Final = "wattfare"
_DISTRIBUTION: Final = "wattfare-desktop"
_SOURCE_TREE: Final = Path(__file__).parents[2]
# PyInstaller points these at its own libraries and keeps what was there under _ORIG.
_LIBRARY_PATHS: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


_APPIMAGE: Final = ("APPIMAGE", "APPDIR", "ARGV0", "OWD")


def program_version(source_tree: Path = _SOURCE_TREE) -> str:
    """Return the installed version; in a source tree that never was installed, that tree's.

    The latter ends in ``+source``.
    """
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        pass
    try:
        project = tomllib.loads((source_tree / "pyproject.toml").read_text(encoding="utf-8"))
        return f"{project['project']['version']}+source"
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"


def program_command(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what starts this program, whatever the folder it is started in.

    The frozen program (or the AppImage it came in), the installed ``wattfare``, or this very
    interpreter with the package.
    """
    if getattr(sys, "frozen", False):
        return (_own_appimage(environment) or sys.executable,)
    started = Path(sys.argv[0]).absolute()
    beside = Path(sys.executable).with_name(started.name)
    for script in (started, beside):
        if script.stem.lower() == _NAME and script.is_file() and os.access(script, os.X_OK):
            return (os.fspath(script),)
    return (sys.executable, "-m", "wattfare_desktop")


def _own_appimage(environment: Mapping[str, str]) -> str | None:
    """Return the AppImage that this program came in.

    Whatever an AppImage starts inherits its variables: only where we lie in its folder are they
    about us.
    """
    image, folder = environment.get("APPIMAGE"), environment.get("APPDIR")
    if not image or not folder:
        return None
    is_ours = Path(sys.executable).resolve().is_relative_to(Path(folder).resolve())
    return image if is_ours else None


def environment_of_others(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for other programs: they must not load a bundle's libraries."""
    given = dict(environment)
    if getattr(sys, "frozen", False):
        for name in _APPIMAGE:
            given.pop(name, None)
        for name in _LIBRARY_PATHS:
            given.pop(name, None)
            before = given.pop(f"{name}_ORIG", None)
            if before is not None:
                given[name] = before
    return given
