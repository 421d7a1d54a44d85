"""Resolve requirements/*.lock anew from pyproject.toml.

    lock.py [--upgrade]

One resolution for Python 3.11 to 3.13 on Linux, macOS and Windows (uv's universal one), with the
hash of every file and without a word about where files come from: each machine has its own index.
What is locked stays, unless it no longer fits or --upgrade asks for newer versions.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"  # used where there is none on the PATH; it is no part of what is shipped
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    # pip asks for the hash of "name[extra]" where a requirement names the extra.
    "--no-strip-extras",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
    "--quiet",
)


def main(arguments: Sequence[str]) -> int:
    """Write both locks; return the exit status."""
    if any(argument != "--upgrade" for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        uv = shutil.which("uv") or _install_uv(Path(scratch))
        # The larger first: the smaller then takes the same versions, so that an environment made
        # from the larger is good for both.
        _compile(uv, "dev", *arguments)
        _compile(uv, "run", "--constraint=requirements/dev.lock", *arguments)
    return 0


def _compile(uv: str, kind: str, *options: str) -> None:
    group = {"dev": "dev", "run": "build"}[kind]
    target = f"--output-file=requirements/{kind}.lock"
    command = [uv, "pip", "compile", "pyproject.toml", f"--group={group}", target]
    subprocess.run([*command, *OPTIONS, *options], cwd=ROOT, check=True)
    print(f"requirements/{kind}.lock is resolved.")


def _install_uv(scratch: Path) -> str:
    venv.create(scratch / "venv", with_pip=True)
    folder = scratch / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([folder / "python", "-m", "pip", "install", "--quiet", UV], check=True)
    return str(folder / "uv")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
