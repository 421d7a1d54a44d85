"""Tests of ``wattfare_desktop.system.private_file``."""

import stat
import sys
from pathlib import Path

import pytest

from wattfare_desktop.system.private_file import write_private


def test_a_file_is_replaced_as_a_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_private(path, b"one, and longer")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_it_is_private_even_where_the_old_one_was_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "inside").write_bytes(b"")
    with pytest.raises(OSError, match="folder"):
        write_private(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"theirs")
    (tmp_path / "file").symlink_to(target)
    write_private(tmp_path / "file", b"ours")
    assert target.read_bytes() == b"theirs"
    assert not (tmp_path / "file").is_symlink()
