"""A file that appears whole or not at all, and takes nobody's place unless it is told to."""

import contextlib
import errno
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.private_file import PRIVATE_FILE
from wattfare_desktop.system.workshop import part_of, sweep

_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


class NewFile:
    """Written beside its place with mode 0600, and put there, durably, by ``finish``.

    Used in a ``with``; without ``finish`` nothing is left of it. Raises UserFacingError where its
    place is taken (unless ``replaces``) or the disk refuses.
    """

    def __init__(self, path: Path, *, replaces: bool = False) -> None:
        self._path = path
        self._replaces = replaces
        self._part = part_of(path)
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        if not self._replaces and os.path.lexists(self._path):
            raise taken(self._path)
        try:
            sweep(self._path)
            descriptor = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
        except OSError as error:
            raise self._unwritable(error) from error
        self._file = os.fdopen(descriptor, "wb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def write(self, text: str) -> None:
        """Add ``text`` in UTF-8."""
        assert self._file is not None
        try:
            self._file.write(text.encode())
        except OSError as error:
            raise self._unwritable(error) from error

    def finish(self) -> None:
        """Put the file in its place."""
        assert self._file is not None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            put_in_place(self._part, self._path, replaces=self._replaces)
        except FileExistsError:
            raise taken(self._path) from None
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> UserFacingError:
        return UserFacingError(
            "The file cannot be written", f"{self._path}: {error.strerror}. Nothing was changed."
        )


def put_in_place(part: Path, path: Path, *, replaces: bool) -> None:
    """Put ``part``, flushed already, durably where ``path`` is.

    Raises FileExistsError where that is taken (unless ``replaces``), OSError as the disk does.
    """
    if replaces:
        part.replace(path)
    else:
        _put_where_free(part, path)
    sync_folder(path.parent)


def _put_where_free(part: Path, path: Path) -> None:
    try:
        # Unlike a rename, a link never takes the place of what has come there meanwhile.
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Memory sticks know no links.
        if os.path.lexists(path):
            raise FileExistsError from None
        part.rename(path)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the system can."""
    with contextlib.suppress(OSError):  # Windows cannot open a folder, and needs not
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def taken(path: Path) -> UserFacingError:
    """Return how a place is told that is not free."""
    return UserFacingError(
        "There is a file already", f"{path} was not touched. Choose another name, or give --force."
    )
