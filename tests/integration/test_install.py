"""What `pip install .` puts into an empty environment is a working Wattfare, and all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if sys.platform == "win32" else "bin"
# Run by the installed interpreter, far from the tree.
ASK = """
import json, pathlib
import wattfare_desktop
from wattfare_desktop.storage import migrations
from wattfare_desktop.system.resources import resource_root
root = resource_root()
print(json.dumps({
    "package": str(pathlib.Path(wattfare_desktop.__file__).parent),
    "resource_root": str(root),
    "resources": sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()),
    "migrations": sorted(
        path.name
        for folder in migrations.__path__
        for path in pathlib.Path(folder).glob("*.sql")
    ),
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    ended = subprocess.run(
        command,
        cwd=cwd,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def clean_environment() -> dict[str, str]:
    """Return this environment without what would let the tree be found by accident."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*pip, "--no-index", "--wheel-dir", target, ROOT, cwd=target)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment that holds the wheel; its dependencies are borrowed from this one."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv.parent)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(venv / BIN / "python"),
        "install",
        "--quiet",
    ]
    run(*pip, "--no-deps", "--no-index", wheel, cwd=venv.parent)
    (package,) = venv.rglob("wattfare_desktop/__init__.py")
    # A path line is not searched for further .pth files: this tree's editable install stays out.
    borrowed = package.parents[1] / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return venv


@pytest.fixture(scope="module")
def answer(installed: Path) -> dict[str, str | list[str]]:
    told = run(installed / BIN / "python", "-c", ASK, cwd=installed.parent)
    found: dict[str, str | list[str]] = json.loads(told)
    return found


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"wattfare_desktop"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_command_answers_from_any_folder(installed: Path) -> None:
    helped = run(installed / BIN / "wattfare", "--help", cwd=installed.parent)

    assert "wattfare" in helped
    assert "demo" in helped


def test_the_package_is_the_installed_one(
    installed: Path, answer: dict[str, str | list[str]]
) -> None:
    assert Path(str(answer["package"])).is_relative_to(installed)
    assert Path(str(answer["resource_root"])).is_relative_to(installed)


def test_every_resource_is_installed(answer: dict[str, str | list[str]]) -> None:
    root = ROOT / "resources"
    in_tree = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )

    assert in_tree
    assert answer["resources"] == in_tree


def test_every_migration_is_installed(answer: dict[str, str | list[str]]) -> None:
    folder = ROOT / "wattfare_desktop" / "storage" / "migrations"
    in_tree = sorted(path.name for path in folder.glob("*.sql"))

    assert in_tree
    assert answer["migrations"] == in_tree
