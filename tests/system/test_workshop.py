"""Half-made files: private, gone with their maker, and with a dead one's successor."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from wattfare_desktop.system.workshop import part_of, sweep, workshop


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_private_and_nothing_of_it_stays(tmp_path: Path) -> None:
    with workshop(tmp_path / "file") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "half").write_text("made")
        assert folder.parent == tmp_path
    assert names(tmp_path) == []


def test_what_was_given_its_name_stays(tmp_path: Path) -> None:
    with workshop(tmp_path / "done") as folder:
        (folder / "whole").write_text("made")
        folder.rename(tmp_path / "done")
    assert names(tmp_path) == ["done"]


def test_what_a_dead_one_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    living = f".file.{os.getppid()}.part"
    kept = {".other.1.part", ".file.part", "file", ".file.x.part", living}
    for name in kept:
        (tmp_path / name).write_text("somebody's")
    (tmp_path / f".file.{dead.pid}.part").mkdir()
    (tmp_path / f".file.{dead.pid}.part" / "half").write_text("left")
    part_of(tmp_path / "file").write_text("of an earlier process of this number")
    sweep(tmp_path / "file")
    assert set(names(tmp_path)) == kept


def test_a_link_is_taken_away_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file").write_text("kept")
    part_of(tmp_path / "file").symlink_to(tmp_path / "theirs")
    sweep(tmp_path / "file")
    assert names(tmp_path) == ["theirs"]
    assert names(tmp_path / "theirs") == ["file"]
