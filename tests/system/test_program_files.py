"""Tests of ``wattfare_desktop.system.program_files``, on real files."""

import os
import plistlib
import sys
from pathlib import Path

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.program_files import program_in

posix = pytest.mark.skipif(os.name == "nt", reason="links and modes are POSIX's")


def program(path: Path, content: bytes = b"\x7fELF") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return path


@posix
def test_a_link_leads_to_the_file_that_runs(tmp_path: Path) -> None:
    real = program(tmp_path / "lib" / "notes")
    link = tmp_path / "notes"
    link.symlink_to(real)
    assert program_in(link) == program_in(real) == os.path.realpath(real)


@posix
@pytest.mark.parametrize(
    ("name", "content", "mode", "why"),
    [
        ("notes", b"#!/bin/sh\n", 0o755, "script"),
        ("notes", b"words", 0o644, "no program"),
        ("bash", b"\x7fELF", 0o755, "runs any other"),
        ("python3.12", b"\x7fELF", 0o755, "runs any other"),
    ],
)
def test_what_would_bind_to_nothing_is_refused(
    tmp_path: Path, name: str, content: bytes, mode: int, why: str
) -> None:
    file = program(tmp_path / name, content)
    file.chmod(mode)
    with pytest.raises(UserFacingError, match=why):
        program_in(file)


@pytest.mark.skipif(sys.platform == "darwin", reason="an interpreter may be a bundle there")
def test_the_interpreter_that_runs_this_is_refused() -> None:
    with pytest.raises(UserFacingError, match="runs any other"):
        program_in(Path(sys.executable))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", Path("a\0b")):
        with pytest.raises(UserFacingError, match="cannot be read"):
            program_in(path)


@posix
def test_an_application_of_macos_is_the_program_inside(tmp_path: Path) -> None:
    bundle = tmp_path / "Notes.app"
    inside = program(bundle / "Contents" / "MacOS" / "notes-main")
    listed = plistlib.dumps({"CFBundleExecutable": "notes-main"})
    (bundle / "Contents" / "Info.plist").write_bytes(listed)
    assert program_in(bundle) == os.path.realpath(inside)
    (bundle / "Contents" / "Info.plist").write_bytes(b"no list")
    with pytest.raises(UserFacingError, match="cannot be read"):
        program_in(bundle)
