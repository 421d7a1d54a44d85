"""Tests of ``wattfare_desktop.system.program``."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from wattfare_desktop.system.program import (
    environment_of_others,
    program_command,
    program_version,
)


def test_the_installed_command_starts_again_by_its_own_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "wattfare"
    script.write_text("")
    monkeypatch.setattr(sys, "argv", [str(script), "serve"])
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    assert program_command({}) == (sys.executable, "-m", "wattfare_desktop")
    script.chmod(0o755)
    assert program_command({}) == (str(script),)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["./wattfare"])
    assert program_command({}) == (str(script),)


def test_from_the_tree_the_interpreter_starts_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/x/wattfare_desktop/__main__.py"])
    assert program_command({}) == (sys.executable, "-m", "wattfare_desktop")


def test_a_bundle_starts_itself_or_its_image(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "mounted" / "usr" / "wattfare"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    image = {"APPIMAGE": "/x/Wattfare.AppImage"}
    assert program_command({}) == (str(program),)
    assert program_command(image) == (str(program),)
    ours = {**image, "APPDIR": str(tmp_path / "mounted")}
    assert program_command(ours) == ("/x/Wattfare.AppImage",)


def test_another_programs_image_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What an AppImage starts inherits its variables: links must not be given to it."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/usr/lib/wattfare/wattfare")
    theirs = {"APPIMAGE": "/home/u/Editor.AppImage", "APPDIR": str(tmp_path)}
    assert program_command(theirs) == ("/usr/lib/wattfare/wattfare",)
    assert environment_of_others(theirs) == {}


def test_other_programs_do_not_load_a_bundles_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {"LD_LIBRARY_PATH": "/bundle", "PATH": "/bin"}
    assert environment_of_others(ours) == ours
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert environment_of_others(ours) == {"PATH": "/bin"}
    before = {**ours, "LD_LIBRARY_PATH_ORIG": "/theirs"}
    assert environment_of_others(before) == {"PATH": "/bin", "LD_LIBRARY_PATH": "/theirs"}


def test_a_bare_name_is_looked_for_beside_the_interpreter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "wattfare"
    script.write_text("")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "argv", ["/elsewhere/wattfare"])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    assert program_command({}) == (str(script),)


def test_the_version_is_the_installed_ones() -> None:
    assert program_version() == version("wattfare-desktop")


@pytest.mark.parametrize(
    ("project", "told"),
    [
        ('[project]\nversion = "1.2.3"\n', "1.2.3+source"),
        ("[project]\n", "unknown"),
        ("not TOML", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_source_tree_that_was_never_installed_has_a_version_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: str | None, told: str
) -> None:
    monkeypatch.setattr("wattfare_desktop.system.program._DISTRIBUTION", "never-installed-wattfare")
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    assert program_version(tmp_path) == told
