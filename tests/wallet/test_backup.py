"""Backups of an open, busy wallet."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.support.wallet_house import WalletHouse, eventually
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.storage import chain
from wattfare_desktop.vault.backup_head import open_head
from wattfare_desktop.wallet import backup_file
from wattfare_desktop.wallet.backup import BackupReport, BackupWish, Phase, Watch
from wattfare_desktop.wallet.proof import Doubt

WORDS = "backup words"


def wish(path: Path, *, replaces: bool = False, words: str = WORDS) -> BackupWish:
    return BackupWish(target=path, passphrase=words, replaces=replaces)


async def backed_up(house: WalletHouse, wanted: BackupWish) -> BackupReport:
    backups = house.books.backups
    backups.begin(wanted)
    await eventually(lambda: backups.report.is_over)
    return backups.report


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_it_is_whole_private_and_says_what_is_in_it(
    house: WalletHouse, tmp_path: Path
) -> None:
    await house.fund()
    folder = tmp_path / "stick"
    folder.mkdir()
    report = await backed_up(house, wish(folder / "b"))
    assert report.failure is None
    assert report.made is not None
    head = await house.books.database.read(chain.head)
    assert report.made.entries == head.seq
    assert (folder / "b").stat().st_mode & 0o777 == 0o600
    assert (folder / "b").stat().st_size == report.made.size
    assert names(folder) == ["b"]
    opened = open_head(backup_file.head_of(folder / "b"), WORDS)
    assert opened is not None
    assert opened.facts.head == head
    assert WORDS not in repr(wish(folder / "b"))


async def test_calls_go_on_while_it_is_made(house: WalletHouse, tmp_path: Path) -> None:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    backups, calls = house.books.backups, 0
    backups.begin(wish(tmp_path / "b"))
    while not backups.report.is_over:
        await house.spend(grant, "0.01")
        calls += 1
    assert backups.report.failure is None
    assert calls > 1
    made = backups.report.made
    assert made is not None
    assert made.entries < (await house.books.database.read(chain.head)).seq


async def test_a_file_that_is_there_stays_unless_it_is_said(
    house: WalletHouse, tmp_path: Path
) -> None:
    path = tmp_path / "b"
    path.write_text("mine")
    with pytest.raises(UserFacingError, match="There is a file already"):
        house.books.backups.begin(wish(path))
    assert path.read_text() == "mine"
    report = await backed_up(house, wish(path, replaces=True))
    assert report.made is not None
    backup_file.head_of(path)


async def test_one_that_comes_meanwhile_stays_too(house: WalletHouse, tmp_path: Path) -> None:
    path, backups = tmp_path / "b", house.books.backups
    backups.begin(wish(path))
    path.write_text("mine")
    await eventually(lambda: backups.report.is_over)
    assert backups.report.failure is not None
    assert "There is a file already" in backups.report.failure.title
    assert path.read_text() == "mine"
    assert [name for name in names(tmp_path) if name.endswith(".part")] == []


@pytest.mark.parametrize("phase", Phase)
async def test_it_is_stopped_at_any_time_and_leaves_nothing(
    house: WalletHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phase: Phase
) -> None:
    await house.fund()
    told = Watch.at

    def stop_there(watch: Watch, at: Phase, done: int, of: int) -> None:
        if at is phase:
            watch.stop()
        told(watch, at, done, of)

    monkeypatch.setattr(Watch, "at", stop_there)
    before = names(tmp_path)
    report = await backed_up(house, wish(tmp_path / "b"))
    if phase is Phase.READING:
        assert report.made is not None, "that is a restore's"
        return
    assert report.made is None
    assert report.failure is not None
    assert "stopped" in report.failure.title
    assert names(tmp_path) == before


async def test_closing_the_wallet_ends_it(house: WalletHouse, tmp_path: Path) -> None:
    before = names(tmp_path)
    backups = house.books.backups
    backups.begin(wish(tmp_path / "b"))
    await asyncio.sleep(0)
    await house.wallet.lock()
    assert backups.report.is_over
    left = set(names(tmp_path)) - set(before)
    assert left in (set(), {"b"}), "whole or not at all"


@pytest.mark.parametrize(
    ("path", "words", "told"),
    [
        ("b", "short", "will not do"),
        ("home/b", WORDS, "lost with it"),
    ],
)
async def test_what_it_does_not_begin(
    house: WalletHouse, tmp_path: Path, path: str, words: str, told: str
) -> None:
    with pytest.raises(UserFacingError) as refused:
        house.books.backups.begin(wish(tmp_path / path, words=words))
    assert told in str(refused.value)


async def test_one_at_a_time(house: WalletHouse, tmp_path: Path) -> None:
    backups = house.books.backups
    backups.begin(wish(tmp_path / "b"))
    with pytest.raises(UserFacingError, match="under way already"):
        backups.begin(wish(tmp_path / "c"))
    await eventually(lambda: backups.report.is_over)
    assert backups.report.made is not None


async def test_books_in_doubt_are_not_what_to_go_back_to(
    house: WalletHouse, tmp_path: Path
) -> None:
    head = Head(seq=1, mac=b"m")
    house.books.proof.doubt = Doubt(why="Something differs.", database=head, anchor=None)
    with pytest.raises(UserFacingError, match="Something differs"):
        house.books.backups.begin(wish(tmp_path / "b"))
    house.books.proof.doubt = None


@pytest.mark.parametrize("folder", ["nowhere", "file"])
async def test_a_place_that_cannot_be_written(
    house: WalletHouse, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    report = await backed_up(house, wish(tmp_path / folder / "b"))
    assert report.failure is not None
    assert "could not be written" in report.failure.title


@pytest.mark.skipif(sys.platform != "linux", reason="the file is found by its descriptor")
async def test_what_is_read_back_differs(
    house: WalletHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that keeps something else than it was given."""
    flush = os.fsync

    def worn_out(descriptor: int) -> None:
        flush(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.name == "backup":
            harmed = bytearray(path.read_bytes())
            harmed[-700] ^= 1
            path.write_bytes(harmed)

    monkeypatch.setattr(os, "fsync", worn_out)
    report = await backed_up(house, wish(tmp_path / "b"))
    assert report.failure is not None
    assert "damaged" in report.failure.title
    assert "b" not in names(tmp_path)


def test_a_watch_tells_how_far_it_is() -> None:
    watch = Watch()
    watch.during(Phase.CHECKING)(3, 9)
    assert (watch.report.phase, watch.report.done, watch.report.of) == (Phase.CHECKING, 3, 9)
