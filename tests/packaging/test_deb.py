"""The package has everything in its place, whatever is in the bundle."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage

import deb
import system_packages
from share import ICON_SIZES, METAINFO_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE_AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
VERSION = "1.2.3"

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="Debian packages are made on Linux"),
    pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg here: not a Debian"),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small bundle: a program, a library of Debian's, one of our own."""
    if lacking := system_packages.missing(system_packages.DEB):
        pytest.skip(f"a package cannot be made without {' '.join(lacking)}")
    folder = tmp_path_factory.mktemp("dist") / "wattfare"
    internal = folder / "_internal"
    internal.mkdir(parents=True)
    shutil.copy("/bin/true", folder / "wattfare")
    (debians,) = list(Path("/usr/lib").glob("*/libz.so.1"))[:1]
    shutil.copy(debians, internal / "libz.so.1")
    shutil.copy(debians, internal / "libtried-by-us.so.7")
    shutil.copy(debians, internal / "libpython3.99.so.1.0")
    (internal / "data.txt").write_text("x")
    (internal / "data.txt").chmod(0o777)
    (internal / "link.txt").symlink_to("data.txt")
    notices = folder / deb.NOTICES
    notices.parent.mkdir(parents=True)
    notices.write_text("whose work is in it")
    return folder


@pytest.fixture(scope="module")
def package(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deb.make_deb(bundle, tmp_path_factory.mktemp("made"), version=VERSION, made_at=MADE_AT)


@pytest.fixture(scope="module")
def root(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the package's files, with its control files in DEBIAN."""
    target = tmp_path_factory.mktemp("root")
    subprocess.run(["dpkg-deb", "--raw-extract", package, target], timeout=60, check=True)
    yield target
    shutil.rmtree(target)


def told(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout.strip()


def field(package: Path, name: str) -> str:
    asked = ["dpkg-deb", "--field", str(package), name]
    return subprocess.run(
        asked, capture_output=True, text=True, timeout=60, check=True
    ).stdout.strip()


def test_it_is_named_by_version_and_architecture(package: Path) -> None:
    told = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    architecture = told.stdout.strip()

    assert package.name == f"wattfare_{VERSION}_{architecture}.deb"
    assert field(package, "Version") == VERSION
    assert field(package, "Architecture") == architecture


def test_what_debian_has_is_depended_upon_and_not_carried(package: Path, root: Path) -> None:
    carried = {path.name for path in (root / deb.BUNDLE / "_internal").iterdir()}

    assert "libz.so.1" not in carried
    assert {"libtried-by-us.so.7", "libpython3.99.so.1.0"} <= carried
    depends = field(package, "Depends")
    assert "libc6 (>= 2." in depends
    assert "ca-certificates" in depends


def test_the_size_counts_every_file(package: Path, root: Path) -> None:
    usr = root / "usr"

    assert int(field(package, "Installed-Size")) == deb.installed_blocks(usr)


def test_the_command_is_the_bundles_program(root: Path) -> None:
    command = root / "usr/bin/wattfare"

    assert command.resolve() == root / "usr/lib/wattfare/wattfare"
    assert os.access(command, os.X_OK)
    assert (root / deb.BUNDLE / "_internal/link.txt").readlink() == Path("data.txt")


def test_files_are_roots_and_of_the_moment_and_only_programs_can_be_run(package: Path) -> None:
    packed = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", package], capture_output=True, timeout=60, check=True
    )
    listing = package.with_suffix(".tar")
    listing.write_bytes(packed.stdout)
    with tarfile.open(listing) as tar:
        members = tar.getmembers()

    assert {(each.uname, each.gname) for each in members} == {("root", "root")}
    assert {each.mtime for each in members} == {MADE_AT.timestamp()}
    runnable = [each.name for each in members if each.isfile() and each.mode & 0o111]
    assert runnable == ["./usr/lib/wattfare/wattfare"]
    assert {each.mode for each in members if each.isfile()} == {0o755, 0o644}


def test_two_are_the_same_to_the_byte(bundle: Path, package: Path, tmp_path: Path) -> None:
    again = deb.make_deb(bundle, tmp_path, version=VERSION, made_at=MADE_AT)

    assert again.read_bytes() == package.read_bytes()


def test_the_launcher_takes_links_and_is_valid(root: Path) -> None:
    launcher = root / "usr/share/applications/wattfare.desktop"
    lines = launcher.read_text(encoding="utf-8").splitlines()

    assert "Exec=wattfare %u" in lines
    assert "MimeType=x-scheme-handler/wattfare;" in lines
    if shutil.which("desktop-file-validate"):
        told = subprocess.run(
            ["desktop-file-validate", launcher], capture_output=True, text=True, check=True
        )
        assert told.stdout + told.stderr == ""


def test_software_centres_can_read_about_it(root: Path) -> None:
    metainfo = root / f"usr/share/metainfo/{METAINFO_ID}.metainfo.xml"

    assert f'<release version="{VERSION}" date="2026-11-28"/>' in metainfo.read_text("utf-8")
    if shutil.which("appstreamcli"):
        subprocess.run(
            ["appstreamcli", "validate", "--no-net", metainfo], capture_output=True, check=True
        )


@pytest.mark.parametrize("size", ICON_SIZES)
def test_the_icon_is_drawn_in_each_size(root: Path, size: int) -> None:
    drawn = QImage(str(root / f"usr/share/icons/hicolor/{size}x{size}/apps/wattfare.png"))

    assert (drawn.width(), drawn.height()) == (size, size)
    assert drawn.pixelColor(0, 0).alpha() == 0  # its corners are round
    assert len({drawn.pixel(x, y) for x in range(size) for y in range(size)}) > 8


def test_it_carries_manual_completions_and_licences(root: Path) -> None:
    for name in (
        "man/man1/wattfare.1.gz",
        "bash-completion/completions/wattfare",
        "zsh/vendor-completions/_wattfare",
        "fish/vendor_completions.d/wattfare.fish",
        "icons/hicolor/scalable/apps/wattfare.svg",
        "doc/wattfare/copyright",
        "doc/wattfare/changelog.gz",
        "doc/wattfare/THIRD-PARTY.gz",
    ):
        assert (root / "usr/share" / name).stat().st_size > 0, name


def test_nothing_lies_where_it_would_outlive_the_package(root: Path) -> None:
    assert {path.name for path in root.iterdir()} == {"DEBIAN", "usr"}
    assert {path.name for path in (root / "DEBIAN").iterdir()} == {"control", "md5sums", "prerm"}


def test_a_running_program_is_asked_to_quit_before_its_files_change(
    root: Path, tmp_path: Path
) -> None:
    program = tmp_path / "wattfare"
    shutil.copy(str(shutil.which("sleep")), program)
    script = (root / "DEBIAN/prerm").read_text(encoding="utf-8")
    prerm = tmp_path / "prerm"
    prerm.write_text(script.replace("/usr/lib/wattfare/wattfare", str(program)), "utf-8")
    with (
        subprocess.Popen([program, "600"]) as ours,
        subprocess.Popen(["sleep", "600"]) as anothers,
    ):
        told = subprocess.run(
            ["sh", prerm, "upgrade", "2.0"], capture_output=True, text=True, timeout=60, check=True
        )
        assert ours.wait(timeout=10) == -15
        assert anothers.poll() is None
        anothers.kill()
    assert "has quit for the upgrade" in told.stdout

    again = subprocess.run(["sh", prerm, "remove"], capture_output=True, text=True, check=True)
    assert again.stdout == ""


def test_the_moment_is_told_or_the_commits(tmp_path: Path) -> None:
    assert deb.moment({"SOURCE_DATE_EPOCH": "86400"}) == datetime(1970, 1, 2, tzinfo=UTC)
    (tmp_path / "pyproject.toml").touch()
    os.utime(tmp_path / "pyproject.toml", (60, 60))
    assert deb.moment({}, tmp_path).timestamp() == 60


def test_without_a_bundle_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deb.main(["--dist", str(tmp_path)]) == 1

    assert "make bundle" in capsys.readouterr().err
