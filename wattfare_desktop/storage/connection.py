"""Opening the wallet's file: one SQLCipher connection, keyed and told the house rules.

The only module that imports sqlcipher3; SQLite's own words (PRAGMAs) stand here alone, so that the
rest stays plain SQL.
"""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Protocol, cast

from sqlcipher3 import dbapi2

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.chain import Head

_PRIVATE_FILE: Final = 0o600
_COPIED_PAGES: Final = 500
RESTORE_HINT: Final = (
    "Nothing is spent. Quit Wattfare, then bring a backup back with `wattfare restore FILE`."
)
"""What helps where a file is damaged; a backup is no file to be copied into its place."""

COMPANIONS: Final = ("-wal", "-shm")
"""What SQLite keeps beside a file, by what is added to its name."""

BEGIN_WRITE: Final = "BEGIN IMMEDIATE"
_RAW_KEY: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

Row = tuple[Any, ...]
Parameter = str | int | bytes | None
Error: type[Exception] = dbapi2.Error
"""What any statement may raise when the environment fails: disk, file, key."""


class Cursor(Protocol):
    """The rows of one statement."""

    rowcount: int
    lastrowid: int | None

    def fetchone(self) -> Row | None:
        """Return the next row, or None."""

    def fetchall(self) -> list[Row]:
        """Return all remaining rows."""


class ChainEnd:
    """Where the chain ends as this connection knows it, and the key that goes on with it.

    ``head`` None: to be read from the file, as at the beginning and after anything was rolled back.
    """

    __slots__ = ("head", "key")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.head: Head | None = None


class Connection(Protocol):
    """What every operation in this layer is handed; a transaction is already open."""

    @property
    def chain(self) -> ChainEnd:
        """The end of the chain."""

    def execute(self, sql: str, parameters: Sequence[Parameter] = ..., /) -> Cursor:
        """Run one statement."""

    def executescript(self, sql: str, /) -> Cursor:
        """Run several statements."""

    def interrupt(self) -> None:
        """Have the statement that runs fail; from any thread."""

    def close(self) -> None:
        """Close the file."""


class _ChainedConnection(dbapi2.Connection):  # type: ignore[misc]
    """A connection that forgets the end of the chain with whatever it rolls back."""

    chain: ChainEnd

    def execute(self, sql: str, parameters: Sequence[Parameter] = (), /) -> Any:
        if sql.startswith("ROLLBACK"):
            self.chain.head = None
        return super().execute(sql, parameters)


class DatabaseBroken(UserFacingError):  # noqa: N818 - a state, told to the user
    """The wallet's file cannot be read with this key."""


class DatabaseUnreachable(UserFacingError):  # noqa: N818 - a state, told to the user
    """The wallet's file is not to blame: its folder or disk does not let it be read or written."""


def connect(
    path: Path, key_hex: str, *, chain_key: bytes = b"", read_only: bool = False
) -> Connection:
    """Open the SQLCipher file at ``path`` with a raw 256-bit key of 64 hex digits.

    ``chain_key`` is what the chain over its entries is made with.
    Raises DatabaseBroken where the file is damaged, is no wallet, or belongs to another key;
    DatabaseUnreachable where the disk or its rights are in the way.
    """
    # SQLCipher silently takes anything but 64 digits as a passphrase of its own.
    assert _RAW_KEY.fullmatch(key_hex), "a raw key is 64 lower-case hex digits"
    if not read_only:
        _require_content(path)
    mode = "ro" if read_only else "rw"
    try:
        connection = _connected(path, mode, chain_key)
    except dbapi2.Error as error:
        raise unusable(path, error) from error
    try:
        _key(connection, key_hex)
        _configure(connection, read_only=read_only)
    except dbapi2.Error as error:
        connection.close()
        raise unusable(path, error) from error
    return connection


def unusable(path: Path, error: BaseException) -> UserFacingError:
    """Return ``error``, met when the file at ``path`` was opened, in words."""
    if is_damage(error):
        return DatabaseBroken(
            "The wallet's file cannot be opened",
            f"{path.name} is damaged, or is the file of another wallet. {RESTORE_HINT}",
        )
    return DatabaseUnreachable(
        "The wallet's file cannot be written",
        f"{path.parent} or its disk does not let it ({error}). The wallet itself is not damaged:"
        " make room and let the folder be written to, then try again.",
    )


def damaged(what: str) -> DatabaseBroken:
    """Return in words that an open file turned out to be damaged."""
    return DatabaseBroken(
        "The wallet's file is damaged", f"Part of it can no longer be read ({what}). {RESTORE_HINT}"
    )


def _connected(path: Path, mode: str, chain_key: bytes) -> Connection:
    opened = dbapi2.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
        factory=_ChainedConnection,
    )
    opened.chain = ChainEnd(chain_key)
    return cast("Connection", opened)


def copy_pages(
    source: Connection, target: Path, key_hex: str, on_progress: Callable[[int, int], None]
) -> None:
    """Copy the file of ``source`` to ``target``, a new one with the same key, page by page.

    The copy is the file as it was when this began: what is written meanwhile is not in it and does
    not wait for it. ``on_progress`` hears how many pages of how many are done and may raise.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE_FILE))
    copy = dbapi2.connect(target, isolation_level=None)
    try:
        _key(copy, key_hex)
        # Nobody sees it before it is whole, and then it is flushed as one.
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        cast("dbapi2.Connection", source).backup(
            copy,
            pages=_COPIED_PAGES,
            progress=lambda _status, left, of: on_progress(of - left, of),
            sleep=0,
        )
        source.execute("COMMIT")
    finally:
        copy.close()


def copy_rows(source: Connection, target: Path, key_hex: str) -> None:
    """Copy every row of ``source`` into a new file at ``target``, whose indexes are made anew.

    Raises Error where a table cannot be read to its end.
    """
    with closing(connect(target, key_hex)) as copy:
        # Whole or thrown away: what refers to what is looked at when all of it is there.
        copy.execute("PRAGMA foreign_keys = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute(BEGIN_WRITE)
        schema = source.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
        ).fetchall()
        for kind, name, sql in schema:
            if kind == "table":
                copy.execute(sql)
                _copy_table(source, copy, name)
        for kind, _, sql in schema:
            if kind != "table":
                copy.execute(sql)
        copy.execute(f"PRAGMA user_version = {file_version(source)}")
        copy.execute("COMMIT")


def _copy_table(source: Connection, copy: Connection, name: str) -> None:
    columns = source.execute("SELECT count(*) FROM pragma_table_info(?)", (name,)).fetchone()
    assert columns is not None
    places = ", ".join("?" * columns[0])
    rows = source.execute(f'SELECT * FROM "{name}" NOT INDEXED')
    cast("dbapi2.Connection", copy).executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)


def _require_content(path: Path) -> None:
    """Make the file where there is none, for its user alone; one that was emptied is broken.

    SQLite would take an empty file for a new one, and all that was in it would be gone unnoticed.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE_FILE))
    except FileExistsError:
        if path.stat().st_size:
            return
        raise DatabaseBroken(
            "The wallet's file is empty",
            f"Nothing is left in {path.name}. {RESTORE_HINT}",
        ) from None
    except OSError as error:
        raise DatabaseUnreachable(
            "The wallet's file cannot be made",
            f"{path}: {error.strerror}. Let the folder be written to, then try again.",
        ) from error


def _key(connection: Connection, key_hex: str) -> None:
    # Quiet first: SQLCipher would print to stderr.
    connection.execute("PRAGMA cipher_log_level = NONE")
    # Locking and wiping every page in memory doubles the price of each write, and guards nothing:
    # the key itself stands in this process's ordinary memory.
    connection.execute("PRAGMA cipher_memory_security = OFF")
    connection.execute(f"PRAGMA key = \"x'{key_hex}'\"")
    # A commit writes a dozen pages and each is encrypted whole: half the usual size is a fifth off
    # the price of a durable hold. To be said at each opening, since the file itself cannot.
    connection.execute("PRAGMA cipher_page_size = 2048")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _configure(connection: Connection, *, read_only: bool) -> None:
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA trusted_schema = OFF")
    # Savepoints keep a journal of their own; it belongs in memory, not in a temporary file.
    connection.execute("PRAGMA temp_store = MEMORY")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def begin_write(connection: Connection) -> None:
    """Begin a transaction that writes, so that nobody else does until it ends."""
    connection.execute(BEGIN_WRITE)


def file_version(connection: Connection) -> int:
    """Return the number of the last migration that the file has been through; 0: none."""
    row = connection.execute("PRAGMA user_version").fetchone()
    assert row is not None
    return int(row[0])


def apply_script(connection: Connection, script: str, version: int) -> None:
    """Bring the file to ``version`` by ``script``, in one transaction that is left open."""
    connection.executescript(f"{BEGIN_WRITE};\n{script}\nPRAGMA user_version = {version};")


def is_damage(error: BaseException) -> bool:
    """Return whether ``error`` says that the file itself is no longer what was written.

    The driver has no name for that: it is what is left when none of its kinds of error fits.
    """
    return type(error) is dbapi2.DatabaseError


def integrity_problem(connection: Connection) -> str | None:
    """Return the first fault SQLCipher or SQLite finds in the file, or None.

    Reads every page: seconds on a large wallet.
    """
    fault = connection.execute("PRAGMA cipher_integrity_check").fetchone()
    if fault is not None:
        return str(fault[0])
    verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if verdict is not None and verdict[0] == "ok" else str(verdict)
