"""What is linked in, and how a file is told from another that only looks like it."""

import sqlite3
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from wattfare_desktop.storage.connection import (
    DatabaseBroken,
    DatabaseUnreachable,
    connect,
    unusable,
)

KEY = "ab" * 32
SQLCIPHER = (4, 19)
SQLITE = (3, 53)
"""Before it, a file in WAL mode could be corrupted by a checkpoint."""


def _version(text: str) -> tuple[int, ...]:
    number, *_edition = text.split()
    return tuple(int(part) for part in number.split("."))


def test_what_is_linked_in_is_new_enough(tmp_path: Path) -> None:
    connection = connect(tmp_path / "wallet.db", KEY)
    rows = [
        connection.execute(sql).fetchone()
        for sql in ("PRAGMA cipher_version", "SELECT sqlite_version()")
    ]
    connection.close()
    sqlcipher, sqlite = (_version(row[0]) for row in rows if row is not None)
    assert sqlcipher >= SQLCIPHER
    assert sqlite >= SQLITE
    # And it is this one that the program speaks to, not the one that comes with Python.
    assert dbapi2.sqlite_version_info == sqlite
    assert dbapi2 is not sqlite3.dbapi2


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (dbapi2.DatabaseError("file is not a database"), DatabaseBroken, "wattfare restore FILE"),
        (dbapi2.OperationalError("disk I/O error"), DatabaseUnreachable, "is not damaged"),
        (
            dbapi2.OperationalError("attempt to write a readonly database"),
            DatabaseUnreachable,
            "readonly",
        ),
    ],
)
def test_a_disk_that_refuses_is_no_damage(
    tmp_path: Path, error: Exception, kind: type[Exception], told: str
) -> None:
    said = unusable(tmp_path / "wallet.db", error)
    assert type(said) is kind
    assert told in str(said)
