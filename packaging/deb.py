"""Make a Debian package of the bundle: dist/wattfare_VERSION_ARCHITECTURE.deb.

    deb.py [--dist DIR]

The bundle in DIR/wattfare becomes /usr/lib/wattfare. What Debian has is depended upon and not
carried along: those libraries get their fixes from Debian. Which versions of them will do is
counted by dpkg-shlibdeps from the symbols that are used: the package itself says where it runs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import build
import system_packages
from share import TEMPLATES, compressed, write_share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
NAME = "wattfare"
BUNDLE = f"usr/lib/{NAME}"
NOTICES = Path("_internal", "wattfare_desktop", "resources", "notices.txt")
# The field must have an address, and the project has none yet: RFC 2606 keeps this one from all.
MAINTAINER = "The Wattfare authors <wattfare@wattfare.invalid>"
DESCRIPTION = """\
wallet that lets apps use AI with your money
 Wattfare is a wallet on your own machine. Apps use AI models with your
 provider keys and your money, under caps that you set, and never see a key.
 .
 An app asks once; you approve in a native window how much it may spend, for
 how long and on which models. Its calls then go through a port on this
 machine, and each is held against the cap, forwarded with your key, priced
 and booked. You can pause or revoke it from the tray at any moment."""
# Found by their programs while they run: no symbol shows them.
ALSO_NEEDED = ("ca-certificates", "libdbus-1-3")
# Who opens links, knows which program takes them, and keeps the wallet's key.
RECOMMENDED = ("desktop-file-utils", "xdg-utils", "gnome-keyring | kwalletmanager")
BLOCK_BYTES = 1024


class DebError(Exception):
    """No package can be made here; the text says why."""


def make_deb(bundle: Path, target_folder: Path, *, version: str, made_at: datetime) -> Path:
    """Make the package in `target_folder` and return it: the same bytes from the same bundle."""
    with tempfile.TemporaryDirectory(prefix="deb-") as scratch:
        root = Path(scratch) / "root"
        _write_files(root, bundle, version=version, made_at=made_at)
        package = package_path(target_folder, version)
        control = {
            "Package": NAME,
            "Version": version,
            "Architecture": _architecture(),
            "Maintainer": MAINTAINER,
            "Installed-Size": str(installed_blocks(root)),
            "Depends": ", ".join(_dependencies(root)),
            "Recommends": ", ".join(RECOMMENDED),
            "Section": "utils",
            "Priority": "optional",
            "Description": DESCRIPTION,
        }
        _write_control(root / "DEBIAN", root, control)
        _settle(root, made_at)
        _told(
            *("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(package)),
            SOURCE_DATE_EPOCH=str(int(made_at.timestamp())),
        )
        return package


def package_path(folder: Path, version: str) -> Path:
    """Return where the package of this version for this machine is, or is to be."""
    return folder / f"{NAME}_{version}_{_architecture()}.deb"


def installed_blocks(root: Path) -> int:
    """Return what the files take, in KiB, each rounded up (Debian Policy, 5.6.20)."""
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(-(-path.stat().st_size // BLOCK_BYTES) for path in files)


def moment(environment: Mapping[str, str], root: Path = ROOT) -> datetime:
    """Return when this version was made: SOURCE_DATE_EPOCH, else its commit's, else its files'."""
    told = environment.get("SOURCE_DATE_EPOCH")
    if told is None and shutil.which("git") is not None:
        asked = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    seconds = int(told) if told else int((root / "pyproject.toml").stat().st_mtime)
    return datetime.fromtimestamp(seconds, UTC)


def project_version(root: Path = ROOT) -> str:
    """Return the version in pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def _write_files(root: Path, bundle: Path, *, version: str, made_at: datetime) -> None:
    shutil.copytree(bundle, root / BUNDLE, symlinks=True)
    for carried in _systems_own(root / BUNDLE / "_internal"):
        carried.unlink()
    command = root / "usr" / "bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"../lib/{NAME}/{NAME}")
    share = root / "usr" / "share"
    write_share(share, version=version, made_at=made_at)
    documents = share / "doc" / NAME
    documents.mkdir(parents=True)
    shutil.copyfile(TEMPLATES / "copyright", documents / "copyright")
    # Where Debian's users look for it; the program shows its own copy.
    (documents / "THIRD-PARTY.gz").write_bytes(compressed((bundle / NOTICES).read_text("utf-8")))
    (documents / "changelog.gz").write_bytes(compressed(_changelog(version, made_at)))
    overrides = share / "lintian" / "overrides" / NAME
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(TEMPLATES / "lintian-overrides", overrides)


def _systems_own(internal: Path) -> Iterator[Path]:
    """Yield the libraries that were copied from a package of this very Debian.

    The interpreter stays: its library and the modules it came with belong to each other.
    """
    for path in sorted(internal.glob("lib*.so*")):
        if path.is_symlink() or path.name.startswith("libpython"):
            continue
        asked = ["dpkg-query", "--search", f"*/{path.name}"]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            yield path


def _dependencies(root: Path) -> list[str]:
    counted = _counted_dependencies(root)
    named = {each.partition(" ")[0] for each in counted}
    return sorted([*counted, *(each for each in ALSO_NEEDED if each not in named)])


def _counted_dependencies(root: Path) -> list[str]:
    """Return the packages whose libraries the bundle's programs need, with their least versions."""
    programs = [str(path) for path in build.elf_files(root / BUNDLE)]
    if not programs:
        return []
    folders = sorted({f"-l{Path(path).parent}" for path in programs})
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "debian").mkdir()
        (Path(scratch) / "debian" / "control").write_text(
            f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n"
        )
        command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0", *folders]
        told = _told(*command, *programs, cwd=scratch)
    _, _, depends = told.strip().partition("shlibs:Depends=")
    return [each.strip() for each in depends.split(",") if each.strip()]


def _write_control(folder: Path, root: Path, control: Mapping[str, str]) -> None:
    sums = [
        f"{_md5(path)}  {path.relative_to(root)}"
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
    folder.mkdir()
    lines = [f"{name}: {value}" for name, value in control.items()]
    (folder / "control").write_text("\n".join([*lines, ""]), encoding="utf-8")
    (folder / "md5sums").write_text("\n".join([*sums, ""]), encoding="utf-8")
    shutil.copyfile(TEMPLATES / "prerm", folder / "prerm")


def _architecture() -> str:
    return _told("dpkg", "--print-architecture").strip()


def _md5(path: Path) -> str:
    # Against accidents: the format knows no other sum.
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _settle(root: Path, made_at: datetime) -> None:
    """Give every file the mode and the time that it is to have."""
    executable = {root / BUNDLE / NAME, root / "DEBIAN" / "prerm"}
    seconds = int(made_at.timestamp())
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path in executable else 0o644)
        os.utime(path, (seconds, seconds), follow_symlinks=False)


def _changelog(version: str, made_at: datetime) -> str:
    return (
        f"{NAME} ({version}) stable; urgency=medium\n\n"
        "  * See CHANGELOG.md in the source.\n\n"
        f" -- {MAINTAINER}  {made_at:%a, %d %b %Y %H:%M:%S +0000}\n"
    )


def _told(*command: str, cwd: str | None = None, **environment: str) -> str:
    ended = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise DebError(f"{command[0]} failed:\n{ended.stderr[-2000:]}")
    return ended.stdout


def main(arguments: Sequence[str]) -> int:
    """Make the package; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the bundle is")
    dist: Path = parser.parse_args(arguments).dist
    if not build.executable(dist).exists():
        print(f"There is no bundle in {dist}: make bundle.", file=sys.stderr)
        return 1
    if system_packages.bring_in(system_packages.DEB, why="the package is made with them"):
        return 1
    try:
        package = make_deb(
            build.executable(dist).parent,
            dist,
            version=project_version(),
            made_at=moment(os.environ),
        )
    except DebError as error:
        print(error, file=sys.stderr)
        return 1
    depends = _told("dpkg-deb", "--field", str(package), "Depends", "Installed-Size")
    print(f"{package}: {package.stat().st_size / 1e6:.1f} MB\n{depends}", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
