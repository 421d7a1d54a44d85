"""Tests of ``wattfare_desktop.system.linux`` with the desktop's own programs."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.linux import LinuxAutostart, LinuxOpener, LinuxScheme
from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="freedesktop's files are Linux's")

HOSTILE = "wattfare://authorize?a=$(touch${IFS}pwned)&b=`touch pwned`;touch|pwned'\"<>%20%u%f&*#~"
RECORDER = """#!{python}
import json, pathlib, sys
path = pathlib.Path({out!r})
path.with_suffix(".part").write_text(json.dumps(sys.argv[1:]))
path.with_suffix(".part").rename(path)
"""


def need(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    # A display is named, not used: xdg-open starts no program without one.
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "DISPLAY": ":4099",
    }


def recorder(folder: Path) -> tuple[Path, Path]:
    """Return a program that writes its arguments down, and where it does."""
    folder.mkdir(parents=True, exist_ok=True)
    program, out = folder / "program", folder / "arguments.json"
    program.write_text(RECORDER.format(python=sys.executable, out=str(out)))
    program.chmod(0o755)
    return program, out


def arguments_in(out: Path) -> list[str]:
    deadline = time.monotonic() + 20
    while not out.exists():
        assert time.monotonic() < deadline, "the program was never started"
        time.sleep(0.02)
    told: list[str] = json.loads(out.read_text())
    return told


def opened(program: str, uri: str, environment: Mapping[str, str], cwd: Path) -> None:
    need(program)
    command = [program, "open", uri] if program == "gio" else [program, uri]
    subprocess.run(command, env=environment, cwd=cwd, capture_output=True, timeout=30, check=True)


@pytest.mark.parametrize("opener", ["xdg-open", "gio"])
def test_a_link_reaches_the_program_as_it_was(
    tmp_path: Path, environment: dict[str, str], opener: str
) -> None:
    program, out = recorder(tmp_path / "bin")
    LinuxScheme([str(program)], environment).register()
    opened(opener, HOSTILE, environment, tmp_path)
    assert arguments_in(out) == [HOSTILE]
    assert not list(tmp_path.rglob("pwned"))


def test_a_program_in_an_odd_place_is_still_found(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    program, out = recorder(tmp_path / 'it\'s $HOME "q" `id` \\ ;&|')
    command = [str(program), "--home", "/a b/50%/$x"]
    LinuxScheme(command, environment).register()
    opened("gio", HOSTILE, environment, tmp_path)
    assert arguments_in(out) == [*command[1:], HOSTILE]


def test_both_entries_are_valid(tmp_path: Path, environment: dict[str, str]) -> None:
    need("desktop-file-validate")
    command = ["/opt/a b/$wattfare", "--home", 'x"y\\z%']
    LinuxScheme(command, environment).register()
    LinuxAutostart(command, environment).turn_on()
    entries = list(tmp_path.rglob("*.desktop"))
    assert len(entries) == 2
    for entry in entries:
        told = subprocess.run(
            ["desktop-file-validate", entry], capture_output=True, text=True, timeout=30, check=True
        )
        assert told.stdout + told.stderr == ""


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("Exec=wattfare %u", SchemeOwner.OURS),
        ("Exec=wattfare --verbose %u", SchemeOwner.OTHER),
        ("Exec=another %u", SchemeOwner.OTHER),
        ("Exec='", SchemeOwner.OTHER),
    ],
)
def test_a_packages_launcher_that_starts_this_program_is_ours(
    tmp_path: Path, environment: dict[str, str], line: str, owner: SchemeOwner
) -> None:
    need("xdg-mime")
    need("update-desktop-database")
    program, _ = recorder(tmp_path / "lib")
    (tmp_path / "bin").mkdir()
    for name in ("wattfare", "another"):
        (tmp_path / "bin" / name).symlink_to(program if name == "wattfare" else sys.executable)
    launchers = tmp_path / "system" / "applications"
    launchers.mkdir(parents=True)
    (launchers / "wattfare.desktop").write_text(
        "[Desktop Entry]\nType=Application\nName=Wattfare\n"
        f"{line}\nMimeType=x-scheme-handler/wattfare;\n"
    )
    subprocess.run(["update-desktop-database", launchers], timeout=30, check=True)
    environment |= {
        "PATH": f"{tmp_path / 'bin'}:{environment['PATH']}",
        "XDG_DATA_DIRS": str(launchers.parent),
    }
    scheme = LinuxScheme([str(program)], environment)

    assert scheme.status().owner == owner

    scheme.register()
    written = (tmp_path / "data" / "applications" / "wattfare-handler.desktop").exists()
    assert written == (owner is not SchemeOwner.OURS)


def test_registering_and_removing_leave_nothing_behind(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    need("xdg-mime")
    scheme = LinuxScheme(["/usr/bin/wattfare"], environment)
    assert scheme.status() == SchemeStatus(owner=SchemeOwner.NONE)
    scheme.remove()
    scheme.register()
    scheme.register()
    assert scheme.status() == SchemeStatus(owner=SchemeOwner.OURS)
    cache = tmp_path / "data" / "applications" / "mimeinfo.cache"
    if shutil.which("update-desktop-database"):
        assert "x-scheme-handler/wattfare=wattfare-handler.desktop" in cache.read_text()
    scheme.remove()
    assert scheme.status() == SchemeStatus(owner=SchemeOwner.NONE)
    left = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any("wattfare" in text for text in left)


def test_another_programs_registration_is_told_and_left(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    need("xdg-mime")
    applications = tmp_path / "data" / "applications"
    applications.mkdir(parents=True)
    (applications / "other.desktop").write_text(
        "[Desktop Entry]\nType=Application\nName=Other\nExec=/bin/true %u\n"
        "MimeType=x-scheme-handler/wattfare;\n"
    )
    line = "x-scheme-handler/wattfare=other.desktop\n"
    config = tmp_path / "config"
    config.mkdir()
    (config / "mimeapps.list").write_text(f"[Default Applications]\ntext/html=b.desktop\n{line}")
    # xdg-mime passes over programs that are not there.
    scheme = LinuxScheme([str(recorder(tmp_path / "bin")[0])], environment)
    assert scheme.status() == SchemeStatus(owner=SchemeOwner.OTHER, who="other.desktop")
    scheme.remove()
    assert line in (config / "mimeapps.list").read_text()
    scheme.register()
    assert scheme.status().owner is SchemeOwner.OURS
    scheme.remove()
    text = (config / "mimeapps.list").read_text()
    assert "wattfare-handler" not in text
    assert "text/html=b.desktop" in text
    assert (applications / "other.desktop").exists()


def test_other_handlers_in_our_line_stay(tmp_path: Path, environment: dict[str, str]) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "mimeapps.list").write_text(
        "[Added Associations]\nx-scheme-handler/wattfare=wattfare-handler.desktop;other.desktop;\n"
    )
    LinuxScheme(["/usr/bin/wattfare"], environment).remove()
    assert (config / "mimeapps.list").read_text() == (
        "[Added Associations]\nx-scheme-handler/wattfare=other.desktop;\n"
    )


def test_another_copy_of_wattfare_is_another_program(environment: dict[str, str]) -> None:
    need("xdg-mime")
    LinuxScheme(["/old/wattfare"], environment).register()
    status = LinuxScheme(["/new/wattfare"], environment).status()
    assert status == SchemeStatus(owner=SchemeOwner.OTHER, who="/old/wattfare %u")


def test_without_xdg_utils_the_file_alone_counts(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    bare = {**environment, "PATH": str(tmp_path / "empty")}
    scheme = LinuxScheme(["/usr/bin/wattfare"], bare)
    assert scheme.status().owner is SchemeOwner.NONE
    scheme.register()
    assert scheme.status().owner is SchemeOwner.OURS
    scheme.remove()
    assert scheme.status().owner is SchemeOwner.NONE


def test_a_folder_that_cannot_be_written_says_so(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(UserFacingError, match="cannot be changed"):
        LinuxScheme(["/usr/bin/wattfare"], environment).register()


def test_starting_at_login_is_off_until_turned_on(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    program, _ = recorder(tmp_path / "bin")
    autostart = LinuxAutostart([str(program)], environment)
    autostart.turn_off()
    assert not autostart.is_on()
    autostart.turn_on()
    assert autostart.is_on()
    (entry,) = (tmp_path / "config" / "autostart").iterdir()
    assert f"\nExec={program}\n" in entry.read_text()
    autostart.turn_off()
    assert not autostart.is_on()
    assert not entry.exists()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_a_desktop_that_switched_it_off_is_heeded(
    tmp_path: Path, environment: dict[str, str], line: str
) -> None:
    program, _ = recorder(tmp_path / "bin")
    autostart = LinuxAutostart([str(program)], environment)
    autostart.turn_on()
    (entry,) = (tmp_path / "config" / "autostart").iterdir()
    assert autostart.is_on()
    key = line.partition("=")[0]
    kept = [each for each in entry.read_text().splitlines() if not each.startswith(key)]
    entry.write_text("\n".join([*kept, line, ""]))
    assert not autostart.is_on()


def test_an_entry_that_outlives_its_program_starts_nothing(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    program, _ = recorder(tmp_path / "a\\ b")
    autostart = LinuxAutostart([str(program), "--home", "/x"], environment)
    autostart.turn_on()
    assert autostart.is_on()

    program.unlink()

    # As desktops judge it: they pass over an entry whose TryExec is no program.
    assert not autostart.is_on()


def test_an_address_is_opened_as_it_is(tmp_path: Path, environment: dict[str, str]) -> None:
    program, out = recorder(tmp_path / "bin")
    program.rename(program.with_name("xdg-open"))
    uri = "com.example.app:/done?code=$(touch${IFS}pwned)&state=`x`;'y'|z"
    LinuxOpener({**environment, "PATH": str(tmp_path / "bin")}).open(uri)
    assert arguments_in(out) == [uri]


def test_without_xdg_open_the_user_is_told(tmp_path: Path, environment: dict[str, str]) -> None:
    opener = LinuxOpener({**environment, "PATH": str(tmp_path / "empty")})
    with pytest.raises(UserFacingError, match="Install xdg-utils"):
        opener.open("https://example.org/")
