"""Freeze the application into dist/wattfare with PyInstaller, and say what came out.

    build.py [--if-stale] [--dist DIR]

--if-stale builds only when a file that goes into the bundle is newer than the bundle.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from program_facts import project_version, version_resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "packaging" / "wattfare.spec"
ICONS = ROOT / "packaging" / "icons.py"
ELF = b"\x7fELF"


def executable(dist: Path) -> Path:
    """Return the program inside the bundle."""
    return dist / "wattfare" / ("wattfare.exe" if sys.platform == "win32" else "wattfare")


def is_stale(dist: Path) -> bool:
    """Return whether the bundle is absent or older than something it is made of."""
    built = executable(dist)
    if not built.exists():
        return True
    built_s = built.stat().st_mtime
    return any(path.stat().st_mtime > built_s for path in _sources())


def build(dist: Path) -> None:
    """Build the bundle; raise CalledProcessError when its notices, PyInstaller or a tool fail."""
    writing = [sys.executable, str(ROOT / "packaging" / "notices.py")]
    subprocess.run([*writing, str(ROOT / "build" / "notices.txt")], cwd=ROOT, check=True)
    if sys.platform != "linux":
        subprocess.run([sys.executable, str(ICONS), str(ROOT / "build")], cwd=ROOT, check=True)
        resource = version_resource(project_version())
        (ROOT / "build" / "version.txt").write_text(resource, encoding="utf-8")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    work = ["--distpath", str(dist), "--workpath", str(ROOT / "build" / "pyinstaller")]
    # The order of a set is its own in each run, and would be another bundle each time.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run([*command, *work, str(SPEC)], cwd=ROOT, env=environment, check=True)
    if sys.platform == "linux":
        forget_builder(executable(dist).parent)


def forget_builder(bundle: Path) -> list[Path]:
    """Take the builder's own folders out of where programs look for libraries; return those mended.

    An interpreter that was built by hand names the place it was installed to. On another machine
    that folder is nobody's, or somebody's who would like to be loaded into a wallet.
    """
    mended = []
    for path in elf_files(bundle):
        asked = ["objdump", "--private-headers", str(path)]
        headers = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        if re.search(r"^\s*R(UN)?PATH\s+(\S*:)?/", headers, re.MULTILINE):
            subprocess.run(["chrpath", "--delete", str(path)], capture_output=True, check=True)
            mended.append(path)
    return mended


def elf_files(folder: Path) -> Iterator[Path]:
    """Yield the programs and libraries below a folder, each once."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(len(ELF)) == ELF:
                    yield path


def _sources() -> Iterator[Path]:
    yield SPEC
    yield ROOT / "packaging" / "entry.py"
    yield ROOT / "packaging" / "program_facts.py"
    yield ICONS
    yield ROOT / "packaging" / "notices.py"
    yield ROOT / "pyproject.toml"
    yield ROOT / "requirements" / "run.lock"
    for folder, pattern in (("wattfare_desktop", "*.py"), ("wattfare_desktop", "*.sql")):
        yield from (ROOT / folder).rglob(pattern)
    yield from (path for path in (ROOT / "resources").rglob("*") if path.is_file())


def _size_bytes(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)


def main(arguments: Sequence[str]) -> int:
    """Build as asked; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--if-stale", action="store_true", help="only when something changed")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where to put it")
    options = parser.parse_args(arguments)
    if options.if_stale and not is_stale(options.dist):
        print(f"{executable(options.dist)} is up to date.")
        return 0
    started_s = time.monotonic()
    try:
        build(options.dist)
    except subprocess.CalledProcessError as error:
        failed = " ".join(map(str, error.cmd[:3]))
        print(f"{failed}: failed with status {error.returncode}.", file=sys.stderr)
        return 1
    size_mb = _size_bytes(executable(options.dist).parent) / 1e6
    print(f"{executable(options.dist)}: {size_mb:.0f} MB, {time.monotonic() - started_s:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
