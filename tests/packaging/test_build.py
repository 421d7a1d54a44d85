"""A bundle is built again when something it is made of has changed, and only then."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

import build

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO_S = 0
NOT_YET_S = 4_000_000_000


def test_an_absent_bundle_is_stale(tmp_path: Path) -> None:
    assert build.is_stale(tmp_path)


@pytest.mark.parametrize(("built_s", "stale"), [(LONG_AGO_S, True), (NOT_YET_S, False)])
def test_a_bundle_is_as_fresh_as_its_sources(
    tmp_path: Path,
    built_s: int,
    stale: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    program = build.executable(tmp_path)
    program.parent.mkdir()
    program.touch()
    os.utime(program, (built_s, built_s))

    assert build.is_stale(tmp_path) == stale


def test_a_fresh_bundle_is_not_built_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = build.executable(tmp_path)
    program.parent.mkdir()
    program.touch()
    os.utime(program, (NOT_YET_S, NOT_YET_S))

    assert build.main(["--if-stale", "--dist", str(tmp_path)]) == 0

    assert "is up to date" in capsys.readouterr().out
    assert program.stat().st_size == 0


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("cc", "objdump", "chrpath")),
    reason="no compiler, objdump or chrpath here",
)
@pytest.mark.parametrize(("sought", "mended"), [("/home/builder/lib", True), ("$ORIGIN/..", False)])
def test_the_builders_folders_are_taken_out_and_our_own_stay(
    tmp_path: Path, *, sought: str, mended: bool
) -> None:
    library = tmp_path / "libours.so"
    source = tmp_path / "ours.c"
    source.write_text("int ours;")
    command = ["cc", "-shared", f"-Wl,-rpath,{sought}", "-o", str(library), str(source)]
    subprocess.run(command, check=True)

    assert build.forget_builder(tmp_path) == [library] * mended

    headers = subprocess.run(
        ["objdump", "--private-headers", library], capture_output=True, text=True, check=True
    ).stdout
    assert (sought in headers) is not mended
