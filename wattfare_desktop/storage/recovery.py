"""A damaged file copied row by row: where all of it can still be read, nothing was lost.

Tables are read without their indexes, which the copy makes anew, and pages that belong to nothing
are left behind. Whatever is missing after that makes the copy no wallet: then the damaged file
stays as it was, for a backup to take its place.
"""

import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.storage import backup, chain
from wattfare_desktop.storage.backup import FileKeys
from wattfare_desktop.storage.connection import (
    COMPANIONS,
    DatabaseBroken,
    Error,
    connect,
    copy_rows,
    damaged,
    integrity_problem,
    is_damage,
)
from wattfare_desktop.storage.durable import sync

_COPY: Final = ".recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecovered:
    """Why the file could not be recovered: the end of a sentence."""

    why: str


def recover(path: Path, keys: FileKeys, anchor: Head | None, aside: Path) -> Unrecovered | None:
    """Put a whole copy of the damaged file at ``path`` in its place, and that one at ``aside``.

    Nobody may have it open. Returns why not, having changed nothing, where the copy is not whole or
    does not reach what was anchored. Blocks: about a minute for a million calls.
    """
    copy = path.with_name(f"{path.name}{_COPY}")
    _remove(copy)
    new = [each for each in _companions(path) if not each.exists()]
    try:
        why = _copy(path, copy, keys, anchor)
        if why is None:
            _put_in_place(copy, path, aside)
    except UserFacingError as error:
        return Unrecovered(why=str(error).rstrip("."))
    except (Error, OSError) as error:
        return Unrecovered(why=str(error))
    else:
        return None if why is None else Unrecovered(why=why)
    finally:
        _remove(copy)
        for companion in new:
            # Made by reading it, and empty.
            companion.unlink(missing_ok=True)


def damage_in(path: Path, keys: FileKeys) -> DatabaseBroken | None:
    """Read every page; return what is wrong with the file, in words.

    SQLCipher tells of a page it cannot read as it tells of a disk that fails where it was to be
    written to.
    """
    try:
        with closing(connect(path, keys.database_key_hex, read_only=True)) as connection:
            problem = integrity_problem(connection)
    except DatabaseBroken as broken:
        return broken
    except (UserFacingError, Error) as error:
        return damaged(str(error)) if is_damage(error) else None
    return None if problem is None else damaged(problem)


def _copy(path: Path, copy: Path, keys: FileKeys, anchor: Head | None) -> str | None:
    with closing(connect(path, keys.database_key_hex, read_only=True)) as source:
        copy_rows(source, copy, keys.database_key_hex)
    backup.check(copy, keys, lambda _done, _of: None)
    if anchor is None:
        return None
    with closing(connect(copy, keys.database_key_hex)) as connection:
        if chain.mac_at(connection, anchor.seq) == anchor.mac:
            return None
    return "its latest entries are not in it any more"


def _put_in_place(copy: Path, path: Path, aside: Path) -> None:
    sync(copy)
    try:
        # Under both names until the copy takes one: there is a file at ``path`` at any moment.
        os.link(path, aside)
    except OSError:
        shutil.copy2(path, aside)
    # What SQLite keeps beside the damaged file would be taken for the copy's.
    for old, kept in zip(_companions(path), _companions(aside), strict=True):
        with suppress(FileNotFoundError):
            old.rename(kept)
    copy.replace(path)
    sync(path.parent)


def _remove(copy: Path) -> None:
    for path in (copy, *_companions(copy)):
        path.unlink(missing_ok=True)


def _companions(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in COMPANIONS]
