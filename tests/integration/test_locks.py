"""The locks hold what the project asks for, by hash, and name no place it comes from."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from packaging.markers import Marker

ROOT = Path(__file__).parents[2]
LOCKS = ("run.lock", "dev.lock")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
DEBIAN_12 = {
    "python_version": "3.11",
    "python_full_version": "3.11.2",
    "sys_platform": "linux",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}


def lines(lock: str) -> list[str]:
    return (ROOT / "requirements" / lock).read_text(encoding="utf-8").splitlines()


def applies(marker: Marker | None) -> bool:
    return marker is None or marker.evaluate(DEBIAN_12)


def locked(lock: str) -> dict[str, str]:
    """Return the version of each distribution that this lock installs on a Debian 12."""
    requirements = [
        Requirement(line.removesuffix("\\")) for line in lines(lock) if not line.startswith(" ")
    ]
    applying = [each for each in requirements if applies(each.marker)]
    versions = {each.name: str(each.specifier).removeprefix("==") for each in applying}
    assert len(versions) == len(applying)
    return versions


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pinned_version_or_its_hash(lock: str) -> None:
    odd = [
        line
        for line in lines(lock)
        if not HASH.fullmatch(line)
        and not re.fullmatch(r"[a-z0-9.-]+(\[[a-z,-]+\])?==\S+( ; .+)? \\", line)
    ]

    assert odd == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_line_says_where_a_file_comes_from(lock: str) -> None:
    assert [
        line for line in lines(lock) if re.search(r"://|--index|--find|--trusted| @ ", line)
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_fits_what_the_project_asks_for(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    if lock == "dev.lock":
        asked += [line for line in project["dependency-groups"]["dev"] if isinstance(line, str)]
    versions = locked(lock)

    unmet = [
        str(requirement)
        for requirement in map(Requirement, asked)
        if applies(requirement.marker)
        and versions.get(canonicalize_name(requirement.name), "0") not in requirement.specifier
    ]

    assert unmet == [], "pyproject.toml has moved on: make lock"


def test_an_environment_for_the_tests_is_good_for_running_too() -> None:
    assert locked("run.lock").items() <= locked("dev.lock").items()


def test_running_needs_no_test_tools() -> None:
    assert not {"pytest", "mypy", "ruff", "hypothesis", "pyinstaller"} & locked("run.lock").keys()


def test_the_javascript_lock_pins_by_hash_and_names_no_place() -> None:
    folder = ROOT / "tests" / "sdks"
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    own = packages.pop("")

    assert own["dependencies"] == asked
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    for path, package in packages.items():
        assert package["integrity"].startswith("sha512-"), path
        assert "resolved" not in package, path
