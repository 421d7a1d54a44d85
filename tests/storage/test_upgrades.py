"""Before a newer program changes a wallet's file there is a copy of it, or it is not changed."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.support.ledger_worker import KEY
from wattfare_desktop.storage import migrate
from wattfare_desktop.storage.connection import apply_script, connect, file_version
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.migrate import newest_version
from wattfare_desktop.storage.upgrades import KEPT, UpgradePutOff, copy_before

CHAIN_KEY = b"c" * 32
OLD = 9
FIGURE = 50_000_000_000


def _file_of(version: int, path: Path) -> Path:
    """Make a wallet as the program that knew ``version`` migrations left it."""
    with closing(connect(path, KEY, chain_key=CHAIN_KEY)) as connection:
        for each in migrate._migrations()[:version]:
            apply_script(connection, each.script, each.number)
            connection.execute("COMMIT")
        connection.execute(
            "INSERT INTO windows (id, owner, period, starts_at) VALUES (1, 'wallet', 'once', 0)"
        )
        connection.execute("INSERT INTO budgets VALUES ('wallet', 'once', ?, 1)", (FIGURE,))
    return path


def _version(path: Path) -> int:
    with closing(connect(path, KEY, read_only=True)) as connection:
        return file_version(connection)


def _open(path: Path) -> None:
    Database(path, KEY, CHAIN_KEY).close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return _file_of(OLD, tmp_path / "wallet.db")


def test_an_older_file_is_copied_and_then_changed(path: Path) -> None:
    _open(path)
    copy = copy_before(path, OLD)
    assert (_version(path), _version(copy)) == (newest_version(), OLD)
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(connect(copy, KEY, read_only=True)) as connection:
        row = connection.execute("SELECT * FROM budgets").fetchone()
    assert row is not None
    assert FIGURE in row


def test_the_copy_can_take_its_place_again(path: Path) -> None:
    _open(path)
    copy_before(path, OLD).replace(path)
    assert _version(path) == OLD
    _open(path)
    assert _version(path) == newest_version()


def test_a_new_file_and_one_of_today_are_not_copied(tmp_path: Path) -> None:
    for _ in range(2):
        _open(tmp_path / "wallet.db")
    assert not list(tmp_path.glob("*before*"))


def test_where_it_cannot_be_copied_it_is_not_changed(path: Path) -> None:
    """A folder stands in its place: unlike missing rights, that stops root too."""
    copy_before(path, OLD).with_suffix(".part").mkdir()
    with pytest.raises(UpgradePutOff) as refused:
        _open(path)
    assert "Nothing was changed" in refused.value.detail
    assert _version(path) == OLD


def test_half_a_copy_of_an_earlier_try_is_made_anew(path: Path) -> None:
    part = copy_before(path, OLD).with_suffix(".part")
    part.write_bytes(b"half")
    _open(path)
    assert not part.exists()
    assert _version(copy_before(path, OLD)) == OLD


def test_the_latest_copies_are_kept(path: Path) -> None:
    for version in range(1, 5):
        copy_before(path, version).write_bytes(b"of long ago")
    _open(path)
    kept = sorted(path.parent.glob("*before*"))
    assert kept == [copy_before(path, 4), copy_before(path, OLD)]
    assert len(kept) == KEPT


def test_the_copy_just_made_is_never_the_one_that_goes(path: Path) -> None:
    """A file that was brought back may be older than those that were copied before."""
    for version in (OLD + 1, OLD + 2):
        copy_before(path, version).write_bytes(b"of a later file")
    _open(path)
    assert _version(copy_before(path, OLD)) == OLD


def test_one_of_a_newer_program_is_left_alone(path: Path) -> None:
    with closing(connect(path, KEY)) as connection:
        connection.execute(f"PRAGMA user_version = {newest_version() + 1}")
    before = path.read_bytes()
    with pytest.raises(migrate.WalletTooNew):
        _open(path)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*before*"))
