"""Tests of ``wattfare_desktop.system.paths``, on real folders."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system import paths

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")


@pytest.fixture
def runtime() -> Iterator[Path]:
    """Return a short private folder: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="wf") as folder:
        yield Path(folder).resolve()


def test_the_home_is_asked_for_then_named_then_usual(tmp_path: Path) -> None:
    environment = {"WATTFARE_HOME": str(tmp_path / "named"), "HOME": str(tmp_path)}
    assert paths.wallet_home(str(tmp_path / "asked"), environment) == tmp_path / "asked"
    assert paths.wallet_home(tmp_path / "asked", environment) == tmp_path / "asked"
    assert paths.wallet_home(None, environment) == tmp_path / "named"
    assert paths.wallet_home(None, {**environment, "WATTFARE_HOME": ""}) != tmp_path / "named"


@linux
def test_the_usual_home_on_linux(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    usual = tmp_path / ".local" / "share" / "wattfare"
    assert paths.wallet_home(None, home) == usual
    assert paths.wallet_home(None, {**home, "XDG_DATA_HOME": "relative"}) == usual
    data = {**home, "XDG_DATA_HOME": str(tmp_path / "data")}
    assert paths.wallet_home(None, data) == tmp_path / "data" / "wattfare"


def test_one_folder_has_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    for name in ("home", "./home/../home", tmp_path / "link"):
        assert paths.wallet_home(name, {}) == tmp_path / "home"


@linux
def test_all_files_are_in_the_home_and_the_socket_is_not(tmp_path: Path, runtime: Path) -> None:
    there = paths.paths_of(tmp_path, {"XDG_RUNTIME_DIR": str(runtime)})
    files = {there.database, there.vault, there.settings, there.runtime, there.log}
    assert len(files) == 5
    assert {file.parent for file in files} == {tmp_path}
    assert there.database.name == "wallet.db"
    assert Path(there.control).parent == runtime / "wattfare"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_the_home_is_made_private_and_stays_so(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    paths.prepare_home(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    home.chmod(0o755)
    paths.prepare_home(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_home_that_cannot_be_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for bad in (tmp_path / "file", tmp_path / "file" / "home"):
        with pytest.raises(UserFacingError, match="--home"):
            paths.prepare_home(bad)


@linux
def test_the_socket_is_in_a_private_folder_under_a_short_name(runtime: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(runtime)}
    address = paths.control_address(Path("/home/x" + "/long" * 100), environment)
    assert len(os.fsencode(address)) < 100
    assert stat.S_IMODE((runtime / "wattfare").stat().st_mode) == 0o700
    assert address == paths.control_address(Path("/home/x" + "/long" * 100), environment)
    assert address != paths.control_address(Path("/home/y"), environment)


@linux
def test_a_long_runtime_folder_is_passed_over(runtime: Path) -> None:
    long = runtime / ("x" * 100)
    long.mkdir()
    address = paths.control_address(Path("/home/x"), {"XDG_RUNTIME_DIR": str(long)})
    assert len(os.fsencode(address)) < 100
    folder = Path(address).parent
    assert folder.name == f"wattfare-{os.getuid()}"
    assert stat.S_IMODE(folder.lstat().st_mode) == 0o700


@linux
@pytest.mark.parametrize("named", ["", "relative", "/no/such/folder"])
def test_without_a_runtime_folder_the_address_is_still_one(named: str) -> None:
    without = paths.control_address(Path("/home/x"), {})
    assert paths.control_address(Path("/home/x"), {"XDG_RUNTIME_DIR": named}) == without


@linux
@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_folder_open_to_others_is_refused(runtime: Path, mode: int) -> None:
    (runtime / "wattfare").mkdir()
    (runtime / "wattfare").chmod(mode)
    with pytest.raises(UserFacingError, match="not a private folder"):
        paths.control_address(Path("/home/x"), {"XDG_RUNTIME_DIR": str(runtime)})


@linux
def test_a_link_or_a_file_in_its_place_is_refused(runtime: Path) -> None:
    (runtime / "elsewhere").mkdir(mode=0o700)
    (runtime / "wattfare").symlink_to(runtime / "elsewhere")
    with pytest.raises(UserFacingError, match="not a private folder"):
        paths.control_address(Path("/home/x"), {"XDG_RUNTIME_DIR": str(runtime)})
    (runtime / "wattfare").unlink()
    (runtime / "wattfare").write_text("")
    with pytest.raises(UserFacingError, match="not a private folder"):
        paths.control_address(Path("/home/x"), {"XDG_RUNTIME_DIR": str(runtime)})


@linux
@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can give away")
def test_a_folder_of_another_user_is_refused(runtime: Path) -> None:
    folder = runtime / "wattfare"
    folder.mkdir(mode=0o700)
    os.chown(folder, 65_534, 65_534)
    with pytest.raises(UserFacingError, match="not a private folder"):
        paths.control_address(Path("/home/x"), {"XDG_RUNTIME_DIR": str(runtime)})
    # Nor is another's runtime folder taken for ours.
    os.chown(runtime, 65_534, 65_534)
    assert not paths.control_address(Path("/home/x"), {"XDG_RUNTIME_DIR": str(runtime)}).startswith(
        str(runtime)
    )


def test_finding_the_socket_loads_nothing_heavy() -> None:
    code = "import json, sys, wattfare_desktop.system.paths; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    heavy = {"asyncio", "dataclasses", "inspect", "subprocess", "psutil", "logging", "keyring"}
    assert not heavy & set(json.loads(told.stdout))
