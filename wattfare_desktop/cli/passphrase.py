"""Passphrases: typed unseen, or the first line of a file; never an argument."""

import stat
import sys
from pathlib import Path
from typing import Final

from wattfare_desktop.cli.terminal import Terminal
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


def known_passphrase(terminal: Terminal, path: Path | None, prompt: str, hint: str) -> str:
    """Return what the file at ``path`` says, else what is typed.

    Raises UserFacingError with ``hint`` where nobody is there to type it.
    """
    if path is not None:
        return read_passphrase(path)
    if not terminal.stdin.isatty():
        raise UserFacingError("A passphrase is needed", hint)
    return terminal.ask_secretly(prompt)


def new_passphrase(terminal: Terminal, path: Path | None, prompt: str, hint: str) -> str:
    """Do as ``known_passphrase``, but have it typed twice: a slip would lock its file for good."""
    passphrase = known_passphrase(terminal, path, prompt, hint)
    if path is None and terminal.ask_secretly("The same once more: ") != passphrase:
        raise UserFacingError("The two passphrases differ", "Nothing was done; try again.")
    if not passphrase:
        raise UserFacingError("No passphrase was given", "Nothing was done; try again.")
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
