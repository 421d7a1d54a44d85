"""The passphrase of ``--passphrase-file``: the file's first line."""

import stat
import sys
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError

_BYTES_MAX: Final = 4_096


def read_passphrase(path: Path) -> str:
    """Return the first line of the file at ``path``, without its line end.

    Raises UserFacingError where it cannot be read, is empty, too long or not UTF-8. ``/dev/stdin``
    and pipes work too.
    """
    try:
        with path.open("rb") as file:
            line = file.readline(_BYTES_MAX + 1).rstrip(b"\r\n")
        passphrase = line.decode("utf-8")
    except OSError as error:
        raise UserFacingError(
            "The passphrase file cannot be read", f"{path}: {error.strerror}."
        ) from error
    except UnicodeDecodeError:
        # Not chained: the error would quote what was read.
        raise _unfit(path) from None
    if not passphrase or len(line) > _BYTES_MAX:
        raise _unfit(path)
    return passphrase


def is_open_to_others(path: Path) -> bool:
    """Return whether the file at ``path`` can be read by other users of this machine."""
    if sys.platform == "win32":
        return False
    try:
        found = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and bool(found.st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _unfit(path: Path) -> UserFacingError:
    return UserFacingError(
        "The passphrase file holds no passphrase",
        f"Write it as the first line of {path}, in UTF-8.",
    )
