"""Which channel a copy came with; and what was found there, kept."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.support.update_channel import release
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.updates import Version
from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.system.update_channel import Channel, load_channel
from wattfare_desktop.system.update_notes import UpdateNotes, UpdateNotesFile

TOML: Final = """
metadata_url = "https://wattfare.example/updates/metadata/"
targets_url = "https://wattfare.example/updates/targets/"
"""
NOTES: Final = UpdateNotes(
    looked_at=Instant(1_795_435_200_000), newest=release("1.2.3"), told=Version(1, 2, 3)
)


def _folder(path: Path, toml: str = TOML, root: bytes = b"{}") -> Path:
    (path / "channel.toml").write_text(toml)
    (path / "root.json").write_bytes(root)
    return path


def test_a_channel_is_read(tmp_path: Path) -> None:
    assert load_channel(_folder(tmp_path)) == Channel(
        metadata_url="https://wattfare.example/updates/metadata/",
        targets_url="https://wattfare.example/updates/targets/",
        root=b"{}",
    )


def test_this_tree_has_none() -> None:
    assert load_channel(resource_root() / "updates") is None


@pytest.mark.parametrize("name", ["channel.toml", "root.json"])
def test_half_a_channel_is_none(tmp_path: Path, name: str) -> None:
    (_folder(tmp_path) / name).unlink()
    assert load_channel(tmp_path) is None


@pytest.mark.parametrize(
    "toml",
    [
        "",
        "metadata_url",
        TOML.replace("https", "http"),
        TOML.replace("https://wattfare", "https://ada@wattfare"),
        TOML.replace("metadata/", "metadata/?who=ada"),
        TOML.replace('"https://wattfare.example/updates/targets/"', "7"),
        TOML + 'more = "x"',
    ],
)
def test_a_channel_that_is_no_channel_is_passed_over(
    tmp_path: Path, toml: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_channel(_folder(tmp_path, toml)) is None
    assert "not used" in caplog.text


def test_a_root_without_end_is_passed_over(tmp_path: Path) -> None:
    assert load_channel(_folder(tmp_path, root=b" " * 100_000)) is None


@pytest.mark.parametrize("notes", [NOTES, UpdateNotes(), replace(NOTES, newest=None)])
def test_notes_come_back_as_they_were(tmp_path: Path, notes: UpdateNotes) -> None:
    file = UpdateNotesFile(tmp_path / "updates" / "looked.json")
    file.save(notes)
    assert file.load() == notes
    assert (tmp_path / "updates").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"[" * 50_000, b'{"newest": "{}"}', b'{"told": "1"}', b"\xff"],
)
def test_notes_that_cannot_be_read_are_none(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "looked.json"
    place.write_bytes(content)
    assert UpdateNotesFile(place).load() == UpdateNotes()
    assert UpdateNotesFile(tmp_path / "nowhere").load() == UpdateNotes()
