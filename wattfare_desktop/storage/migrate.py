"""Bringing a wallet's file to the shape this program knows.

Migrations are numbered SQL files; the number of the last one applied is the file's own
``user_version``. Each runs in a transaction of its own.
"""

from importlib import resources

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage.connection import Connection


class WalletTooNew(UserFacingError):  # noqa: N818 - a state, told to the user
    """The file was written by a later version of the program."""


def migrate(connection: Connection) -> None:
    """Apply the migrations that ``connection``'s file lacks.

    Raises WalletTooNew, having changed nothing, where the file knows more than this program.
    """
    scripts = _scripts()
    version = _version(connection)
    if version > len(scripts):
        raise WalletTooNew(
            "This wallet was used by a newer Wattfare",
            "Install that version or a later one; this older one has left the file untouched.",
        )
    for number, script in enumerate(scripts[version:], start=version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
        )


def _version(connection: Connection) -> int:
    row = connection.execute("PRAGMA user_version").fetchone()
    assert row is not None
    return int(row[0])


def _scripts() -> list[str]:
    folder = resources.files("wattfare_desktop.storage") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1)), names
    return [(folder / name).read_text(encoding="utf-8") for name in names]
