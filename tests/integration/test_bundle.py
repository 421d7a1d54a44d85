"""The frozen application is built by its recipe, starts, and tells its story."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import build
import smoke
import system_packages

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "dist" / "wattfare"
PROGRAM = BUNDLE / ("wattfare.exe" if sys.platform == "win32" else "wattfare")
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def program() -> Path:
    """Return the bundle's program, built anew only when something that goes into it changed."""
    if lacking := system_packages.missing(system_packages.BUNDLE):
        pytest.skip(f"the bundle cannot be made without {' '.join(lacking)}")
    build = [sys.executable, str(ROOT / "packaging" / "build.py"), "--if-stale"]
    built = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
    assert built.returncode == 0, f"{built.stdout}\n{built.stderr}"
    return PROGRAM


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a user who has just logged in and owns nothing yet."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    kept = {
        name: os.environ[name] for name in ("LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ
    }
    return {
        **kept,
        "PATH": os.defpath,  # no tool of this environment can stand in for a missing file
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(runtime),
        "WATTFARE_HOME": str(tmp_path / "wallet"),
        "QT_QPA_PLATFORM": "offscreen",
    }


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> str:
    ended = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def test_it_names_its_commands(program: Path, home: dict[str, str], tmp_path: Path) -> None:
    helped = run(program, "--help", cwd=tmp_path, env=home)

    assert "demo" in helped
    assert "serve" in helped


def test_it_plays_the_demo_and_draws_its_windows(
    program: Path, home: dict[str, str], tmp_path: Path
) -> None:
    # As the release workflow tries each system's.
    assert smoke.try_out([str(program)], tmp_path, home) > smoke.PICTURES_MIN


def test_it_carries_resources_and_migrations(program: Path) -> None:
    def named(folder: Path, pattern: str) -> set[str]:
        return {
            path.relative_to(folder).as_posix() for path in folder.rglob(pattern) if path.is_file()
        }

    (package,) = (path for path in program.parent.rglob("wattfare_desktop") if path.is_dir())

    migrations = "storage/migrations"
    assert named(package / migrations, "*.sql") == named(
        ROOT / "wattfare_desktop" / migrations, "*.sql"
    )
    assert named(package / "resources", "*") == named(ROOT / "resources", "*") | {"notices.txt"}


def test_it_leaves_out_what_is_not_used(program: Path) -> None:
    names = [path.name for path in program.parent.rglob("*") if path.is_file()]

    assert [name for name in names if name.startswith(("libQt6Qml", "libQt6Quick", "libgtk"))] == []


@pytest.mark.skipif(sys.platform != "linux", reason="the others ask their system")
def test_it_finds_this_systems_certificates(
    program: Path, home: dict[str, str], tmp_path: Path
) -> None:
    # Its status is about all of this machine, which may lack other things.
    told = subprocess.run(
        [program, "doctor", "--json"], cwd=tmp_path, env=home, capture_output=True, check=False
    )

    (found,) = (each for each in json.loads(told.stdout) if each["name"] == "certificates")
    assert found["ok"], found
    assert re.fullmatch(r"\d{2,} in /etc/\S+", found["detail"])


@pytest.mark.skipif(sys.platform != "linux", reason="RUNPATH is ELF's")
def test_no_folder_of_its_builder_is_searched_for_libraries(program: Path) -> None:
    assert build.forget_builder(program.parent) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the figure is the Linux bundle's")
def test_it_stays_small(program: Path) -> None:
    files = [path for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink()]

    assert sum(path.stat().st_size for path in files) < 170 * MEGABYTE
