"""The file that runs when a chosen program is started: what the system will call it by."""

import os
import plistlib
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.oauth.bindings import read_program

_SCRIPT: Final = b"#!"


def program_in(chosen: Path) -> str:
    """Return the whole path of the program that is ``chosen``, by link, or as a bundle of macOS.

    Reads the disk. Raises UserFacingError where it is none that an app can be bound to.
    """
    try:
        file = _in_bundle(chosen.resolve(strict=True))
        with file.open("rb") as opened:
            head = opened.read(len(_SCRIPT))
    except (OSError, ValueError) as error:
        raise UserFacingError(
            "That file cannot be read", "Choose the program's own file."
        ) from error
    if head == _SCRIPT:
        raise UserFacingError(
            "That is a script",
            "What calls is the program that runs it, and that runs any other script as well.",
        )
    if not os.access(file, os.X_OK):
        raise UserFacingError("That is no program", "Choose a file that can be started.")
    return read_program(str(file))


def _in_bundle(chosen: Path) -> Path:
    """Return the program inside an application's folder on macOS; any other path as it is."""
    if chosen.suffix != ".app" or not chosen.is_dir():
        return chosen
    listed = plistlib.loads((chosen / "Contents" / "Info.plist").read_bytes())
    name = listed.get("CFBundleExecutable", "") if isinstance(listed, dict) else ""
    return (chosen / "Contents" / "MacOS" / str(name)).resolve(strict=True)
