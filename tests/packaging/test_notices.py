"""Whoever gets the bundle gets the licence of all that is in it."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import notices

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("notices") / "notices.txt"
    assert notices.main([str(target)]) == 0
    return target.read_text(encoding="utf-8")


def test_what_is_required_is_named_with_its_version(written: str) -> None:
    copied = [metadata.distribution(name) for name in notices.COPIED_FROM]
    for distribution in (*notices.required(), *copied):
        assert f"\n{distribution.name} {distribution.version} (" in written


def test_what_the_project_asks_for_is_required_and_what_that_asks_for(written: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(line) for line in project["dependencies"]]
    here = {each.name.lower() for each in asked if each.marker is None or each.marker.evaluate()}
    assert {name.replace("_", "-") for name in here} <= {
        notices.plain(each.name) for each in notices.required()
    }
    assert "\nmultidict " in written  # aiohttp's
    assert "\npytest " not in written


def test_no_text_is_missing(written: str) -> None:
    for words in (
        "GNU LESSER GENERAL PUBLIC LICENSE",
        "GNU GENERAL PUBLIC LICENSE",
        "ZETETIC LLC",
        "PYTHON SOFTWARE FOUNDATION LICENSE",
        "Apache License",
        "You may replace them",
    ):
        assert words in written, words


def test_a_package_without_a_text_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "nameless-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: nameless\nVersion: 1.0\n")
    (folder / "RECORD").write_text("nameless-1.0.dist-info/METADATA,,\n")
    nameless = metadata.Distribution.at(folder)
    monkeypatch.setattr(notices, "required", lambda: [nameless])
    assert notices.main([str(tmp_path / "notices.txt")]) == 1
    assert "nameless brings no licence text" in capsys.readouterr().err
    assert not (tmp_path / "notices.txt").exists()


def test_the_short_list_names_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    short = (ROOT / "resources" / "licences.txt").read_text("utf-8").lower()
    for line in project["dependencies"]:
        name = Requirement(line).name.lower().removesuffix("-essentials")
        assert f"\n{name}" in short or f" {name}" in short, name
