"""The program started as a module, in trees where something is missing."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_tree_without_its_libraries_says_how_to_get_them() -> None:
    # -S: the interpreter alone, as somebody has it who has just unpacked the sources.
    ended = subprocess.run(
        [sys.executable, "-S", "-m", "wattfare_desktop", "doctor"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "make run" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1
