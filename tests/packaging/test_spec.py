"""The recipe of the bundle, run for each system with notes taken instead of a bundle made."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyInstaller.utils import hooks

from program_facts import BUNDLE_IDENTIFIER, ROOT

SPEC = ROOT / "packaging" / "wattfare.spec"


@pytest.fixture
def run_for(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs the recipe for a system and returns its calls by name."""
    # They look at the installed packages for seconds, and that is the same on every system.
    monkeypatch.setattr(hooks, "collect_submodules", lambda _package: [])
    monkeypatch.setattr(hooks, "copy_metadata", lambda _distribution: [])
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run(platform: str) -> dict[str, dict[str, Any]]:
        called: dict[str, dict[str, Any]] = {}

        def noting(name: str) -> Any:
            def note(*_arguments: object, **named: Any) -> SimpleNamespace:
                called[name] = named
                return SimpleNamespace(binaries=[], datas=[], pure=[], scripts=[])

            return note

        names = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
        monkeypatch.setattr(sys, "platform", platform)
        recipe = compile(SPEC.read_text(encoding="utf-8"), str(SPEC), "exec")
        scope = {name: noting(name) for name in names} | {"SPECPATH": str(SPEC.parent)}
        exec(recipe, scope)  # noqa: S102 - a file of the project
        monkeypatch.undo()
        return called

    return run


def test_on_linux_there_is_a_folder_and_no_icon(run_for: Any) -> None:
    called = run_for("linux")

    assert called["EXE"]["icon"] is None
    assert called["EXE"]["version"] is None
    assert "BUNDLE" not in called


def test_on_windows_the_program_has_icon_and_version(run_for: Any) -> None:
    called = run_for("win32")

    assert Path(called["EXE"]["icon"]) == ROOT / "build" / "wattfare.ico"
    assert Path(called["EXE"]["version"]) == ROOT / "build" / "version.txt"
    assert called["EXE"]["hide_console"] == "hide-early"
    assert "BUNDLE" not in called


def test_on_macos_there_is_an_application(run_for: Any) -> None:
    bundle = run_for("darwin")["BUNDLE"]

    assert bundle["name"] == "Wattfare.app"
    assert bundle["bundle_identifier"] == BUNDLE_IDENTIFIER
    assert bundle["info_plist"]["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["wattfare"]
    assert Path(bundle["icon"]) == ROOT / "build" / "wattfare.icns"
