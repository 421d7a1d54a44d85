"""Copies of the wallet's file: made beside the work, and looked through before they count."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.ledger.chain import Head, NoteKind
from wattfare_desktop.core.oauth.lifecycle import GrantEvent, GrantState
from wattfare_desktop.storage import chain, grants
from wattfare_desktop.storage.connection import (
    Connection,
    DatabaseBroken,
    Error,
    begin_write,
    connect,
    copy_pages,
    integrity_problem,
    is_damage,
)
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import Verification

Progress = Callable[[int, int], None]
"""Hears how much of how much is done; what it raises ends the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKeys:
    """What opens the file and goes on with its chain."""

    database_key_hex: str
    chain_key: bytes

    def __repr__(self) -> str:
        return "FileKeys(hidden)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """What a restored file was changed by: where it ends now, and which apps are paused."""

    head: Head
    paused: tuple[str, ...]


class CopyUnsound(UserFacingError):  # noqa: N818 - a state, told to the user
    """A copy that is not what was written: it counts as none."""


def copy(source: Path, target: Path, keys: FileKeys, on_progress: Progress) -> None:
    """Copy the open wallet's file as it is now. Raises UserFacingError where the disk refuses."""
    try:
        with closing(connect(source, keys.database_key_hex, read_only=True)) as reader:
            copy_pages(reader, target, keys.database_key_hex, on_progress)
    except Error as error:
        raise _unwritten(error) from error


def check(path: Path, keys: FileKeys, on_progress: Progress) -> Head:
    """Open the copy anew, look at every page and recompute every entry; return where it ends.

    Raises CopyUnsound where anything differs. The file is brought to this program's shape first.
    """
    try:
        with closing(connect(path, keys.database_key_hex, chain_key=keys.chain_key)) as connection:
            # An older program's file gets entries of its own while it is brought to this shape.
            end = chain.head(connection)
            migrate(connection)
            problem = integrity_problem(connection)
            if problem is not None:
                raise _unsound(problem)
            verification = Verification()
            while not verification.is_over:
                verification.step(connection)
                on_progress(verification.progress.done, verification.progress.of)
            if verification.differences:
                raise _unsound(verification.differences[0].what)
            return end
    except DatabaseBroken as error:
        raise _unsound("it cannot be opened") from error
    except Error as error:
        raise _unwritten(error) from error


def refit(path: Path, keys: FileKeys, accepted: object, now: Instant) -> Refit:
    """Write into a restored file that its user took it, and pause its apps.

    An approval that was revoked after the backup would otherwise be alive again.
    """
    try:
        with closing(connect(path, keys.database_key_hex, chain_key=keys.chain_key)) as connection:
            begin_write(connection)
            chain.add_note(connection, NoteKind.ACCEPTED, accepted, now)
            paused = _pause_all(connection, now)
            chain.add_digest(connection, now, with_limits=True)
            connection.execute("COMMIT")
            return Refit(head=chain.head(connection), paused=paused)
    except Error as error:
        raise _unwritten(error) from error


def _pause_all(connection: Connection, now: Instant) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT id, name FROM grants WHERE state = ? AND (expires_at IS NULL OR expires_at > ?)"
        " ORDER BY id",
        (GrantState.ACTIVE.value, now),
    ).fetchall()
    for grant, _ in rows:
        grants.set_state(
            connection,
            GrantId(grant),
            GrantState.PAUSED,
            GrantEvent.PAUSE.value,
            now,
            detail="restored from a backup",
        )
    return tuple(name for _, name in rows)


def _unsound(what: str) -> CopyUnsound:
    return CopyUnsound(
        "The copy is not as it was written", f"It counts as no backup: {what.rstrip('.')}."
    )


def _unwritten(error: Exception) -> UserFacingError:
    if is_damage(error):
        return _unsound(str(error))
    return UserFacingError(
        "The copy could not be written", f"Check that the disk has room ({error})."
    )
