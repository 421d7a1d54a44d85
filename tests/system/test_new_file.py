"""A file that is there whole, or not at all."""

import errno
import os
import stat
from pathlib import Path

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.new_file import NewFile


def write(path: Path, text: str = "new", *, replaces: bool = False) -> None:
    with NewFile(path, replaces=replaces) as file:
        file.write(text)
        file.finish()


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_it_is_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, "é\n")
    assert path.read_bytes() == b"\xc3\xa9\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["file"]


def test_what_is_not_finished_was_never_there(tmp_path: Path) -> None:
    with NewFile(tmp_path / "file") as file:
        file.write("half")
        assert len(names(tmp_path)) == 1
    assert names(tmp_path) == []


def test_it_takes_nobodys_place(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(UserFacingError, match="There is a file already"):
        write(path)
    write(path, replaces=True)
    assert path.read_text() == "new"


def test_not_even_of_one_that_came_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with NewFile(path) as file:
        path.write_text("theirs")
        with pytest.raises(UserFacingError, match="There is a file already"):
            file.finish()
    assert path.read_text() == "theirs"
    assert names(tmp_path) == ["file"]


def test_a_link_is_not_followed_into_another_folder(tmp_path: Path) -> None:
    (tmp_path / "file").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserFacingError, match="There is a file already"):
        write(tmp_path / "file")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("is_there", [False, True])
def test_a_memory_stick_knows_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    path = tmp_path / "file"

    def refuse(_source: object, _target: object) -> None:
        if is_there:
            path.write_text("theirs")
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    if is_there:
        with pytest.raises(UserFacingError, match="There is a file already"):
            write(path)
    else:
        write(path)
    assert path.read_text() == ("theirs" if is_there else "new")


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserFacingError, match="No space left"):
        write(tmp_path / "file")
    assert names(tmp_path) == []
