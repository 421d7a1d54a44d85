"""A copy of the wallet's file before a newer program changes its shape.

With it one can go back to the older program. It is the file as it was, under the same key, beside
it; the two latest are kept.
"""

from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage.connection import Error, connect, copy_pages
from wattfare_desktop.storage.durable import sync
from wattfare_desktop.storage.migrate import newest_version

KEPT: Final = 2


class UpgradePutOff(UserFacingError):  # noqa: N818 - a state, told to the user
    """The file could not be copied, and so was not changed either."""


def keep_before_upgrade(path: Path, key_hex: str, version: int) -> Path | None:
    """Copy the file that stands at migration ``version`` where others wait; None where none do.

    A file that is new, or newer than this program, is left to ``migrate``. Raises UpgradePutOff
    where the disk refuses.
    """
    if not 0 < version < newest_version():
        return None
    copy = copy_before(path, version)
    part = copy.with_suffix(".part")
    try:
        part.unlink(missing_ok=True)  # of a program that was ended in the middle of it
        with closing(connect(path, key_hex, read_only=True)) as reader:
            copy_pages(reader, part, key_hex, lambda _done, _of: None)
        sync(part)
        part.replace(copy)
        sync(copy.parent)
    except (Error, OSError) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise UpgradePutOff(
            "The wallet was not brought to this version",
            f"It is copied before that, and {path.parent} does not let it ({error}). Nothing was"
            " changed: make room and let the folder be written to, then try again.",
        ) from error
    _forget_others(path, copy)
    return copy


def copy_before(path: Path, version: int) -> Path:
    """Return where the copy of the file at ``path`` is kept that stood at migration ``version``."""
    return path.with_name(f"{path.stem}-before-upgrade-{version:04d}{path.suffix}")


def copies_of(path: Path) -> list[Path]:
    """Return the copies that are kept of the file at ``path``, the latest last."""
    found = path.parent.glob(f"{path.stem}-before-upgrade-????{path.suffix}")
    return sorted(found, key=lambda each: (each.stat().st_mtime_ns, each.name))


def _forget_others(path: Path, newest: Path) -> None:
    """Keep ``newest``, whatever its number: a file may be older than those that were copied."""
    others = [each for each in copies_of(path) if each != newest]
    for older in others[: 1 - KEPT]:
        with suppress(OSError):
            older.unlink()
