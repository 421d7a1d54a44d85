"""Try a program as it is shipped: does it say its version, and play the whole story?

    smoke.py PROGRAM

It is given a home of its own, and no screen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from program_facts import project_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATIENCE_S = 180
PICTURES_MIN = 5
CAP_REACHED = "402"
PNG = b"\x89PNG\r\n\x1a\n"


class NotAsItShouldBeError(Exception):
    """The program did something else; the text says what."""


def try_out(program: Sequence[str], scratch: Path, environment: Mapping[str, str]) -> int:
    """Return how many pictures its demo painted. Raises NotAsItShouldBeError."""
    own = {**environment, "WATTFARE_HOME": str(scratch / "home"), "QT_QPA_PLATFORM": "offscreen"}
    told = _run([*program, "--version"], scratch, own).strip()
    if told != f"wattfare {project_version()}":
        raise NotAsItShouldBeError(f"--version printed {told!r}.")
    pictures_to = ["--screenshots", str(scratch / "pictures")]
    if CAP_REACHED not in _run([*program, "demo", *pictures_to], scratch, own):
        raise NotAsItShouldBeError("The demo's app was never refused at its cap.")
    pictures = list((scratch / "pictures").glob("*.png"))
    broken = [picture.name for picture in pictures if not picture.read_bytes().startswith(PNG)]
    if len(pictures) < PICTURES_MIN or broken:
        raise NotAsItShouldBeError(f"The demo painted {len(pictures)} pictures, broken: {broken}.")
    return len(pictures)


def _run(command: Sequence[str], scratch: Path, environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=scratch,  # nothing of a source tree may be found by chance
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAsItShouldBeError(f"{command}: {error}") from error
    if done.returncode != 0:
        told = done.stdout[-2000:] + done.stderr[-2000:]
        raise NotAsItShouldBeError(f"{command} ended with {done.returncode}:\n{told}")
    return done.stdout


def main(arguments: Sequence[str]) -> int:
    """Try it; return the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    program = str(Path(arguments[0]).absolute())
    with tempfile.TemporaryDirectory() as folder:
        try:
            pictures = try_out([program], Path(folder), os.environ)
        except NotAsItShouldBeError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"{program} is version {project_version()} and painted {pictures} pictures.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
