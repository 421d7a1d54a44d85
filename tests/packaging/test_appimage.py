"""The folder of an AppImage has what its tool asks for, and its program starts."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import appimage

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AppImages are Linux's")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a small bundle lies, and its AppDir after it."""
    dist = tmp_path_factory.mktemp("dist")
    internal = dist / "wattfare" / "_internal"
    internal.mkdir(parents=True)
    program = dist / "wattfare" / "wattfare"
    program.write_text('#!/bin/sh\necho "heard $*"\n', encoding="utf-8")
    program.chmod(0o755)
    for name in ("libstdc++.so.6", "libssl.so.3"):
        (internal / name).touch()
    path = os.environ["PATH"]
    os.environ["PATH"] = str(dist)  # no appimagetool, whatever is installed here
    try:
        assert appimage.main(["--dist", str(dist)]) == 0
    finally:
        os.environ["PATH"] = path
    return dist


@pytest.fixture(scope="module")
def appdir(dist: Path) -> Path:
    return dist / "Wattfare.AppDir"


def test_it_starts_the_program_with_its_words(appdir: Path, tmp_path: Path) -> None:
    linked = tmp_path / "elsewhere"
    linked.symlink_to(appdir / "AppRun")

    told = subprocess.run(
        [linked, "wattfare://x y", "--json"], capture_output=True, text=True, check=True
    )

    assert told.stdout == "heard wattfare://x y --json\n"


def test_launcher_and_icon_stand_at_the_top(appdir: Path) -> None:
    assert (appdir / "wattfare.desktop").is_file()
    assert (appdir / ".DirIcon").resolve() == appdir / "wattfare.svg"
    assert (appdir / "usr/share/applications/wattfare.desktop").is_file()
    assert (appdir / "usr/share/icons/hicolor/256x256/apps/wattfare.png").is_file()


def test_it_carries_all_but_what_must_be_the_desktops_own(appdir: Path) -> None:
    carried = {path.name for path in (appdir / "usr/lib/wattfare/_internal").iterdir()}

    assert carried == {"libssl.so.3"}


def test_the_tool_is_used_where_there_is_one(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "appimagetool"
    tool.write_text('#!/bin/sh\ntest -x "$1/AppRun" && : > "$2"\n', encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert appimage.main(["--dist", str(dist)]) == 0

    assert len(list(dist.glob("Wattfare-*.AppImage"))) == 1


def test_without_a_bundle_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert appimage.main(["--dist", str(tmp_path)]) == 1

    assert "make bundle" in capsys.readouterr().err
