"""Bringing a wallet's file to the shape this program knows.

Migrations are numbered SQL files, and so SQLite's own words; the number of the last one applied
stands in the file. Each runs in a transaction of its own.
"""

from dataclasses import dataclass
from importlib import resources
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage import limits
from wattfare_desktop.storage.connection import Connection, apply_script, file_version

_LIMITS_IN_THE_CHAIN: Final = 9
"""From here on each limit is written into the chain; those from before are then written once."""


class WalletTooNew(UserFacingError):  # noqa: N818 - a state, told to the user
    """The file was written by a later version of the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Migration:
    number: int
    script: str


def migrate(connection: Connection) -> None:
    """Apply the migrations that ``connection``'s file lacks.

    Raises WalletTooNew, having changed nothing, where the file knows more than this program.
    """
    migrations = _migrations()
    version = file_version(connection)
    if version > migrations[-1].number:
        raise WalletTooNew(
            "This wallet was used by a newer Wattfare",
            "Install that version or a later one; this older one has left the file untouched.",
        )
    for migration in migrations:
        if migration.number > version:
            apply_script(connection, migration.script, migration.number)
            if migration.number == _LIMITS_IN_THE_CHAIN:
                limits.note_what_an_older_program_left(connection)
            connection.execute("COMMIT")


def newest_version() -> int:
    """Return the number of the last migration that this program knows."""
    return _migrations()[-1].number


def _migrations() -> list[_Migration]:
    folder = resources.files("wattfare_desktop.storage") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    assert len({name[:4] for name in names}) == len(names), names
    return [
        _Migration(number=int(name[:4]), script=(folder / name).read_text(encoding="utf-8"))
        for name in names
    ]
