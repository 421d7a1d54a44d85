"""Tests of ``wattfare_desktop.system.runtime_file``."""

import json
import stat
import sys
from pathlib import Path

import pytest

from wattfare_desktop.system.runtime_file import Running, RuntimeFile


def test_what_was_written_is_read_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "runtime.json"
    file = RuntimeFile(path)
    assert file.read() is None
    file.write(Running(port=8402, pid=77, instance_key="k"))
    assert file.read() == Running(port=8402, pid=77, instance_key="k")
    assert json.loads(path.read_text()) == {
        "port": 8402,
        "pid": 77,
        "instance_key": "k",
    }
    file.remove(77)
    assert not path.exists()
    file.remove(77)


def test_another_wallets_file_stays(tmp_path: Path) -> None:
    file = RuntimeFile(tmp_path / "runtime.json")
    file.write(Running(port=8402, pid=77, instance_key="k"))
    file.remove(78)
    assert file.read() == Running(port=8402, pid=77, instance_key="k")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_it_is_private(tmp_path: Path) -> None:
    path = tmp_path / "runtime.json"
    RuntimeFile(path).write(Running(port=8402, pid=77, instance_key="k"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "\ufffe",
        '{"port": "8402", "pid": 1, "instance_key": "k"}',
        '{"port": true, "pid": 1, "instance_key": "k"}',
        '{"port": 0, "pid": 1, "instance_key": "k"}',
        '{"port": 65536, "pid": 1, "instance_key": "k"}',
        '{"port": 8402, "pid": 0, "instance_key": "k"}',
        '{"port": 8402, "pid": 1, "instance_key": 7}',
        '{"port": 8402, "pid": 1}',
    ],
)
def test_what_makes_no_sense_tells_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "runtime.json"
    path.write_text(text, "utf-8")
    assert RuntimeFile(path).read() is None
