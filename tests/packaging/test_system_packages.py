"""Packages are asked for where that is allowed, and named where it is not."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

import system_packages

if TYPE_CHECKING:
    from pathlib import Path

DPKG_QUERY = shutil.which("dpkg-query")
NO_SUCH = "wattfare-no-such-package"

pytestmark = pytest.mark.skipif(DPKG_QUERY is None, reason="no dpkg here: not a Debian")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the one folder on the PATH: it holds dpkg-query, env, and no way to install."""
    for name in ("dpkg-query", "env", "sh"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def allow(tools: Path, *, apt_status: int) -> Path:
    """Let packages be installed, by an apt-get that only takes notes; return its notes."""
    notes = tools / "notes"
    script(tools / "apt-get", f'echo "$1" >> {notes}; exit {apt_status}')
    script(tools / "sudo", 'shift; exec "$@"')
    script(tools / "true", "exit 0")
    return notes


def test_an_installed_package_is_not_missing() -> None:
    assert system_packages.missing(["dpkg", NO_SUCH]) == [NO_SUCH]


def test_nothing_is_missing_where_there_is_no_dpkg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert system_packages.missing([NO_SUCH]) == []


def test_what_is_there_is_passed_over_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert system_packages.bring_in(["dpkg"], why="a test") == []

    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("tools")
def test_where_it_may_not_install_it_prints_the_one_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert system_packages.bring_in([NO_SUCH], why="a test") == [NO_SUCH]

    command = system_packages.by_hand([NO_SUCH])
    assert command in capsys.readouterr().out
    assert command.startswith("apt-get update" if os.geteuid() == 0 else "sudo ")


def test_a_failed_install_is_tried_again_after_an_update(tools: Path) -> None:
    notes = allow(tools, apt_status=0)
    script(
        tools / "apt-get",
        f'echo "$1" >> {notes}; test -e {tools}/up || {{ \
        test "$1" = update && : > {tools}/up; }}',
    )

    system_packages.bring_in([NO_SUCH], why="a test")

    assert notes.read_text(encoding="utf-8").split() == ["install", "update", "install"]


def test_what_is_missing_after_all_is_told(tools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = allow(tools, apt_status=0)

    assert system_packages.bring_in([NO_SUCH], why="a test") == [NO_SUCH]

    assert notes.read_text(encoding="utf-8").split() == ["install"]
    assert system_packages.by_hand([NO_SUCH]) in capsys.readouterr().out
